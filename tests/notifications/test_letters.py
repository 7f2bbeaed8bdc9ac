"""Mails about an account itself go through the outbox too, and forget their secret link."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core.mail import EmailMessage
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import User
from notifications.enums import EmailState
from notifications.models import Letter
from notifications.services.delivering import send_due
from notifications.services.writing import write_letter
from tests.conftest import Nudge
from tests.factories.accounts import PASSWORD
from tests.factories.notifications import tell
from tests.notifications.backends import Server

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mail_server() -> Iterator[None]:
    Server.reset()
    with override_settings(EMAIL_BACKEND="tests.notifications.backends.Connection"):
        yield
    Server.reset()


def letter(now: datetime) -> Letter:
    return write_letter(
        to="nora@example.com",
        subject="Choose a new password",
        text="Someone asked.",
        link="https://milepost.test/secret/",
        action="Choose a new password",
        now=now,
    )


def html_of(message: EmailMessage) -> str:
    return str(message.alternatives[0][0])  # type: ignore[attr-defined]


def test_a_letter_is_sent_with_its_link_which_is_then_forgotten(now: datetime) -> None:
    letter(now)
    assert send_due(now=now) == 1

    (message,) = Server.sent
    assert (message.to, message.subject) == (["nora@example.com"], "Choose a new password")
    assert "https://milepost.test/secret/" in str(message.body)
    assert 'href="https://milepost.test/secret/"' in html_of(message)
    assert "preferences" not in str(message.body) + html_of(message)
    kept = Letter.objects.get()
    assert (kept.email_state, kept.text, kept.link, kept.sent_at) == (EmailState.SENT, "", "", now)


def test_a_letter_that_was_refused_for_good_forgets_its_link_too(now: datetime) -> None:
    def refuse(_: EmailMessage) -> None:
        raise SMTPRecipientsRefused({"nora@example.com": (550, b"no such user")})

    letter(now)
    Server.on_send = refuse
    send_due(now=now)

    kept = Letter.objects.get()
    assert (kept.email_state, kept.link) == (EmailState.FAILED, "")


def test_a_letter_that_could_not_be_sent_keeps_its_link_for_the_next_attempt(now: datetime) -> None:
    def fail(_: EmailMessage) -> None:
        raise ConnectionResetError

    letter(now)
    Server.on_send = fail
    send_due(now=now)
    Server.on_send = None
    assert send_due(now=now + timedelta(minutes=1)) == 1

    assert "https://milepost.test/secret/" in str(Server.sent[0].body)


def test_letters_go_before_notices(buyer: User, now: datetime) -> None:
    tell(buyer, now=now - timedelta(hours=1))
    letter(now)
    send_due(now=now)

    assert [message.to for message in Server.sent] == [["nora@example.com"], ["buyer@example.com"]]


def test_r_not_people_sign_up_while_the_mail_server_is_down(client: Client) -> None:
    Server.down = True
    answer = client.post(
        reverse("account_signup"), {"name": "Nora New", "email": "nora@example.com", "password1": "grey-otter-41"}
    )
    assert answer.status_code == 302
    assert send_due() == 0

    Server.down = False
    assert send_due() == 1
    (message,) = Server.sent
    assert message.subject == "Welcome to Milepost: confirm your e-mail address"
    assert "Confirm this address:\nhttp://" in str(message.body)


def test_a_forgotten_password_is_replaced_by_the_link_in_the_mail(client: Client, buyer: User) -> None:
    client.post(reverse("account_reset_password"), {"email": "buyer@example.com"})
    send_due()
    (message,) = Server.sent
    link = re.search(r"http://[^/]+(/\S+)", str(message.body))
    assert link
    page = client.get(link[1], follow=True)
    client.post(page.request["PATH_INFO"], {"password1": "grey-otter-41", "password2": "grey-otter-41"})

    buyer.refresh_from_db()
    assert buyer.check_password("grey-otter-41")


def test_a_stranger_cannot_tell_by_the_answer_whether_an_address_has_an_account(client: Client, buyer: User) -> None:
    answers = [
        client.post(reverse("account_reset_password"), {"email": email})
        for email in ("buyer@example.com", "nobody@example.com")
    ]

    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert sorted(Letter.objects.values_list("to", "subject")) == [
        ("buyer@example.com", "Choose a new password"),
        ("nobody@example.com", "There is no account with this address"),
    ]


def test_a_person_is_told_that_the_password_was_changed(client: Client, buyer: User) -> None:
    client.force_login(buyer)
    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "grey-otter-41", "password2": "grey-otter-41"},
    )

    written = Letter.objects.get()
    assert written.to == "buyer@example.com"
    assert "If this was not you" in written.text
    assert written.link == ""


@pytest.mark.django_db(transaction=True)
def test_workers_are_nudged_for_a_letter(now: datetime, nudges: list[Nudge]) -> None:
    letter(now)

    assert nudges == [Nudge("notifications.tasks.deliver_due", ())]
