"""PostgreSQL and Valkey from packages, started as plain programs."""

import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import environ
import psutil
import psycopg
import pytest

from marketplace.local import identity
from marketplace.local.errors import LocalError
from marketplace.local.folders import REPOSITORY, Folders, private_folder
from marketplace.local.processes import Child
from marketplace.local.servers import PostgreSQL, Valkey

FINISHES = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
print("up", flush=True)
signal.pause()
"""
DEAF = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
signal.pause()
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="what is tried here is for root only")


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Folders]:
    data = tmp_path / ("a path with spaces that is longer than any socket's " * 3)
    data.mkdir()
    folders = Folders(data)
    yield folders
    folders.remove_sockets()
    identity.forget_reachable_home(data)


def ask(server: PostgreSQL, question: str) -> object:
    settings = environ.Env.db_url_config(server.url)
    with psycopg.connect(host=settings["HOST"], user=settings["USER"], dbname=settings["NAME"]) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def server_of(folders: Folders) -> PostgreSQL:
    return PostgreSQL(folders.data, folders.sockets(), throwaway=True)


def test_postgres_keeps_its_data_and_sorts_alike_everywhere(folders: Folders, tmp_path: Path) -> None:
    server = server_of(folders)
    child = server.start(log=tmp_path / "log")
    server.sql("app", "CREATE TABLE kept AS SELECT 7 AS number")
    assert ask(server, "SELECT string_agg(w, '' ORDER BY w) FROM unnest('{b,A,a,B}'::text[]) w") == "ABab"
    assert ask(server, "SHOW listen_addresses") == ""
    child.stop()
    assert child.code == 0
    child = server.start(log=tmp_path / "log")
    assert ask(server, "SELECT number FROM kept") == 7
    child.stop()


def test_postgres_recovers_after_a_kill(folders: Folders, tmp_path: Path) -> None:
    server = server_of(folders)
    server.start(log=tmp_path / "log").kill()
    assert (server.data / "postmaster.pid").exists()
    child = server.start(log=tmp_path / "log")
    assert ask(server, "SELECT 1") == 1
    child.stop()


def test_a_pid_used_anew_by_a_stranger_is_left_alone(folders: Folders, tmp_path: Path) -> None:
    server = server_of(folders)
    server.start(log=tmp_path / "log").stop()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (server.data / "postmaster.pid").write_text(f"{stranger.pid}\n{server.data}\n")
        server.start(log=tmp_path / "log").stop()
        assert stranger.poll() is None
        stranger.kill()


def test_an_orphan_is_stopped_first(folders: Folders, tmp_path: Path) -> None:
    server = server_of(folders)
    orphan = server.start(log=tmp_path / "log")
    child = server.start(log=tmp_path / "log")
    assert orphan.ended
    assert ask(server, "SELECT 1") == 1
    child.stop()


@as_root
def test_as_root_where_namespaces_are_refused(
    folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "namespaces_allowed", lambda: False)
    tmp_path.chmod(0o700)
    server = server_of(folders)
    child = server.start(log=tmp_path / "log")
    assert ask(server, "SELECT 1") == 1
    assert psutil.Process(child.process.pid).username() == "nobody"
    assert server.data.is_relative_to(identity.reachable_home(folders.data))
    assert server.data.stat().st_uid == pwd.getpwnam("nobody").pw_uid
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    child.stop()
    identity.forget_reachable_home(folders.data)
    assert not server.home.exists()


@as_root
def test_as_root_nothing_is_made_or_given_away(folders: Folders, tmp_path: Path) -> None:
    server = server_of(folders)
    child = server.start(log=tmp_path / "log")
    assert server.data.stat().st_uid == 0
    assert server.home == folders.data
    child.stop()


def test_valkey_answers_on_its_socket(folders: Folders, tmp_path: Path) -> None:
    valkey = Valkey(folders.sub("valkey"), folders.sockets())
    child = valkey.start(log=tmp_path / "log")
    assert valkey.socket.stat().st_mode & 0o777 == 0o700
    child.stop()
    assert child.code == 0


def test_a_child_may_finish_what_it_does(tmp_path: Path) -> None:
    """A worker that holds a task gets the time; only one that never ends is killed."""
    child = Child("worker", [sys.executable, "-c", FINISHES], log=tmp_path / "log")
    wait_for_text(tmp_path / "log", "up")
    child.stop()
    assert child.code == 7


def test_a_child_that_never_ends_is_killed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    child = Child("deaf", [sys.executable, "-c", DEAF], log=tmp_path / "log", grace=0.1)
    wait_for_text(tmp_path / "log", "up")
    child.stop()
    assert child.code == -signal.SIGKILL
    assert capsys.readouterr().out == "deaf did not stop in 0.1 s and was killed.\n"


def wait_for_text(path: Path, text: str) -> None:
    while text not in path.read_text():
        os.sched_yield()


def test_keys_are_made_once_and_private(folders: Folders) -> None:
    key = folders.key("site_secret")
    assert len(key) >= 50
    assert folders.key("site_secret") == key
    assert (folders.data / "site_secret").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_another_laid_out_for_us_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "ours").symlink_to(tmp_path / "theirs")
    with pytest.raises(LocalError, match="belongs to someone else"):
        private_folder(tmp_path / "ours", mode=0o700)


def test_clearing_leaves_what_is_not_ours(folders: Folders) -> None:
    (folders.data / "holiday.jpg").touch()
    folders.key("site_secret")
    folders.sub("media")
    folders.clear()
    assert [path.name for path in folders.data.iterdir()] == ["holiday.jpg"]


@as_root
def test_a_kernel_that_refuses_namespaces() -> None:
    """The whole way, with a real refusal: the servers come up and answer, PostgreSQL as `nobody`."""
    question = "import os, psycopg, environ; c = environ.Env.db_url_config(os.environ['DATABASE_URL']); "
    question += (
        "print(psycopg.connect(host=c['HOST'], user=c['USER'], dbname=c['NAME']).execute('SELECT 7').fetchone())"
    )
    refusing = [sys.executable, str(Path(__file__).with_name("refusing.py"))]
    command = [*refusing, sys.executable, "-m", "marketplace.local", "with-servers", sys.executable, "-c", question]
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    done = subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "(7,)\n"), done.stderr
