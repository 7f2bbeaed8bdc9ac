"""Instants as people read them, in the active time zone."""

import zoneinfo
from collections.abc import Callable
from datetime import date, datetime

from django.utils import timezone
from django.utils.html import format_html

from marketplace.kernel import clock


def zone_named(name: str) -> zoneinfo.ZoneInfo:
    """A person's time zone; UTC for one that no longer exists."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")


def read(moment: datetime | str | None) -> datetime | None:
    """An aware datetime in the active zone from a datetime or its ISO form (as notices keep it)."""
    if not moment:
        return None
    aware = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return timezone.localtime(aware)


def plain_date(day: date) -> str:
    """ "Thu 19 Nov"."""
    return f"{day:%a} {day.day} {day:%b}"


def day(local: datetime) -> str:
    """ "Thu 19 Nov", with the year when it is not this one: "Thu 19 Nov 2025"."""
    this_year = timezone.localtime(clock.now()).year
    return f"{local:%a} {local.day} {local:%b}" + (f" {local.year}" if local.year != this_year else "")


def minute(local: datetime) -> str:
    """ "Thu 19 Nov, 16:40"."""
    return f"{day(local)}, {local:%H:%M}"


def tag(moment: datetime | str | None, words: Callable[[datetime], str]) -> str:
    """<time> with the exact instant for machines and the zone in its title; empty for None."""
    local = read(moment)
    if local is None:
        return ""
    zone = f"{local:%d %B %Y, %H:%M} {timezone.get_current_timezone_name()}"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), zone, words(local)
    )
