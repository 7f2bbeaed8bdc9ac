"""The last step before a program of the stack: become who it must be, promise to die with the supervisor, be it.

    python launch.py SIGNAL PARENT IDENTITY PROGRAM …

A program of its own, and a small one, because it must run between fork and exec: in the supervisor itself, which has
threads, Python code in that place can wait for ever for a lock that a thread held at the fork.
"""

import ctypes
import os
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
SHOWN_UID = 1000


def become(identity: str) -> None:
    """`ourselves`, `namespace`, or `UID:GID`."""
    if identity == "namespace":
        enter_user_namespace()
    elif identity != "ourselves":
        uid, gid = identity.split(":")
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))


def enter_user_namespace() -> None:
    """Show this process, and what it starts, as SHOWN_UID; outside it stays who it is."""
    uid, gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "the kernel refuses a user namespace")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{SHOWN_UID} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{SHOWN_UID} {gid} 1")


def die_with(parent: int, stop_signal: int) -> None:
    """Linux sends us `stop_signal` when the thread that started us ends, however it ends. Changing uid undoes it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(1)


if __name__ == "__main__":
    become(sys.argv[3])
    die_with(int(sys.argv[2]), int(sys.argv[1]))
    os.execvp(sys.argv[4], sys.argv[4:])  # noqa: S606 - the supervisor chose the program
