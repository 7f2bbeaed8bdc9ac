"""A notice as a mail: plain text, and the same words as HTML in Milepost's look."""

import re
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from typing import Any

import css_inline
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse

from notifications.kinds import kind_of
from notifications.models import Letter, Notification
from notifications.rendering import Words, render_words

TOKEN = re.compile(r"--(?P<name>[\w-]+):\s*(?:light-dark\(\s*(?P<light>#\w+),\s*(?P<dark>#\w+)\s*\)|(?P<both>#\w+));")


def compose_mail(row: Notification | Letter, *, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    """The mail of `row`. Its Message-ID is the same at each attempt, so that mail programs drop a second copy."""
    context = of_notice(row) if isinstance(row, Notification) else of_letter(row)
    mail = EmailMultiAlternatives(
        subject=context["words"].title,
        body=render_to_string("notifications/mail/text.txt", context),
        to=[row.recipient.email if isinstance(row, Notification) else row.to],
        headers={"Message-ID": message_id(row.public_id), "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    mail.attach_alternative(render_html(context), "text/html")
    return mail


def of_notice(notice: Notification) -> dict[str, Any]:
    reader = notice.recipient
    return {
        "words": render_words(notice, reader=reader),
        "link": absolute(reverse("notifications:open", args=[notice.public_id])),
        "time_zone": reader.timezone.replace("_", " "),
        "preferences": absolute(reverse("notifications:preferences")),
        "documents": absolute(reverse(settings.DOCUMENTS_URL)) if kind_of(notice.kind).receipt else "",
        "site": settings.SITE_URL,
    }


def of_letter(letter: Letter) -> dict[str, Any]:
    words = Words(title=letter.subject, body=letter.text, action=letter.action)
    return {"words": words, "link": letter.link, "site": settings.SITE_URL}


def render_html(context: dict[str, Any]) -> str:
    page = render_to_string("notifications/mail/page.html", {**context, **mail_colours()})
    return css_inline.CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False).inline(page)


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def message_id(public_id: str) -> str:
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f"<{public_id}@{address.rpartition('@')[2] or 'localhost'}>"


@cache
def mail_colours() -> dict[str, dict[str, str]]:
    """The site's colour tokens as `light` and `dark`, as mail programs know neither variables nor light-dark()."""
    path = finders.find("css/tokens.css")
    if not path:
        raise FileNotFoundError("static/css/tokens.css")
    colours: dict[str, dict[str, str]] = {"light": {}, "dark": {}}
    for token in TOKEN.finditer(Path(path).read_text()):
        name = token["name"].replace("-", "_")
        colours["light"][name] = token["light"] or token["both"]
        colours["dark"][name] = token["dark"] or token["both"]
    return colours
