"""`/api/v1/earnings/` and `/api/v1/payouts/`: a seller's own money, and nobody else's (R-API, R-PAY-5)."""

import pytest
from django.test import Client

from accounts.models import User
from payments.services.sweeping import sweep_transfers
from tests.factories.payouts import make_transfer, onboard
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db


def get(client: Client, address: str) -> object:
    response = client.get(f"/api/v1/{address}/", headers={"accept": "application/json"})
    assert response.status_code == 200
    return response.json()


def test_r_pay_5_a_seller_reads_what_is_where(stripe: StripeDouble, seller: User, client: Client) -> None:
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    sweep_transfers()
    waits = make_transfer(stripe, seller, amount=4_000, group="ord_2")
    client.force_login(seller)
    assert get(client, "earnings") == [
        {"currency": "USD", "accepted": 0, "clearing": 0, "available": 3_600, "on_the_way": 0, "paid": 7_200, "owed": 0}
    ]
    page = get(client, "payouts")
    assert isinstance(page, dict)
    first, second = page["results"]
    assert (first["id"], first["state"], first["sent_at"]) == (waits.public_id, "available", None)
    assert second["id"] == transfer.public_id
    assert second["amount"] == {"amount": 7_200, "currency": "USD"}
    assert (second["state"], second["kept"], second["taken_back"], second["order"]) == ("paid", 0, 0, "ord_1")


def test_nobody_reads_what_others_earn(stripe: StripeDouble, seller: User, stranger: User, client: Client) -> None:
    make_transfer(stripe, seller)
    client.force_login(stranger)
    assert get(client, "earnings") == []
    page = get(client, "payouts")
    assert isinstance(page, dict)
    assert page["results"] == []
