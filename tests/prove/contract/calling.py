"""Every call of the gateway, made once or more at the simulator: the requests are ours, to the letter."""

import inspect
from datetime import timedelta

from payments.gateway import PaymentGateway, PaymentSnapshot
from payments.simulator.wire import Request, Response
from tests.contract.validator import template_of
from tests.payments.at_stripe import NOW, create, open_page, refund, saved_card, seller, transfer
from tests.payments.simulator_fixtures import StripeDouble

Exchange = tuple[Request, Response]
SILENT = {"parse_event"}  # no request is sent
EVIDENCE = {"product_description": "A logo", "service_date": "2026-03-02", "uncategorized_text": "Delivered."}


def exchanges_of_all_calls(stripe: StripeDouble) -> list[Exchange]:
    """One exchange for each operation and set of parameter names, the answers being 200."""
    calls = _Noting(stripe.gateway)
    stripe.gateway = calls  # type: ignore[assignment]
    card = saved_card(stripe)
    _pay(stripe, card)
    _pay_sellers(stripe, card)
    stripe.gateway.get_method(card[1])
    stripe.gateway.detach_method(card[1])
    missing = {name for name, _ in inspect.getmembers(PaymentGateway, inspect.isfunction)} - calls.called - SILENT
    assert not {name for name in missing if not name.startswith("_")}, f"never called: {missing}"
    chosen: dict[tuple[str, str, tuple[str, ...]], Exchange] = {}
    for request, response in stripe.adapter.exchanges:
        if response.status == 200:
            method = request.method.lower()
            chosen.setdefault((method, template_of(method, request.path), tuple(request.params)), (request, response))
    return list(chosen.values())


def _pay(stripe: StripeDouble, card: tuple[str, str]) -> None:
    gateway = stripe.gateway
    page = open_page(stripe, key="charge:3:1")
    gateway.get_checkout(page.id)
    gateway.expire_checkout(page.id)
    unpaid = create(stripe, card, key="charge:4:1")
    gateway.get_payment(unpaid.id)
    gateway.cancel_payment(unpaid.id)
    gateway.find_payments(charge_ref="chg_2", customer_id=card[0], created_after=NOW - timedelta(hours=1))
    paid = _paid(stripe, card, "charge:2:1")
    given_back = refund(stripe, paid.id, amount=1_000)
    gateway.get_refund(given_back)
    gateway.find_refunds(refund_ref="ref_1", payment_id=paid.id)
    disputed = stripe.dispute(paid.id, amount=2_000)
    gateway.get_dispute(disputed["id"])
    gateway.submit_evidence(disputed["id"], evidence=EVIDENCE, idempotency_key="evidence:1")
    list(gateway.list_balance_transactions(since=NOW - timedelta(days=1)))
    gateway.list_events(since=NOW - timedelta(days=1))


def _pay_sellers(stripe: StripeDouble, card: tuple[str, str]) -> None:
    gateway = stripe.gateway
    account = seller(stripe)
    gateway.seller_onboarding_url(
        account.id, return_url="https://milepost.example/a", refresh_url="https://x.example/b"
    )
    gateway.seller_dashboard_url(account.id)
    paid = _paid(stripe, card, "charge:5:1")
    sent = transfer(stripe, account.id, paid.charge_id)
    gateway.get_transfer(sent.id)
    gateway.find_transfers(transfer_ref="trf_1", group="ord_1")
    gateway.reverse_transfer(reversal_ref="rev_1", transfer_id=sent.id, amount=500, idempotency_key="reversal:1")
    gateway.find_reversals(reversal_ref="rev_1", transfer_id=sent.id)


def _paid(stripe: StripeDouble, card: tuple[str, str], key: str) -> PaymentSnapshot:
    intent = create(stripe, card, key=key)
    return stripe.gateway.confirm_payment(intent.id, method_id=card[1], idempotency_key=f"{key}:confirm")


class _Noting:
    """The gateway, and the names of what was called on it."""

    def __init__(self, gateway: PaymentGateway) -> None:
        self._gateway = gateway
        self.called: set[str] = set()

    def __getattr__(self, name: str) -> object:
        self.called.add(name)
        return getattr(self._gateway, name)
