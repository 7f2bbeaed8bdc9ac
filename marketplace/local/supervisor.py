"""`make run`: every program of Milepost under one roof, started in order and stopped in the opposite one."""

import os
import signal
import threading
from collections.abc import Iterable
from types import FrameType

from marketplace.local import console, programs
from marketplace.local.environment import Ports, for_programs, given, switched_on
from marketplace.local.errors import LocalError, StopAskedError
from marketplace.local.folders import Folders
from marketplace.local.lock import only_one
from marketplace.local.ports import HOST, claim, serves_http
from marketplace.local.processes import Child, Command, wait_until
from marketplace.local.servers import PostgreSQL, Valkey

LONGEST_TASK = 130  # seconds; a little over CELERY_TASK_SOFT_TIME_LIMIT, so that a running task can finish
WATCH_SECONDS = 0.2


class Supervisor:
    """Starts the programs, waits, and leaves none behind."""

    def __init__(self, folders: Folders, ports: Ports) -> None:
        self.folders, self.ports = folders, ports
        self.children: list[Child] = []
        self.stopping = threading.Event()
        self.env: dict[str, str] = {}

    def run(self) -> int:
        for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signal_number, self.on_signal)
        with only_one(self.folders):
            try:
                self.start()
                return self.watch()
            except StopAskedError:
                return 0
            finally:
                self.stop()
                self.folders.remove_sockets()

    def on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """The first asks everything to finish, a second one insists."""
        if self.stopping.is_set():
            for child in self.children:
                if not child.ended:
                    os.kill(child.process.pid, signal.SIGKILL if child.name == "worker" else child.stop_signal)
        self.stopping.set()

    def check(self) -> None:
        if self.stopping.is_set():
            raise StopAskedError

    # --- Start --------------------------------------------------------------------------------------------------------
    def start(self) -> None:
        self.claim_ports()
        self.start_servers()
        self.start_simulator()
        self.prepare()
        web = self.launch_web()
        self.launch("worker", programs.worker(), grace=LONGEST_TASK)
        self.launch("beat", programs.beat(self.folders.data / "beat-schedule"), grace=5)
        wait_until(lambda: serves_http(self.ports.web), web, seconds=60, check=self.check)
        console.say(welcome(self.env["SITE_URL"], demo="STRIPE_API_BASE" in self.env))

    def claim_ports(self) -> None:
        claim(self.ports.web, variable="PORT")
        if not given("STRIPE_SECRET_KEY"):
            claim(self.ports.simulator, variable="SIMULATOR_PORT")

    def start_servers(self) -> None:
        database_url, redis_url = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
        if not database_url:
            postgres = PostgreSQL(self.folders.data, self.folders.sockets())
            self.children.append(postgres.start())
            database_url = postgres.url
        self.check()
        if not redis_url:
            valkey = Valkey(self.folders.sub("valkey"), self.folders.sockets())
            self.children.append(valkey.start())
            redis_url = valkey.url
        self.check()
        self.env = for_programs(self.folders, self.ports, database_url=database_url, redis_url=redis_url)
        self.folders.remember_environment(self.env)

    def start_simulator(self) -> None:
        """Unless a key to Stripe itself is given."""
        if given("STRIPE_SECRET_KEY"):
            return
        command = programs.simulator(
            port=self.ports.simulator,
            data=self.folders.sub("simulator"),
            webhook_url=f"http://{HOST}:{self.ports.web}/webhooks/stripe/",
            webhook_secret=self.env["STRIPE_WEBHOOK_SECRETS"],
            connect_secret=self.env["STRIPE_CONNECT_WEBHOOK_SECRETS"],
        )
        simulator = self.launch("stripe", command, grace=5)
        wait_until(lambda: serves_http(self.ports.simulator), simulator, check=self.check)

    def prepare(self) -> None:
        """Wait until tables, assets and demo data are there."""
        child = Child("prepare", programs.prepare(), env=self.env)
        try:
            while not child.ended:
                self.check()
                self.stopping.wait(WATCH_SECONDS)
        finally:
            child.stop()
        if child.code:
            raise LocalError("Milepost could not get ready; the messages above say why. `make reset` starts afresh.")

    def launch_web(self) -> Child:
        address = f"{HOST}:{self.ports.web}"
        if switched_on("DEBUG"):  # reloads when code changes; its parent process passes Ctrl-C on, but no SIGTERM
            return self.launch("web", programs.reloading_web(address), stop_signal=signal.SIGINT)
        return self.launch("web", programs.web(address), grace=35)

    def launch(
        self, name: str, command: Command, *, grace: float = 10, stop_signal: signal.Signals = signal.SIGTERM
    ) -> Child:
        child = Child(name, command, env=self.env, grace=grace, stop_signal=stop_signal)
        self.children.append(child)
        return child

    # --- Until the end ------------------------------------------------------------------------------------------------
    def watch(self) -> int:
        """Wait for Ctrl-C, or for a program to end that should not have."""
        while not self.stopping.wait(WATCH_SECONDS):
            for child in self.children:
                if child.ended:
                    console.say(f"{child.name} ended with {child.code}; stopping the rest.")
                    return 1
        return 0

    def stop(self) -> None:
        """Beat, worker, web, simulator, then the servers that they used."""
        self.stopping.set()
        running: Iterable[Child] = [child for child in reversed(self.children) if not child.ended]
        if running:
            console.say("Stopping; a task that runs is finished first. Ctrl-C again to insist.")
        for child in running:
            child.stop()


def welcome(site_url: str, *, demo: bool) -> str:
    logins = "buyer@milepost.example, seller@milepost.example or support@milepost.example, password “milepost-demo”"
    return f"Ready at {site_url}" + (f" (sign in as {logins})" if demo else "")
