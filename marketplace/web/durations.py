"""Lengths of time in words."""

from datetime import timedelta

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def words(length: timedelta) -> str:
    """The two largest units: "6 days 2 hours", "1 hour 12 minutes", "less than a minute"; "no time" from zero down."""
    seconds = int(length.total_seconds())
    if length <= timedelta(0):
        return "no time"
    parts: list[str] = []
    for unit, size in _UNITS:
        number, seconds = divmod(seconds, size)
        if number or parts:
            parts.append(_count(number, unit) if number else "")
    return " ".join(part for part in parts[:2] if part) or "less than a minute"


def ago(length: timedelta) -> str:
    """The largest unit: "3 hours ago"; "just now" under a minute."""
    seconds = int(length.total_seconds())
    for unit, size in _UNITS:
        if seconds >= size:
            return f"{_count(seconds // size, unit)} ago"
    return "just now"
