"""Nobody is support for themselves, nor for whom they work or have worked for; superusers neither (R-SUP-5)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import SellerProfile, User
from accounts.services.team import leave_team
from inbox.enums import ReportReason
from inbox.models import Report
from inbox.services import report_conversation
from marketplace.kernel import clock
from milestones.models import MilestonePolicy
from orders import actors
from orders.enums import CancelReason
from orders.errors import OwnMatter
from orders.models import DeliveryFile, Order, OrderHold
from orders.services import ending, giving_back
from orders.services.ending import preview_cancellation
from orders.services.giving_back import preview_refund
from payments.enums import RefundState, TransferState
from payments.models import Charge, Dispute, PayoutHold, Refund, Transfer
from payments.services.onboarding import refresh_account
from payments.services.refunding import request_refund
from payments.services.sweeping import sweep_announcements, sweep_events
from support import services
from support.enums import Answer
from support.models import Decision
from tests.factories.accounts import make_seller
from tests.factories.inbox import make_conversation, say
from tests.factories.order_states import second_at_work, unpaid
from tests.factories.orders import again, states
from tests.factories.payments import NOW
from tests.factories.payouts import begin, make_transfer, onboard
from tests.factories.team import make_manager, make_member
from tests.payments.simulator_fixtures import StripeDouble
from tests.support.conftest import Desk, hidden_of

pytestmark = pytest.mark.django_db

SIDES = ["buyer", "seller", "manager", "contributor", "former", "buyers_manager"]
TWO = ["buyer", "former"]  # for each act; that all sides are one rule is asked once
SENTENCE = "Your own side is in this"
PRESSED = {"reason": "I say so."}


@pytest.fixture
def order(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """126.00 of the first milestone accepted, 84.00 held for the second."""
    return second_at_work(stripe, buyer, seller)


def partial_to(side: str, buyer: User, seller: User) -> User:
    """A superuser on that side."""
    if side in ("buyer", "seller"):
        user = {"buyer": buyer, "seller": seller}[side]
    elif side == "buyers_manager":
        SellerProfile.objects.create(user=buyer, country="FR")
        user = make_manager(buyer)
    else:
        member = make_member(seller, role="contributor" if side == "contributor" else "manager")
        user = member.user
        if side == "former":
            leave_team(user=user, public_id=member.public_id, now=clock.now())
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    return User.objects.get(pk=user.pk)


@pytest.fixture(params=TWO)
def partial(request: pytest.FixtureRequest, order: Order, buyer: User, seller: User) -> User:
    return partial_to(request.param, buyer, seller)


def limit_to(order: Order, amount: int) -> None:
    policy = MilestonePolicy.objects.get(pk=order.policy_id)
    policy.pk, policy.version, policy.pinned_at, policy.second_agent_over = None, 77, None, amount
    policy.save(force_insert=True)
    Order.objects.filter(pk=order.pk).update(policy=policy)


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def post(desk: Desk, name: str, *keys: int, **fields: str) -> Any:
    return desk.client.post(reverse(f"admin:{name}", args=keys), fields)


# --- The one place ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("side", SIDES)
def test_r_sup_5_no_side_is_support_for_itself(stripe: StripeDouble, buyer: User, seller: User, side: str) -> None:
    order = unpaid(stripe, buyer, seller)
    user = partial_to(side, buyer, seller)
    with pytest.raises(OwnMatter):
        actors.agent(user, order)
    assert not actors.stands_apart(user, order.buyer_id, order.seller_id)


def test_r_sup_5_everybody_else_with_the_right_is(
    stripe: StripeDouble, buyer: User, seller: User, helper: User
) -> None:
    assert actors.agent(helper, unpaid(stripe, buyer, seller)).user == helper


# --- Orders -----------------------------------------------------------------------------------------------------------
def test_r_sup_5_nobody_cancels_or_gives_back_on_their_own_side(order: Order, partial: User) -> None:
    desk, first = Desk(partial), order.milestones.get(position=1)
    refund = reverse("admin:orders_order_refund", args=[order.pk, first.pk])
    for answer in (
        desk.cancelling(order),
        desk.preview(order),
        desk.cancelling(order, confirm="1", shown="x", reason="fraud", note="x", rest="end"),
        desk.client.get(refund),
        desk.client.post(refund, {"confirm": "1", "back": "1", "reason": "fraud", "note": "x", "shown": "x"}),
    ):
        assert answer.status_code == 403
        assert SENTENCE in answer.content.decode()
    assert not Refund.objects.exists()
    assert not Decision.objects.exists()
    assert states(order) == ["accepted", "in_progress", "planned"]


def test_r_sup_5_nobody_places_or_lifts_a_hold_on_their_own_side(order: Order, partial: User, helper: User) -> None:
    answer = post(Desk(partial), "orders_order_hold", order.pk, **PRESSED)
    assert said(answer)[0].startswith(SENTENCE)
    assert not OrderHold.objects.exists()
    hold = services.hold_order(order=order, agent=helper, reason="We look.")
    answer = post(Desk(partial), "orders_order_hold", order.pk, lift=str(hold.pk), **PRESSED)
    assert said(answer)[0].startswith(SENTENCE)
    assert again(order).held_since is not None


@pytest.mark.parametrize("side", TWO)
def test_r_sup_5_the_second_agent_stands_on_no_side_either(
    desk: Desk, order: Order, buyer: User, seller: User, side: str
) -> None:
    limit_to(order, 50_00)
    desk.confirm(order, desk.preview(order))
    second = Desk(partial_to(side, buyer, seller))
    decision = Decision.objects.get()
    for fields in ({"confirm": "1"}, {"turn_down": "1", "reason": "No."}):
        answer = post(second, "orders_order_decide", order.pk, decision.pk, **fields)
        assert said(answer)[0].startswith(SENTENCE)
    assert Decision.objects.get().answer == Answer.WAITING
    assert not Refund.objects.exists()
    page = second.open(order)
    assert ("Waits for a second agent" in page, "Confirm:" in page, "Turn it down" in page) == (True, False, False)


def test_r_sup_5_who_asked_and_has_joined_a_side_since_is_not_done(
    desk: Desk, helper: User, agent: User, order: Order, seller: User
) -> None:
    limit_to(order, 50_00)
    desk.confirm(order, desk.preview(order))
    make_member(seller, user=helper)
    post(Desk(agent), "orders_order_decide", order.pk, Decision.objects.get().pk, confirm="1")
    assert Decision.objects.get().answer == Answer.WAITING
    assert not Refund.objects.exists()


def test_r_sup_5_nobody_asks_stripe_about_their_own_order(order: Order, partial: User) -> None:
    charge = Charge.objects.get(reference=order.milestones.get(position=1).reference)
    refund = request_refund(charge=charge, amount=21_00, reason="Once", now=NOW)
    for state in (RefundState.SUBMITTING, RefundState.QUARANTINED):
        Refund.objects.filter(pk=refund.pk).update(state=state)
    desk = Desk(partial)
    for name, key in (("compare", charge.pk), ("settle", refund.pk)):
        assert said(post(desk, f"orders_order_{name}", order.pk, key, **PRESSED))[0].startswith(SENTENCE), name
    assert Refund.objects.get().state == RefundState.QUARANTINED
    assert not LogEntry.objects.exists()


def test_r_sup_5_originals_are_not_taken_over_the_desk_by_a_side(order: Order, partial: User) -> None:
    """The buyer's own agent would have them before the milestone is accepted."""
    file = DeliveryFile.objects.filter(delivery__milestone__order=order)[0]
    desk = Desk(partial)
    answer = desk.file(order, "delivery", file.public_id)
    assert (answer.status_code, SENTENCE in answer.content.decode()) == (403, True)
    page = desk.open(order)
    assert (SENTENCE in page, f"files/delivery/{file.public_id}" in page) == (True, False)
    for button in ("Cancel or end it", "Put on hold", "Give money of it back", "Compare "):
        assert button not in page, button
    assert not LogEntry.objects.exists()


