"""Cancelling at the desk: fill in → see who gets what → confirm; only what was shown is done (R-SUP-2, R-SUP-5)."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.urls import reverse

from accounts.models import User
from notifications.models import Notification
from orders.enums import CancelReason
from orders.errors import NotYours
from orders.models import Cancellation, Order, TimelineEntry
from orders.services import deciding
from orders.services.ending import preview_cancellation
from payments.models import Refund
from support import services
from support.errors import OutcomeChanged
from support.services import cancel_as_shown
from tests.factories.order_states import STATES, at_work, delivered, delivered_last, second_at_work, unpaid
from tests.factories.orders import again, deliver_current, states
from tests.payments.simulator_fixtures import StripeDouble
from tests.support.conftest import Desk, hidden_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """The first of three accepted, the second under way: 84.00 are held for it."""
    return second_at_work(stripe, buyer, seller)


def untouched(order: Order) -> bool:
    return (
        again(order).state == "active"
        and states(order) == ["accepted", "in_progress", "planned"]
        and not Cancellation.objects.exists()
        and not Refund.objects.exists()
        and not LogEntry.objects.exists()
    )


# --- The three steps --------------------------------------------------------------------------------------------------
def test_the_form_offers_the_ways_that_are_open(desk: Desk, order: Order) -> None:
    page = desk.cancelling(order).content.decode()

    assert "End the order: ‘Step 3’ never starts" in page
    assert "Go on with ‘Step 3’, if the buyer agrees by paying $63.00 for it" in page
    for reason in CancelReason:
        assert reason.label in page.replace("&#x27;", "’")


def test_the_form_offers_no_way_on_from_the_last(desk: Desk, stripe: StripeDouble, buyer: User, seller: User) -> None:
    page = desk.cancelling(delivered_last(stripe, buyer, seller)).content.decode()

    assert "End the order" in page
    assert 'value="continue"' not in page


def test_r_sup_2_the_preview_says_who_gets_what_to_the_cent(desk: Desk, order: Order) -> None:
    answer = desk.preview(order)
    page = answer.content.decode()

    assert answer.status_code == 200
    for words in (
        "‘Step 2’ is cancelled: $84.00, its fee included, goes back to Bruno Buyer the way it was paid.",
        "‘Step 3’ never starts and is not charged.",
        "The order becomes: Ended by support.",
        "Both sides are told the reason: Both sides agree to end it.",
        "Both wrote that they want it.",
        "End the order and refund $84.00",
        "$108.00",
        "$18.00",
    ):
        assert words in page, words
    assert untouched(order)


def test_r_sup_2_confirming_does_what_was_shown(desk: Desk, order: Order) -> None:
    answer = desk.confirm(order, desk.preview(order))

    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("admin:orders_order_change", args=[order.pk])
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [
        f"{order.number} has ended. $84.00 goes back to Bruno Buyer. Both sides have been told."
    ]
    assert (again(order).state, again(order).completion) == ("completed", "ended_by_support")
    assert states(order) == ["accepted", "cancelled", "not_started"]
    assert Refund.objects.get().amount == 84_00
    assert set(Notification.objects.filter(kind="order_ended").values_list("recipient__name", flat=True)) == {
        "Bruno Buyer", "Selma Seller",
    }  # fmt: skip


def test_r_sup_2_one_milestone_is_cancelled_and_the_buyer_is_asked_to_go_on(desk: Desk, order: Order) -> None:
    previewed = desk.preview(order, rest="continue")
    page = previewed.content.decode()
    assert "Bruno Buyer is asked to pay $63.00 for ‘Step 3’ within 10 days; nothing is charged before." in page
    assert "Cancel ‘Step 2’ and refund $84.00" in page

    desk.confirm(order, previewed)

    assert again(order).state == "awaiting_next_payment"
    assert states(order) == ["accepted", "cancelled", "action_required"]
    assert Notification.objects.filter(kind="consent_to_continue", recipient=order.buyer).count() == 1


def test_something_can_be_changed_before_confirming(desk: Desk, order: Order) -> None:
    previewed = desk.preview(order, note="First words")

    page = desk.cancelling(order, edit="1", **hidden_of(previewed))

    assert page.status_code == 200
    assert "First words" in page.content.decode()
    assert "Show who gets what" in page.content.decode()
    assert untouched(order)


# --- What is refused --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"note": ""}, "note"),
        ({"note": "   "}, "note"),
        ({"note": "x" * 2001}, "note"),
        ({"reason": ""}, "reason"),
        ({"reason": "bored"}, "reason"),
        ({"rest": ""}, "rest"),
        ({"rest": "split"}, "rest"),
    ],
)
@pytest.mark.parametrize("button", ["preview", "confirm"])
def test_r_sup_2_nothing_happens_without_a_reason_and_a_note(
    desk: Desk, order: Order, fields: dict[str, str], field: str, button: str
) -> None:
    shown = preview_cancellation(order=order).digest
    answer = desk.cancelling(
        order, **({"reason": "fraud", "note": "Seen.", "rest": "end", "shown": shown, button: "1"} | fields)
    )

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert untouched(order)


@pytest.mark.parametrize("state", ["unpaid", "finished", "stopped", "cancelled", "ended_by_support", "abandoned"])
def test_r_ord_4_a_standing_that_has_nothing_to_cancel_says_so(
    state: str, desk: Desk, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    found = STATES[state](stripe, buyer, seller)
    before = (found.state, TimelineEntry.objects.count(), Refund.objects.count())
    said = "nobody has paid for the first milestone" if state == "unpaid" else "an order that has ended"

    for page, status in ((desk.cancelling(found), 200), (desk.preview(found), 409)):
        assert page.status_code == status
        assert said in page.content.decode()
        assert "Show who gets what" not in page.content.decode()
    assert (again(found).state, TimelineEntry.objects.count(), Refund.objects.count()) == before


def test_a_way_that_is_not_open_is_refused_in_words(
    desk: Desk, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    found = delivered_last(stripe, buyer, seller)
    answer = desk.preview(found, rest="continue")

    assert answer.status_code == 409
    assert "is the last milestone. End the order instead" in answer.content.decode()


# --- What is shown is what is confirmed -------------------------------------------------------------------------------
def test_r_sup_2_an_order_that_moved_is_shown_again_not_cancelled(
    desk: Desk, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = delivered(stripe, buyer, seller)
    previewed = desk.preview(order)
    deciding.accept_and_continue(order=order, actor=buyer, shown_to_pay=84_00)

    answer = desk.confirm(order, previewed)

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "The order has moved since you looked, so nothing was done." in page
    assert "The $84.00 for ‘Step 2’ is asked for no longer." in page
    assert again(order).state == "awaiting_next_payment"
    assert not LogEntry.objects.exists()

    assert desk.confirm(order, answer).status_code == 302  # what it shows now can be confirmed
    assert states(order) == ["accepted", "not_started", "not_started"]


def test_a_delivery_in_between_moves_no_money_and_is_shown_all_the_same(desk: Desk, order: Order) -> None:
    previewed = desk.preview(order)
    deliver_current(order)

    assert desk.confirm(order, previewed).status_code == 409
    assert states(order) == ["accepted", "delivered", "planned"]


def test_what_was_shown_for_one_way_does_not_confirm_the_other(desk: Desk, order: Order) -> None:
    answer = desk.confirm(order, desk.preview(order), rest="continue")

    assert answer.status_code == 409
    assert untouched(order)


@pytest.mark.parametrize("shown", ["", "0" * 64, "None"])
def test_nothing_is_confirmed_unseen(desk: Desk, order: Order, shown: str) -> None:
    assert desk.confirm(order, desk.preview(order), shown=shown).status_code == 409
    assert untouched(order)


def test_what_was_shown_for_one_order_does_not_confirm_another(
    desk: Desk, order: Order, stripe: StripeDouble, stranger: User, seller: User
) -> None:
    other = second_at_work(stripe, stranger, seller)

    assert desk.confirm(order, desk.preview(other)).status_code == 409
    assert untouched(order)


def test_a_second_press_of_the_button_says_that_it_is_done(desk: Desk, order: Order) -> None:
    previewed = desk.preview(order)
    desk.confirm(order, previewed)
    again_pressed = desk.confirm(order, previewed)

    assert again_pressed.status_code == 409
    assert "the order is completed" in again_pressed.content.decode()
    assert LogEntry.objects.count() == Cancellation.objects.count() == Refund.objects.count() == 1


# --- The audit trail --------------------------------------------------------------------------------------------------
def test_r_sup_4_every_cancellation_is_on_record_with_its_reason(desk: Desk, order: Order) -> None:
    desk.confirm(order, desk.preview(order, reason="not_delivered", note="Nine days late, no word."))

    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, entry.object_repr) == (desk.agent, str(order.pk), order.number)
    assert entry.change_message == (
        "Cancelled ‘Step 2’ to end the order; $84.00 goes back. Nothing was delivered in time. Nine days late, no word."
    )
    assert "Nine days late, no word." in desk.open(order)


def test_the_other_way_reads_differently(desk: Desk, order: Order) -> None:
    desk.confirm(order, desk.preview(order, rest="continue"))

    assert LogEntry.objects.get().change_message.startswith(
        "Cancelled ‘Step 2’ to go on with ‘Step 3’; $84.00 goes back. Both sides agree to end it."
    )


def test_r_sup_4_nothing_is_cancelled_that_can_not_be_put_on_record(
    order: Order, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the audit trail is full")

    monkeypatch.setattr(services, "_audit", broken)
    with pytest.raises(RuntimeError):
        confirm(order, agent)

    assert untouched(order)


def test_r_sup_4_nothing_is_on_record_that_did_not_happen(
    order: Order, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever fails after the audit's line was written takes the line with it."""
    written = services._audit

    def write_then_break(*args: object) -> None:
        written(*args)  # type: ignore[arg-type]
        raise RuntimeError("lost")

    monkeypatch.setattr(services, "_audit", write_then_break)
    with pytest.raises(RuntimeError):
        confirm(order, agent)

    assert untouched(order)


