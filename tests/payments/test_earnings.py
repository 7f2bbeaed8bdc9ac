"""The earnings page: it agrees with the books, says what each payout waits for, and draws it (R-PAY-5, R-PAY-8)."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from marketplace.web.clock import database_now
from payments.earnings import Earnings, earnings_of, transfers_of
from payments.enums import AccountKind, HoldKind
from payments.models import LedgerAccount, Posting
from payments.presenters.bars import draw_chart
from payments.presenters.earnings import csv_rows, earnings_page, rows_of
from payments.services.holding import place_payout_hold
from payments.services.refunding import request_refund
from payments.services.releasing import accrue_charge
from payments.services.sweeping import sweep_refunds, sweep_reversals, sweep_transfers
from tests.factories.payments import NOW, make_paid_charge
from tests.factories.payouts import make_transfer, onboard, owe
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_hold")]

Pass = Callable[[timedelta], None]
DAY = timedelta(days=1)


def now_of(seller: User) -> Earnings:
    (row,) = earnings_of(seller, now=database_now())
    return row


def in_books(seller: User, kind: AccountKind) -> int:
    return LedgerAccount.objects.filter(kind=kind, dimension=seller.public_id).values_list("balance", flat=True)[0]


def rows(seller: User) -> list[tuple[str, str, str]]:
    """Badge, sum and what it waits for, the newest first."""
    listed = rows_of(list(transfers_of(seller)), seller, now=database_now())
    return [(row.badge, str(row.amount), row.why) for row in listed]


@pytest.fixture
def busy(stripe: StripeDouble, seller: User) -> User:
    """A seller with money in every state: 72.00 each, of one order each."""
    onboard(stripe, seller)
    _, refunded, owed = [make_transfer(stripe, seller, group=f"ord_{number}") for number in range(3)]
    sweep_transfers()
    request_refund(charge=refunded.charge, amount=2_100, reason="Support gave it back", now=NOW)
    sweep_refunds()
    sweep_reversals()
    owe(stripe, owed)
    make_transfer(stripe, seller, amount=4_000, group="ord_keeps")
    sweep_transfers()
    make_transfer(stripe, seller, group="ord_on_its_way")
    stripe.faults.add("lost_after", on="POST /v1/transfers", times=3)
    sweep_transfers()
    make_transfer(stripe, seller, clears_in=3 * DAY, group="ord_clears")
    make_transfer(stripe, seller, group="ord_held")
    place_payout_hold(group="ord_held", kind=HoldKind.CHARGEBACK, reference="dsp_1", reason="", now=database_now())
    accrue_charge(charge=make_paid_charge(stripe, payee=seller, group="ord_accepted"), commission_bp=1_000, now=NOW)
    return seller


def test_r_pay_8_the_sums_are_those_of_the_books(busy: User) -> None:
    row = now_of(busy)
    assert row == Earnings(
        currency="USD", accepted=7_200, clearing=7_200, available=7_200, on_the_way=3_600, paid=19_800, owed=0
    )


def test_r_pay_8_they_agree_with_the_ledger(busy: User) -> None:
    row = now_of(busy)
    assert row.clearing + row.available == -in_books(busy, AccountKind.SELLER_PAYABLE)
    assert row.on_the_way == -in_books(busy, AccountKind.PAYOUT_CLEARING)
    assert row.owed == in_books(busy, AccountKind.SELLER_RECEIVABLE)
    mine = Posting.objects.filter(account__kind=AccountKind.PSP_BALANCE, entry__kind__startswith="transfer_")
    assert row.paid == -sum(mine.values_list("amount", flat=True))


def test_r_pay_5_each_payout_says_how_it_stands(busy: User) -> None:
    assert rows(busy) == [
        ("Held back", "$72.00", "Held back: the buyer’s bank questions a payment of this order."),
        ("Clearing", "$72.00", ""),
        ("On the way", "$36.00", "Stripe has not answered yet."),
        ("Nothing left to send", "$0.00", ""),
        ("Paid to you", "$72.00", ""),
        ("Paid to you", "$54.00", ""),
        ("Paid to you", "$72.00", ""),
    ]
    notes = [row.notes for row in rows_of(list(transfers_of(busy)), busy, now=database_now())]
    assert notes[2:6] == [
        ("$36.00 was kept for what you owed",),
        ("$36.00 was kept for what you owed",),
        (),
        ("$18.00 was taken back for a refund",),
    ]


def test_the_file_has_every_payout_in_plain_figures(busy: User, client: Client) -> None:
    client.force_login(busy)
    response = client.get(reverse("payments:earnings_csv"))
    head, *lines = csv.reader(io.StringIO(response.content.decode()))
    assert response["Content-Disposition"] == 'attachment; filename="milepost-earnings.csv"'
    assert head == list(next(csv_rows(busy, now=NOW)))
    assert [line[2:7] for line in lines] == [
        ["USD", "72.00", "0.00", "0.00", "Paid to you"],
        ["USD", "72.00", "0.00", "18.00", "Paid to you"],
        ["USD", "72.00", "0.00", "0.00", "Paid to you"],
        ["USD", "0.00", "36.00", "0.00", "Nothing left to send"],
        ["USD", "36.00", "36.00", "0.00", "On the way"],
        ["USD", "72.00", "0.00", "0.00", "Clearing"],
        ["USD", "72.00", "0.00", "0.00", "Held back"],
    ]


def test_the_chart_and_its_table_show_the_same_sums(busy: User) -> None:
    chart = earnings_page(busy, currency="", now=database_now()).chart
    assert chart is not None
    parts = {part: sum(bar.sums[index].amount for bar in chart.bars) for index, (part, _) in enumerate(chart.parts)}
    row = now_of(busy)
    assert parts == {
        "paid": row.paid, "on_the_way": row.on_the_way, "available": row.available, "clearing": row.clearing
    }  # fmt: skip
    assert [bar.is_now for bar in chart.bars].count(True) == 1


def test_the_page_shows_all_of_it(busy: User, client: Client) -> None:
    client.force_login(busy)
    text = client.get(reverse("payments:earnings")).content.decode()
    for words in ("$198.00", "$36.00", "Over time", "The same in figures", "Yours when its order ends", "Held back"):
        assert words in text


def test_r_pay_5_without_an_account_the_page_says_that_the_money_waits(
    stripe: StripeDouble, seller: User, client: Client
) -> None:
    make_transfer(stripe, seller)
    client.force_login(seller)
    text = client.get(reverse("payments:earnings")).content.decode()
    assert "Tell Stripe where to pay you." in text
    assert "Waits for you" in text
    assert "Waits for your payout account" in text


def test_a_refused_payout_is_tried_again(stripe: StripeDouble, seller: User) -> None:
    onboard(stripe, seller)
    make_transfer(stripe, seller)
    stripe.faults.add("no_balance", on="POST /v1/transfers")
    sweep_transfers()
    assert rows(seller)[0][0] == "Tried again soon"


def test_nothing_earned_is_a_page_too(seller: User, client: Client) -> None:
    client.force_login(seller)
    assert "Nothing earned yet" in client.get(reverse("payments:earnings")).content.decode()
    assert earnings_of(seller, now=NOW) == []


def test_nobody_sees_what_others_earn(stripe: StripeDouble, busy: User, client: Client, stranger: User) -> None:
    client.force_login(stranger)
    assert client.get(reverse("payments:earnings"))["Location"] == reverse("accounts:sell")
    assert client.get(reverse("payments:earnings_csv")).status_code == 404


# --- The drawing ------------------------------------------------------------------------------------------------------
def test_weeks_at_first_and_months_later(stripe: StripeDouble, seller: User, time_passes: Pass) -> None:
    """Labels are Mondays; a single week is no wall of a bar; after twelve weeks, a bar is a month."""
    onboard(stripe, seller)
    make_transfer(stripe, seller)
    sweep_transfers()
    today = timezone.localtime(database_now()).date()
    chart = draw_chart(transfers_of(seller), "USD", now=database_now())
    assert chart is not None
    assert len(chart.bars) == 8
    monday = today - timedelta(days=today.weekday())
    assert chart.bars[-1].name == f"Week of {monday.day} {monday:%B}"
    assert [str(bar.total) for bar in chart.bars if bar.segments] == ["$72.00"]
    assert (str(chart.top), str(chart.half)) == ("$80.00", "$40.00")
    time_passes(7 * 13 * DAY)
    later = draw_chart(transfers_of(seller), "USD", now=database_now())
    assert later is not None
    assert len(later.bars) == 12
    assert later.bars[-1].is_now


def test_two_years_later_there_is_nothing_to_draw(stripe: StripeDouble, seller: User, time_passes: Pass) -> None:
    onboard(stripe, seller)
    make_transfer(stripe, seller)
    sweep_transfers()
    time_passes(730 * DAY)
    assert draw_chart(transfers_of(seller), "USD", now=database_now()) is None


def test_r_pay_5_the_list_of_orders_says_that_money_waits(stripe: StripeDouble, seller: User, client: Client) -> None:
    make_transfer(stripe, seller)
    client.force_login(seller)
    address = reverse("orders:list") + "?side=selling"
    assert "Tell Stripe where to pay you." in client.get(address).content.decode()
    onboard(stripe, seller)
    assert "Tell Stripe where to pay you." not in client.get(address).content.decode()
