"""The books against the provider's balance, line by line (docs/reconciliation.md; stripe.md §10 line 25)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from notifications.models import Notification
from payments import movements
from payments.enums import AuditKind, Difference
from payments.gateway import BalanceTransaction
from payments.models import Audit, ChargeAttempt, LedgerAccount
from payments.movements import Finding, Movement, compare
from payments.services.reconciling import check_books, prune_audits, reconcile
from payments.services.refunding import request_refund
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story, movable_clock, travel

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SINCE, UNTIL = NOW - timedelta(days=7), NOW
PAID = Movement("charge", "ch_1", "USD", 8_100, NOW - timedelta(days=1))


@pytest.fixture
def paid(stripe: StripeDouble, buyer: User, seller: User) -> Iterator[Story]:
    """An order of two milestones, the first paid an hour ago."""
    with movable_clock():
        story = Story(stripe, buyer, seller, prices=[60_00, 80_00])
        story.pay()
        travel(hours=1)
        yield story


def test_what_agrees_is_no_finding() -> None:
    assert compare(ours=[PAID], theirs=[PAID], since=SINCE, until=UNTIL) == []


def test_the_fee_may_be_booked_apart_from_the_capture() -> None:
    ours = [replace(PAID, net=8_400), replace(PAID, net=-300)]
    assert compare(ours=ours, theirs=[PAID], since=SINCE, until=UNTIL) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        ([PAID], [], (Difference.MISSING, 8_100, None)),
        ([], [PAID], (Difference.EXTRA, None, 8_100)),
        ([PAID], [replace(PAID, net=8_099)], (Difference.DIFFERENT, 8_100, 8_099)),
        ([PAID, PAID], [PAID], (Difference.DIFFERENT, 16_200, 8_100)),
    ],
)
def test_what_differs_is_named(
    ours: list[Movement], theirs: list[Movement], found: tuple[Difference, int, int]
) -> None:
    what, mine, yours = found
    assert compare(ours=ours, theirs=theirs, since=SINCE, until=UNTIL) == [
        Finding(what, "charge", "ch_1", "USD", mine, yours)
    ]


def test_another_currency_is_a_finding_of_its_own_on_each_side() -> None:
    found = compare(ours=[PAID], theirs=[replace(PAID, currency="EUR", net=7_500)], since=SINCE, until=UNTIL)
    assert found == [
        Finding(Difference.CURRENCY, "charge", "ch_1", "EUR", None, 7_500),
        Finding(Difference.CURRENCY, "charge", "ch_1", "USD", 8_100, None),
    ]


def test_another_payment_in_another_currency_is_missing_and_extra() -> None:
    other = replace(PAID, currency="EUR", source_id="ch_2")
    found = compare(ours=[PAID], theirs=[other], since=SINCE, until=UNTIL)
    assert [each.what for each in found] == [Difference.MISSING, Difference.EXTRA]


@pytest.mark.parametrize("at", [SINCE - timedelta(microseconds=1), UNTIL])
def test_what_is_outside_the_span_is_left_for_another_day(at: datetime) -> None:
    assert compare(ours=[replace(PAID, at=at)], theirs=[], since=SINCE, until=UNTIL) == []


def test_what_one_side_dates_outside_the_span_still_meets_the_other() -> None:
    early = replace(PAID, at=SINCE - timedelta(hours=1))
    assert compare(ours=[PAID], theirs=[early], since=SINCE, until=UNTIL) == []


def test_r_pay_4_a_paid_order_agrees_to_the_cent(paid: Story) -> None:
    audit = reconcile()
    assert (audit.kind, audit.compared, audit.findings, audit.error) == (AuditKind.PROVIDER, 1, [], "")
    assert audit.is_sound


def test_a_refund_agrees_too(paid: Story) -> None:
    charge = paid.milestone(1).charge
    assert charge is not None
    request_refund(charge=charge, reason="test", now=paid.order.created_at)
    paid.work()
    travel(hours=1)
    assert (reconcile().compared, reconcile().findings) == (2, [])


def dispute(story: Story) -> str:
    """The buyer's bank takes back what was paid, and we know of it. Returns Stripe's id."""
    dispute_id: str = story.stripe.dispute(story.stripe.objects("payment_intent")[0]["id"])["id"]
    story.work()
    return dispute_id


def write_lines(story: Story, dispute_id: str, *nets: tuple[int, int]) -> None:
    """What Stripe's balance says of a dispute after the money was taken: amounts and fees."""
    store = story.stripe.simulator.store
    kept = store.get("dispute", dispute_id)
    taken, *back = kept["balance_transactions"]
    for line in back:
        store.delete("balance_transaction", line["id"])
    lines = [
        taken | {"id": f"txn_{number}", "amount": amount, "fee": fee, "net": amount - fee}
        for number, (amount, fee) in enumerate(nets)
    ]
    for line in lines:
        store.put("balance_transaction", line["id"], line)
    store.put("dispute", dispute_id, kept | {"balance_transactions": [taken, *lines]})


@pytest.mark.parametrize("lines", [[(63_00, -15_00)], [(63_00, 0), (0, -15_00)]], ids=["with it", "apart"])
def test_a_fee_that_is_given_back_when_a_dispute_is_won_agrees(paid: Story, lines: list[tuple[int, int]]) -> None:
    found = dispute(paid)
    paid.stripe.close_dispute(found)
    write_lines(paid, found, *lines)
    paid.work()
    travel(hours=1)
    assert (reconcile().compared, reconcile().findings) == (3, [])
    assert LedgerAccount.objects.get(kind="dispute_fees").balance == 0


