"""R-ORD-16: what needs a seller now, each thing once, with its button, the most urgent first."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts.models import User
from gigs.services.publishing import pause_gig
from inbox.services import mark_read
from marketplace.kernel import clock
from notifications.models import Notification
from notifications.rendering import render_words
from orders.actors import CLOCK
from orders.presenters.insights.dashboard import dashboard_of
from orders.presenters.insights.needs import SOON, Need, Urgency, most_urgent_first
from orders.services.holding import place_hold
from payments.enums import HoldKind
from payments.models import ConnectedAccount
from tests.factories import order_states
from tests.factories.accounts import make_seller, make_user
from tests.factories.gigs import make_draft, make_gig
from tests.factories.inbox import make_conversation, say
from tests.factories.milestones import make_design
from tests.factories.offers import counter, make_offer
from tests.factories.order_states import COMPLETED, STATES
from tests.factories.orders import current
from tests.payments.simulator_fixtures import StripeDouble

TICK = timedelta(microseconds=1)


def needs(user: User, *, now: datetime | None = None, without: tuple[str, ...] = ("payouts",)) -> list[Need]:
    return [need for need in dashboard_of(user, now=now or clock.now()).needs if need.kind not in without]


def kinds(user: User, *, now: datetime | None = None) -> list[str]:
    return [need.kind for need in needs(user, now=now)]


def opens(url: str, user: User) -> bool:
    client = Client()
    client.force_login(user)
    return client.get(url).status_code == 200


EXPECTED = {
    "in_revision": "revise",
    "late": "deliver",
    "more_time_asked": "answer_more_time",
    "month_in_revision": "revise",
} | dict.fromkeys(COMPLETED, "write_review")


@pytest.mark.parametrize("state", STATES)
def test_each_order_needs_its_next_step_and_nothing_else(
    state: str, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    STATES[state](stripe, buyer, seller)
    assert kinds(seller) == ([EXPECTED[state]] if state in EXPECTED else [])
    for need in needs(seller):
        assert opens(need.url, seller), need.url
        assert "None" not in need.text


def test_a_delivery_needs_the_seller_three_days_before_it_is_due(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = order_states.at_work(stripe, buyer, seller)
    due = current(order).due_at
    assert due is not None
    assert kinds(seller, now=due - SOON - TICK) == []
    assert kinds(seller, now=due - SOON) == ["deliver"]
    found = needs(seller, now=due)[0]
    assert (found.urgency, found.at) == (Urgency.OVERDUE, due)
    assert found.action == f"Deliver ‘{current(order).name}’"


def test_answers_that_may_be_waived_are_named_after_two_days(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = order_states.questions(stripe, buyer, seller)
    later = clock.now() + timedelta(days=3)
    (need,) = needs(seller, now=later)
    assert need.kind == "waive_requirements"
    assert need.url == f"/orders/{order.public_id}/waive_requirements/"
    assert opens(need.url, seller)


def test_r_ord_17_an_order_on_hold_needs_nobody(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = order_states.late(stripe, buyer, seller)
    place_hold(order=order, kind=HoldKind.SUPPORT, reason="Somebody asked us to look.", actor=CLOCK)
    assert kinds(seller) == []


def test_a_message_needs_an_answer_until_there_is_one(buyer: User, seller: User) -> None:
    conversation = make_conversation(buyer, seller)
    say(conversation, buyer, "Can you also make it blue?")
    (unread,) = needs(seller)
    assert unread.text == "Bruno wrote to you: “Can you also make it blue?”"
    mark_read(conversation=conversation, reader=seller, now=clock.now())
    (read,) = needs(seller)
    assert read.text.startswith("Bruno waits for your answer: ")
    say(conversation, seller, "Yes.")
    assert needs(seller) == []


def test_a_message_is_told_in_its_words_without_the_marks(buyer: User, seller: User) -> None:
    say(make_conversation(buyer, seller), buyer, "Your **kitchen tiles**, in `blue`?")
    (need,) = needs(seller)
    assert need.text == "Bruno wrote to you: “Your kitchen tiles, in blue?”"
    notice = Notification.objects.get(recipient=seller)
    assert "“Your kitchen tiles, in blue?”" in render_words(notice, reader=seller).body


def test_a_message_that_was_read_stops_asking_after_a_week(buyer: User, seller: User) -> None:
    conversation = make_conversation(buyer, seller)
    said = say(conversation, buyer, "Thank you!").at
    mark_read(conversation=conversation, reader=seller, now=clock.now())
    assert kinds(seller, now=said + timedelta(days=7) - TICK) == ["answer_message"]
    assert kinds(seller, now=said + timedelta(days=7)) == []


def test_many_messages_are_five_lines_and_a_number(seller: User) -> None:
    for number in range(7):
        writer = make_user(f"Writer {number}")
        say(make_conversation(writer, seller), writer, "x" * 200)
    found = needs(seller)
    assert [need.kind for need in found] == ["answer_message"] * 6
    assert found[-1].text == "2 more conversations wait for an answer."
    assert all(len(need.text) < 140 for need in found)


def test_r_ofr_5_an_offer_is_named_in_its_last_three_days(buyer: User, seller: User) -> None:
    offer = make_offer(seller, buyer)
    assert offer.expires_at is not None
    assert "offer_expires" not in kinds(seller, now=offer.expires_at - SOON - TICK)
    assert "offer_expires" in kinds(seller, now=offer.expires_at - SOON)
    assert "offer_expires" not in kinds(seller, now=offer.expires_at)


def test_r_ofr_5_a_counter_offer_needs_an_answer_at_once(buyer: User, seller: User) -> None:
    answer = counter(make_offer(seller, buyer))
    assert answer.expires_at is not None
    (need,) = [each for each in needs(seller) if "offer" in each.url]
    assert (need.kind, need.urgency, need.at) == ("answer_counter", Urgency.WAITING, answer.sent_at)
    (last,) = [each for each in needs(seller, now=answer.expires_at - SOON) if "offer" in each.url]
    assert (last.urgency, last.at) == (Urgency.DATED, answer.expires_at)


def test_r_gig_7_hidden_milestones_drafts_and_paused_gigs_are_chores(seller: User) -> None:
    gig = make_gig(seller, design=make_design(12000, 8000, 6000))
    assert kinds(seller) == []
    gig.subcategory.allows_gig_milestones = False
    gig.subcategory.save()
    pause_gig(gig=make_gig(seller), seller=seller)
    make_draft(seller)
    assert sorted(kinds(seller)) == ["gig_draft", "gig_paused", "milestones_hidden"]
    assert kinds(seller)[0] == "milestones_hidden"
    assert {need.urgency for need in needs(seller)} == {Urgency.CHORE}
    assert all(opens(need.url, seller) for need in needs(seller))


def test_r_pay_5_stripe_is_asked_for_once_there_is_money_to_send(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    def payouts(user: User) -> list[Need]:
        return [need for need in dashboard_of(user, now=clock.now()).needs if need.kind == "payouts"]

    make_gig(seller)
    assert payouts(seller) == []
    order_states.at_work(stripe, buyer, seller)
    (running,) = payouts(seller)
    assert running.urgency == Urgency.CHORE
    order_states.finished(stripe, buyer, seller)
    (waiting,) = payouts(seller)
    assert waiting.urgency == Urgency.WAITING
    assert waiting.text.startswith("$234.00 can’t be sent to you. ")
    ConnectedAccount.objects.create(
        user=seller, stripe_id="acct_1", country="FR", transfers_active=True, details_submitted=True,
        created_at=clock.now(),
    )  # fmt: skip
    assert payouts(seller) == []


def test_the_most_urgent_comes_first(now: datetime) -> None:
    def need(kind: str, urgency: Urgency, at: datetime | None = None) -> Need:
        return Need(kind=kind, urgency=urgency, icon="", text="", about="", action="", url="", at=at)

    day = timedelta(days=1)
    given = [
        need("chore", Urgency.CHORE),
        need("chore too", Urgency.CHORE),
        need("waits a little", Urgency.WAITING, now - day),
        need("waits long", Urgency.WAITING, now - 2 * day),
        need("in two days", Urgency.DATED, now + 2 * day),
        need("tomorrow", Urgency.DATED, now + day),
        need("late", Urgency.OVERDUE, now - day),
        need("very late", Urgency.OVERDUE, now - 2 * day),
    ]
    assert [each.kind for each in most_urgent_first(given)] == [
        "very late", "late", "tomorrow", "in two days", "waits long", "waits a little", "chore", "chore too",
    ]  # fmt: skip


def test_nobody_sees_what_another_needs(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order_states.late(stripe, buyer, seller)
    conversation = make_conversation(buyer, seller)
    say(conversation, buyer)
    make_draft(seller)
    assert needs(make_seller("Other Seller")) == []
