"""What the reference model knows of the two policies and of an agreement: numbers from product.md, R-POL-3."""

from dataclasses import dataclass
from datetime import timedelta

DAY = timedelta(hours=24)
COMMISSION_PERCENT, BUYER_FEE_PERCENT = 10, 5
RETRY_DAYS = (1, 3, 5)
GRACE, UNPAID, EXTRA_REVIEW, CLEARANCE = 10 * DAY, 1 * DAY, 4 * DAY, 7 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """R-POL-3: the two policies differ in these."""

    name: str
    review: timedelta
    revisions_of_order: bool  # revisions are counted over the whole order
    released_each: bool  # each accepted milestone is released on its own


STANDARD = Policy(name="standard", review=8 * DAY, revisions_of_order=False, released_each=True)
CLASSIC = Policy(name="classic", review=5 * DAY, revisions_of_order=True, released_each=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One order as agreed on. `prices` are minor units of each milestone, `days` and `revisions` go with them."""

    policy: Policy
    prices: tuple[int, ...]
    days: tuple[int, ...]
    revisions: tuple[int, ...]
    revisions_in_all: int
    has_questions: bool


def share(amount: int, percent: int) -> int:
    """That many percent, halves up, in integers."""
    return (amount * percent * 2 + 100) // 200
