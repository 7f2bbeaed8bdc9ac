"""The local stack as a person starts it: real processes, watched from outside."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil

from marketplace.local.folders import REPOSITORY

CLEARED = (
    "DATABASE_URL",
    "REDIS_URL",
    "STRIPE_SECRET_KEY",
    "STRIPE_API_BASE",
    "SECRET_KEY",
    "DEBUG",
    "PORT",
    "SIMULATOR_PORT",
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Stack:
    """`make run` in a data folder of its own, without demo data."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, free_port()
        self.lines: list[str] = []

    def environment(self) -> Mapping[str, str]:
        ours = {"DATA_DIR": str(self.data), "PORT": str(self.port), "SIMULATOR_PORT": str(free_port()), "SEED": "0"}
        return {name: value for name, value in os.environ.items() if name not in CLEARED} | ours

    def command(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "marketplace.local", *words],
            cwd=REPOSITORY,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def start(self) -> None:
        """Until the line that says it is ready."""
        self.process = self.command("run")
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
            if line.startswith("Ready at "):
                return
        raise AssertionError("".join(self.lines))

    def end(self, how: signal.Signals) -> int:
        """Its exit code, once its output is closed by every process that held it."""
        self.process.send_signal(how)
        assert self.process.stdout
        self.lines += self.process.stdout.readlines()
        return self.process.wait()

    def processes(self) -> list[psutil.Process]:
        """Everything that was started for this data folder and lives."""
        return [process for process in psutil.process_iter() if self.owns(process)]

    def owns(self, process: psutil.Process) -> bool:
        try:
            mine = process.environ().get("DATA_DIR") == str(self.data) or any(
                str(self.data) in word for word in process.cmdline()
            )
            return mine and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False
