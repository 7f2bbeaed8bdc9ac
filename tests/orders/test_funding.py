"""When the next charge fails (R-PAY-2, R-ORD-4): what each side is told, the ways on, and what nobody pays twice."""

from datetime import timedelta

import pytest

from accounts.models import User
from marketplace.kernel import clock
from notifications.models import Notification
from notifications.rendering import render_words
from orders.errors import CardInUse, IllegalTransition, NothingToPay, NotYours
from orders.presenters.cards import expiry_warning
from orders.receivers import follow_surplus
from orders.selectors import view_order
from orders.services import cards, deciding, ending, funding
from orders.services.lapsing import lapse_payments
from payments.enums import AttemptState
from payments.errors import MethodUnknown, NothingToRetry
from payments.models import Charge, ChargeAttempt, SavedMethod
from payments.services.checkouts import start_checkout
from payments.signals import SurplusNews
from payments.simulator.cards import SCENARIOS, Refusal, Scenario
from payments.stripe_gateway.declines import NO_REASON, ROWS, SENSITIVE
from tests.factories.payments import make_saved_method
from tests.scenarios.story import CANCEL, SUCCESS, Story, beat, sweep_payments, travel

pytestmark = pytest.mark.django_db


def told(user: User, kind: str) -> list[str]:
    """Title and body of each notice of `kind`, the oldest first."""
    found = Notification.objects.filter(recipient=user, kind=kind).order_by("pk")
    return [f"{words.title}\n{words.body}" for words in (render_words(notice, reader=user) for notice in found)]


def told_data(user: User, kind: str) -> list[dict[str, object]]:
    return [notice.data for notice in Notification.objects.filter(recipient=user, kind=kind).order_by("pk")]


def failed(story: Story, scenario: str = "works_then_declines") -> Story:
    story.pay(scenario=scenario)
    story.deliver()
    story.accept_and_continue()
    return story


def card_that(monkeypatch: pytest.MonkeyPatch, decline_code: str, *, advice: str = "") -> str:
    """A scenario card that works now and is refused with `decline_code` the next time."""
    later = Refusal(code="card_declined", decline_code=decline_code, advice_code=advice, message="Declined.")
    name = f"later_{decline_code}"
    monkeypatch.setitem(SCENARIOS, name, Scenario(name=name, label=name, hint=name, last4="7777", later=later))
    return name


# --- What is told -----------------------------------------------------------------------------------------------------
def test_the_buyer_hears_of_each_failure_once_with_the_next_try_and_the_last_day(story: Story) -> None:
    failed(story)
    pay_by = story.order.pay_by
    assert pay_by is not None
    for count, days in ((1, 0), (2, 1), (3, 2), (4, 2)):
        travel(days=days, seconds=30)
        beat()
        beat()
        heard = told_data(story.buyer, "payment_failed")
        assert len(heard) == count
        assert heard[-1]["pay_by"] == pay_by.isoformat()
        assert heard[-1]["retry_at"] == _instant(story)
        assert heard[-1]["again"] is (count < 4)
    assert story.milestone(2).retry_at is None
    assert told(story.buyer, "payment_reminder") == []


def _instant(story: Story) -> str | None:
    at = story.milestone(2).retry_at
    return at.isoformat() if at else None


def test_r_pay_2_the_seller_is_told_once_not_to_begin_however_often_it_fails(story: Story) -> None:
    failed(story)
    for _ in range(3):
        travel(days=2, seconds=30)
        beat()
        beat()
    assert story.milestone(2).charge.attempts.count() == 4  # type: ignore[union-attr]
    assert len(told(story.seller, "do_not_begin")) == 1


def test_what_the_bank_said_is_not_for_the_seller(story: Story) -> None:
    failed(story)
    (buyers,), (sellers,) = told_data(story.buyer, "payment_failed"), told_data(story.seller, "do_not_begin")
    assert buyers["message"] == "There is not enough money on this card. Add money or use another card."
    assert {"message", "code", "method"} & set(sellers) == set()


# One code of each kind; that each code has its row, payments/test_declines.py says.
KINDS = {(ROWS[code][0], code in SENSITIVE): code for code in sorted(ROWS, reverse=True)}


