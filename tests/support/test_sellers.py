"""An agent holds all payouts to a seller back, and lets them go again; with a reason, in the audit trail (R-SUP-4)."""

from dataclasses import replace

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import User
from orders.errors import NotYours
from payments.models import PayoutHold
from payments.selectors import group_balances
from payments.services.sweeping import sweep_transfers
from payments.services.transferring import settle_transfer
from support.errors import NothingHeld
from support.services import hold_seller, pay_seller_again
from tests.factories.payouts import again, make_transfer, onboard
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db


def test_r_sup_4_an_agent_holds_a_seller_and_lets_go(
    stripe: StripeDouble, seller: User, agent: User, client: Client
) -> None:
    account = onboard(stripe, seller)
    make_transfer(stripe, seller)
    client.force_login(agent)
    hold = reverse("admin:payments_connectedaccount_hold", args=[account.pk])
    page = reverse("admin:payments_connectedaccount_change", args=[account.pk])
    assert client.post(hold, {"reason": "His papers look odd"})["Location"] == page
    sweep_transfers()
    assert group_balances("ord_1").released == 7_200
    text = client.get(page).content.decode()
    assert "His papers look odd" in text
    assert "$72.00" in text
    client.post(hold, {"reason": "They are in order", "lift": "1"})
    sweep_transfers()
    assert group_balances("ord_1").paid_out == 7_200
    assert list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True)) == [
        "Held payouts to seller@example.com back: His papers look odd",
        "Let payouts to seller@example.com go again: They are in order",
    ]
    held = PayoutHold.objects.get()
    assert (held.placed_by, held.lifted_by) == (agent, agent)


def test_r_sup_4_not_without_a_reason(stripe: StripeDouble, seller: User, agent: User, client: Client) -> None:
    account = onboard(stripe, seller)
    client.force_login(agent)
    client.post(reverse("admin:payments_connectedaccount_hold", args=[account.pk]), {"reason": " "})
    assert not PayoutHold.objects.exists()


def test_r_sup_4_a_payout_that_is_held_back_is_settled_as_stripe_says(
    stripe: StripeDouble, seller: User, buyer: User, agent: User, client: Client
) -> None:
    account = onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    stripe.faults.add("lost_after", on="POST /v1/transfers", times=3)
    sweep_transfers()
    (sent,) = stripe.objects("transfer")
    settle_transfer(transfer_id=transfer.pk, snapshot=replace(stripe.gateway.get_transfer(sent["id"]), amount=1))
    page = reverse("admin:payments_connectedaccount_change", args=[account.pk])
    settle = reverse("admin:payments_connectedaccount_settle", args=[account.pk, transfer.pk])

    client.force_login(buyer)
    assert client.post(settle, {"reason": "Mine"}).status_code in (302, 403, 404)
    assert again(transfer).state == "quarantined"

    client.force_login(agent)
    assert "Compare $72.00 with Stripe" in client.get(page).content.decode()
    client.post(settle, {"reason": " "})
    assert again(transfer).state == "quarantined"
    assert client.post(settle, {"reason": "The seller asks"})["Location"] == page
    assert (again(transfer).state, group_balances("ord_1").paid_out) == ("succeeded", 7_200)
    assert "Compare $72.00 with Stripe" not in client.get(page).content.decode()
    assert LogEntry.objects.get().change_message == f"Compared {transfer.public_id} with Stripe: The seller asks"
    assert client.post(settle, {"reason": "Once more"}).status_code == 404


def test_there_is_nothing_to_lift(stripe: StripeDouble, seller: User, agent: User) -> None:
    with pytest.raises(NothingHeld):
        pay_seller_again(account=onboard(stripe, seller), agent=agent, reason="None stands")
    assert not LogEntry.objects.exists()


def test_r_sup_5_only_agents_hold(stripe: StripeDouble, seller: User, buyer: User) -> None:
    account = onboard(stripe, seller)
    for act in (hold_seller, pay_seller_again):
        with pytest.raises(NotYours):
            act(account=account, agent=buyer, reason="I do not like him")
    assert not PayoutHold.objects.exists()