def test_r_sup_5_the_order_s_own_services_ask_too(order: Order, partial: User) -> None:
    reason, note = CancelReason.FRAUD, "A stolen card."
    first = order.milestones.get(position=1)
    acts: list[Callable[[], object]] = [
        lambda: ending.cancel(order=order, actor=partial, reason=reason, note=note),
        lambda: giving_back.give_back(milestone=first, actor=partial, amount=1, reason=reason, note=note),
        lambda: services.cancel_as_shown(
            order=order, agent=partial, reason=reason, note=note, continue_after=False,
            shown=preview_cancellation(order=order).digest,
        ),
        lambda: services.give_back_as_shown(
            milestone=first, agent=partial, amount=1, reason=reason, note=note,
            shown=preview_refund(milestone=first, amount=1).digest,
        ),
    ]  # fmt: skip
    for act in acts:
        with pytest.raises(OwnMatter):
            act()
    assert not Refund.objects.exists()


def test_an_agent_who_works_for_somebody_else_acts(desk: Desk, helper: User, order: Order) -> None:
    make_member(make_seller("Another Seller"), user=helper)
    assert "Cancel or end it" in desk.open(order)
    assert desk.confirm(order, desk.preview(order)).status_code == 302
    assert Refund.objects.get().amount == 84_00


