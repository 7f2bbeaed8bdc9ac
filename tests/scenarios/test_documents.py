"""What papers an order leaves behind, and that they agree with the books to the cent (R-PAY-6)."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from django.db.models import Sum

from accounts.models import User
from accounts.services import update_billing
from marketplace.kernel import clock
from orders import tasks as order_tasks
from payments import tasks as payment_tasks
from payments.documents import documents_for, documents_of
from payments.enums import StatementSide
from payments.gateway import RefundSnapshot
from payments.invariants import violations
from payments.models import Document, LedgerAccount, Posting, Refund
from payments.selectors import group_balances
from payments.services import refunding, returning
from payments.services.monthly import issue_month_statements
from payments.services.stating import issue_statements
from payments.sides import SELLERS, earned_in, paid_in
from payments.stripe_gateway import default_gateway
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("moving_clock")]


def papers(story: Story, person: User) -> list[tuple[str, int]]:
    """Kind and sum of a person's papers about the order, after every sweep has run twice."""
    for _ in range(2):
        payment_tasks.sweep_documents()
        order_tasks.state_ended_orders()
    assert violations() == []
    return [(document.kind, document.total) for document in documents_for(person, story.order.public_id)]


def finish(story: Story) -> None:
    """Two milestones paid, accepted and released."""
    story.pay()
    story.deliver()
    story.accept_and_continue()
    story.deliver()
    story.accept_and_finish()
    story.work()


def refund(story: Story, position: int, amount: int | None = None) -> Refund:
    """Asked for by support; the bank does it at once."""
    charge = story.milestone(position).charge
    assert charge is not None
    asked = refunding.request_refund(charge=charge, amount=amount, reason="Agreed", now=clock.now())
    story.work()
    return Refund.objects.get(pk=asked.pk)


def newest(story: Story, person: User, kind: str) -> Document:
    return [paper for paper in documents_for(person, story.order.public_id) if paper.kind == kind][-1]


def agree(story: Story) -> None:
    """Both statements against the ledger, by a way of their own."""
    group = story.order.public_id
    lines = Posting.objects.filter(entry__group=group)
    kept = lines.filter(account__kind__in=SELLERS).exclude(entry__kind__startswith="transfer")
    earned = -(kept.aggregate(sum=Sum("amount"))["sum"] or 0)
    assert newest(story, story.seller, "statement").total == earned == sum(row.amount for row in earned_in(group))
    balances = group_balances(group)
    paid = balances.captured - balances.refunded
    assert newest(story, story.buyer, "statement").total == paid == sum(row.amount for row in paid_in(group))


def test_r_pay_6_a_finished_order(stripe: StripeDouble, buyer: User, seller: User) -> None:
    story = Story(stripe, buyer, seller, prices=[60_00, 80_00])
    story.pay()
    assert papers(story, buyer) == [("invoice", 63_00)]
    story.deliver()
    story.accept_and_continue()
    assert papers(story, buyer) == [("invoice", 63_00), ("invoice", 84_00)]
    assert papers(story, seller) == []
    story.deliver()
    story.accept_and_finish()
    story.work()
    assert papers(story, buyer) == [("invoice", 63_00), ("invoice", 84_00), ("statement", 147_00)]
    assert papers(story, seller) == [("statement", 126_00)]
    agree(story)


def test_r_pay_6_a_stopped_order_names_what_was_never_charged(stripe: StripeDouble, buyer: User, seller: User) -> None:
    story = Story(stripe, buyer, seller, prices=[60_00, 80_00])
    story.pay()
    story.deliver()
    story.accept_and_stop()
    story.work()
    assert papers(story, buyer) == [("invoice", 63_00), ("statement", 63_00)]
    table = newest(story, buyer, "statement").content["tables"][0]
    assert [(row["name"], row["cells"], row["note"]) for row in table["lines"]] == [
        ("Milestone 1 of 2, ‘Step 1’", [60_00, 3_00, 0, 63_00], ""),
        ("Milestone 2 of 2, ‘Step 2’", [None, None, None, None], "not charged"),
    ]
    assert table["total"]["cells"] == [60_00, 3_00, 0, 63_00]
    agree(story)


