"""A notice is written once, with what it tells about."""

from datetime import datetime

import pytest
from django.db import transaction

from accounts.models import User
from notifications.enums import EmailState
from notifications.errors import BadNoticeError, UnknownKindError
from notifications.models import Notification
from notifications.selectors import unread_count
from notifications.services import notify
from tests.conftest import Nudge
from tests.factories.notifications import tell

DELIVERY = Nudge("notifications.tasks.deliver_due", ())


@pytest.mark.django_db
def test_r_not_a_notice_waits_for_its_mail(buyer: User, now: datetime) -> None:
    notice = tell(buyer, now=now, key="one")

    assert notice == Notification.objects.get()
    assert (notice.created_at, notice.next_attempt_at, notice.email_state) == (now, now, EmailState.PENDING)
    assert (notice.read_at, notice.attempts, notice.url) == (None, 0, "/somewhere/?a=1")


@pytest.mark.django_db
def test_r_not_the_same_event_is_told_once(buyer: User, now: datetime) -> None:
    tell(buyer, now=now, key="order-1:accepted")
    again = notify(recipient=buyer, kind="probe", data={}, url="/", dedupe_key="order-1:accepted", now=now)

    assert again is None
    assert Notification.objects.count() == 1


@pytest.mark.django_db
def test_r_not_both_sides_of_an_event_are_told(buyer: User, seller: User, now: datetime) -> None:
    tell(buyer, now=now, key="order-1:accepted")
    tell(seller, now=now, key="order-1:accepted")

    assert (unread_count(buyer), unread_count(seller)) == (1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "orders/1", "", "/\\evil.example"]
)
def test_a_notice_leads_nowhere_but_here(buyer: User, now: datetime, url: str) -> None:
    with pytest.raises(BadNoticeError):
        notify(recipient=buyer, kind="probe", data={}, url=url, dedupe_key="x", now=now)


@pytest.mark.django_db
def test_a_kind_that_no_app_registered_is_refused(buyer: User, now: datetime) -> None:
    with pytest.raises(UnknownKindError):
        notify(recipient=buyer, kind="no_such_kind", data={}, url="/", dedupe_key="x", now=now)


@pytest.mark.django_db(transaction=True)
def test_r_not_a_notice_goes_with_the_work_that_it_tells_about(buyer: User, now: datetime, nudges: list[Nudge]) -> None:
    with transaction.atomic():
        tell(buyer, now=now)
        transaction.set_rollback(True)

    assert not Notification.objects.exists()
    assert nudges == []


@pytest.mark.django_db(transaction=True)
def test_workers_are_nudged_after_the_commit(buyer: User, now: datetime, nudges: list[Nudge]) -> None:
    with transaction.atomic():
        tell(buyer, now=now)
        assert nudges == []

    assert nudges == [DELIVERY]
