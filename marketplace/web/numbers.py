"""Whole numbers in addresses, buttons and hidden inputs, which anyone can rewrite."""

MOST_DIGITS = 9  # what fits into an integer column


def read_number(text: str) -> int | None:
    """The number, or None for anything but one to nine ASCII digits ("²" is a digit too, and is no number)."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
