"""Paying sellers: one transfer per released charge, after clearance, to an account that takes it (R-PAY-5)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from accounts.models import User
from marketplace.web.clock import database_now
from notifications.models import Notification
from payments.earnings import transfers_of
from payments.enums import HoldKind, TransferState
from payments.models import ConnectedAccount, JournalEntry, Transfer
from payments.presenters.earnings import rows_of
from payments.presenters.payouts import account_page
from payments.selectors import group_balances
from payments.services.holding import lift_payout_hold, place_payout_hold
from payments.services.onboarding import refresh_account
from payments.services.sweeping import sweep_accounts, sweep_events, sweep_transfers
from payments.services.transferring import settle_transfer, submit_transfer
from tests.conftest import Nudge
from tests.factories.payments import NOW
from tests.factories.payouts import again, begin, make_transfer, onboard
from tests.payments import at_stripe
from tests.payments.conftest import Killed
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_hold")]

Pass = Callable[[timedelta], None]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NO_ANSWER = [("lost_before", 3), ("lost_after", 3), ("truncated", 1), ("html", 1), ("rate_limited", 1), ("in_use", 3)]


def balances(group: str = "ord_1") -> tuple[int, int, int]:
    """released, on_the_way, paid_out"""
    now = group_balances(group)
    return now.released, now.on_the_way, now.paid_out


def kinds(user: User) -> list[str]:
    return list(Notification.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True))


def test_r_pay_5_a_released_charge_becomes_a_transfer_that_arrives(stripe: StripeDouble, seller: User) -> None:
    account = onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    assert (transfer.amount, transfer.state, balances()) == (7_200, TransferState.WAITING, (7_200, 0, 0))
    sweep_transfers()
    assert again(transfer).state == TransferState.SUCCEEDED
    assert balances() == (0, 0, 7_200)
    (at_stripe,) = stripe.objects("transfer")
    assert (at_stripe["amount"], at_stripe["destination"]) == (7_200, account.stripe_id)
    assert at_stripe["source_transaction"] == transfer.charge.attempts.get().provider_charge_id
    assert at_stripe["transfer_group"] == "ord_1"
    assert kinds(seller) == ["payout_sent"]


def test_r_pay_5_not_before_it_has_cleared(stripe: StripeDouble, seller: User, time_passes: Pass) -> None:
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller, clears_in=7 * DAY)
    time_passes(7 * DAY - HOUR)
    sweep_transfers()
    submit_transfer(transfer_id=transfer.pk)
    assert (again(transfer).state, balances()) == (TransferState.WAITING, (7_200, 0, 0))
    time_passes(HOUR)
    sweep_transfers()
    assert balances() == (0, 0, 7_200)


def test_r_pay_5_money_waits_for_a_seller_who_is_not_set_up_and_says_so_once(
    stripe: StripeDouble, seller: User, time_passes: Pass
) -> None:
    transfer = make_transfer(stripe, seller)
    for _ in range(3):
        submit_transfer(transfer_id=transfer.pk)
        sweep_transfers()
        time_passes(DAY)
    assert (again(transfer).state, balances()) == (TransferState.WAITING, (7_200, 0, 0))
    assert kinds(seller) == ["payout_waits"]
    assert stripe.objects("transfer") == []


def test_r_pay_5_it_sets_off_when_stripe_says_that_the_seller_is_in_order(
    stripe: StripeDouble,
    seller: User,
    nudges: list[Nudge],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """The webhook of the seller's account, on its own endpoint, wakes what waits."""
    transfer = make_transfer(stripe, seller)
    sweep_transfers()
    account = begin(seller)
    nudges.clear()
    stripe.onboard(account.stripe_id or "")
    stripe.deliver_webhooks()
    with django_capture_on_commit_callbacks(execute=True):
        sweep_events()
    assert ConnectedAccount.objects.get().transfers_active
    assert ("payments.tasks.submit_transfer", (transfer.pk,)) in [(sent.task, sent.args) for sent in nudges]
    sweep_transfers()
    assert balances() == (0, 0, 7_200)


def test_a_lost_webhook_of_the_account_is_made_up_for_by_asking(stripe: StripeDouble, seller: User) -> None:
    transfer = make_transfer(stripe, seller)
    account = begin(seller)
    sweep_transfers()
    assert again(transfer).requested_at is None  # nothing is asked of Stripe before
    stripe.onboard(account.stripe_id or "")
    sweep_accounts()
    sweep_transfers()
    assert again(transfer).state == TransferState.SUCCEEDED


