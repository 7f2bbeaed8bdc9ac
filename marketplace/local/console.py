"""One terminal for many programs: each line says whose it is."""

import sys
import threading
from typing import IO

WIDTH = 9
lock = threading.Lock()


def say(sentence: str) -> None:
    """A line of our own, to the person at the terminal."""
    with lock:
        sys.stdout.write(f"{sentence}\n")
        sys.stdout.flush()


def relay(name: str, stream: IO[bytes]) -> None:
    """Copy each line of a program's output, named, until it ends."""
    prefix = f"{name:{WIDTH}}| ".encode()
    with stream:
        for line in stream:
            with lock:
                sys.stdout.buffer.write(prefix + line.rstrip(b"\n") + b"\n")
                sys.stdout.buffer.flush()