@pytest.mark.parametrize("code", KINDS.values())
def test_every_decline_leads_the_buyer_on(story: Story, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    failed(story, card_that(monkeypatch, code))
    action, sentence = ROWS[code]
    charge = story.milestone(2).charge
    assert charge is not None
    state = "action_required" if action == "authenticate" else "payment_failed"
    story.expect_order("awaiting_next_payment", "", "accepted", state, "planned")
    story.expect(captured=63_00, released=54_00, commission=6_00, fees=3_00)
    assert (charge.message, charge.remedy, charge.method_refused) == (sentence, action, action in ("new_card", "stop"))
    travel(days=1, seconds=30)
    beat()
    sent = 2 if action == "retry_later" else 1  # only what may be tried again by itself is
    assert charge.attempts.count() == sent
    if code in SENSITIVE:
        (heard,) = told_data(story.buyer, "payment_failed")
        assert (heard["message"], heard["code"]) == (NO_REASON, "generic_decline")


def test_do_not_try_again_is_never_tried_again(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    failed(story, card_that(monkeypatch, "insufficient_funds", advice="do_not_try_again"))
    assert "It is not tried again by itself." in told(story.buyer, "payment_failed")[0]
    for _ in range(9):
        travel(days=1)
        beat()
    assert story.milestone(2).charge.attempts.count() == 1  # type: ignore[union-attr]
    assert len(told(story.buyer, "payment_reminder")) == 3
    method = story.order.method
    assert method is not None
    with pytest.raises(NothingToRetry):
        cards.charge_saved_card(order=story.order, actor=story.buyer, stripe_id=method.stripe_id)


# --- A saved card -----------------------------------------------------------------------------------------------------
def another(story: Story, scenario: str = "works") -> SavedMethod:
    """A second card of the buyer, from another order."""
    other = Story(story.stripe, story.buyer, story.seller, prices=[200_00])
    other.pay(scenario=scenario)
    other.deliver()
    other.accept_and_finish()
    method = other.order.method
    assert method is not None
    return method


def test_the_same_card_is_charged_again_at_once(story: Story) -> None:
    failed(story)
    method = story.order.method
    assert method is not None
    story.stripe.simulator.store.put("scenario", method.stripe_id, "works")  # there is money on it now
    story.stripe.simulator.store.commit()
    cards.charge_saved_card(order=story.order, actor=story.buyer, stripe_id=method.stripe_id)
    story.expect_order("awaiting_next_payment", "", "accepted", "charging", "planned")
    story.work()
    story.expect_order("active", "", "accepted", "in_progress", "planned")
    story.expect(captured=147_00, released=54_00, commission=6_00, fees=3_00, held=80_00, fee_held=4_00)
    assert story.charged_at_stripe == 147_00


def test_another_saved_card_rescues_the_milestone_and_pays_the_next_ones(story: Story) -> None:
    method = another(story)
    failed(story, "works_then_lost")
    cards.charge_saved_card(order=story.order, actor=story.buyer, stripe_id=method.stripe_id)
    story.work()
    story.expect_order("active", "", "accepted", "in_progress", "planned")
    story.expect(captured=147_00, released=54_00, commission=6_00, fees=3_00, held=80_00, fee_held=4_00)
    assert story.order.method == method
    assert story.order.timeline.get(name="charge_saved_card").data == {"method": "Visa •••• 4242"}
    story.deliver()
    story.accept_and_continue()
    story.expect(captured=252_00, released=126_00, commission=14_00, fees=7_00, held=100_00, fee_held=5_00)


def test_another_saved_card_that_fails_too_leaves_the_order_where_it_was(story: Story) -> None:
    method = another(story, "works_then_declines")
    failed(story, "works_then_lost")
    cards.charge_saved_card(order=story.order, actor=story.buyer, stripe_id=method.stripe_id)
    story.work()
    story.expect_order("awaiting_next_payment", "", "accepted", "payment_failed", "planned")
    story.expect(captured=63_00, released=54_00, commission=6_00, fees=3_00)
    assert len(told(story.buyer, "payment_failed")) == 2
    assert story.milestone(2).retry_at is not None


def test_a_saved_card_agrees_to_go_on_after_a_cancelled_milestone(story: Story, agent: User) -> None:
    story.pay()
    ending.cancel(order=story.order, actor=agent, reason="both_agree", note="Skip it.", continue_after=True)  # type: ignore[arg-type]
    method = SavedMethod.objects.get(user=story.buyer)
    cards.charge_saved_card(order=story.order, actor=story.buyer, stripe_id=method.stripe_id)
    story.work()
    story.expect_order("active", "", "cancelled", "in_progress", "planned")
    story.expect(captured=147_00, refunded=63_00, held=80_00, fee_held=4_00)


def test_only_the_buyer_charges_a_card_and_only_their_own(story: Story, stranger: User) -> None:
    failed(story)
    method = story.order.method
    assert method is not None
    with pytest.raises(MethodUnknown):
        cards.charge_saved_card(order=story.order, actor=story.seller, stripe_id=method.stripe_id)
    theirs = make_saved_method(story.stripe, stranger)
    with pytest.raises(MethodUnknown):
        cards.charge_saved_card(order=story.order, actor=story.buyer, stripe_id=theirs.stripe_id)
    sellers = make_saved_method(story.stripe, story.seller)
    with pytest.raises(NotYours):
        cards.charge_saved_card(order=story.order, actor=story.seller, stripe_id=sellers.stripe_id)


@pytest.mark.parametrize("state", ["unpaid", "in_progress", "delivered", "charging", "completed"])
def test_a_card_is_charged_again_only_after_a_refusal(story: Story, state: str) -> None:
    method = another(story)
    if state != "unpaid":
        story.pay()
    if state in ("delivered", "charging", "completed"):
        story.deliver()
    if state == "charging":
        story.accept_and_continue(settle=False)
    if state == "completed":
        story.accept_and_stop()
    before = Charge.objects.count(), ChargeAttempt.objects.count()
    with pytest.raises(IllegalTransition):
        cards.charge_saved_card(order=story.order, actor=story.buyer, stripe_id=method.stripe_id)
    assert (Charge.objects.count(), ChargeAttempt.objects.count()) == before


# --- Accepting with another card --------------------------------------------------------------------------------------
def test_accepting_with_another_card_leaves_the_saved_one_alone(story: Story) -> None:
    story.pay()
    story.deliver()
    deciding.accept_and_continue(order=story.order, actor=story.buyer, shown_to_pay=84_00, other_card=True)
    story.work()
    charge = story.milestone(2).charge
    assert charge is not None
    assert (charge.state, charge.method) == ("awaiting_payer", None)
    story.expect(captured=63_00, released=54_00, commission=6_00, fees=3_00)
    story.pay(scenario="authentication_passes")
    story.expect_order("active", "", "accepted", "in_progress", "planned")
    story.expect(captured=147_00, released=54_00, commission=6_00, fees=3_00, held=80_00, fee_held=4_00)
    assert story.order.method is not None
    assert story.order.method.last4 == "3220"


def test_a_card_that_stripe_forgot_leads_to_the_payment_page(story: Story) -> None:
    story.pay()
    story.deliver()
    SavedMethod.objects.filter(user=story.buyer).update(state="detached")
    story.accept_and_continue()
    charge = story.milestone(2).charge
    assert charge is not None
    assert (charge.state, charge.method) == ("awaiting_payer", None)


# --- Keeping cards ----------------------------------------------------------------------------------------------------
def test_a_card_of_a_live_order_is_not_removed(story: Story) -> None:
    story.pay()
    method = story.order.method
    assert method is not None
    with pytest.raises(CardInUse, match="Visa •••• 4242 pays for ‘A film in steps’, so it can’t be removed yet"):
        cards.remove_card(user=story.buyer, stripe_id=method.stripe_id)
    story.expect(captured=63_00, held=60_00, fee_held=3_00)
    story.deliver()
    story.accept_and_continue()
    story.expect(captured=147_00, released=54_00, commission=6_00, fees=3_00, held=80_00, fee_held=4_00)
    story.deliver()
    story.accept_and_stop()
    cards.remove_card(user=story.buyer, stripe_id=method.stripe_id)
    method.refresh_from_db()
    assert method.state == "detaching"


def test_a_card_is_removed_once_the_order_has_another(story: Story) -> None:
    first = another(story)
    story.pay()
    second = story.order.method
    assert second is not None
    cards.choose_card(order=story.order, actor=story.buyer, stripe_id=first.stripe_id)
    cards.choose_card(order=story.order, actor=story.buyer, stripe_id=first.stripe_id)  # pressed twice
    cards.remove_card(user=story.buyer, stripe_id=second.stripe_id)
    with pytest.raises(CardInUse):
        cards.remove_card(user=story.buyer, stripe_id=first.stripe_id)
    assert story.order.timeline.filter(name="choose_card").count() == 1
    story.deliver()
    story.accept_and_continue()
    assert story.milestone(2).charge.method == first  # type: ignore[union-attr]


def test_nobody_chooses_for_another(story: Story, stranger: User) -> None:
    story.pay()
    method = story.order.method
    assert method is not None
    with pytest.raises(NotYours):
        cards.choose_card(order=story.order, actor=story.seller, stripe_id=method.stripe_id)
    with pytest.raises(MethodUnknown):
        cards.remove_card(user=stranger, stripe_id=method.stripe_id)
    theirs = make_saved_method(story.stripe, stranger)
    with pytest.raises(MethodUnknown):
        cards.choose_card(order=story.order, actor=story.buyer, stripe_id=theirs.stripe_id)


def test_an_order_that_has_ended_takes_no_card(story: Story) -> None:
    story.pay()
    method = story.order.method
    assert method is not None
    story.deliver()
    story.accept_and_stop()
    with pytest.raises(NothingToPay):
        cards.choose_card(order=story.order, actor=story.buyer, stripe_id=method.stripe_id)


# --- Money that came too late, or twice -------------------------------------------------------------------------------
def test_money_that_arrives_after_the_payment_lapsed_goes_back_and_the_buyer_is_told(story: Story) -> None:
    failed(story)
    charge = funding.prepare_payment(order=story.order, actor=story.buyer)
    url = funding.pay_url(charge=charge, success_url=SUCCESS, cancel_url=CANCEL)
    story.stripe.pay(url)  # at Stripe, and no webhook has come
    assert lapse_payments(now=story.order.pay_by) == 1
    story.work()
    story.work()
    story.expect_order("completed", "payment_lapsed", "accepted", "not_started", "not_started")
    story.expect(captured=147_00, released=54_00, commission=6_00, fees=3_00, refunded=84_00)
    assert len(told(story.buyer, "payment_returned")) == 1
    assert told(story.seller, "payment_returned") == []


def test_r_pay_3_who_paid_twice_is_told_that_the_second_goes_back(story: Story) -> None:
    """Two pages, the first of them lost to us, both paid."""
    charge = story.milestone(1).charge
    assert charge is not None
    first = start_checkout(charge=charge, success_url=SUCCESS, cancel_url=CANCEL, now=clock.now())
    ChargeAttempt.objects.filter(charge=charge).update(state=AttemptState.CLOSED)
    second = start_checkout(charge=charge, success_url=SUCCESS, cancel_url=CANCEL, now=clock.now())
    story.stripe.pay(first)
    story.stripe.pay(second)
    story.work()
    story.work()
    story.expect_order("active", "", "in_progress", "planned", "planned")
    story.expect(captured=126_00, held=60_00, fee_held=3_00, refunded=63_00)
    (words,) = told(story.buyer, "paid_twice")
    assert words.startswith("$63.00 goes back to you")
    assert "You paid twice for ‘Step 1’" in words
    assert told(story.seller, "paid_twice") == []
    assert [entry.data["paid"] for entry in story.order.timeline.filter(name="return_surplus")] == [63_00]
    sweep_payments()
    assert len(told(story.buyer, "paid_twice")) == 1


def test_a_telling_of_a_surplus_that_fails_is_repeated_by_the_sweep(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge = story.milestone(1).charge
    assert charge is not None
    story.pay()
    attempt = charge.attempts.get()
    with monkeypatch.context() as patch:
        patch.setattr("orders.receivers.tell_surplus", _refuse)
        lost = ChargeAttempt.objects.create(
            charge=charge, number=9, mode="checkout", state=AttemptState.SURPLUS, idempotency_key="surplus",
            due_at=attempt.due_at, created_at=attempt.created_at, provider_fee=0,
        )  # fmt: skip
        sweep_payments()
        lost.refresh_from_db()
        assert (lost.surplus_told_at, lost.surplus_tries > 0) == (None, True)
    sweep_payments()
    lost.refresh_from_db()
    assert lost.surplus_told_at is not None
    assert len(told(story.buyer, "paid_twice")) == 1


def _refuse(**_: object) -> None:
    raise RuntimeError("the receiver is broken")


def test_a_surplus_of_no_order_of_ours_harms_nobody(story: Story) -> None:
    news = SurplusNews(charge_id=1, public_id="chg_x", reference="x", group="ord_x", attempt=2, amount=1)
    follow_surplus(news=news, now=clock.now())
    follow_surplus(
        news=SurplusNews(
            charge_id=1, public_id="chg_x", reference="x", group=story.order.public_id, attempt=2, amount=1
        ),
        now=clock.now(),
    )
    assert told(story.buyer, "paid_twice") == []


# --- Before the buyer accepts -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("ahead", "warned"), [(timedelta(days=4, hours=23), True), (timedelta(days=5), False)])
def test_the_warning_compares_the_cards_last_day_with_the_due_date(
    story: Story, ahead: timedelta, warned: bool
) -> None:
    story.pay()
    story.deliver()
    SavedMethod.objects.filter(user=story.buyer).update(exp_month=11, exp_year=2031)
    ends = story.order.method.expires_at  # type: ignore[union-attr]
    assert ends is not None
    view = view_order(story.order, story.buyer, now=ends - ahead)  # the next milestone takes five days
    assert bool(expiry_warning(view)) is warned
    over = view_order(story.order, story.buyer, now=ends)
    assert expiry_warning(over) == "Visa ending 4242 was good to 11/2031: the bank may refuse it."
