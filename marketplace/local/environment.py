"""The environment that the programs of the local stack get: what the person set, and what a laptop needs besides."""

import os
from dataclasses import dataclass
from urllib.parse import quote

from marketplace.local.errors import LocalError
from marketplace.local.folders import Folders
from marketplace.local.ports import HOST

PASSED_ON = (
    "STRIPE_SECRET_KEY",
    "STRIPE_API_BASE",
    "STRIPE_WEBHOOK_SECRETS",
    "STRIPE_CONNECT_WEBHOOK_SECRETS",
    "CLOCK_OFFSET",
)


@dataclass(frozen=True)
class Ports:
    """Where the site and the Stripe simulator listen."""

    web: int
    simulator: int

    @classmethod
    def from_environment(cls) -> "Ports":
        web = read_port("PORT", 8000)
        return cls(web, read_port("SIMULATOR_PORT", web + 1))


def read_port(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise LocalError(f"{variable}={text} is not a port. Use a number up to 65535.")
    return int(text)


def given(variable: str) -> bool:
    return bool(os.environ.get(variable))


def switched_on(variable: str) -> bool:
    return os.environ.get(variable, "").lower() in ("1", "true", "yes", "on")


def for_programs(folders: Folders, ports: Ports, *, database_url: str, redis_url: str) -> dict[str, str]:
    """What `.env.example` explains, for one machine; a variable that is set already stays as it is."""
    defaults = {
        "DEMO": "1",
        "SECRET_KEY": folders.key("site_secret"),
        "SITE_URL": f"http://{HOST}:{ports.web}",
        "STATIC_ROOT": str(folders.sub("static")),
        "MEDIA_ROOT": str(folders.sub("media")),
        "EMAIL_URL": f"filemail:///{quote(str(folders.sub('mail')))}",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
    }
    if not given("STRIPE_SECRET_KEY"):
        defaults |= {
            "STRIPE_SECRET_KEY": "sk_test_simulator",
            "STRIPE_API_BASE": f"http://{HOST}:{ports.simulator}",
            "STRIPE_WEBHOOK_SECRETS": f"whsec_{folders.key('webhook_secret')}",
            "STRIPE_CONNECT_WEBHOOK_SECRETS": f"whsec_{folders.key('connect_webhook_secret')}",
        }
    if os.geteuid() == 0:  # in a container one often is, and may be here
        defaults["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser"
    passed_on = {name: os.environ[name] for name in PASSED_ON if given(name)}
    return {name: os.environ.get(name) or value for name, value in defaults.items()} | passed_on