@pytest.mark.parametrize("decision", ["document", "refused"])
def test_r_pay_5_a_capability_lost_in_between_is_a_no_and_the_money_waits(
    stripe: StripeDouble, seller: User, time_passes: Pass, decision: str
) -> None:
    """Stripe took it away and we had not heard: the transfer is refused, the account asked for, the seller told."""
    account = onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    stripe.onboard(account.stripe_id or "", decision)
    sweep_transfers()
    refused = again(transfer)
    assert (refused.state, refused.failure) == (TransferState.WAITING, "insufficient_capabilities_for_transfer")
    assert (refused.amount, balances()) == (7_200, (7_200, 0, 0))
    refresh_account(account_id=account.pk)  # what the task does that the refusal sent
    assert kinds(seller) == ["payout_account_needs_you"]
    time_passes(2 * DAY)
    sweep_transfers()
    assert len(stripe.objects("transfer")) == 0
    onboard(stripe, seller)
    sweep_transfers()
    assert balances() == (0, 0, 7_200)
    assert again(transfer).failure == ""


def test_r_pay_5_too_little_money_at_stripe_is_tried_again_later_under_another_key(
    stripe: StripeDouble, seller: User, time_passes: Pass
) -> None:
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    stripe.faults.add("no_balance", on="POST /v1/transfers", times=2)
    keys = set()
    for _ in range(2):
        sweep_transfers()
        keys.add(again(transfer).idempotency_key)
        assert (again(transfer).state, balances()) == (TransferState.WAITING, (7_200, 0, 0))
        time_passes(2 * HOUR)
    sweep_transfers()
    keys.add(again(transfer).idempotency_key)
    assert (len(keys), balances()) == (3, (0, 0, 7_200))


@pytest.mark.parametrize(("kind", "times"), NO_ANSWER)
def test_r_pay_3_no_answer_is_unknown_and_never_a_second_transfer(
    stripe: StripeDouble, seller: User, time_passes: Pass, kind: str, times: int
) -> None:
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    stripe.faults.add(kind, on="POST /v1/transfers", times=times)
    sweep_transfers()
    assert (again(transfer).state, balances()) == (TransferState.UNKNOWN, (0, 7_200, 0))
    time_passes(timedelta(minutes=2))
    sweep_transfers()
    assert (again(transfer).state, balances()) == (TransferState.SUCCEEDED, (0, 0, 7_200))
    assert len(stripe.objects("transfer")) == 1


@pytest.mark.parametrize(("kind", "sent"), [("lost_before", 0), ("lost_after", 1)])
def test_r_pay_3_an_old_key_is_not_replayed_but_looked_up(
    stripe: StripeDouble, seller: User, time_passes: Pass, kind: str, sent: int
) -> None:
    """25 hours later Stripe has forgotten the key: what came of it is found by listing, and only nothing is resent."""
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    stripe.faults.add(kind, on="POST /v1/transfers", times=3)
    sweep_transfers()
    key = again(transfer).idempotency_key
    assert len(stripe.objects("transfer")) == sent
    time_passes(timedelta(hours=25))
    sweep_transfers()
    assert (again(transfer).state == TransferState.SUCCEEDED) == bool(sent)
    time_passes(timedelta(minutes=20))
    sweep_transfers()
    assert (again(transfer).state, balances()) == (TransferState.SUCCEEDED, (0, 0, 7_200))
    assert len(stripe.objects("transfer")) == 1
    assert (again(transfer).idempotency_key == key) == bool(sent)


@pytest.mark.parametrize(("kind", "hidden"), [("error_before", False), ("error_after", True)])
def test_r_pay_3_an_error_that_stripe_keeps_under_the_key_holds_a_payout_up_for_minutes_not_for_a_day(
    stripe: StripeDouble, seller: User, time_passes: Pass, kind: str, hidden: bool
) -> None:
    """Stripe answers a key with the 500 that it once gave: then the list is asked, and a new key sent for nothing."""
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    stripe.faults.add(kind, on="POST /v1/transfers")
    sweep_transfers()
    key = again(transfer).idempotency_key
    for _ in range(4):
        time_passes(timedelta(minutes=16))
        sweep_transfers()
    assert (again(transfer).state, balances()) == (TransferState.SUCCEEDED, (0, 0, 7_200))
    assert [each["amount"] for each in stripe.objects("transfer")] == [7_200]
    assert (again(transfer).idempotency_key == key) == hidden