# --- Chargebacks ------------------------------------------------------------------------------------------------------
def test_r_sup_5_nobody_answers_the_bank_about_their_own_order(
    stripe: StripeDouble, order: Order, partial: User
) -> None:
    charge = order.milestones.get(position=1).charge
    assert charge is not None
    stripe.dispute(str(charge.attempts.get(state="succeeded").payment_id))
    stripe.deliver_webhooks()
    sweep_events()
    sweep_announcements()
    dispute, desk = Dispute.objects.get(), Desk(partial)
    for button in ("send", "keep"):
        answer = post(desk, "payments_dispute_answer", dispute.pk, summary="I owe nothing.", **{button: "1"})
        assert said(answer)[0].startswith(SENTENCE)
    dispute.refresh_from_db()
    assert (dispute.evidence_state, dispute.summary) == ("draft", "")
    page = desk.client.get(reverse("admin:payments_dispute_change", args=[dispute.pk])).content.decode()
    assert (SENTENCE in page, "Answer the bank" in page, "What would be sent" in page) == (True, False, False)


# --- Payouts and eligibility ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("side", ["seller", "former"])
@pytest.mark.usefixtures("stripe")
def test_r_sup_5_nobody_holds_or_lets_go_their_own_payouts(buyer: User, seller: User, helper: User, side: str) -> None:
    account = begin(seller)
    desk = Desk(partial_to(side, buyer, seller))
    assert said(post(desk, "payments_connectedaccount_hold", account.pk, **PRESSED))[0].startswith(SENTENCE)
    assert not PayoutHold.objects.exists()
    services.hold_seller(account=account, agent=helper, reason="His papers look odd.")
    answer = post(desk, "payments_connectedaccount_hold", account.pk, lift="1", **PRESSED)
    assert said(answer)[0].startswith(SENTENCE)
    assert PayoutHold.objects.get().lifted_at is None
    page = desk.client.get(reverse("admin:payments_connectedaccount_change", args=[account.pk])).content.decode()
    assert (SENTENCE in page, "Send payouts to" in page) == (True, False)


@pytest.mark.parametrize("side", ["seller", "former"])
def test_r_sup_5_nobody_settles_their_own_payout(stripe: StripeDouble, buyer: User, seller: User, side: str) -> None:
    account = onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    for state in (TransferState.PENDING, TransferState.SUBMITTING, TransferState.QUARANTINED):
        Transfer.objects.filter(pk=transfer.pk).update(state=state)
    desk = Desk(partial_to(side, buyer, seller))
    answer = post(desk, "payments_connectedaccount_settle", account.pk, transfer.pk, **PRESSED)
    assert said(answer)[0].startswith(SENTENCE)
    assert Transfer.objects.get().state == TransferState.QUARANTINED
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("side", ["seller", "former"])
def test_r_sup_5_nobody_lets_themselves_start_a_new_account(
    stripe: StripeDouble, buyer: User, seller: User, side: str
) -> None:
    account = onboard(stripe, seller)
    stripe.deauthorize(account.stripe_id or "")
    refresh_account(account_id=account.pk)
    desk = Desk(partial_to(side, buyer, seller))
    assert said(post(desk, "payments_connectedaccount_anew", account.pk, **PRESSED))[0].startswith(SENTENCE)
    page = desk.client.get(reverse("admin:payments_connectedaccount_change", args=[account.pk])).content.decode()
    assert (SENTENCE in page, "Let them start a new account" in page) == (True, False)
    account.refresh_from_db()
    assert (account.is_gone, LogEntry.objects.exists()) == (True, False)


