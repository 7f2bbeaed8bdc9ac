"""Commands that are run beside a stack, or on servers of their own."""

import os
import subprocess
import sys
from collections.abc import Sequence

from marketplace.local import console
from marketplace.local.errors import LocalError
from marketplace.local.folders import REPOSITORY, Folders
from marketplace.local.identity import forget_reachable_home
from marketplace.local.lock import is_held, only_one
from marketplace.local.testing import throwaway_servers


def manage(folders: Folders, arguments: Sequence[str]) -> int:
    """A Django command with the environment of the stack that runs."""
    if not is_held(folders):
        raise LocalError("Milepost is not running here. Start it with `make run`.")
    command = [sys.executable, "manage.py", *arguments]
    env = {**os.environ, **folders.remembered_environment()}
    return subprocess.run(command, env=env, cwd=REPOSITORY, check=False).returncode


def with_servers(command: Sequence[str]) -> int:
    """Any command, on a new and empty database that is thrown away after it."""
    with throwaway_servers() as env:
        defaults = {"SECRET_KEY": "only-for-tests", "DEMO": "1"}
        return subprocess.run(command, env={**defaults, **os.environ, **env}, cwd=REPOSITORY, check=False).returncode


def reset(folders: Folders) -> int:
    with only_one(folders):
        folders.clear()
        forget_reachable_home(folders.data)
    console.say(f"Cleared {folders.data}. The next `make run` starts afresh.")
    return 0
