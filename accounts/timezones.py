"""The time zones that a person can choose, by part of the world."""

import zoneinfo
from datetime import date, datetime, time
from functools import cache

REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")

Choice = tuple[str, str]


@cache
def choices() -> list[tuple[str, list[Choice]]]:
    """For a <select>: UTC first, then cities grouped by region."""
    groups: dict[str, list[Choice]] = {region: [] for region in REGIONS}
    for name in sorted(zoneinfo.available_timezones()):
        region, _, city = name.partition("/")
        if region in groups:
            groups[region].append((name, city.replace("_", " ").replace("/", ": ")))
    return [("Everywhere", [("UTC", "UTC")]), *((region, cities) for region, cities in groups.items() if cities)]


def is_time_zone(name: str) -> bool:
    return name in zoneinfo.available_timezones()


def day_begins(day: date, zone: str) -> datetime:
    """The first instant of `day` where the clocks show `zone`."""
    return datetime.combine(day, time.min, tzinfo=zoneinfo.ZoneInfo(zone))


def day_there(moment: datetime, zone: str) -> date:
    """Which day a calendar on the wall shows there."""
    return moment.astimezone(zoneinfo.ZoneInfo(zone)).date()
