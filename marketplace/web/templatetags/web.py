"""Tags and filters that every template has, without `{% load %}`."""

import zlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

import lucide as lucide_icons
from django import template
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from marketplace.kernel import clock
from marketplace.kernel.money import Money
from marketplace.web import durations, instants, markdown, places
from marketplace.web.states import Look, look_of

if TYPE_CHECKING:
    from django.core.paginator import Paginator
    from django.forms import BoundField

register = template.Library()
CATEGORY_ICONS = {
    "video": "clapperboard",
    "animation": "clapperboard",
    "music": "audio-lines",
    "audio": "audio-lines",
    "program": "monitor-cog",
    "tech": "monitor-cog",
    "business": "briefcase-business",
    "market": "megaphone",
    "design": "pen-tool",
    "graphic": "pen-tool",
    "writing": "feather",
    "translation": "languages",
    "data": "chart-column",
    "photo": "camera",
    "lifestyle": "sprout",
}


@register.simple_tag
def icon(name: str, label: str = "", **attributes: str) -> SafeString:
    """A Lucide icon that takes the text's colour; hidden from screen readers unless `label` names it."""
    attributes.setdefault("class", "i")
    if label:
        attributes |= {"role": "img", "aria_label": label}
    else:
        attributes["aria_hidden"] = "true"
    plain = {key: str(value) + "" for key, value in attributes.items()}
    return mark_safe(lucide_icons._render_icon(str(name), None, **plain))  # noqa: S308  (the library escapes the attributes)


@register.filter
def money(amount: "int | Money | dict[str, object] | None", currency: str = "") -> str:
    """Minor units with a currency, a Money, or {"amount", "currency"} as people write it: "$1,180.00"."""
    match amount:
        case None | "":
            return ""
        case Money():
            return str(amount)
        case {"amount": int(units), "currency": str(code)}:
            return str(Money(units, code))
        case _:
            return str(Money(int(amount), currency or settings.CURRENCY))  # type: ignore[arg-type]


@register.filter
def major(amount: int | None, currency: str = "") -> str:
    """Minor units as a plain decimal for an input: 118000 → "1180.00"."""
    return "" if amount is None else Money(int(amount), currency or settings.CURRENCY).major


@register.filter
def percent(basis_points: int) -> str:
    """Hundredths of a percent: 500 → "5 %", 1250 → "12.5 %", with a space that does not break."""
    whole, part = divmod(int(basis_points), 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".") + "\u00a0%"


@register.filter
def instant(moment: datetime | str | None) -> str:
    """The day and minute in the reader's time zone as <time>: "Thu 19 Nov, 16:40"."""
    return instants.tag(moment, instants.minute)


@register.filter
def day(moment: datetime | str | None) -> str:
    """The day in the reader's time zone as <time>: "Thu 19 Nov"."""
    return instants.tag(moment, instants.day)


@register.filter
def duration_left(deadline: datetime | None) -> str:
    """Until a deadline, in the two largest units: "6 days 2 hours"; "no time" once it has passed."""
    return durations.words(deadline - clock.now()) if deadline else ""


@register.filter
def ago(moment: datetime | None) -> str:
    """Since an instant, in the largest unit: "3 hours ago", "just now"."""
    return durations.ago(clock.now() - moment) if moment else ""


@register.filter
def days(count: int | None) -> str:
    """A number of days in words: "1 day", "6 days"."""
    return "" if count is None else f"{count} day" if count == 1 else f"{count} days"


@register.simple_tag
def share_left(start: datetime | None, end: datetime | None) -> int:
    """How much of the time from `start` to `end` is left, 0–100, for the bar under a countdown."""
    if not start or not end or end <= start:
        return 0
    return max(0, min(100, round(100 * ((end - clock.now()) / (end - start)))))


@register.filter(name="markdown", is_safe=True)
def render_markdown(text: str | None) -> SafeString:
    """What a person wrote, with paragraphs, lists, emphasis and links; everything else is shown as text."""
    return markdown.render(text or "")


@register.filter
def plain(text: str | None) -> str:
    """The same words in one line, for a list: "**Yes**, `this`" is "Yes, this"."""
    return markdown.plain(text or "")


@register.filter
def filesize(size: int | None) -> str:
    """1234567 → "1.2 MB"."""
    return filesizeformat(size or 0).replace("\xa0", " ")


@register.simple_tag
def state_look(state: str, label: str = "") -> Look:
    return look_of(str(state), label)


@register.filter
def state_icon(state: str) -> str:
    return look_of(str(state)).icon


@register.filter
def state_word(state: str) -> str:
    return look_of(str(state)).label


@register.filter
def split_words(text: str) -> list[str]:
    return text.split()


@register.filter
def category_icon(slug: str) -> str:
    """An icon for a category of the catalogue, by the words in its slug."""
    return next((name for word, name in CATEGORY_ICONS.items() if word in slug), "shapes")


@register.filter
def tone_of_person(key: object) -> str:
    """A quiet colour for someone's initials, the same on every page."""
    return ("go", "work", "turn", "idle")[zlib.crc32(str(key).encode()) % 4]


@register.filter
def control(field: "BoundField") -> SafeString:
    """The field's input in our look; classes of the widget itself are kept."""
    kind = getattr(field.field.widget, "input_type", "")
    if kind in {"checkbox", "radio", "hidden"}:
        return field.as_widget()
    own = str(field.field.widget.attrs.get("class", ""))
    return field.as_widget(attrs={"class": f"in {own}".strip()})


@register.filter
def page_numbers(paginator: "Paginator[Any]", current: int) -> list[int | None]:
    """The pages around `current` and both ends; None stands for a gap."""
    return [
        page if isinstance(page, int) else None for page in paginator.get_elided_page_range(current, on_each_side=1)
    ]


@register.simple_tag
def time_zone_name() -> str:
    """The zone that the page's times are in."""
    return timezone.get_current_timezone_name().replace("_", " ")


@register.simple_tag(takes_context=True)
def place(context: template.Context, name: str, about: object) -> SafeString:
    """What apps above show at this place of the page, about this gig, order or person."""
    request = context.get("request")
    if request is None:
        return SafeString("")
    pieces = places.pieces_of(name, request, about)
    return SafeString("".join(render_to_string(each.template, dict(each.context), request) for each in pieces))


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: object) -> SafeString:
    """The page's own query string with `changes`; an empty value removes one: "?q=logo&page=2"."""
    request = context.get("request")
    query = request.GET.copy() if request else None
    if query is None:
        return SafeString("?")
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
        else:
            query[key] = str(value)
    return format_html("?{}", query.urlencode())
