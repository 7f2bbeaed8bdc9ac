"""A notice in words: for its reader, in their language and time zone."""

import zoneinfo
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.template import Context, Engine
from django.utils import timezone, translation

from accounts.models import User
from marketplace.web.states import Look, look_of
from notifications.kinds import kind_of
from notifications.models import Notification


@dataclass(frozen=True, slots=True)
class Words:
    """Plain text, not escaped: whoever shows it as HTML escapes it."""

    title: str
    body: str
    action: str
    rail: tuple[Look, ...] = ()

    @property
    def rail_label(self) -> str:
        """The rail for who can't see it: "1 Accepted, 2 In progress, 3 Planned"."""
        return ", ".join(f"{number} {look.label}" for number, look in enumerate(self.rail, 1))


def render_words(notice: Notification, *, reader: User) -> Words:
    """The words of `notice` for `reader`, its recipient, and the rail when its data has the states of one.

    UnknownKindError when no app has the kind any more.
    """
    kind = kind_of(notice.kind)
    with timezone.override(zoneinfo.ZoneInfo(reader.timezone)), translation.override(reader.language):
        context = Context({**notice.data, "recipient": reader.first_name}, autoescape=False)
        text = plain_text_engine().get_template(kind.template).render(context)
    title, _, body = text.strip().partition("\n")
    if seller := notice.data.get("for_seller"):
        body = f"{body.strip()}\n\nYou get this because you work for {seller}."
    rail = tuple(look_of(state) for state in notice.data.get("rail", ()))
    return Words(title=title.strip(), body=body.strip(), action=kind.action, rail=rail)


@cache
def plain_text_engine() -> Engine:
    """An engine for text: nothing is escaped, and `instant` gives words instead of <time>."""
    return Engine(
        dirs=[str(folder) for folder in settings.TEMPLATES[0]["DIRS"]],
        autoescape=False,
        builtins=["marketplace.web.templatetags.web", "notifications.templatetags.notices"],
    )
