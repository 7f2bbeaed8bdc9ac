"""The commands behind the Makefile: `python -m marketplace.local run | test [pytest arguments] | reset`."""

import sys

from marketplace.local import console
from marketplace.local.environment import Ports
from marketplace.local.errors import LocalError
from marketplace.local.folders import Folders
from marketplace.local.identity import forget_reachable_home
from marketplace.local.lock import only_one
from marketplace.local.supervisor import Supervisor
from marketplace.local.testing import run_tests


def main(arguments: list[str]) -> int:
    try:
        match arguments:
            case ["run"]:
                return Supervisor(Folders.from_environment(), Ports.from_environment()).run()
            case ["test", *pytest_arguments]:
                return run_tests(pytest_arguments)
            case ["reset"]:
                return reset(Folders.from_environment())
            case _:
                console.say(__doc__ or "")
                return 2
    except LocalError as error:
        console.say(str(error))
        return 1


def reset(folders: Folders) -> int:
    with only_one(folders):
        folders.clear()
        forget_reachable_home(folders.data)
    console.say(f"Cleared {folders.data}. The next `make run` starts afresh.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
