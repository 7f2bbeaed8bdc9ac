"""Where the local stack keeps its data, its sockets and its keys."""

import hashlib
import json
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from marketplace.local.errors import LocalError

REPOSITORY = Path(__file__).resolve().parents[2]
MADE = ("postgres-*", "unfinished-*", "valkey", "simulator", "media", "mail", "static*", "beat*", "*_secret", "*.json")
SAFE_PATH = re.compile(r"[\w./-]{1,70}")  # a socket's whole path has 107 bytes at most, and goes into URLs as it is


def tag(folder: Path) -> str:
    """A short name for a folder, the same each time."""
    return hashlib.sha256(str(folder).encode()).hexdigest()[:10]


@dataclass(frozen=True)
class Folders:
    """Everything of one stack, under one data folder (`DATA_DIR`, by default `var` in the checkout)."""

    data: Path

    @classmethod
    def from_environment(cls) -> "Folders":
        data = Path(os.environ.get("DATA_DIR") or REPOSITORY / "var").expanduser().resolve()
        data.mkdir(parents=True, exist_ok=True)
        return cls(data)

    def sub(self, name: str) -> Path:
        folder = self.data / name
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def sockets(self) -> Path:
        """A private folder with a short path; the data folder's own may be too long for a socket."""
        for base in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):  # noqa: S108 - 0700 and checked
            if base and SAFE_PATH.fullmatch(base) and os.access(base, os.W_OK):
                return private_folder(Path(base) / f"milepost-{os.getuid()}-{tag(self.data)}", mode=0o700)
        raise LocalError("There is no folder for sockets: set XDG_RUNTIME_DIR to a short path that you can write to.")

    def remove_sockets(self) -> None:
        shutil.rmtree(self.sockets(), ignore_errors=True)

    def key(self, name: str) -> str:
        """A secret made on the first start and kept, readable by its owner alone."""
        path = self.data / name
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        return path.read_text()

    def remember_environment(self, env: Mapping[str, str]) -> None:
        """For commands that are run beside the stack. It holds keys, so it is the owner's alone."""
        path = self.data / "environment.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(env))

    def remembered_environment(self) -> dict[str, str]:
        env: dict[str, str] = json.loads((self.data / "environment.json").read_text())
        return env

    def clear(self) -> None:
        """Remove what the stack made, and nothing else that may lie in the folder."""
        for pattern in MADE:
            for path in self.data.glob(pattern):
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()


def private_folder(path: Path, *, mode: int) -> Path:
    """Make `path`, or take it if it is ours: in a shared folder such as /tmp anyone may have made it first."""
    path.mkdir(mode=mode, exist_ok=True)
    if path.is_symlink() or path.stat().st_uid != os.geteuid():
        raise LocalError(f"{path} belongs to someone else. Remove it, or choose another DATA_DIR.")
    path.chmod(mode)
    return path