def test_r_pay_6_a_late_refund_has_a_credit_note_and_newer_statements(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    story = Story(stripe, buyer, seller, prices=[60_00, 80_00])
    finish(story)
    papers(story, buyer)
    old = newest(story, buyer, "statement"), newest(story, seller, "statement")
    part = refund(story, 2, 21_00)
    assert (part.price_part, part.fee_part, part.commission_part) == (20_00, 1_00, 2_00)
    assert papers(story, buyer)[3:] == [("credit_note", 21_00), ("statement", 126_00)]
    assert papers(story, seller) == [("statement", 126_00), ("statement", 108_00)]
    note = newest(story, buyer, "credit_note")
    assert [row["cells"] for row in note.content["tables"][0]["lines"]] == [[20_00], [1_00]]
    invoice = Document.objects.get(charge=part.charge, kind="invoice")
    assert f"Corrects {invoice.number}" in note.content["parties"][2]["lines"]
    for before, person in zip(old, (buyer, seller), strict=True):
        after = newest(story, person, "statement")
        assert after.replaces == before
        assert f"Replaces {before.number}" in after.content["parties"][2]["lines"]
        assert Document.objects.get(pk=before.pk).content == before.content
    agree(story)
    refund(story, 2)
    assert papers(story, buyer)[5:] == [("credit_note", 63_00), ("statement", 63_00)]
    assert papers(story, seller)[2:] == [("statement", 54_00)]
    agree(story)


def test_r_pay_6_a_refund_that_the_bank_sends_back_takes_its_credit_note_back(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    story = Story(stripe, buyer, seller, prices=[60_00])
    story.pay()
    done = refund(story, 1, 21_00)
    assert papers(story, buyer) == [("invoice", 63_00), ("credit_note", 21_00)]
    snapshot: RefundSnapshot = default_gateway().get_refund(str(done.provider_id))
    returning.settle_refund(refund_id=done.pk, snapshot=replace(snapshot, status="failed", failure="closed"))
    assert papers(story, buyer) == [("invoice", 63_00), ("credit_note", 21_00), ("credit_note", -21_00)]
    assert group_balances(story.order.public_id).held == 60_00


def test_r_pay_6_nothing_is_stated_while_money_is_on_its_way(stripe: StripeDouble, buyer: User, seller: User) -> None:
    story = Story(stripe, buyer, seller, prices=[60_00])
    story.pay()
    assert issue_statements(group=story.order.public_id) == []


def test_r_pay_6_people_stand_on_a_paper_as_they_were(stripe: StripeDouble, buyer: User, seller: User) -> None:
    update_billing(user=buyer, name="Halden Audio AS", address="Storgata 14\nOslo", tax_id="NO 9", now=clock.now())
    story = Story(stripe, buyer, seller, prices=[60_00, 80_00])
    story.pay()
    papers(story, buyer)
    update_billing(user=buyer, name="", address="", tax_id="", now=clock.now())
    story.deliver()
    story.accept_and_continue()
    papers(story, buyer)
    first, second = documents_for(buyer, story.order.public_id)
    assert first.content["parties"][0] == {
        "label": "Billed to", "name": "Halden Audio AS", "lines": ["Bruno Buyer", "Storgata 14", "Oslo", "NO 9"]
    }  # fmt: skip
    assert second.content["parties"][0] == {"label": "Billed to", "name": "Bruno Buyer", "lines": []}


def test_r_pay_6_the_sellers_papers_tell_nothing_of_the_buyers_fee_or_address(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    update_billing(user=buyer, name="Halden Audio AS", address="Storgata 14", tax_id="NO 9", now=clock.now())
    story = Story(stripe, buyer, seller, prices=[60_00])
    story.pay()
    story.deliver()
    story.accept_and_finish()
    story.work()
    papers(story, seller)
    (statement,) = documents_of(seller)
    assert statement.side == StatementSide.SELLER
    said = str(statement.content)
    assert not [secret for secret in ("Storgata", "NO 9", "Service fee", "6300", "INV-") if secret in said]


def test_r_pay_6_a_month_statement_opens_where_the_last_one_closed(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    story = Story(stripe, buyer, seller, prices=[60_00, 80_00])
    clock.shift(clock.offset() + _until_next_month(day=10))
    story.pay()
    story.deliver()
    story.accept_and_continue()
    assert issue_month_statements(now=clock.now()) == 0
    clock.shift(clock.offset() + _until_next_month(day=1, hours=5))
    assert issue_month_statements(now=clock.now()) == 0  # the month is not surely over yet
    story.deliver()
    story.accept_and_finish()
    story.work()
    clock.shift(clock.offset() + timedelta(hours=2))
    assert issue_month_statements(now=clock.now()) == 1
    refund(story, 2, 21_00)
    clock.shift(clock.offset() + _until_next_month(day=2))
    assert issue_month_statements(now=clock.now()) == 1
    assert issue_month_statements(now=clock.now()) == 0
    first, second = documents_of(seller).filter(kind="month_statement").order_by("month")
    tables = [paper.content["tables"][0] for paper in (first, second)]
    assert [(t["lines"][0]["cells"][-1], t["total"]["cells"][-1]) for t in tables] == [(0, 54_00), (54_00, 108_00)]
    assert (first.total, second.total) == (54_00, 54_00)
    owed = LedgerAccount.objects.filter(kind__in=SELLERS, dimension=seller.public_id).aggregate(sum=Sum("balance"))
    assert tables[1]["total"]["cells"][-1] == -owed["sum"]


def _until_next_month(*, day: int, hours: int = 0) -> timedelta:
    now = clock.now().astimezone(UTC)
    month = (now.replace(day=1) + timedelta(days=32)).replace(day=day, hour=0, minute=0, second=0, microsecond=0)
    return month + timedelta(hours=hours) - now
