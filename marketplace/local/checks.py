"""`make check`: everything that can be known without running the tests. All of it is run, then what failed is named."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from marketplace.local import console
from marketplace.local.folders import REPOSITORY
from marketplace.local.testing import throwaway_servers

PYTHON = sys.executable
PRODUCTION = {
    "DEMO": "0",
    "DEBUG": "0",
    "SECRET_KEY": "not-a-real-key-but-as-long-and-as-random-as-one-0123456789-abcdefghij",
    "SITE_URL": "https://milepost.example",
    "ALLOWED_HOSTS": "milepost.example",
    "STRIPE_SECRET_KEY": "sk_live_no_such_key",
    "STRIPE_WEBHOOK_SECRETS": "whsec_none",
    "STRIPE_CONNECT_WEBHOOK_SECRETS": "whsec_none_either",
}


@dataclass(frozen=True)
class Check:
    """One command and what it holds."""

    name: str
    command: list[str | Path]
    env: Mapping[str, str] = field(default_factory=dict)


def tool(name: str) -> Path:
    return Path(PYTHON).with_name(name)


def all_checks() -> list[Check]:
    def django(*words: str) -> list[str | Path]:
        return [PYTHON, "manage.py", *words]

    return [
        Check("style", [tool("ruff"), "check", "--quiet", "."]),
        Check("format", [tool("ruff"), "format", "--check", "--quiet", "."]),
        Check("templates", [tool("djlint"), "templates", "--lint", "--quiet"]),
        Check("compose", [tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]),
        Check("contracts", [tool("lint-imports"), "--no-cache"]),
        Check("types", [tool("mypy"), "."]),
        Check("budgets", [PYTHON, "-m", "pytest", "-q", "tests/architecture"]),
        Check("migrations", django("makemigrations", "--check", "--dry-run")),
        Check("tables", django("migrate", "--verbosity", "0")),
        Check("deployment", django("check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
    ]


def run_checks() -> int:
    failed = []
    with throwaway_servers() as servers:
        for check in all_checks():
            start = time.monotonic()
            env = {**os.environ, "SECRET_KEY": "only-for-checks", "DEMO": "1", **servers, **check.env}
            done = subprocess.run(check.command, env=env, cwd=REPOSITORY, check=False, capture_output=True, text=True)
            console.say(f"{'failed' if done.returncode else 'ok':7} {check.name} ({time.monotonic() - start:.1f} s)")
            if done.returncode:
                failed.append(check.name)
                console.say(f"{done.stdout}{done.stderr}".strip())
    console.say(f"Failed: {', '.join(failed)}." if failed else "Everything is in order.")
    return 1 if failed else 0
