"""A seller whose account is gone at Stripe: an agent lets them start a new one, and what waits goes there (R-PAY-5)."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from structlog.testing import capture_logs

from accounts.models import User
from marketplace.web.clock import database_now
from notifications.models import Notification
from notifications.rendering import render_words
from orders.errors import NotYours
from payments.enums import TransferState
from payments.errors import AccountNotGone, PayoutsUnsettled
from payments.gateway import ObjectMissing, SellerAccount
from payments.models import ConnectedAccount, Transfer, TransferReversal
from payments.selectors import group_balances
from payments.services import onboarding
from payments.services.onboarding import refresh_account, start_anew
from payments.services.refunding import request_refund
from payments.services.reversing import follow_transfer
from payments.services.sweeping import sweep_refunds, sweep_reversals, sweep_transfers
from support.errors import StripeSilent
from support.services import let_start_anew
from tests.factories.payments import NOW
from tests.factories.payouts import again, begin, make_transfer, onboard
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db

BUTTON = "Let them start a new account"


def lose(stripe: StripeDouble, seller: User) -> ConnectedAccount:
    """The seller's account, once it worked, is gone at Stripe, and we know."""
    account = onboard(stripe, seller)
    stripe.deauthorize(account.stripe_id or "")
    refresh_account(account_id=account.pk)
    return ConnectedAccount.objects.get(pk=account.pk)


def tie_again(stripe: StripeDouble, account: ConnectedAccount) -> None:
    stripe.simulator.store.delete("deauthorized", account.stripe_id or "")
    stripe.simulator.store.commit()


def sent(stripe: StripeDouble) -> list[tuple[str, int, int]]:
    return [(each["destination"], each["amount"], each["amount_reversed"]) for each in stripe.objects("transfer")]


def desk(account: ConnectedAccount, client: Client) -> str:
    page = client.get(reverse("admin:payments_connectedaccount_change", args=[account.pk]))
    assert page.status_code == 200
    return page.content.decode()


def press(account: ConnectedAccount, client: Client, reason: str = "The old one is lost") -> Any:
    return client.post(reverse("admin:payments_connectedaccount_anew", args=[account.pk]), {"reason": reason})


def test_r_pay_5_what_waits_is_sent_to_the_new_account_once_and_what_was_sent_stays_with_the_old(
    stripe: StripeDouble, seller: User, agent: User
) -> None:
    onboard(stripe, seller)
    first = make_transfer(stripe, seller)
    sweep_transfers()
    second = make_transfer(stripe, seller, amount=6_000, group="ord_2")
    old = lose(stripe, seller).stripe_id
    sweep_transfers()
    assert (sent(stripe), again(second).state) == ([(old, 7_200, 0)], "waiting")

    let_start_anew(account=ConnectedAccount.objects.get(), agent=agent, reason="The old one is lost")
    sweep_transfers()
    begin(seller)
    new = onboard(stripe, seller)
    assert new.stripe_id != old
    for _ in range(2):
        sweep_transfers()
    assert sent(stripe) == [(old, 7_200, 0), (new.stripe_id, 5_400, 0)]
    assert (group_balances("ord_1").paid_out, group_balances("ord_2").paid_out) == (7_200, 5_400)

    with capture_logs() as logs:
        assert follow_transfer(provider_id=again(first).provider_id or "", transfer_ref="")
    assert ([each["event"] for each in logs], again(first).state) == ([], "succeeded")
    request_refund(charge=first.charge, reason="Support gave it back", now=NOW)
    sweep_refunds()
    sweep_reversals()
    assert TransferReversal.objects.get().state == "succeeded"
    assert sent(stripe) == [(old, 7_200, 7_200), (new.stripe_id, 5_400, 0)]


