"""The list in the app, opening a notice, and choosing mails."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from notifications.models import Notification
from notifications.selectors import email_wishes, unread_count
from tests.factories.notifications import tell

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def reader(client: Client, buyer: User) -> Client:
    client.force_login(buyer)
    return client


def test_the_list_shows_ones_own_newest_first(reader: Client, buyer: User, stranger: User, now: datetime) -> None:
    old, new = tell(buyer, now=now), tell(buyer, now=now + MINUTE)
    tell(stranger, now=now)
    page = reader.get(reverse("notifications:list"))

    assert [line.notice for line in page.context["lines"]] == [new, old]
    assert "O’Brien &amp; Co &lt;x&gt; moved" in page.content.decode()


def test_the_list_draws_an_orders_rail(reader: Client, buyer: User, now: datetime) -> None:
    tell(buyer, now=now)
    Notification.objects.update(data={"rail": ["accepted", "planned"]})

    assert (
        'aria-label="Milestones: 1 Accepted, 2 Planned"' in reader.get(reverse("notifications:list")).content.decode()
    )


def test_an_empty_list_says_so(reader: Client) -> None:
    assert "Nothing yet" in reader.get(reverse("notifications:list")).content.decode()


def test_opening_marks_as_read_and_leads_on(reader: Client, buyer: User, now: datetime) -> None:
    notice = tell(buyer, now=now, url="/orders/ord_1/?tab=files")
    answer = reader.get(reverse("notifications:open", args=[notice.public_id]))

    assert answer.headers["Location"] == "/orders/ord_1/?tab=files"
    assert unread_count(buyer) == 0


def test_opening_again_keeps_when_it_was_read(reader: Client, buyer: User, now: datetime) -> None:
    notice = tell(buyer, now=now)
    Notification.objects.update(read_at=now)
    reader.get(reverse("notifications:open", args=[notice.public_id]))

    assert Notification.objects.get().read_at == now


def test_another_persons_notice_is_not_found(reader: Client, stranger: User, now: datetime) -> None:
    notice = tell(stranger, now=now)

    assert reader.get(reverse("notifications:open", args=[notice.public_id])).status_code == 404
    assert unread_count(stranger) == 1


def test_marking_all_as_read_spares_what_came_meanwhile_and_other_people(
    reader: Client, buyer: User, stranger: User, now: datetime
) -> None:
    tell(buyer, now=now)
    tell(stranger, now=now)
    later = tell(buyer, now=now + MINUTE)
    reader.post(reverse("notifications:read_all"), {"until": now.isoformat()})

    assert list(Notification.objects.filter(recipient=buyer, read_at=None)) == [later]
    assert unread_count(stranger) == 1


@pytest.mark.parametrize("until", ["", "yesterday", "2026-13-45T00:00:00Z", "2026-03-02T09:00:00"])
def test_marking_all_as_read_with_a_broken_instant_marks_all(
    reader: Client, buyer: User, now: datetime, until: str
) -> None:
    tell(buyer, now=now)
    assert reader.post(reverse("notifications:read_all"), {"until": until}).status_code == 302

    assert unread_count(buyer) == 0


def test_the_unread_are_listed_alone(reader: Client, buyer: User, now: datetime) -> None:
    tell(buyer, now=now)
    Notification.objects.update(read_at=now)
    unread = tell(buyer, now=now)
    page = reader.get(reverse("notifications:list") + "?show=unread")

    assert [line.notice for line in page.context["lines"]] == [unread]


def test_the_badge_counts_the_unread(reader: Client, buyer: User, now: datetime) -> None:
    for _ in range(3):
        tell(buyer, now=now)

    assert int(str(reader.get(reverse("notifications:list")).context["unread_notifications"])) == 3


def test_r_not_a_person_switches_the_mails_of_a_group_off_and_on(reader: Client, buyer: User) -> None:
    assert email_wishes(buyer)["orders"]
    reader.post(reverse("notifications:preferences"), {"offers": "on"})
    assert not email_wishes(buyer)["orders"]

    reader.post(reverse("notifications:preferences"), {"orders": "on"})
    assert email_wishes(buyer)["orders"]


@pytest.mark.parametrize("name", ["notifications:list", "notifications:preferences"])
def test_a_visitor_is_asked_to_sign_in(client: Client, name: str) -> None:
    assert client.get(reverse(name)).headers["Location"].startswith(reverse("account_login"))


def test_the_list_takes_as_many_queries_for_many_as_for_one(reader: Client, buyer: User, now: datetime) -> None:
    tell(buyer, now=now)
    reader.get(reverse("notifications:list"))
    with CaptureQueriesContext(connection) as one:
        reader.get(reverse("notifications:list"))
    for _ in range(9):
        tell(buyer, now=now)
    with CaptureQueriesContext(connection) as many:
        reader.get(reverse("notifications:list"))

    assert len(many) == len(one)