def test_a_listing_is_not_believed_while_the_last_send_settles_in(
    stripe: StripeDouble, seller: User, time_passes: Pass
) -> None:
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    stripe.faults.add("lost_before", on="POST /v1/transfers", times=6)
    sweep_transfers()
    Transfer.objects.update(first_sent_at=database_now() - timedelta(hours=21))
    time_passes(timedelta(minutes=1))
    sweep_transfers()
    assert (again(transfer).state, again(transfer).tries) == (TransferState.UNKNOWN, 2)
    assert again(transfer).due_at >= database_now() + timedelta(minutes=13)


@pytest.mark.parametrize("point", ["transfer:requested", "transfer:leased", "transfer:sent", "transfer:settled"])
@pytest.mark.parametrize("down", [timedelta(minutes=4), timedelta(hours=25)])
def test_r_pay_3_a_worker_killed_at_any_step_is_healed_by_the_sweep(
    stripe: StripeDouble, seller: User, kill_at: Callable[[str], None], time_passes: Pass, point: str, down: timedelta
) -> None:
    """Also when everything stays down until Stripe has forgotten the key."""
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    kill_at(point)
    with pytest.raises(Killed):
        submit_transfer(transfer_id=transfer.pk)
    for _ in range(3):
        time_passes(down)
        sweep_transfers()
    assert (again(transfer).state, balances()) == (TransferState.SUCCEEDED, (0, 0, 7_200))
    assert len(stripe.objects("transfer")) == 1
    assert kinds(seller) == ["payout_sent"]


def test_duplicate_tasks_make_one_transfer(stripe: StripeDouble, seller: User) -> None:
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    for _ in range(4):
        submit_transfer(transfer_id=transfer.pk)
    assert len(stripe.objects("transfer")) == 1
    assert JournalEntry.objects.filter(kind__startswith="transfer_").count() == 2


def test_a_lease_keeps_a_second_worker_away(stripe: StripeDouble, seller: User, kill_at: Callable[[str], None]) -> None:
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    kill_at("transfer:leased")
    with pytest.raises(Killed):
        submit_transfer(transfer_id=transfer.pk)
    submit_transfer(transfer_id=transfer.pk)
    assert (again(transfer).tries, stripe.objects("transfer")) == (2, [])


# --- Holds ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("of", ["group", "payee"])
@pytest.mark.parametrize("kind", list(HoldKind))
def test_r_pay_5_nothing_is_sent_while_a_hold_stands(
    stripe: StripeDouble,
    seller: User,
    nudges: list[Nudge],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    kind: HoldKind,
    of: str,
) -> None:
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    whom = {"group": "ord_1"} if of == "group" else {"payee": seller}
    place_payout_hold(**whom, kind=kind, reference="dsp_1", reason="why", now=NOW)
    sweep_transfers()
    submit_transfer(transfer_id=transfer.pk)
    assert (again(transfer).state, balances()) == (TransferState.WAITING, (7_200, 0, 0))
    assert kinds(seller) == ["payout_held"]
    nudges.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert lift_payout_hold(**whom, kind=kind, reference="dsp_1", now=NOW)
    assert [(sent.task, sent.args) for sent in nudges] == [("payments.tasks.submit_transfer", (transfer.pk,))]
    sweep_transfers()
    assert balances() == (0, 0, 7_200)


def test_one_of_two_holds_is_enough(stripe: StripeDouble, seller: User) -> None:
    onboard(stripe, seller)
    make_transfer(stripe, seller)
    for reference in ("dsp_1", "dsp_2"):
        place_payout_hold(group="ord_1", kind=HoldKind.CHARGEBACK, reference=reference, reason="", now=NOW)
    lift_payout_hold(group="ord_1", kind=HoldKind.CHARGEBACK, reference="dsp_1", now=NOW)
    sweep_transfers()
    assert balances() == (7_200, 0, 0)