@pytest.mark.parametrize("side", ["seller", "former"])
def test_r_sup_5_nobody_switches_milestones_on_for_themselves(buyer: User, seller: User, side: str) -> None:
    SellerProfile.objects.filter(user=seller).update(milestones_blocked_reason="Too many late orders.")
    client = Client()
    client.force_login(partial_to(side, buyer, seller))
    page = reverse("admin:accounts_sellerprofile_change", args=[seller.seller.pk])
    assert "Your own side is in this" in client.get(page).content.decode()
    assert client.post(page, {"milestones_blocked_reason": ""}).status_code == 403
    assert SellerProfile.objects.get(user=seller).milestones_blocked_reason == "Too many late orders."


def test_another_agent_switches_them_on(seller: User, agent: User) -> None:
    SellerProfile.objects.filter(user=seller).update(milestones_blocked_reason="Too many late orders.")
    client = Client()
    client.force_login(agent)
    page = reverse("admin:accounts_sellerprofile_change", args=[seller.seller.pk])
    assert client.post(page, {"milestones_blocked_reason": ""}).status_code == 302
    assert SellerProfile.objects.get(user=seller).milestones_blocked_reason == ""


# --- Reports ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("side", TWO)
def test_r_sup_5_nobody_reads_or_resolves_a_report_about_their_own_side(
    buyer: User, seller: User, now: datetime, side: str
) -> None:
    conversation = make_conversation(buyer, seller)
    message = say(conversation, seller, "Pay me elsewhere", now=now)
    report = report_conversation(
        conversation=conversation, reporter=buyer, reason=ReportReason.SCAM, words="See this.", message=message, now=now
    )
    desk = Desk(partial_to(side, buyer, seller))
    listed = desk.client.get(reverse("admin:inbox_report_changelist"))
    assert list(listed.context["cl"].result_list) == []
    assert desk.client.get(reverse("admin:inbox_report_change", args=[report.pk])).status_code == 302
    post(desk, "inbox_report_resolve", report.pk, note="Nothing to see.")
    assert Report.objects.get().resolved_at is None


# --- Acting needs reading ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kept_from", "name", "keys"),
    [
        ("view_dispute", "payments_dispute_answer", (1,)),
        ("view_message", "payments_dispute_answer", (1,)),
        ("view_connectedaccount", "payments_connectedaccount_hold", (1,)),
        ("view_connectedaccount", "payments_connectedaccount_settle", (1, 1)),
        ("view_connectedaccount", "payments_connectedaccount_anew", (1,)),
        ("view_report", "inbox_report_resolve", (1,)),
        ("view_refund", "orders_order_settle", (1, 1)),
    ],
)
def test_r_sup_5_who_can_not_read_it_does_not_act_on_it(
    helper: User, kept_from: str, name: str, keys: tuple[int, ...]
) -> None:
    """404 for who may, as there is no such row; 403 for who may not."""
    assert post(Desk(helper), name, *keys, **PRESSED).status_code == 404
    everything = helper.groups.get().permissions.all()
    helper.groups.clear()
    helper.user_permissions.set(everything.exclude(codename=kept_from))
    assert post(Desk(User.objects.get(pk=helper.pk)), name, *keys, **PRESSED).status_code == 403


def test_hidden_fields_of_another_agents_page_help_nobody(desk: Desk, order: Order, buyer: User) -> None:
    """What a colleague was shown is confirmed by them alone, not by the buyer's own account."""
    shown = hidden_of(desk.preview(order))
    User.objects.filter(pk=buyer.pk).update(is_staff=True, is_superuser=True)
    answer = Desk(User.objects.get(pk=buyer.pk)).cancelling(order, confirm="1", **shown)
    assert answer.status_code == 403
    assert states(order) == ["accepted", "in_progress", "planned"]
