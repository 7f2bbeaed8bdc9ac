"""Runs a command where the kernel refuses user namespaces, as in a container: `python refusing.py COMMAND …`, as root.

The command is root in a namespace of its own that may hold no further one; nothing outside it changes.
"""

import ctypes
import os
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
EVERYONE = "0 0 65536"


def main(command: list[str]) -> None:
    mapped, told = os.pipe()
    ready, say_ready = os.pipe()
    if child := os.fork():
        os.read(ready, 1)
        for table in ("uid_map", "gid_map"):
            Path(f"/proc/{child}/{table}").write_text(EVERYONE)
        os.write(told, b".")
        _, status = os.waitpid(child, 0)
        sys.exit(os.waitstatus_to_exitcode(status))
    if ctypes.CDLL(None).unshare(CLONE_NEWUSER):
        sys.exit("user namespaces are refused already")
    os.write(say_ready, b".")
    os.read(mapped, 1)
    Path("/proc/sys/user/max_user_namespaces").write_text("0")
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
