"""Named places between two steps where a test kills the worker. In production they do nothing and can't be armed."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_hook: Callable[[str], None] | None = None


def crash_point(name: str) -> None:
    """A worker may die here; whatever is committed by now must be enough for the sweep to go on."""
    if _hook is not None:
        _hook(name)


def arm(hook: Callable[[str], None] | None) -> None:
    """Call `hook` with the name of each point that is reached; None disarms. Refused outside tests and the demo."""
    global _hook
    if hook is not None and not settings.DEMO:
        raise ImproperlyConfigured("Crash points are for tests: set DEMO=1 or don't arm them.")
    _hook = hook
