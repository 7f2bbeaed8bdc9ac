"""Where sellers can be paid: countries by ISO 3166-1 code, chosen by the operator (R-PAY-5)."""

from collections.abc import Sequence

from accounts.countries import COUNTRIES

# Within these Stripe sends a platform's transfers across borders to accounts under the full service agreement:
# the European Economic Area, Switzerland, the United Kingdom, Canada and the United States.
TRANSFER_REGION = (
    "AT", "BE", "BG", "CA", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU",
    "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK", "US",
)  # fmt: skip
OUTSIDE_REGION = "account_outside_region"  # why a transfer was refused: it can't be sent to the account's country


def chosen(listed: Sequence[str]) -> list[str]:
    """The operator's list, as given, without repeats. ValueError for one that names no country, or that is empty."""
    for code in listed:
        if code not in COUNTRIES:
            raise ValueError(f"{code!r} is no country. Use the codes of ISO 3166-1, such as GB.")
    if not listed:
        raise ValueError("List at least one country.")
    return list(dict.fromkeys(listed))
