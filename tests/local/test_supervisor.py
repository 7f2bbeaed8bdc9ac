"""`make run`, from a cold start to nothing left."""

import http.client
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import environ
import psutil
import psycopg
import pytest

from marketplace.local.environment import Ports, for_programs
from marketplace.local.folders import Folders
from marketplace.local.processes import Child
from marketplace.local.supervisor import Supervisor
from tests.local.stack import Stack, free_port

MAKE_USER = "from accounts.models import User; User.objects.create_user('kept@example.com')"


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
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status


def users(stack: Stack) -> list[str]:
    url = Folders(stack.data).remembered_environment()["DATABASE_URL"]
    settings = environ.Env.db_url_config(url)
    with psycopg.connect(host=settings["HOST"], user=settings["USER"], dbname=settings["NAME"]) as connection:
        return [email for (email,) in connection.execute("SELECT email FROM accounts_user")]


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
    assert users(stack) == ["kept@example.com"]
    sockets = Folders(stack.data).sockets()
    assert stack.end(signal.SIGINT) == 0
    assert not sockets.exists()
    assert stack.processes() == []
    # The supervisor's own lines have no prefix. A program that is told to stop while it is starting may complain.
    assert not [line for line in stack.lines if line.startswith("Traceback")]

    assert stack.run("reset")[0] == 0
    assert [path.name for path in stack.data.iterdir()] == ["run.lock"]


def test_a_program_that_ends_takes_the_others_down(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    supervisor = Supervisor(Folders(tmp_path), Ports(free_port(), free_port()))
    first, second = Child("first", ["sleep", "60"]), Child("second", ["sleep", "60"])
    supervisor.children = [first, second]
    second.kill()
    assert supervisor.watch() == 1
    supervisor.stop()
    assert (first.code, second.code) == (-signal.SIGTERM, -signal.SIGKILL)
    assert capsys.readouterr().out.startswith("second ended with -9; stopping the rest.\n")


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


def test_servers_that_are_given_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "DATABASE_URL": "postgres://me@db.example/milepost",
        "REDIS_URL": "redis://broker.example/0",
        "STRIPE_SECRET_KEY": "sk_test_mine",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    supervisor = Supervisor(Folders(tmp_path), Ports(free_port(), free_port()))
    supervisor.start_servers()
    supervisor.start_simulator()
    assert supervisor.children == []
    assert given.items() <= supervisor.env.items()
    assert "STRIPE_API_BASE" not in supervisor.env


def test_a_setting_that_is_given_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "mine")
    env = for_programs(Folders(tmp_path), Ports(8000, 8001), database_url="postgres://one", redis_url="redis://two")
    assert (env["SECRET_KEY"], env["DATABASE_URL"], env["DEMO"]) == ("mine", os.environ["DATABASE_URL"], "1")


def set_environment(stack: Stack, monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    environment = dict(stack.environment()) | variables
    monkeypatch.setattr(stack, "environment", lambda: environment)
