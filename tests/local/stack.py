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

    def __init__(self, data: Path, assets: Path) -> None:
        """`assets` is where static files are collected: shared, as hashing them takes seconds."""
        self.data, self.assets, self.port = data, assets, free_port()
        self.lines: list[str] = []

    def environment(self) -> Mapping[str, str]:
        ports = {"PORT": str(self.port), "SIMULATOR_PORT": str(free_port())}
        ours = {"DATA_DIR": str(self.data), "STATIC_ROOT": str(self.assets), "SEED": "0"} | ports
        return {name: value for name, value in os.environ.items() if name not in CLEARED} | ours

    def start_command(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "marketplace.local", *words],
            cwd=REPOSITORY,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str]:
        """The exit code and the output of a command that ends by itself."""
        process = self.start_command(*words)
        output, _ = process.communicate()
        return process.returncode, output

    def start(self) -> None:
        """Until the line that says it is ready."""
        self.process = self.start_command("run")
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
            if line.startswith("Ready at "):
                return
        raise AssertionError("".join(self.lines))

    def end(self, how: signal.Signals) -> int:
        """Its exit code, once it is gone and every process that shared its output is."""
        self.process.send_signal(how)
        return self.wait()

    def wait(self) -> int:
        output, _ = self.process.communicate()
        self.lines += output.splitlines(keepends=True)
        return self.process.returncode

    def processes(self) -> list[psutil.Process]:
        """Everything that was started for this data folder and lives."""
        return [process for process in psutil.process_iter() if self.owns(process)]

    def owns(self, process: psutil.Process) -> bool:
        """Servers overwrite their environment, but live in their data folder."""
        try:
            started_here = process.environ().get("DATA_DIR") == str(self.data) or process.cwd().startswith(
                str(self.data)
            )
            return started_here and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False
