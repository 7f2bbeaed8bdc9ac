"""The commands behind the Makefile.

python -m marketplace.local run | manage … | reset | test [pytest arguments] | prove SUITE | with-servers COMMAND … |
    check | browser
"""

import sys

from marketplace.local import console
from marketplace.local.checks import run_checks
from marketplace.local.chromium import chromium
from marketplace.local.commands import manage, reset, with_servers
from marketplace.local.environment import Ports
from marketplace.local.errors import LocalError
from marketplace.local.folders import Folders
from marketplace.local.proving import prove
from marketplace.local.supervisor import Supervisor
from marketplace.local.testing import run_tests


def main(arguments: list[str]) -> int:
    """The exit code; what goes wrong in a way we know is a sentence, not a traceback."""
    try:
        return run_command(arguments)
    except LocalError as error:
        console.say(str(error))
        return 1


def run_command(arguments: list[str]) -> int:
    match arguments:
        case ["run"]:
            return Supervisor(Folders.from_environment(), Ports.from_environment()).run()
        case ["manage", *words]:
            return manage(Folders.from_environment(), words)
        case ["reset"]:
            return reset(Folders.from_environment())
        case ["test" | "prove" as which, *words]:
            return run_tests(words) if which == "test" else prove(*words[:1])
        case ["with-servers", command, *words]:
            return with_servers([command, *words])
        case ["check"]:
            return run_checks()
        case ["browser"]:
            console.say(f"Tests use {chromium()}.")
            return 0
    console.say(__doc__ or "")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