def test_a_hold_touches_its_own_order_only_and_not_what_is_on_its_way(
    stripe: StripeDouble, seller: User, time_passes: Pass
) -> None:
    onboard(stripe, seller)
    on_its_way = make_transfer(stripe, seller)
    stripe.faults.add("lost_after", on="POST /v1/transfers", times=3)
    sweep_transfers()
    place_payout_hold(group="ord_1", kind=HoldKind.CASE, reference="case_1", reason="", now=database_now())
    other = make_transfer(stripe, seller, group="ord_2")
    time_passes(HOUR)
    sweep_transfers()
    assert [again(transfer).state for transfer in (on_its_way, other)] == [TransferState.SUCCEEDED] * 2


# --- What does not match ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "change",
    [
        {"amount": 7_201},
        {"currency": "EUR"},
        {"destination": "acct_other"},
        {"metadata": {"transfer_ref": "trf_other"}},
    ],
)
def test_what_differs_from_what_we_asked_for_is_quarantined_and_not_booked(
    stripe: StripeDouble, seller: User, time_passes: Pass, change: dict[str, object]
) -> None:
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    stripe.faults.add("lost_after", on="POST /v1/transfers", times=3)
    sweep_transfers()
    snapshot = stripe.gateway.get_transfer(stripe.objects("transfer")[0]["id"])
    settle_transfer(transfer_id=transfer.pk, snapshot=replace(snapshot, **change))  # type: ignore[arg-type]
    assert (again(transfer).state, balances()) == (TransferState.QUARANTINED, (0, 7_200, 0))
    time_passes(DAY)
    sweep_transfers()
    assert again(transfer).state == TransferState.QUARANTINED


def test_a_request_that_stripe_does_not_take_leaves_the_money_payable_and_calls_a_person(
    stripe: StripeDouble, seller: User, agent: User
) -> None:
    """More than the charge: a mistake of ours, or a reason that nobody has thought of. Nothing was sent."""
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    source = again(transfer).charge.attempts.get().provider_charge_id or ""
    account = ConnectedAccount.objects.get().stripe_id or ""
    at_stripe.transfer(stripe, account, source, amount=8_000, key="someone else")
    sweep_transfers()
    assert (again(transfer).state, again(transfer).failure) == (TransferState.WAITING, "request_refused")
    assert balances() == (7_200, 0, 0)
    (told,) = Notification.objects.filter(kind="money_needs_a_person")
    assert (told.recipient, told.data["public_id"]) == (agent, transfer.public_id)
    assert told.url == f"/support/payments/connectedaccount/{ConnectedAccount.objects.get().pk}/change/"


def test_r_pay_5_an_account_where_stripe_sends_nothing_waits_for_support_and_says_so_once(
    stripe: StripeDouble, seller: User, agent: User, settings: Settings, time_passes: Pass
) -> None:
    """Made before the setting, or listed by mistake: Stripe lets it be set up, and refuses each transfer."""
    settings.PAYOUT_COUNTRIES = ["MX"]
    begin(seller, "MX")
    account = onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    sweep_transfers()
    now = again(transfer)
    assert (now.state, now.amount, now.failure) == (TransferState.WAITING, 7_200, "account_outside_region")
    assert (account.transfers_active, balances()) == (True, (7_200, 0, 0))
    assert (kinds(seller), kinds(agent)) == (["payout_country_refused"], ["payout_needs_support"])
    page = account_page(seller, now=database_now())
    assert (page.state, page.is_ready, page.action) == ("outside", False, "")
    client = Client()
    client.force_login(seller)
    assert f'<a href="{reverse("help")}#support">' in client.get(reverse("payments:payouts")).content.decode()
    (row,) = rows_of(list(transfers_of(seller)), seller, now=database_now())
    assert row.badge == "Waits for support"
    time_passes(HOUR)
    assert sweep_transfers() == 0
    time_passes(DAY)
    assert sweep_transfers() == 1
    assert (again(transfer).state, balances()) == (TransferState.WAITING, (7_200, 0, 0))
    assert (kinds(seller), kinds(agent)) == (["payout_country_refused"], ["payout_needs_support"])


def test_news_of_a_transfer_settles_it_whoever_brings_it(
    stripe: StripeDouble, seller: User, kill_at: Callable[[str], None]
) -> None:
    """The worker died after Stripe had made it: the webhook is enough, and known by our mark."""
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    kill_at("transfer:sent")
    with pytest.raises(Killed):
        submit_transfer(transfer_id=transfer.pk)
    stripe.deliver_webhooks()
    sweep_events()
    assert (again(transfer).state, balances()) == (TransferState.SUCCEEDED, (0, 0, 7_200))
