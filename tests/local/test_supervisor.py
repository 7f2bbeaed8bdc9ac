"""`make run`, from a cold start to nothing left."""

import http.client
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.local.stack import Stack, free_port


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    data = tmp_path / "a folder with spaces" / ("and a long name " * 6)
    data.mkdir(parents=True)
    stack = Stack(data)
    yield stack
    for process in stack.processes():
        process.kill()


def answer(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    return connection.getresponse().status


def test_a_stack_from_first_start_to_last(stack: Stack) -> None:
    """One story, as each start costs seconds: ready, second start, killed, started again, stopped."""
    stack.start()
    assert stack.lines[-1].startswith(f"Ready at http://127.0.0.1:{stack.port} ")
    assert "buyer@milepost.example" in stack.lines[-1]
    assert answer(stack.port, "/accounts/login/") == 200
    assert (stack.data / "site_secret").stat().st_mode & 0o777 == 0o600
    assert (stack.data / "environment.json").stat().st_mode & 0o777 == 0o600

    second, _ = (process := stack.command("run")).communicate()
    assert (process.returncode, second) == (1, f"Milepost is already running here (pid {stack.process.pid}).\n")
    refused, _ = (process := stack.command("reset")).communicate()
    assert (process.returncode, "already running" in refused) == (1, True)
    make_user = "from accounts.models import User; User.objects.create_user('kept@example.com')"
    assert stack.command("manage", "shell", "-v0", "-c", make_user).wait() == 0

    children = stack.processes()
    assert {"postgres", "valkey-server"} <= {process.name() for process in children}
    stack.end(signal.SIGKILL)
    psutil.wait_procs(children, timeout=30)
    assert stack.processes() == []

    stack.start()
    count = "from accounts.models import User; print(User.objects.filter(email='kept@example.com').count())"
    counted, _ = stack.command("manage", "shell", "-v0", "-c", count).communicate()
    assert counted == "1\n"
    assert stack.end(signal.SIGINT) == 0
    assert stack.processes() == []
    assert not any("Traceback" in line for line in stack.lines)

    assert stack.command("reset").wait() == 0
    assert sorted(path.name for path in stack.data.iterdir()) == ["run.lock"]


def test_a_program_that_ends_takes_the_stack_down(stack: Stack) -> None:
    stack.start()
    postmaster = int((stack.data / "postgres-18" / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    assert stack.process.stdout
    rest = stack.process.stdout.read()
    assert stack.process.wait() == 1
    assert "postgres ended with -9; stopping the rest." in rest
    assert stack.processes() == []


def test_a_port_that_is_taken_is_a_sentence(stack: Stack) -> None:
    with socket.create_server(("127.0.0.1", stack.port)):
        said, _ = (process := stack.command("run")).communicate()
    assert process.returncode == 1
    assert said == f"Port {stack.port} is taken by another program. Choose one: make run PORT={stack.port + 10}\n"


@pytest.mark.parametrize("port", ["eighty", "70000", "-1"])
def test_a_port_that_is_none_is_a_sentence(stack: Stack, port: str) -> None:
    stack.port = port  # type: ignore[assignment]
    said, _ = stack.command("run").communicate()
    assert said == f"PORT={port} is not a port. Use a number up to 65535.\n"


def test_commands_for_a_stack_that_is_not_there(stack: Stack) -> None:
    said, _ = stack.command("manage", "check").communicate()
    assert said == "Milepost is not running here. Start it with `make run`.\n"


def test_a_server_that_is_given_is_used(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """DATABASE_URL names a server where nothing listens: no other database is started in its place."""
    environment = dict(stack.environment()) | {"DATABASE_URL": f"postgres://nobody@127.0.0.1:{free_port()}/none"}
    monkeypatch.setattr(stack, "environment", lambda: environment)
    said, _ = (process := stack.command("run")).communicate()
    assert process.returncode == 1
    assert said.endswith("Milepost could not get ready; the messages above say why. `make reset` starts afresh.\n")
    assert not (stack.data / "postgres-18").exists()
