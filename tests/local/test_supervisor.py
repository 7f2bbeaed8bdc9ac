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

MAKE_USER = "from accounts.models import User; User.objects.create_user('kept@example.com')"
COUNT_USERS = "from accounts.models import User; print(User.objects.filter(email='kept@example.com').count())"


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("assets") / "static"


@pytest.fixture
def stack(tmp_path: Path, assets: Path) -> Iterator[Stack]:
    data = tmp_path / "a folder with spaces" / ("and a long name " * 6)
    data.mkdir(parents=True)
    stack = Stack(data, assets)
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
    for private in ("site_secret", "environment.json"):
        assert (stack.data / private).stat().st_mode & 0o777 == 0o600

    assert stack.run("run") == (1, f"Milepost is already running here (pid {stack.process.pid}).\n")
    assert stack.run("reset") == (1, f"Milepost is already running here (pid {stack.process.pid}).\n")
    assert stack.run("manage", "shell", "-v0", "-c", MAKE_USER)[0] == 0

    children = stack.processes()
    assert {"postgres", "valkey-server"} <= {process.name() for process in children}
    stack.end(signal.SIGKILL)
    psutil.wait_procs(children, timeout=30)
    assert stack.processes() == []

    stack.start()
    assert stack.run("manage", "shell", "-v0", "-c", COUNT_USERS) == (0, "1\n")
    assert stack.end(signal.SIGINT) == 0
    assert stack.processes() == []
    assert not any("Traceback" in line for line in stack.lines)

    assert stack.run("reset")[0] == 0
    assert [path.name for path in stack.data.iterdir()] == ["run.lock"]


def test_a_program_that_ends_takes_the_stack_down(stack: Stack) -> None:
    stack.start()
    postmaster = int((stack.data / "postgres-18" / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    assert stack.wait() == 1
    assert "postgres ended with -9; stopping the rest.\n" in stack.lines
    assert stack.processes() == []


def test_a_port_that_is_taken_is_a_sentence(stack: Stack) -> None:
    with socket.create_server(("127.0.0.1", stack.port)):
        answered = stack.run("run")
    choose = f"Choose one: make run PORT={stack.port + 10}"
    assert answered == (1, f"Port {stack.port} is taken by another program. {choose}\n")


@pytest.mark.parametrize("port", ["eighty", "70000", "-1"])
def test_a_port_that_is_none_is_a_sentence(stack: Stack, monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    set_environment(stack, monkeypatch, PORT=port)
    assert stack.run("run") == (1, f"PORT={port} is not a port. Use a number up to 65535.\n")


def test_a_command_for_a_stack_that_is_not_there(stack: Stack) -> None:
    assert stack.run("manage", "check") == (1, "Milepost is not running here. Start it with `make run`.\n")


def test_a_server_that_is_given_is_used(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """DATABASE_URL names a server where nothing listens: no other database is started in its place."""
    set_environment(stack, monkeypatch, DATABASE_URL=f"postgres://nobody@127.0.0.1:{free_port()}/none")
    code, said = stack.run("run")
    assert code == 1
    assert said.endswith("Milepost could not get ready; the messages above say why. `make reset` starts afresh.\n")
    assert not (stack.data / "postgres-18").exists()


def set_environment(stack: Stack, monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    environment = dict(stack.environment()) | variables
    monkeypatch.setattr(stack, "environment", lambda: environment)
