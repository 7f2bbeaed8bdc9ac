"""A PostgreSQL server of the test's own, which may be killed: with fsync on, as in production."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection, connections

from marketplace.local.processes import Child
from marketplace.local.servers import DATABASE, USER, PostgreSQL


class OwnServer:
    """The server; `kill` is what a power cut does to it, and `start` what an operator does then."""

    def __init__(self, folder: Path, sockets: Path) -> None:
        self.log = folder / "log"
        self._server = PostgreSQL(folder, sockets)
        self._running: Child | None = None
        self.start()

    @property
    def host(self) -> str:
        return str(self._server.sockets)

    @property
    def pid(self) -> int:
        """Of the postmaster."""
        return int((self._server.data / "postmaster.pid").read_text().splitlines()[0])

    def start(self) -> None:
        """Also after a kill: recovers from its write-ahead log, then takes connections."""
        if self._running is not None:
            self._running.process.wait()
        connections.close_all()
        self._running = self._server.start(log=self.log)

    def stop(self) -> None:
        connections.close_all()
        if self._running is not None:
            self._running.stop()


@contextmanager
def own_database(folder: Path, sockets: Path) -> Iterator[OwnServer]:
    """Django's connection leads to a fresh, migrated database of a server of its own."""
    server = OwnServer(folder, sockets)
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict |= {"HOST": server.host, "NAME": DATABASE, "USER": USER, "PORT": "", "PASSWORD": ""}
    try:
        call_command("migrate", verbosity=0, interactive=False)
        yield server
    finally:
        server.stop()
        connection.close()
        connection.settings_dict |= {name: before[name] for name in ("HOST", "NAME", "USER", "PORT", "PASSWORD")}
