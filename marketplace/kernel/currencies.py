"""ISO 4217 minor-unit exponents for the currencies an operator may list.

Source: ISO 4217 table A.1. A currency that is not here is refused rather than guessed.
"""

EXPONENTS: dict[str, int] = {
    "AUD": 2, "BHD": 3, "CAD": 2, "CHF": 2, "CZK": 2, "DKK": 2, "EUR": 2, "GBP": 2, "HUF": 2,
    "JPY": 0, "KRW": 0, "KWD": 3, "NOK": 2, "NZD": 2, "PLN": 2, "SEK": 2, "USD": 2,
}  # fmt: skip

SYMBOLS: dict[str, str] = {"EUR": "€", "GBP": "£", "JPY": "¥", "KRW": "₩", "USD": "$"}


def offered(listed: list[str]) -> list[str]:
    """The operator's list, as given, without repeats. Raises ValueError for one that can't be charged right.

    Stripe takes three-decimal currencies only in tens of their smallest unit, so that a fee or a part of a percentage
    could not be charged to the unit: they are refused rather than rounded.
    """
    known = ", ".join(sorted(code for code, places in EXPONENTS.items() if places < 3))
    for code in listed:
        if EXPONENTS.get(code, 3) > 2:
            raise ValueError(f"{code!r} can't be charged to the smallest unit: it is not offered. Choose of {known}.")
    if not listed:
        raise ValueError("List at least one currency.")
    return list(dict.fromkeys(listed))


def exponent(currency: str) -> int:
    """Number of decimal places of `currency`; KeyError for one that is not listed."""
    return EXPONENTS[currency]
