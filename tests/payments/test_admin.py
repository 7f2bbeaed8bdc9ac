"""The admin shows payments and changes none, superusers included (R-SUP-5)."""

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory

from accounts.models import User
from payments.models import Charge, ChargeAttempt, JournalEntry, LedgerAccount, Refund, WebhookEvent
from payments.services.refunding import request_refund
from tests.factories.payments import NOW, make_paid_charge
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db

MODELS = [Charge, JournalEntry, LedgerAccount, Refund, WebhookEvent]


@pytest.mark.parametrize("model", MODELS)
def test_nobody_adds_changes_or_deletes(agent: User, model: type) -> None:
    request = RequestFactory().get("/")
    request.user = agent
    pages = admin.site._registry[model]
    assert pages.has_view_permission(request)
    for allowed in (
        pages.has_add_permission(request), pages.has_change_permission(request), pages.has_delete_permission(request),
    ):  # fmt: skip
        assert not allowed
    for inline in pages.get_inline_instances(request):
        assert not inline.has_add_permission(request, None)
        assert not inline.has_change_permission(request, None)
        assert not inline.has_delete_permission(request, None)


def test_r_sup_1_a_charge_is_found_by_any_id_of_stripe(stripe: StripeDouble, agent: User, client: Client) -> None:
    charge = make_paid_charge(stripe)
    request_refund(charge=charge, reason="cancelled", now=NOW)
    attempt = ChargeAttempt.objects.get(charge=charge)
    client.force_login(agent)
    for words in (charge.public_id, charge.group, charge.payer.email, attempt.payment_id, attempt.checkout_id):
        page = client.get("/support/payments/charge/", {"q": words or "missing"})
        assert page.status_code == 200
        assert charge.public_id in page.content.decode()
    assert client.get(f"/support/payments/charge/{charge.pk}/change/").status_code == 200
    for path in ("journalentry", "ledgeraccount", "refund", "webhookevent"):
        assert client.get(f"/support/payments/{path}/").status_code == 200


def test_a_post_changes_nothing(stripe: StripeDouble, agent: User, client: Client) -> None:
    charge = make_paid_charge(stripe)
    client.force_login(agent)
    answer = client.post(f"/support/payments/charge/{charge.pk}/change/", {"state": "withdrawn"})
    assert answer.status_code == 403
    charge.refresh_from_db()
    assert charge.state == "succeeded"
