"""The money page against the ledger: every cent is somewhere, once, for each side (R-PAY-8)."""

from dataclasses import fields

from accounts.models import User
from marketplace.kernel import clock
from orders.models import Order
from orders.presenters.money import purse_of
from orders.presenters.whereabouts import Whereabouts, whereabouts_of
from orders.selectors import orders_of, with_milestones
from payments.balances import charge_balances
from payments.models import Posting
from payments.selectors import GroupBalances, group_balances

FIGURES = [field.name for field in fields(GroupBalances) if field.name != "currency"]


def page_for(order: Order, user: User) -> Whereabouts:
    found = with_milestones(orders_of(user)).get(pk=order.pk)
    return whereabouts_of(found, user, now=clock.now())


def bands(page: Whereabouts) -> dict[str, int]:
    """The parts of the flow by name, in minor units."""
    return {band.name: band.amount.amount for band in page.flow.bands}


def expect_agreement(order: Order) -> None:
    """Flow, list and charges of both sides add up to what the books say was paid, and so does the order page."""
    books, each = group_balances(order.public_id), charge_balances(order.public_id)
    for figure in FIGURES:
        assert sum(getattr(one.books, figure) for one in each) == getattr(books, figure), figure
    bought, sold = page_for(order, order.buyer), page_for(order, order.seller)
    assert sum(bands(bought).values()) == bought.flow.total.amount == books.captured
    assert (bought.sums.done + bought.sums.held + bought.sums.back).amount == books.captured
    price = sum(one.price for one in each)
    assert sum(bands(sold).values()) == sold.flow.total.amount == price
    assert (sold.sums.done + sold.sums.commission + sold.sums.held + sold.sums.back).amount == price
    assert price == -_posted(order, "captured", "held") == sum(charge.amount.amount for charge in sold.charges)
    spent, earned = purse_of(bought.view), purse_of(sold.view)
    assert (spent.charged.amount, spent.settled, spent.held) == (books.captured, bought.sums.done, bought.sums.held)
    assert (spent.refunded + spent.surplus, spent.lost.amount) == (bought.sums.back - spent.lost, books.lost)
    assert spent.charged == spent.settled + spent.held + spent.refunded + spent.surplus + spent.lost
    assert (earned.settled, earned.fee, earned.held) == (sold.sums.done, sold.sums.commission, sold.sums.held)
    assert earned.charged == earned.settled + earned.fee + earned.held
    for page in (bought, sold):
        assert page.sums.ahead == page.flow.ahead
        assert all(band.amount.amount > 0 for band in page.flow.bands)


def _posted(order: Order, event: str, account: str) -> int:
    found = Posting.objects.filter(entry__group=order.public_id, entry__kind=event, account__kind=account)
    return sum(found.values_list("amount", flat=True))
