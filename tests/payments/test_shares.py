"""However many parts a charge goes back in, they add up to exactly what was taken (R-PAY-7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.shares import Parts, divide_return

CHARGE = Parts(price=8_000, fee=400, commission=800)


def both(one: Parts, other: Parts) -> Parts:
    return Parts(price=one.price + other.price, fee=one.fee + other.fee, commission=one.commission + other.commission)


def test_a_whole_charge_goes_back_with_all_of_its_fee_and_commission() -> None:
    assert divide_return(total=8_400, of=CHARGE, before=Parts(price=0)) == CHARGE


def test_a_part_takes_its_share_of_fee_and_commission() -> None:
    assert divide_return(total=4_200, of=CHARGE, before=Parts(price=0)) == Parts(price=4_000, fee=200, commission=400)


@pytest.mark.parametrize("total", [0, -1, 8_401])
def test_more_than_is_left_is_refused(total: int) -> None:
    with pytest.raises(ValueError, match="8400 is left"):
        divide_return(total=total, of=CHARGE, before=Parts(price=0))


def test_fee_and_commission_follow_by_running_totals() -> None:
    """Of 105 in three equal parts: each cent goes back when the parts so far have come to it, not at the end."""
    of = Parts(price=100, fee=5, commission=10)
    before, parts = Parts(price=0), []
    for _ in range(3):
        part = divide_return(total=35, of=of, before=before)
        parts.append((part.price, part.fee, part.commission))
        before = both(before, part)
    assert parts == [(34, 1, 3), (33, 2, 3), (33, 2, 4)]


@given(st.data())
def test_any_parts_add_up_to_the_whole_to_the_cent(data: st.DataObject) -> None:
    price = data.draw(st.integers(1, 10**12))
    of = Parts(
        price=price,
        fee=data.draw(st.integers(0, price)),
        commission=data.draw(st.integers(0, price)),
    )
    before = Parts(price=0)
    while left := of.total - before.total:
        total = data.draw(st.integers(min(left, max(1, of.total // 6)), left))
        part = divide_return(total=total, of=of, before=before)
        assert part.total == total
        assert min(part.price, part.fee, part.commission) >= 0
        assert part.commission <= part.price
        before = both(before, part)
    assert before == of
