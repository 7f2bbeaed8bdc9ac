"""Pure properties of money: each takes a few drawn values and asserts what must hold of them. Minor units.

Amounts lie around the edges where machines slip: 2^31, 2^53, 2^63, and a cent beside each power of ten.
"""

from collections import defaultdict
from fractions import Fraction

from hypothesis import strategies as st

from marketplace.kernel.currencies import EXPONENTS
from marketplace.kernel.money import Money, allocate, basis_points
from payments import postings
from payments.enums import RefundKind
from payments.postings import Line
from payments.shares import Parts, divide_return

EDGES = [1 << 31, 1 << 53, 1 << 63]
NEAR = [edge + by for edge in [*EDGES, *(10**power for power in range(1, 19))] for by in (-1, 0, 1)]
BY_DECIMALS = {
    places: sorted(code for code, exponent in EXPONENTS.items() if exponent == places) for places in range(4)
}

amounts = st.integers(0, 10**6) | st.sampled_from(NEAR) | st.integers(1 << 52, 1 << 63)
prices = amounts.map(lambda amount: amount + 1)
points = st.integers(0, 10_000)
currencies = st.sampled_from([code for codes in BY_DECIMALS.values() for code in codes])


@st.composite
def captures(draw: st.DrawFn) -> Parts:
    """A charge as the policies take it: a price, the buyer's fee beside it, the commission in it."""
    price = draw(prices)
    return Parts(price=price, fee=basis_points(price, draw(points)), commission=basis_points(price, draw(points)))


def fee_and_share_make_the_amount(data: st.DataObject) -> None:
    """I14: commission and seller's part add up to the price, and neither is negative."""
    price, share = data.draw(prices), data.draw(points)
    commission = basis_points(price, share)
    assert 0 <= commission <= price
    assert commission + (price - commission) == price


def shares_round_half_up(data: st.DataObject) -> None:
    """The share is the nearest minor unit to the exact one; of two as near, the greater."""
    amount, share = data.draw(amounts), data.draw(points)
    exact = Fraction(amount * share, 10_000)
    got = basis_points(amount, share)
    assert abs(got - exact) <= Fraction(1, 2)
    assert got == (exact + Fraction(1, 2)).__floor__()


def splits_lose_nothing(data: st.DataObject) -> None:
    """Parts by weight add up, and none is a whole unit off its exact part."""
    amount = data.draw(amounts)
    weights = data.draw(st.lists(st.integers(0, 1 << 33), min_size=1, max_size=8).filter(any))
    parts = allocate(amount, weights)
    assert sum(parts) == amount
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(amount * weight, whole)) < 1
        assert part == 0 or weight > 0


def returns_add_up(data: st.DataObject) -> None:
    """R-PAY-7: in however many parts a charge goes back, fee and commission come back whole, and never early."""
    of, before = data.draw(captures()), Parts(price=0)
    for _ in range(data.draw(st.integers(1, 6))):
        left = of.total - before.total
        if not left:
            break
        part = divide_return(total=data.draw(st.integers(1, left)), of=of, before=before)
        before = _sum(before, part)
        assert 0 <= part.commission <= part.price
        assert part.fee >= 0
        assert before.fee <= of.fee
        assert before.commission <= of.commission
        assert before.commission == of.commission * before.price // of.price
    rest = of.total - before.total
    if rest:
        before = _sum(before, divide_return(total=rest, of=of, before=before))
    assert before == of


def too_much_is_refused(data: st.DataObject) -> None:
    """Not a cent more than is left."""
    of = data.draw(captures())
    gone = data.draw(st.integers(0, of.total))
    before = divide_return(total=gone, of=of, before=Parts(price=0)) if gone else Parts(price=0)
    for total in (of.total - gone + 1 + data.draw(amounts), 0, -data.draw(amounts)):
        try:
            divide_return(total=total, of=of, before=before)
        except ValueError:
            continue
        raise AssertionError(f"{total} went back of {of.total - gone}")


def entries_balance(data: st.DataObject) -> None:
    """I1: a charge's whole life on the books, entry by entry zero, and nothing left in between."""
    of = data.draw(captures())
    price, fee, commission = of.price, of.fee, of.commission
    accepted = {"amount": price, "fee": fee, "commission": commission}
    lives = {
        RefundKind.HELD: [postings.captured(group="g", amount=price, fee=fee)],
        RefundKind.ACCRUED: [postings.accepted(group="g", **accepted)],
        RefundKind.RELEASED: [postings.released(group="g", seller="s", **accepted)],
    }
    entries: list[postings.Lines] = []
    stage = data.draw(st.sampled_from(list(lives)))
    for kind, steps in lives.items():
        entries += steps
        if kind == stage:
            break
    back = Parts(price=price, fee=fee, commission=0 if stage == RefundKind.HELD else commission)
    entries.append(postings.refund_requested(kind=stage, group="g", seller="s", parts=back))
    entries.append(postings.refund_succeeded(group="g", total=back.total))
    assert all(sum(line.amount for line in lines) == 0 for lines in entries)
    assert not any(_balances(entries).values())


def texts_are_exact(data: st.DataObject) -> None:
    """What a person reads and types is the amount, in currencies with none, two or three decimals."""
    money = Money(data.draw(amounts), data.draw(currencies))
    if money.amount < 10 ** (12 + money.places):  # as many digits as a form takes
        assert Money.parse(money.major, money.currency) == money
        assert Money.parse(str(money).removeprefix(money.affix), money.currency) == money
    finer = money.major + ("1" if money.places else ".5")
    try:
        Money.parse(finer, money.currency)
    except ValueError:
        return
    raise AssertionError(f"{finer} {money.currency} has more decimals than the currency")


PROPERTIES = (
    fee_and_share_make_the_amount,
    shares_round_half_up,
    splits_lose_nothing,
    returns_add_up,
    too_much_is_refused,
    entries_balance,
    texts_are_exact,
)


def _sum(left: Parts, right: Parts) -> Parts:
    return Parts(
        price=left.price + right.price, fee=left.fee + right.fee, commission=left.commission + right.commission
    )


def _balances(entries: list[tuple[Line, ...]]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = defaultdict(int)
    for lines in entries:
        for line in lines:
            found[line.account.value, line.dimension] += line.amount
    return found
