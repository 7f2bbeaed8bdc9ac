"""Filters for the plain-text templates of notices: as on pages, but without markup."""

from datetime import datetime

from django import template

from marketplace.web import instants

register = template.Library()


@register.filter
def instant(moment: datetime | str | None) -> str:
    """The day and minute in the reader's time zone: "Thu 19 Nov, 16:40"."""
    local = instants.read(moment)
    return instants.minute(local) if local else ""


@register.filter
def day(moment: datetime | str | None) -> str:
    """The day in the reader's time zone: "Thu 19 Nov"."""
    local = instants.read(moment)
    return instants.day(local) if local else ""
