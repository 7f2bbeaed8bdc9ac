"""The outbox: each mail goes out once, and no failure loses one (R-NOT)."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test import override_settings

from accounts.models import User
from notifications.enums import EmailState, Group
from notifications.models import Notification, Preference
from notifications.services.delivering import LEASE, claim_next, record, send_due
from notifications.tasks import deliver_due
from tests.factories.notifications import tell
from tests.notifications.backends import Server

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _mail_server() -> Iterator[None]:
    Server.reset()
    with override_settings(EMAIL_BACKEND="tests.notifications.backends.Connection"):
        yield
    Server.reset()


def raising(error: Exception, *, times: int) -> None:
    """Makes the server fail so often, then work."""
    left = [error] * times

    def fail(_: EmailMessage) -> None:
        if left:
            raise left.pop()

    Server.on_send = fail


def test_r_not_a_due_mail_is_sent_once(buyer: User, now: datetime) -> None:
    tell(buyer, now=now)

    assert [send_due(now=now), send_due(now=now), send_due(now=now + timedelta(days=1))] == [1, 0, 0]

    notice = Notification.objects.get()
    assert [message.to for message in Server.sent] == [["buyer@example.com"]]
    assert (notice.email_state, notice.attempts, notice.sent_at) == (EmailState.SENT, 1, now)


def test_a_mail_is_not_sent_before_it_is_due(buyer: User, now: datetime) -> None:
    tell(buyer, now=now)

    assert send_due(now=now - timedelta(seconds=1)) == 0
    assert Server.sent == []


def test_the_longest_due_goes_first(buyer: User, seller: User, now: datetime) -> None:
    tell(seller, now=now + MINUTE)
    tell(buyer, now=now)
    send_due(now=now + MINUTE)

    assert [message.to for message in Server.sent] == [["buyer@example.com"], ["seller@example.com"]]


def test_r_not_a_mail_server_that_is_down_delays_and_loses_nothing(buyer: User, now: datetime) -> None:
    for _ in range(3):
        tell(buyer, now=now)
    Server.down = True
    assert send_due(now=now) == 0
    assert set(Notification.objects.values_list("email_state", "attempts")) == {(EmailState.PENDING, 0)}

    Server.down = False
    assert send_due(now=now + timedelta(days=3)) == 3
    assert len(Server.sent) == 3


def test_a_failure_is_tried_again_after_1_2_4_minutes_and_then_succeeds(buyer: User, now: datetime) -> None:
    tell(buyer, now=now)
    raising(SMTPServerDisconnected("gone"), times=3)
    waits, moment = [], now
    for _ in range(3):
        send_due(now=moment)
        due = Notification.objects.get().next_attempt_at
        waits.append(due - moment)
        assert send_due(now=due - timedelta(seconds=1)) == 0
        moment = due
    assert waits == [MINUTE, 2 * MINUTE, 4 * MINUTE]
    assert "gone" in Notification.objects.get().last_error

    assert send_due(now=moment) == 1
    notice = Notification.objects.get()
    assert (notice.email_state, notice.attempts, notice.last_error) == (EmailState.SENT, 4, "")
    assert len(Server.sent) == 1


def test_the_wait_never_grows_beyond_six_hours(buyer: User, now: datetime) -> None:
    tell(buyer, now=now)
    Notification.objects.update(attempts=400)
    raising(SMTPServerDisconnected("gone"), times=1)
    send_due(now=now)

    assert Notification.objects.get().next_attempt_at == now + timedelta(hours=6)


def test_one_failure_ends_the_run_and_the_next_run_goes_on_with_the_others(buyer: User, now: datetime) -> None:
    tell(buyer, now=now - MINUTE)
    tell(buyer, now=now)
    raising(SMTPServerDisconnected("gone"), times=1)

    assert send_due(now=now) == 0
    assert sorted(Notification.objects.values_list("attempts", flat=True)) == [0, 1]
    assert send_due(now=now) == 1


def test_an_address_that_is_refused_for_good_is_not_tried_again(buyer: User, now: datetime) -> None:
    tell(buyer, now=now)
    raising(SMTPRecipientsRefused({"buyer@example.com": (550, b"no such user")}), times=1)

    send_due(now=now)
    assert Notification.objects.get().email_state == EmailState.FAILED
    assert send_due(now=now + timedelta(days=30)) == 0


def test_an_address_that_is_refused_for_now_is_tried_again(buyer: User, now: datetime) -> None:
    tell(buyer, now=now)
    raising(SMTPRecipientsRefused({"buyer@example.com": (450, b"mailbox busy")}), times=1)
    send_due(now=now)

    assert Notification.objects.get().email_state == EmailState.PENDING
    assert send_due(now=now + MINUTE) == 1


def test_words_that_cannot_be_made_are_kept_until_they_can(buyer: User, now: datetime) -> None:
    tell(buyer, now=now)
    Notification.objects.update(kind="of_a_newer_version")
    assert send_due(now=now) == 0

    Notification.objects.update(kind="probe")
    assert send_due(now=now + MINUTE) == 1


@pytest.mark.parametrize(
    ("group", "wanted", "state"),
    [
        (Group.ORDERS, False, EmailState.SKIPPED),
        (Group.ORDERS, True, EmailState.SENT),
        (Group.OFFERS, False, EmailState.SENT),
    ],
)
def test_r_not_preferences_decide_about_mails_alone(
    buyer: User, now: datetime, group: Group, wanted: bool, state: EmailState
) -> None:
    Preference.objects.create(user=buyer, group=group, email=wanted)
    tell(buyer, now=now)
    send_due(now=now)

    assert Notification.objects.get().email_state == state
    assert len(Server.sent) == (state == EmailState.SENT)


def test_a_person_who_is_no_longer_active_gets_no_mail(buyer: User, now: datetime) -> None:
    tell(buyer, now=now)
    User.objects.update(is_active=False)
    send_due(now=now)

    assert Notification.objects.get().email_state == EmailState.SKIPPED


def test_a_process_that_died_while_sending_is_replaced_when_its_claim_runs_out(buyer: User, now: datetime) -> None:
    tell(buyer, now=now)
    dead = claim_next(Notification, now=now)
    assert dead is not None

    assert send_due(now=now + LEASE - timedelta(seconds=1)) == 0
    assert send_due(now=now + LEASE) == 1

    record(dead, EmailState.PENDING, next_attempt_at=now)  # it wakes up and believes that it failed
    notice = Notification.objects.get()
    assert (notice.email_state, notice.attempts) == (EmailState.SENT, 2)
    assert send_due(now=now + timedelta(days=1)) == 0


@pytest.mark.django_db(transaction=True)
def test_the_claim_is_committed_before_the_server_is_spoken_to(buyer: User, now: datetime) -> None:
    seen: list[tuple[bool, str]] = []
    Server.on_send = lambda _: seen.append((connection.in_atomic_block, Notification.objects.get().email_state))
    tell(buyer, now=now)
    send_due(now=now)

    assert seen == [(False, EmailState.SENDING)]


@pytest.mark.django_db(transaction=True)
def test_r_not_two_deliverers_at_once_send_each_mail_once(buyer: User, now: datetime) -> None:
    notices = [tell(buyer, now=now) for _ in range(12)]
    both = threading.Barrier(2, timeout=20)
    met = threading.Event()

    def meet(_: EmailMessage) -> None:
        if not met.is_set():
            both.wait()  # neither goes on before the other has a mail in hand too
            met.set()

    Server.on_send = meet
    sent: list[int] = []

    def deliver() -> None:
        try:
            sent.append(send_due(now=now))
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    ids = sorted(message.extra_headers["Message-ID"].split("@")[0].strip("<") for message in Server.sent)
    assert ids == sorted(notice.public_id for notice in notices)
    assert sum(sent) == 12
    assert min(sent) >= 1


def test_the_task_sends_what_is_due_by_the_databases_clock(buyer: User) -> None:
    tell(buyer, now=datetime.fromisoformat("2020-01-01T00:00:00+00:00"))
    deliver_due()

    assert len(Server.sent) == 1


@pytest.mark.parametrize(
    "refusal",
    [SMTPDataError(554, b"5.7.1 this looks like spam"), SMTPRecipientsRefused({"a@b.example": (450, b"greylisted")})],
)
def test_r_not_a_mail_that_is_refused_for_itself_holds_up_no_other(
    buyer: User, seller: User, now: datetime, refusal: Exception
) -> None:
    tell(buyer, now=now)
    tell(seller, now=now)

    def refuse(mail: EmailMessage) -> None:
        if mail.to == [buyer.email]:
            raise refusal

    Server.on_send = refuse
    assert send_due(now=now) == 1
    states = dict(Notification.objects.values_list("recipient__email", "email_state"))
    assert states == {buyer.email: EmailState.PENDING, seller.email: EmailState.SENT}


def test_r_not_a_server_that_fails_ends_the_run(buyer: User, seller: User, now: datetime) -> None:
    tell(buyer, now=now)
    tell(seller, now=now)

    def fail(_: EmailMessage) -> None:
        raise SMTPDataError(451, b"out of disk")

    Server.on_send = fail
    assert send_due(now=now) == 0
    assert sorted(Notification.objects.values_list("attempts", flat=True)) == [0, 1]
