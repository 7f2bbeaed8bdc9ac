"""A notice as a mail: text and HTML, with links that work outside the site."""

import re
from dataclasses import replace
from datetime import datetime

import pytest
from django.core import mail
from django.test import override_settings

from accounts.models import User
from notifications import kinds
from notifications.mails import compose_mail, mail_colours
from tests.factories.accounts import make_user
from tests.factories.notifications import PROBE, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(now: datetime) -> mail.EmailMultiAlternatives:
    reader = make_user("Rita Reader", email="rita@example.com", timezone="America/New_York")
    with override_settings(SITE_URL="https://milepost.test", DEFAULT_FROM_EMAIL="Milepost <hi@milepost.test>"):
        return compose_mail(tell(reader, now=now), connection=mail.get_connection())


def html_of(letter: mail.EmailMultiAlternatives) -> str:
    ((content, kind),) = letter.alternatives
    assert kind == "text/html"
    return str(content)


def test_r_not_the_mail_has_the_words_and_one_recipient(letter: mail.EmailMultiAlternatives) -> None:
    assert letter.to == ["rita@example.com"]
    assert letter.subject == 'O’Brien & Co <x> moved ‘Rough "cut"’ for $80.00'
    assert "Until Mon 9 Mar, 19:30." in letter.body
    assert "Times are in America/New York." in letter.body


def test_r_not_text_and_html_lead_to_the_page_where_they_act(letter: mail.EmailMultiAlternatives) -> None:
    links = {
        part: set(re.findall(r"https?://[^\s\"<]+", text))
        for part, text in {"text": str(letter.body), "html": html_of(letter)}.items()
    }
    assert all(link.startswith("https://milepost.test/") for link in links["text"] | links["html"])
    (button,) = [link for link in links["html"] if "/notifications/ntf_" in link]
    assert button in links["text"]
    assert "https://milepost.test/notifications/preferences/" in links["text"] & links["html"]


def test_what_people_wrote_is_escaped_in_html(letter: mail.EmailMultiAlternatives) -> None:
    assert "<x>" not in html_of(letter)
    assert "O’Brien &amp; Co &lt;x&gt;" in html_of(letter)


def test_mail_programs_get_inline_styles_in_the_sites_colours_and_a_dark_version(
    letter: mail.EmailMultiAlternatives,
) -> None:
    html, colours = html_of(letter), mail_colours()
    assert colours["light"]["go"] == "#006b4d"
    assert colours["dark"]["canvas"] == "#0a1210"
    assert re.search(r'<a [^>]*style="[^"]*background: #006b4d', html)
    assert "prefers-color-scheme: dark" in html
    assert 'class="button"' in html
    assert "{{" not in html
    assert "var(" not in html


def test_the_message_id_is_the_same_at_each_attempt(buyer: User, now: datetime) -> None:
    notice = tell(buyer, now=now)
    one, two = (compose_mail(notice, connection=mail.get_connection()).message()["Message-ID"] for _ in range(2))

    assert one == two
    assert notice.public_id in one


def test_a_line_break_in_data_cannot_add_a_header(buyer: User, now: datetime) -> None:
    notice = tell(buyer, now=now)
    notice.data = notice.data | {"who": "Eve\nBcc: all@example.com"}
    letter = compose_mail(notice, connection=mail.get_connection())

    assert letter.subject == "Eve"
    assert letter.message()["Bcc"] is None


def test_an_orders_mail_draws_its_rail_and_says_it(buyer: User, now: datetime) -> None:
    notice = tell(buyer, now=now)
    assert 'class="rail"' not in html_of(compose_mail(notice, connection=mail.get_connection()))
    notice.data = notice.data | {"rail": ["accepted", "in_progress", "planned"]}
    html = html_of(compose_mail(notice, connection=mail.get_connection()))

    assert 'aria-label="Milestones: 1 Accepted, 2 In progress, 3 Planned"' in html
    assert re.findall(r'class="stone (\w+)"', html) == ["go", "work", "idle"]


@pytest.mark.parametrize("receipt", [True, False])
def test_r_pay_6_the_mail_of_a_payment_leads_to_its_papers(
    receipt: bool, buyer: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(kinds._registered, PROBE.name, replace(PROBE, receipt=receipt))
    with override_settings(SITE_URL="https://milepost.test"):
        letter = compose_mail(tell(buyer, now=now), connection=mail.get_connection())
    assert ("https://milepost.test/documents/" in str(letter.body)) == receipt
    assert ('href="https://milepost.test/documents/"' in html_of(letter)) == receipt
