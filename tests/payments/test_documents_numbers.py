"""Numbers without gaps, whoever asks at once and whatever is rolled back (R-PAY-6)."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from marketplace.kernel import clock
from marketplace.web.clock import database_now
from payments.contents import Content
from payments.enums import DocumentKind, StatementSide
from payments.invariants import violations
from payments.models import Document, DocumentSeries
from payments.services.numbering import Draft, issue
from tests.factories.accounts import make_user
from tests.payments.test_races import at_once

EMPTY: Content = {
    "heading": "Statement", "sum_words": "", "at": "", "status": "", "tone": "idle",
    "parties": [], "tables": [], "stones": [], "notes": [],
}  # fmt: skip


class Undone(Exception):
    """The caller's transaction is rolled back after the number was taken."""


def write(person: User, source: str) -> Document:
    draft = Draft(
        kind=DocumentKind.STATEMENT, source=source, person=person, side=StatementSide.BUYER, title="", total=0,
        currency="USD", content=EMPTY,
    )  # fmt: skip
    document = issue(
        kind=DocumentKind.STATEMENT,
        find=lambda: Document.objects.filter(source=source).first(),
        write=lambda: draft,
    )
    assert document is not None
    return document


def take_back(person: User, source: str) -> None:
    try:
        with transaction.atomic():
            write(person, source)
            raise Undone
    except Undone:
        pass


def ordinals() -> list[int]:
    return list(Document.objects.order_by("ordinal").values_list("ordinal", flat=True))


@pytest.mark.django_db(transaction=True)
def test_r_pay_6_numbers_have_no_gap_with_eight_connections_and_a_third_rolled_back() -> None:
    person = make_user()
    dice = random.Random(6)
    for crowd in range(12):
        works: list[Callable[[], object]] = [
            partial(take_back if dice.random() < 1 / 3 else write, person, f"{crowd}:{number}") for number in range(8)
        ]
        at_once(*works)
    count = Document.objects.count()
    assert 40 < count < 96
    assert ordinals() == list(range(1, count + 1))
    assert DocumentSeries.objects.get().last_number == count
    assert violations() == []


@pytest.mark.django_db(transaction=True)
def test_r_pay_6_one_event_has_one_paper_however_many_workers_write_it() -> None:
    person = make_user()
    papers = at_once(*[partial(write, person, "charge:one")] * 8)
    assert {paper.number for paper in papers if isinstance(paper, Document)} == {ordinal_number(1)}
    assert ordinals() == [1]


def ordinal_number(ordinal: int) -> str:
    return f"ST-{database_now().year}-{ordinal:06d}"


@pytest.mark.django_db
def test_r_pay_6_each_kind_and_year_counts_from_one(time_passes: Callable[[timedelta], None]) -> None:
    person = make_user()
    now = database_now()
    time_passes(datetime(now.year, 12, 31, 23, 0, tzinfo=UTC) - now)
    assert write(person, "a").number == f"ST-{now.year}-000001"
    time_passes(timedelta(hours=2))
    assert write(person, "b").number == f"ST-{now.year + 1}-000001"
    assert clock.now().year == now.year + 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE payments_document SET total = 1",
        "DELETE FROM payments_document",
        "UPDATE payments_documentseries SET last_number = last_number + 2",
        "UPDATE payments_documentseries SET last_number = last_number - 1",
        "DELETE FROM payments_documentseries",
        "TRUNCATE payments_documentseries CASCADE",
        "INSERT INTO payments_documentseries (kind, year, last_number) VALUES ('invoice', 1999, 5)",
    ],
)
def test_r_pay_6_nobody_rewrites_a_paper_or_its_series(sql: str) -> None:
    write(make_user(), "a")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db
def test_r_pay_6_check_ledger_shows_a_gap() -> None:
    write(make_user(), "a")
    assert violations() == []
    DocumentSeries.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payments_documentseries SET last_number = last_number + 1")
    assert [violation.invariant.name for violation in violations()] == ["documents_have_no_gaps"]
