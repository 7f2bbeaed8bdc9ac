"""Money as integer minor units with an ISO currency; never a float, never a Decimal.

`allocate` splits by largest remainder so that the parts always add up to the whole (R-GIG-5).
`basis_points` rounds half up on integers: 10 % is 1000 basis points.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from marketplace.kernel.currencies import EXPONENTS, SYMBOLS, exponent

_POINT = re.compile(r"(?P<whole>\d{1,12}|[1-9]\d{0,2}(?P<gap>[,\s_'’])\d{3}(?:(?P=gap)\d{3}){0,2})(?:\.(?P<part>\d+))?")
_COMMA = re.compile(r"(?P<whole>\d{1,12}|[1-9]\d{0,2}(?P<gap>[.\s'’])\d{3}(?:(?P=gap)\d{3}){0,2}),(?P<part>\d{1,2})")
THOUSANDTHS = 3  # decimals of a dinar


class CurrencyMismatch(TypeError):
    """Two amounts in different currencies were combined: a programming error, never a user's."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units (cents for USD) of one currency."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.amount, bool) or not isinstance(self.amount, int):
            raise TypeError(f"minor units must be int, not {type(self.amount).__name__}")
        if self.currency not in EXPONENTS:
            raise ValueError(f"unknown currency {self.currency!r}")

    def _same(self, other: "Money") -> None:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} with {other.currency}")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount <= other.amount

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        """The amount for people: "$1,180.00", "¥500", "CHF 12.50"."""
        places = exponent(self.currency)
        whole, part = divmod(abs(self.amount), 10**places)
        digits = f"{whole:,}" + (f".{part:0{places}d}" if places else "")
        sign = "-" if self.amount < 0 else ""
        return f"{sign}{self.affix}{digits}"

    @property
    def affix(self) -> str:
        """What stands before the digits: "$", or "CHF "."""
        return SYMBOLS.get(self.currency, f"{self.currency} ")

    @property
    def places(self) -> int:
        """How many decimals the currency has."""
        return exponent(self.currency)

    @property
    def major(self) -> str:
        """The amount as a plain decimal for an input field: "1180.00"."""
        places = exponent(self.currency)
        whole, part = divmod(abs(self.amount), 10**places)
        sign = "-" if self.amount < 0 else ""
        return f"{sign}{whole}" + (f".{part:0{places}d}" if places else "")

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Read what a person typed: "1,180", "$1180.5", "1 180.00", and as much of the world writes it: "1.180,00".

        A comma before one or two last digits is the decimal one, before three it parts thousands. Raises ValueError
        when it is not an amount, has more decimals than the currency, or could be read both ways.
        """
        typed = text.strip().lstrip(SYMBOLS.get(currency, "")).strip()
        match = _POINT.fullmatch(typed) or _COMMA.fullmatch(typed)
        places = exponent(currency)
        if not match or len(match["part"] or "") > places:
            raise ValueError(f"not an amount in {currency}: {text!r}")
        if places == THOUSANDTHS and match["gap"] == "," and not match["part"]:
            raise ValueError(f"thousands or thousandths of {currency}: {text!r}")
        part = (match["part"] or "").ljust(places, "0")
        return cls(int(re.sub(r"\D", "", match["whole"])) * 10**places + int(part or 0), currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of `amounts`, zero of `currency` when there are none."""
    result = Money.zero(currency)
    for amount in amounts:
        result += amount
    return result


def basis_points(amount: int, points: int) -> int:
    """`points` hundredths of a percent of `amount` minor units, rounded half up."""
    if amount < 0 or points < 0:
        raise ValueError("basis_points takes non-negative integers")
    return (amount * points + 5_000) // 10_000


def allocate(amount: int, weights: Sequence[int]) -> list[int]:
    """Split `amount` minor units by `weights`; the parts add up to `amount` exactly.

    Largest remainder; ties go to the earlier part. ValueError for no positive weight.
    """
    whole = sum(weights)
    if amount < 0 or whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("allocate takes a non-negative amount and weights with a positive sum")
    parts = [amount * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % whole), i))
    for index in by_remainder[: amount - sum(parts)]:
        parts[index] += 1
    return parts
