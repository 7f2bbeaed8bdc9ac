"""What the gateway makes of sellers' accounts, transfers and reversals at Stripe."""

from datetime import timedelta

import pytest

from payments.gateway import Misconfigured, ObjectMissing, OutcomeUnknown, RequestRejected, SellerAccount, StateConflict
from payments.simulator.resources.accounts import WANTED_AT_FIRST
from tests.payments.at_stripe import NOW, charge, seller, transfer
from tests.payments.simulator_fixtures import StripeDouble


# --- Sellers ----------------------------------------------------------------------------------------------------------
def test_a_new_account_can_do_nothing_until_stripe_knows_who_it_is(stripe: StripeDouble) -> None:
    account = seller(stripe, "")
    assert account == SellerAccount(
        id=account.id,
        country="US",
        requirements_due=WANTED_AT_FIRST,
        disabled_reason="requirements.past_due",
        metadata={"seller_ref": "usr_2"},
    )
    ((request, _),) = [each for each in stripe.adapter.exchanges if each[0].method == "POST"]
    assert "type" not in request.params
    assert request.params["controller"] == {
        "fees": {"payer": "application"},
        "losses": {"payments": "application"},
        "requirement_collection": "stripe",
        "stripe_dashboard": {"type": "express"},
    }


def test_the_country_of_an_account_may_be_left_to_stripe(stripe: StripeDouble) -> None:
    account = stripe.gateway.create_seller(seller_ref="u", email="s@example.com", country="", idempotency_key="s:1")
    assert account.country == "US"


@pytest.mark.parametrize(
    ("decision", "active", "due", "reason"),
    [
        ("in_order", True, (), ""),
        ("document", False, ("individual.verification.document",), "requirements.past_due"),
        ("refused", False, (), "rejected.other"),
    ],
)
def test_what_stripe_decides_about_a_seller_is_read(
    stripe: StripeDouble, decision: str, active: bool, due: tuple[str, ...], reason: str
) -> None:
    account = seller(stripe, decision)
    assert (account.transfers_active, account.payouts_enabled, account.details_submitted) == (active, active, True)
    assert (account.requirements_due, account.disabled_reason) == (due, reason)


def test_the_same_key_makes_one_account(stripe: StripeDouble) -> None:
    assert seller(stripe, "").id == seller(stripe, "").id
    assert len(stripe.objects("account")) == 1


def test_the_way_to_the_onboarding_and_to_the_sellers_own_dashboard(stripe: StripeDouble) -> None:
    account = seller(stripe, "")
    urls = {
        stripe.gateway.seller_onboarding_url(
            account.id, return_url="https://milepost.example/back", refresh_url="https://milepost.example/again"
        )
        for _ in range(2)
    }
    assert len(urls) == 2  # each visit has its own
    with pytest.raises(StateConflict, match="completed onboarding") as refused:
        stripe.gateway.seller_dashboard_url(account.id)
    assert refused.value.code == "onboarding_incomplete"
    stripe.onboard(account.id)
    assert stripe.gateway.seller_dashboard_url(account.id).startswith("http://stripe.simulator/sellers/")


def test_an_account_that_does_not_exist(stripe: StripeDouble) -> None:
    with pytest.raises(ObjectMissing):
        stripe.gateway.get_seller("acct_none")
    with pytest.raises(ObjectMissing):
        stripe.gateway.seller_dashboard_url("acct_none")


@pytest.mark.parametrize("kind", ["unauthorized", "forbidden"])
def test_a_key_that_is_refused_is_told_from_an_account_that_is_gone(stripe: StripeDouble, kind: str) -> None:
    account = seller(stripe)
    stripe.faults.add(kind, on="GET /v1/accounts")
    with pytest.raises(Misconfigured):
        stripe.gateway.get_seller(account.id)


def test_an_account_that_is_ours_no_more_is_refused_everywhere(stripe: StripeDouble) -> None:
    paid, account = charge(stripe), seller(stripe)
    stripe.deauthorize(account.id)
    with pytest.raises(ObjectMissing, match="revoked"):
        stripe.gateway.get_seller(account.id)
    with pytest.raises(ObjectMissing, match="revoked"):
        stripe.gateway.seller_dashboard_url(account.id)
    with pytest.raises(ObjectMissing):
        transfer(stripe, account.id, paid.charge_id)
    told = stripe.objects("event")[-1]
    assert (told["type"], told["account"]) == ("account.application.deauthorized", account.id)


# --- Transfers --------------------------------------------------------------------------------------------------------
def test_a_transfer_of_a_charge_is_made_at_once_and_found_by_its_marks(stripe: StripeDouble) -> None:
    paid, account = charge(stripe), seller(stripe)
    made = transfer(stripe, account.id, paid.charge_id)
    assert (made.amount, made.reversed_amount, made.currency) == (7_000, 0, "USD")
    assert (made.destination, made.source_charge_id) == (account.id, paid.charge_id)
    assert made.metadata == {"transfer_ref": "trf_1", "group": "ord_1"}
    assert stripe.gateway.get_transfer(made.id) == made
    assert stripe.gateway.find_transfers(transfer_ref="trf_1", group="ord_1") == [made]
    assert stripe.gateway.find_transfers(transfer_ref="", group="ord_1") == [made]
    assert stripe.gateway.find_transfers(transfer_ref="trf_2", group="ord_1") == []
    assert stripe.gateway.find_transfers(transfer_ref="trf_1", group="ord_2") == []


