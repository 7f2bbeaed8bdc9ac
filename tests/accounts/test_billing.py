"""Billing details: one's own, optional, for the papers to come (R-PAY-6)."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import BillingDetails, User
from accounts.selectors import billing_of

pytestmark = pytest.mark.django_db
HALDEN = {"name": "Halden Audio AS", "address": "Storgata 14\n0184 Oslo\nNorway", "tax_id": "NO 918 224 571"}


@pytest.fixture
def signed_in(client: Client, buyer: User) -> Client:
    client.force_login(buyer)
    return client


def told(user: User) -> dict[str, str]:
    own = billing_of(user)
    return {"name": own.name, "address": own.address, "tax_id": own.tax_id}


def test_r_pay_6_the_settings_page_keeps_them_tidily(signed_in: Client, buyer: User) -> None:
    typed = HALDEN | {"address": "  Storgata   14 \r\n\r\n0184 Oslo\r\nNorway\r\n"}
    assert signed_in.post(reverse("accounts:billing"), typed).status_code == 302
    assert told(buyer) == HALDEN
    assert "Storgata 14" in signed_in.get(reverse("accounts:billing")).content.decode()


def test_r_pay_6_all_of_it_is_optional(signed_in: Client, buyer: User) -> None:
    signed_in.post(reverse("accounts:billing"), HALDEN)
    signed_in.post(reverse("accounts:billing"), {"name": "", "address": "", "tax_id": ""})
    assert told(buyer) == {"name": "", "address": "", "tax_id": ""}
    assert BillingDetails.objects.count() == 1


@pytest.mark.parametrize("lines", [5, 6])
def test_r_pay_6_an_address_has_at_most_five_lines(lines: int, signed_in: Client, buyer: User) -> None:
    typed = HALDEN | {"address": "\n".join("abcdef"[:lines])}
    answer = signed_in.post(reverse("accounts:billing"), typed)
    assert (answer.status_code, BillingDetails.objects.exists()) == ((302, True) if lines == 5 else (200, False))


def test_r_api_programs_read_and_change_them(signed_in: Client, buyer: User, seller: User) -> None:
    address = reverse("api:billing")
    assert signed_in.get(address).json() == {"name": "", "address": "", "tax_id": ""}
    assert signed_in.patch(address, HALDEN, content_type="application/json").json() == HALDEN
    changed = signed_in.patch(address, {"tax_id": "NO 1"}, content_type="application/json").json()
    assert changed == HALDEN | {"tax_id": "NO 1"} == told(buyer)
    refused = signed_in.patch(address, {"address": "a\nb\nc\nd\ne\nf"}, content_type="application/json")
    assert refused.status_code == 422
    assert told(seller) == {"name": "", "address": "", "tax_id": ""}
