"""Reading payments, with as few queries for many rows as for one."""

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from payments.selectors import GroupBalances, charges_for, group_balances, journal_for, saved_methods
from tests.factories.payments import make_charge, make_paid_charge, make_saved_method
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db


def test_a_group_that_was_never_charged_has_no_money() -> None:
    assert group_balances("ord_none") == GroupBalances(currency="")


def test_every_cent_of_a_group_is_somewhere(stripe: StripeDouble) -> None:
    make_paid_charge(stripe, group="ord_1")
    make_paid_charge(stripe, group="ord_1", amount=1_001, fee=50)
    make_paid_charge(stripe, group="ord_2")
    now = group_balances("ord_1")
    assert (now.currency, now.captured, now.held, now.fee_held) == ("USD", 9_451, 9_001, 450)


@pytest.mark.parametrize("rows", [1, 4])
def test_the_journal_and_the_charges_take_the_same_queries_for_one_and_many(
    stripe: StripeDouble, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        make_paid_charge(stripe)
    with django_assert_num_queries(3):
        lines = [str(line) for entry in journal_for("ord_1") for line in entry.postings.all()]
    assert len(lines) == 5 * rows
    with django_assert_num_queries(2):
        assert len([charge.method_label + str(list(charge.refunds.all())) for charge in charges_for("ord_1")]) == rows


def test_charges_come_in_the_order_they_were_opened() -> None:
    first, second = make_charge(group="ord_9"), make_charge(group="ord_9")
    assert list(charges_for("ord_9")) == [first, second]


def test_methods_are_their_owners_alone_the_last_used_first(stripe: StripeDouble, buyer: User, stranger: User) -> None:
    older = make_saved_method(stripe, buyer)
    newer = make_saved_method(stripe, buyer, "works_then_authenticates")
    assert [method.pk for method in saved_methods(buyer)] == [newer.pk, older.pk]
    assert str(newer) == "Mastercard •••• 3155"
    assert not saved_methods(stranger).exists()
