"""Who PostgreSQL runs as. It refuses to be root, and in containers one often is root.

As root, a private user namespace shows PostgreSQL another uid while every file stays root's: no account is made,
nothing is chowned, any folder works. Where the kernel refuses that (Docker's default seccomp profile), it runs as
`nobody`, from copies of its programs and in a data folder that `nobody` can reach.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from marketplace.local.folders import private_folder, tag
from marketplace.local.processes import launched

REACHABLE = Path("/var/tmp")  # noqa: S108 - open to every uid and kept over a reboot; folders in it are checked


class Identity(Protocol):
    """Whom a program runs as, and where that one can keep files."""

    @property
    def name(self) -> str:
        """What the launcher knows it by."""

    def home(self, folder: Path) -> Path:
        """The folder to use in place of `folder`."""

    def programs(self, folder: Path) -> Path:
        """The folder to run the programs from in place of `folder`."""

    def give(self, path: Path) -> None:
        """Make `path` belong to this identity."""


class Ourselves:
    """An ordinary user: nothing to change."""

    name = "ourselves"

    def home(self, folder: Path) -> Path:
        return folder

    def programs(self, folder: Path) -> Path:
        return folder

    def give(self, path: Path) -> None:  # noqa: ARG002 - it is ours already
        return


class Namespaced(Ourselves):
    """Root, seen as an ordinary uid from inside a private user namespace."""

    name = "namespace"


@dataclass(frozen=True)
class Unprivileged:
    """Another, powerless account."""

    uid: int
    gid: int

    @property
    def name(self) -> str:
        return f"{self.uid}:{self.gid}"

    def home(self, folder: Path) -> Path:
        return private_folder(reachable_home(folder), mode=0o711)

    def programs(self, folder: Path) -> Path:
        """Copies of the package's two folders, which find each other by relative path; a system's own are reachable."""
        package = folder.parent.parent
        libraries = package.with_name(f"{package.name}.libs")
        if not libraries.is_dir():
            return folder
        server = (folder / "postgres").stat()
        copy = REACHABLE / f"milepost-programs-{tag(Path(f'{package}-{server.st_size}-{server.st_mtime_ns}'))}"
        if not copy.exists():
            unfinished = Path(tempfile.mkdtemp(prefix="milepost-programs-", dir=REACHABLE))
            shutil.copytree(package, unfinished / package.name, symlinks=True)
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
            unfinished.rename(copy)
        return private_folder(copy, mode=0o755) / folder.relative_to(package.parent)

    def give(self, path: Path) -> None:
        os.chown(path, self.uid, self.gid)


def reachable_home(folder: Path) -> Path:
    return REACHABLE / f"milepost-{tag(folder)}"


def forget_reachable_home(folder: Path) -> None:
    """Remove what an unprivileged server kept on behalf of `folder`, if any did."""
    home = reachable_home(folder)
    if home.is_dir() and not home.is_symlink() and home.stat().st_uid == os.geteuid():
        shutil.rmtree(home)


def namespaces_allowed() -> bool:
    probe = launched(["true"], stop_signal=signal.SIGKILL, identity=Namespaced.name)
    return sys.platform == "linux" and subprocess.run(probe, check=False, stderr=subprocess.DEVNULL).returncode == 0


def choose_identity() -> Identity:
    if os.geteuid() != 0:
        return Ourselves()
    if namespaces_allowed():
        return Namespaced()
    nobody = pwd.getpwnam("nobody")
    return Unprivileged(nobody.pw_uid, nobody.pw_gid)
