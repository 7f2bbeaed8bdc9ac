"""Reminders of an open version: by hand once a day at most, by the clock once before it runs out."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from marketplace.kernel.errors import Unknown
from notifications.models import Notification
from notifications.rendering import render_words
from offers import services
from offers.errors import NotYourStep, OfferExpired, OfferNotOpen, RemindedLately
from offers.models import Offer
from offers.sheets import make_sheet
from offers.tasks import remind_of_offers
from tests.factories.offers import accept, counter, make_offer

A_SECOND = timedelta(seconds=1)
DAY = timedelta(hours=24)
VALID = timedelta(days=14)
BEFORE_THE_END = timedelta(hours=48)


def told(reader: User, kind: str) -> int:
    return Notification.objects.filter(recipient=reader, kind=kind).count()


@pytest.mark.parametrize(("late", "open_"), [(-A_SECOND, False), (timedelta(), True), (A_SECOND, True)])
def test_the_author_reminds_once_a_day_counted_from_the_sending(
    late: timedelta, open_: bool, seller: User, buyer: User, now: datetime
) -> None:
    offer = make_offer(seller, buyer, now=now)
    for moment in (now + DAY + late, now + DAY + late + DAY):
        if not open_:
            with pytest.raises(RemindedLately, match="from Tue 3 Mar, 09:00"):
                services.remind_reader(offer=offer, actor=seller, now=moment)
            break
        assert services.remind_reader(offer=offer, actor=seller, now=moment).nudged_at == moment
        with pytest.raises(RemindedLately):
            services.remind_reader(offer=offer, actor=seller, now=moment + DAY - A_SECOND)
    assert told(buyer, "offer_nudge") == (2 if open_ else 0)
    assert told(seller, "offer_nudge") == 0


def test_the_buyer_reminds_the_seller_of_a_counter_offer(seller: User, buyer: User, now: datetime) -> None:
    proposed = counter(make_offer(seller, buyer, now=now), now=now)
    services.remind_reader(offer=proposed, actor=buyer, now=now + DAY)
    assert (told(seller, "offer_nudge"), told(buyer, "offer_nudge")) == (1, 0)
    words = render_words(Notification.objects.get(kind="offer_nudge"), reader=seller)
    assert words.title == "Bruno Buyer asks for your answer to “A launch film”"
    assert "You can send it on these terms" in words.body


def test_only_the_author_reminds_and_only_while_it_is_open(
    seller: User, buyer: User, stranger: User, now: datetime
) -> None:
    offer = make_offer(seller, buyer, now=now)
    for actor, refusal in ((buyer, NotYourStep), (stranger, Unknown)):
        with pytest.raises(refusal):
            services.remind_reader(offer=offer, actor=actor, now=now + DAY)
    with pytest.raises(OfferExpired):
        services.remind_reader(offer=offer, actor=seller, now=now + VALID)
    accept(offer, now=now)
    with pytest.raises(OfferNotOpen):
        services.remind_reader(offer=offer, actor=seller, now=now + DAY)
    assert not Notification.objects.filter(kind="offer_nudge").exists()


@pytest.mark.parametrize(("late", "shown"), [(-A_SECOND, False), (timedelta(), True)])
def test_the_button_is_there_from_its_instant(
    late: timedelta, shown: bool, seller: User, buyer: User, now: datetime
) -> None:
    offer = make_offer(seller, buyer, now=now)
    sheet = make_sheet(offer=offer, viewer=seller, now=now + DAY + late)
    assert ("remind" in sheet.steps, sheet.remind_from) == (shown, now + DAY)
    assert "remind" not in make_sheet(offer=offer, viewer=buyer, now=now + DAY).steps


@pytest.mark.parametrize(("late", "count"), [(-A_SECOND, 0), (timedelta(), 1), (A_SECOND, 1)])
def test_the_clock_reminds_the_reader_once_before_the_end(
    late: timedelta, count: int, seller: User, buyer: User, now: datetime
) -> None:
    make_offer(seller, buyer, now=now)
    moment = now + VALID - BEFORE_THE_END + late
    assert services.remind_of_ends(now=moment) == count
    assert services.remind_of_ends(now=moment) == 0
    assert (told(buyer, "offer_runs_out"), told(seller, "offer_runs_out")) == (count, 0)


def test_the_clock_reminds_the_seller_of_a_counter_offer(seller: User, buyer: User, now: datetime) -> None:
    counter(make_offer(seller, buyer, now=now), now=now)
    assert services.remind_of_ends(now=now + VALID - BEFORE_THE_END) == 1
    words = render_words(Notification.objects.get(kind="offer_runs_out", recipient=seller), reader=seller)
    assert words.title == "“A launch film” runs out on Mon 16 Mar, 09:00"
    assert words.body.startswith("Bruno Buyer proposed terms of $440.00")


def test_nobody_is_reminded_of_what_has_ended_or_has_run_out(seller: User, buyer: User, now: datetime) -> None:
    accept(make_offer(seller, buyer, now=now), now=now)
    make_offer(seller, buyer, now=now - timedelta(days=10))
    assert services.remind_of_ends(now=now + VALID - A_SECOND) == 0


def test_the_task_reminds_of_more_than_a_batch(
    seller: User, buyer: User, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    for _ in range(3):
        make_offer(seller, buyer, now=now)
    in_pairs = services.remind_of_ends
    monkeypatch.setattr(services, "remind_of_ends", lambda: in_pairs(now=now + VALID - A_SECOND, batch=2))
    remind_of_offers()
    assert Offer.objects.exclude(reminded_at=None).count() == 3
