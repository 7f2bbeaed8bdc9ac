"""An agent holds all payouts to a seller back, and lets them go again; with a reason, in the audit trail (R-SUP-4)."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import User
from orders.errors import NotYours
from payments.models import PayoutHold
from payments.selectors import group_balances
from payments.services.sweeping import sweep_transfers
from support.errors import NothingHeld
from support.services import hold_seller, pay_seller_again
from tests.factories.payouts import make_transfer, onboard
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