def test_the_service_holds_to_what_was_shown_by_itself(order: Order, agent: User) -> None:
    with pytest.raises(OutcomeChanged):
        confirm(order, agent, shown="something else")
    assert untouched(order)


@pytest.mark.parametrize("who", ["buyer", "seller", "stranger", "clerk"])
def test_r_sup_5_the_service_asks_who_it_is(order: Order, who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotYours):
        confirm(order, request.getfixturevalue(who), shown="whatever")
    assert untouched(order)


def test_before_anything_is_accepted_everything_goes_back(
    desk: Desk, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = at_work(stripe, buyer, seller)
    desk.confirm(order, desk.preview(order, reason="seller_unable"))

    assert (again(order).state, states(order)) == ("cancelled", ["cancelled", "not_started", "not_started"])
    assert Refund.objects.get().amount == 126_00


def test_an_unpaid_order_has_no_button(desk: Desk, stripe: StripeDouble, buyer: User, seller: User) -> None:
    assert "Cancel or end it" not in desk.open(unpaid(stripe, buyer, seller))


def confirm(order: Order, agent: User, *, shown: str = "") -> None:
    cancel_as_shown(
        order=order,
        agent=agent,
        reason=CancelReason.FRAUD,
        note="A stolen card.",
        continue_after=False,
        shown=shown or preview_cancellation(order=order).digest,
    )
