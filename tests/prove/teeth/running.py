"""Runs of tests in the copy, each on a clone of the test database that nobody has used."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.db import connection, connections
from psycopg.conninfo import make_conninfo

from tests.prove.teeth.fault import Proving

UNUSED = ("playwright", "base_url", "xdist", "schemathesis")  # plugins that take seconds to load
HOW = ("-q", "-x", "--reuse-db", "--no-header", *(f"-pno:{name}" for name in UNUSED))
PATIENCE = 240  # seconds after which a run counts as hanging
_FAILED = re.compile(r"(\d+) failed")
_PASSED = re.compile(r"(\d+) passed")


@dataclass(frozen=True, kw_only=True)
class Run:
    """How it ended: pytest's last line, and the end of what it said."""

    code: int
    summary: str
    said: str

    @property
    def noticed(self) -> bool:
        """A test has failed, rather than not been found, not been imported or not come to an end."""
        return self.code == 1 and _number(_FAILED, self.summary) > 0

    @property
    def passed(self) -> bool:
        return self.code == 0 and _number(_PASSED, self.summary) > 0


def run(proving: Proving, *, site: Path, sql: str = "") -> Run:
    """Run the tests of `proving` in the copy `site`, in a database in which `sql` has been run."""
    with _database(sql) as url:
        # Of its own: in the folder that runs of pytest share, one clears up what another is looking through.
        temporary = f"--basetemp={site.with_name(f'{site.name}-temporary')}"
        command = [sys.executable, "-m", "pytest", *proving.tests.split(), *HOW, temporary]
        try:
            done = subprocess.run(
                command, cwd=site, env=_environment(url, proving), capture_output=True, text=True, check=False,
                timeout=PATIENCE,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Run(code=-1, summary=f"hangs after {PATIENCE} s", said="")
    lines = done.stdout.strip().splitlines() or [""]
    return Run(code=done.returncode, summary=lines[-1], said="\n".join([*lines[-25:], done.stderr[-500:]]))


def _environment(url: str, proving: Proving) -> dict[str, str]:
    """This process's own, without what a run of pytest tells its children. What is compiled is kept: the next run is
    quicker.
    """
    dropped = ("PYTEST_", "PROVE_", "PYTHONDONTWRITEBYTECODE")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return ours | {"DATABASE_URL": url, "PROVE_TIER": "ci", "PROVE_ONLY": proving.only}


@contextmanager
def _database(sql: str) -> Iterator[str]:
    """The address of a base whose test database is a clone of ours, with `sql` run in it."""
    ours = str(connection.settings_dict["NAME"])
    base = f"{ours}_teeth"
    clone = f"test_{base}"
    connections.close_all()
    with _server() as server:
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [ours])
        server.execute(f'DROP DATABASE IF EXISTS "{clone}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{clone}" TEMPLATE "{ours}"')
    try:
        if sql:
            with _server(clone) as there:
                there.execute(sql)
        yield _address(base)
    finally:
        with _server() as server:
            server.execute(f'DROP DATABASE IF EXISTS "{clone}" WITH (FORCE)')


def _address(base: str) -> str:
    """DATABASE_URL with `base` in place of the database's name, which is what stands after the last slash."""
    address, mark, more = os.environ.get("DATABASE_URL", "postgres:///milepost").partition("?")
    return f"{address.rpartition('/')[0]}/{base}{mark}{more}"


@contextmanager
def _server(name: str = "postgres") -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """A connection of our own to the same server."""
    there = connection.settings_dict
    known = {"host": there["HOST"], "port": there["PORT"], "user": there["USER"], "password": there["PASSWORD"]}
    address = make_conninfo(dbname=name, **{key: value for key, value in known.items() if value})
    with psycopg.connect(address, autocommit=True) as made:
        yield made


def _number(pattern: "re.Pattern[str]", text: str) -> int:
    found = pattern.search(text)
    return int(found[1]) if found else 0
