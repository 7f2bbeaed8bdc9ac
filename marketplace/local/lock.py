"""One stack per data folder: a lock that the kernel lets go of when its holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from marketplace.local.errors import LocalError
from marketplace.local.folders import Folders


def is_held(folders: Folders) -> bool:
    try:
        with only_one(folders):
            return False
    except LocalError:
        return True


@contextmanager
def only_one(folders: Folders) -> Iterator[None]:
    """Hold the data folder, or say who does."""
    with (folders.data / "run.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise LocalError(f"Milepost is already running here (pid {file.read().strip()}).") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