def test_a_dispute_whose_money_comes_back_in_two_parts_agrees(paid: Story) -> None:
    found = dispute(paid)
    paid.stripe.close_dispute(found)
    write_lines(paid, found, (40_00, 0))
    paid.work()
    write_lines(paid, found, (40_00, 0), (23_00, 0))
    travel(hours=7)
    paid.work()
    travel(hours=1)
    assert reconcile().findings == []
    assert sum(each.net for each in movements.ours(since=paid.order.created_at) if each.way == "dispute_won") == 63_00


def test_the_youngest_movements_wait_for_the_next_time(stripe: StripeDouble, buyer: User, seller: User) -> None:
    with movable_clock():
        Story(stripe, buyer, seller, prices=[60_00]).pay()
        assert reconcile().compared == 0


def test_money_that_our_books_do_not_know_is_extra(paid: Story) -> None:
    line = next(iter(paid.stripe.simulator.store.each("balance_transaction")))
    paid.stripe.simulator.store.put(
        "balance_transaction", "txn_extra", line | {"id": "txn_extra", "source": "ch_unknown", "net": 100}
    )
    (finding,) = reconcile().findings
    assert finding == {
        "what": "extra", "way": "charge", "source_id": "ch_unknown", "currency": "USD", "ours": None, "theirs": 100,
    }  # fmt: skip


def test_money_that_stripe_does_not_list_is_missing(paid: Story) -> None:
    store = paid.stripe.simulator.store
    for line in list(store.each("balance_transaction")):
        store.delete("balance_transaction", line["id"])
    charge_id = ChargeAttempt.objects.get(charge=paid.milestone(1).charge).provider_charge_id
    (finding,) = reconcile().findings
    assert (finding["what"], finding["source_id"], finding["theirs"]) == ("missing", charge_id, None)


def test_a_payout_to_our_own_bank_is_booked_from_its_line_and_once(paid: Story) -> None:
    store = paid.stripe.simulator.store
    line = next(iter(store.each("balance_transaction")))
    payout = line | {"id": "txn_payout", "source": "po_1", "type": "payout", "amount": -500, "fee": 0, "net": -500}
    store.put("balance_transaction", "txn_payout", payout)
    assert reconcile().findings == []
    assert reconcile().findings == []
    assert LedgerAccount.objects.get(kind="bank").balance == 500


def test_a_stripe_that_can_not_be_reached_is_an_audit_that_says_so(paid: Story) -> None:
    paid.stripe.faults.add("error_before", on="/v1/balance_transactions", times=9)
    audit = reconcile()
    assert not audit.is_sound
    assert audit.error.startswith("OutcomeUnknown")
    assert audit.verdict == "could not be carried out"


def test_findings_are_told_once_a_day_to_those_who_may_see_them(paid: Story, agent: User, stranger: User) -> None:
    paid.stripe.simulator.store.delete(
        "balance_transaction", next(iter(paid.stripe.simulator.store.each("balance_transaction")))["id"]
    )
    first, _ = reconcile(), reconcile()
    told = Notification.objects.filter(kind="books_do_not_agree")
    assert [notice.recipient for notice in told] == [agent]
    assert told.get().url == f"/support/payments/audit/{first.pk}/change/"


def test_the_command_ends_with_1_and_says_what_differs(paid: Story) -> None:
    out = StringIO()
    call_command("reconcile", stdout=out)
    assert out.getvalue().startswith("1 movements since ")
    paid.stripe.simulator.store.delete(
        "balance_transaction", next(iter(paid.stripe.simulator.store.each("balance_transaction")))["id"]
    )
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("reconcile", "--since", "2020-01-01", stderr=err)
    assert ended.value.code == 1
    assert err.getvalue().startswith("missing: charge ch_")


def test_the_command_says_when_stripe_is_silent(paid: Story) -> None:
    paid.stripe.faults.add("error_before", on="/v1/balance_transactions", times=9)
    with pytest.raises(CommandError, match="Stripe could not be asked"):
        call_command("reconcile")


def test_the_books_alone(paid: Story) -> None:
    audit = check_books()
    assert (audit.kind, audit.findings) == (AuditKind.BOOKS, [])
    assert audit.verdict == "all is well"


def test_audits_are_kept_for_ninety_days(paid: Story) -> None:
    check_books()
    travel(days=89, hours=23)
    prune_audits()
    assert Audit.objects.count() == 1
    travel(hours=2)
    prune_audits()
    assert not Audit.objects.exists()


@pytest.mark.parametrize(
    ("kind", "net", "way"),
    [
        ("charge", 8_100, "charge"),
        ("payment_refund", -100, "refund"),
        ("refund_failure", 100, "refund_failure"),
        ("transfer", -100, "transfer"),
        ("transfer_refund", 100, "reversal"),
        ("adjustment", -9_900, "dispute"),
        ("adjustment", 8_400, "dispute_won"),
        ("climate_order_purchase", -1, "climate_order_purchase"),
    ],
)
def test_stripes_types_have_our_words(kind: str, net: int, way: str) -> None:
    line = BalanceTransaction(
        id="txn_1", type=kind, amount=net, fee=0, net=net, currency="USD", source_id="x", created=NOW, available_on=NOW
    )
    assert movements.way_of(line) == way