def test_r_pay_5_an_agent_lets_them_and_the_seller_chooses_the_country_anew(
    stripe: StripeDouble, seller: User, agent: User, client: Client
) -> None:
    account, own = lose(stripe, seller), Client()
    own.force_login(seller)
    page = own.get(reverse("payments:payouts")).content.decode()
    assert "Support must let you start again with a new account: write to them." in page
    client.force_login(agent)
    assert BUTTON in desk(account, client)
    press(account, client, reason=" ")
    assert ConnectedAccount.objects.get().stripe_id == account.stripe_id

    press(account, client)
    now = ConnectedAccount.objects.get()
    assert (now.stripe_id, now.disabled_reason, now.refreshed_at) == (None, "", None)
    assert (now.transfers_active, now.payouts_enabled, now.details_submitted) == (False, False, False)
    words = f"Let seller@example.com start a new account in place of {account.stripe_id}: The old one is lost"
    assert list(LogEntry.objects.values_list("user", "change_message")) == [(agent.pk, words)]
    said = [render_words(each, reader=seller).title for each in Notification.objects.filter(recipient=seller)]
    assert sorted(said) == ["Set up payouts again", "Stripe has stopped payouts to you"]
    assert words in desk(account, client).replace("&#x27;", "'")
    assert BUTTON not in desk(account, client)

    assert "Set up payouts with Stripe" in own.get(reverse("payments:payouts")).content.decode()
    assert own.post(reverse("payments:payouts_begin"), {"country": "DE"}).status_code == 302
    assert [each["country"] for each in stripe.objects("account")] == ["US", "DE"]
    assert ConnectedAccount.objects.get().stripe_id == stripe.objects("account")[1]["id"]


def test_r_sup_5_neither_the_seller_nor_staff_without_the_right_may(
    stripe: StripeDouble, seller: User, clerk: User
) -> None:
    account = lose(stripe, seller)
    for person in (seller, clerk):
        with pytest.raises(NotYours):
            let_start_anew(account=account, agent=person, reason="I say so")
        client = Client()
        client.force_login(person)
        assert press(account, client).status_code in (302, 403, 404)
    assert ConnectedAccount.objects.get().stripe_id == account.stripe_id
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("decision", ["in_order", "document", "refused"])
def test_r_pay_5_an_account_that_is_there_is_not_given_up(
    stripe: StripeDouble, seller: User, agent: User, client: Client, decision: str
) -> None:
    account = onboard(stripe, seller, decision)
    client.force_login(agent)
    assert BUTTON not in desk(account, client)
    with pytest.raises(AccountNotGone):
        let_start_anew(account=account, agent=agent, reason="They ask for it")
    assert press(account, client).status_code == 302
    assert ConnectedAccount.objects.get().stripe_id == account.stripe_id
    assert not LogEntry.objects.exists()


def test_r_pay_5_an_account_that_is_back_when_stripe_is_asked_is_kept(
    stripe: StripeDouble, seller: User, agent: User
) -> None:
    account = lose(stripe, seller)
    tie_again(stripe, account)
    with pytest.raises(AccountNotGone):
        let_start_anew(account=account, agent=agent, reason="The old one is lost")
    now = ConnectedAccount.objects.get()
    assert (now.stripe_id, now.transfers_active) == (account.stripe_id, True)


def test_r_pay_5_without_an_answer_of_stripe_nothing_is_given_up(
    stripe: StripeDouble, seller: User, agent: User
) -> None:
    account = lose(stripe, seller)
    stripe.faults.add("lost_before", on="GET /v1/accounts", times=3)
    with pytest.raises(StripeSilent):
        let_start_anew(account=account, agent=agent, reason="The old one is lost")
    assert ConnectedAccount.objects.get().stripe_id == account.stripe_id


@pytest.mark.parametrize("state", ["pending", "submitting", "unknown", "quarantined"])
def test_r_pay_5_not_while_a_payout_may_have_arrived_in_the_old_account(
    stripe: StripeDouble, seller: User, agent: User, state: str
) -> None:
    account = lose(stripe, seller)
    transfer = make_transfer(stripe, seller)
    path = [TransferState.PENDING, TransferState.SUBMITTING]
    for step in [*path, TransferState(state)] if state not in path else path[: path.index(TransferState(state)) + 1]:
        Transfer.objects.filter(pk=transfer.pk).update(state=step)
    with pytest.raises(PayoutsUnsettled):
        let_start_anew(account=account, agent=agent, reason="The old one is lost")
    assert ConnectedAccount.objects.get().stripe_id == account.stripe_id
    assert not LogEntry.objects.exists()


def test_r_pay_5_a_late_answer_about_the_old_account_says_nothing_of_the_next(
    stripe: StripeDouble, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = lose(stripe, seller)

    class Slow:
        def get_seller(self, stripe_id: str) -> SellerAccount:
            start_anew(account_id=account.pk, now=database_now())
            raise ObjectMissing("no such account")

    monkeypatch.setattr(onboarding, "default_gateway", Slow)
    refresh_account(account_id=account.pk)
    assert list(ConnectedAccount.objects.values_list("stripe_id", "disabled_reason")) == [(None, "")]
