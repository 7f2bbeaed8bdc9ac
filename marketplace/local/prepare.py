"""One process that makes a database and the static files ready: tables, cache table, demo data, hashed assets."""

import hashlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import django
from django.core.management import call_command

from marketplace.local.folders import REPOSITORY

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")


def main() -> None:
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    collect_static()
    seed_once()


def collect_static() -> None:
    """Hashing and compressing takes seconds, so only when a file has changed since the last time."""
    from django.conf import settings

    if settings.DEBUG:
        return
    root = Path(settings.STATIC_ROOT)
    stamp, fingerprint = root.with_name(f"{root.name}.stamp"), static_fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(fingerprint)


def static_fingerprint() -> str:
    """Of our own assets and of the packages that bring others."""
    files: Iterable[Path] = (REPOSITORY / "static").rglob("*")
    known = sorted(f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files if file.is_file())
    return hashlib.sha256("\n".join([*known, (REPOSITORY / "requirements.lock").read_text()]).encode()).hexdigest()


def seed_once() -> None:
    """A believable marketplace, into an empty database of a demo only; SEED=0 leaves it empty."""
    from django.conf import settings
    from django.contrib.auth import get_user_model

    wanted = settings.DEMO and settings.STRIPE_API_BASE and os.environ.get("SEED") != "0"
    if wanted and not get_user_model()._default_manager.exists():
        sys.stdout.write("Making the demo marketplace: this takes a moment, once.\n")
        call_command("seed_demo", verbosity=0)


if __name__ == "__main__":
    main()