def test_a_transfer_is_refused_until_the_account_can_have_it(stripe: StripeDouble) -> None:
    paid, account = charge(stripe), seller(stripe, "document")
    with pytest.raises(StateConflict) as refused:
        transfer(stripe, account.id, paid.charge_id)
    assert refused.value.code == "insufficient_capabilities_for_transfer"
    stripe.onboard(account.id)
    with pytest.raises(StateConflict):  # the key remembers the refusal
        transfer(stripe, account.id, paid.charge_id)
    assert transfer(stripe, account.id, paid.charge_id, key="transfer:2").amount == 7_000


def test_a_transfer_to_a_country_that_stripe_does_not_pay_to_is_a_refusal_of_the_account(stripe: StripeDouble) -> None:
    paid = charge(stripe)
    account = stripe.gateway.create_seller(
        seller_ref="usr_3", email="m@example.com", country="MX", idempotency_key="seller:usr_3"
    )
    stripe.onboard(account.id)
    with pytest.raises(StateConflict, match="located in MX") as refused:
        transfer(stripe, account.id, paid.charge_id)
    assert refused.value.code == "account_outside_region"


def test_no_more_than_the_charge_can_be_sent(stripe: StripeDouble) -> None:
    paid, account = charge(stripe), seller(stripe)
    transfer(stripe, account.id, paid.charge_id, amount=8_000)
    with pytest.raises(RequestRejected, match="must not exceed"):
        transfer(stripe, account.id, paid.charge_id, amount=401, key="transfer:2")
    assert transfer(stripe, account.id, paid.charge_id, amount=400, key="transfer:3").amount == 400


def test_without_a_charge_the_available_balance_must_do(stripe: StripeDouble) -> None:
    charge(stripe)
    account = seller(stripe)
    with pytest.raises(StateConflict) as refused:
        transfer(stripe, account.id, "")
    assert refused.value.code == "balance_insufficient"
    stripe.clock.set(NOW + timedelta(days=2))
    made = transfer(stripe, account.id, "", key="transfer:2")
    assert (made.amount, made.source_charge_id) == (7_000, "")


@pytest.mark.parametrize(("kind", "times"), [("lost_after", 3), ("truncated", 1), ("rate_limited", 1)])
def test_a_transfer_without_an_answer_is_unknown_and_never_made_twice(
    stripe: StripeDouble, kind: str, times: int
) -> None:
    paid, account = charge(stripe), seller(stripe)
    stripe.faults.add(kind, on="POST /v1/transfers", times=times)
    with pytest.raises(OutcomeUnknown):
        transfer(stripe, account.id, paid.charge_id)
    made = transfer(stripe, account.id, paid.charge_id)
    assert stripe.gateway.find_transfers(transfer_ref="trf_1", group="ord_1") == [made]


# --- Reversals --------------------------------------------------------------------------------------------------------
def reverse(stripe: StripeDouble, transfer_id: str, amount: int, *, number: int = 1) -> str:
    return stripe.gateway.reverse_transfer(
        reversal_ref=f"rev_{number}", transfer_id=transfer_id, amount=amount, idempotency_key=f"reversal:{number}"
    ).id


def test_a_transfer_is_taken_back_in_parts_and_never_beyond(stripe: StripeDouble) -> None:
    made = transfer(stripe, seller(stripe).id, charge(stripe).charge_id)
    first = reverse(stripe, made.id, 2_000)
    second = reverse(stripe, made.id, 4_000, number=2)
    assert stripe.gateway.get_transfer(made.id).reversed_amount == 6_000
    with pytest.raises(RequestRejected, match="greater than unreversed"):
        reverse(stripe, made.id, 1_001, number=3)
    reverse(stripe, made.id, 1_000, number=4)
    found = stripe.gateway.find_reversals(reversal_ref="", transfer_id=made.id)
    assert [(each.amount, each.metadata["reversal_ref"]) for each in found] == [
        (1_000, "rev_4"), (4_000, "rev_2"), (2_000, "rev_1"),
    ]  # fmt: skip
    (one,) = stripe.gateway.find_reversals(reversal_ref="rev_2", transfer_id=made.id)
    assert (one.id, one.transfer_id, one.currency) == (second, made.id, "USD")
    assert first != second


def test_all_reversals_are_found_however_many(stripe: StripeDouble) -> None:
    made = transfer(stripe, seller(stripe).id, charge(stripe).charge_id)
    for number in range(12):
        reverse(stripe, made.id, 1, number=number)
    assert len(stripe.gateway.find_reversals(reversal_ref="", transfer_id=made.id)) == 12
    (kept,) = stripe.objects("transfer")
    assert (len(kept["reversals"]["data"]), kept["reversals"]["has_more"]) == (10, True)


def test_a_reversal_that_the_account_can_not_cover_is_a_conflict(stripe: StripeDouble) -> None:
    made = transfer(stripe, seller(stripe).id, charge(stripe).charge_id)
    stripe.faults.add("no_balance", on="/reversals")
    with pytest.raises(StateConflict) as refused:
        reverse(stripe, made.id, 2_000)
    assert refused.value.code == "balance_insufficient"
    assert stripe.gateway.get_transfer(made.id).reversed_amount == 0
    reverse(stripe, made.id, 2_000, number=2)
    assert stripe.gateway.get_transfer(made.id).reversed_amount == 2_000
