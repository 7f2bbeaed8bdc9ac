"""PostgreSQL and Valkey for one machine: they listen on sockets in a private folder, so ports never clash."""

import os
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import psutil

from marketplace.local.binaries import postgres_major, postgres_programs, valkey_program
from marketplace.local.errors import LocalError
from marketplace.local.identity import Identity, choose_identity
from marketplace.local.processes import Child, Command, launched, wait_until

USER = DATABASE = "app"
LOCALE = "--encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C"  # sorts alike everywhere
INITDB = f"--auth=trust --no-sync --no-instructions {LOCALE}"
CREATE_DATABASE = r"""
SELECT 'CREATE DATABASE app' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'app') \gexec
"""
SETTINGS = ("listen_addresses=", "unix_socket_permissions=0700", "max_connections=200", "log_min_messages=fatal")
THROWAWAY_SETTINGS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=300")


class PostgreSQL:
    """A PostgreSQL server whose data lies under `folder`."""

    def __init__(
        self, folder: Path, sockets: Path, *, throwaway: bool = False, identity: Identity | None = None
    ) -> None:
        """`throwaway` trades safety after a power cut for speed: for tests."""
        self.identity = identity or choose_identity()
        self.programs = self.identity.programs(postgres_programs())
        self.home = self.identity.home(folder)
        self.sockets = sockets if self.home == folder else self.home / "socket"
        self.data = self.home / f"postgres-{postgres_major(self.programs)}"
        self.settings = (*SETTINGS, *(THROWAWAY_SETTINGS if throwaway else ()))

    @property
    def url(self) -> str:
        """As django-environ reads it: a socket's folder stands where a path would."""
        return f"postgres://{USER}@/{self.sockets}/{DATABASE}"

    def start(self, *, log: Path | None = None) -> Child:
        """Make the data folder on the first start, clear up after a crash, and wait until connections are taken."""
        if not (self.data / "PG_VERSION").exists():
            self.initialise()
        stop_orphan(self.data)
        if not self.sockets.exists():
            self.sockets.mkdir(mode=0o700)
            self.identity.give(self.sockets)
        options = [word for setting in self.settings for word in ("-c", setting)]
        child = Child(
            "postgres",
            [self.programs / "postgres", "-D", self.data, "-k", self.sockets, *options],
            stop_signal=signal.SIGINT,
            grace=20,
            identity=self.identity.name,
            log=log,
        )
        wait_until(self.answers, child)
        self.sql("postgres", CREATE_DATABASE)
        return child

    def initialise(self) -> None:
        """Into a folder aside, then renamed: an interrupted start leaves no half-made data folder."""
        aside = Path(tempfile.mkdtemp(prefix="unfinished-", dir=self.home))
        self.identity.give(aside)
        command: Command = [self.programs / "initdb", "-D", aside / "data", "-U", USER, *INITDB.split()]
        done = subprocess.run(
            launched(command, stop_signal=signal.SIGKILL, identity=self.identity.name),
            capture_output=True,
            text=True,
            check=False,
            cwd=self.home,
        )
        if done.returncode:
            raise LocalError(f"PostgreSQL could not make its data folder:\n{done.stderr.strip()}")
        (aside / "data").rename(self.data)
        aside.rmdir()

    def answers(self) -> bool:
        """The server writes its state into the eighth line of its pid file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return lines[7:] != [] and lines[7].strip() == "ready"

    def sql(self, database: str, statement: str) -> None:
        options: Command = ["-qX", "-v", "ON_ERROR_STOP=1", "-h", self.sockets, "-U", USER, "-d", database]
        command = [self.programs / "psql", *options]
        subprocess.run(command, input=statement, text=True, check=True, stdout=subprocess.DEVNULL)


def stop_orphan(data: Path) -> None:
    """The caller holds the stack's lock, so a pid file is a dead run's: its server still up, or its pid used anew."""
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    try:
        server = psutil.Process(int(pid_file.read_text().split()[0]))
        ours = "postgres" in server.name() and str(data) in server.cmdline() and server.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, ValueError, IndexError):
        ours = False
    if ours:
        server.send_signal(signal.SIGINT)
        psutil.wait_procs([server], timeout=20)
    pid_file.unlink(missing_ok=True)


class Valkey:
    """A Valkey server, the broker: what it holds may be lost at any time (docs/adr/0003)."""

    def __init__(self, folder: Path, sockets: Path) -> None:
        self.folder, self.socket = folder, sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return f"redis+socket://{self.socket}"

    def start(self, *, log: Path | None = None) -> Child:
        self.folder.mkdir(exist_ok=True)
        self.socket.unlink(missing_ok=True)
        options = {
            "--port": "0",
            "--unixsocket": str(self.socket),
            "--unixsocketperm": "700",
            "--dir": str(self.folder),
            "--save": "60 1",
            "--maxmemory-policy": "noeviction",
            "--loglevel": "nothing",
        }
        words = [word for option in options.items() for word in option]
        child = Child("valkey", [valkey_program(), *words], grace=5, log=log)
        wait_until(lambda: listens(self.socket), child)
        return child


def listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(os.fspath(path)) == 0
