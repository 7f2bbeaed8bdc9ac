"""Public identifiers: a prefix that names the kind, and 100 random bits. No sequential id reaches a URL."""

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base 32: no i, l, o, u
LENGTH = 20


def new_public_id(prefix: str) -> str:
    """A fresh id such as "ord_4k0w…": unguessable, but never a substitute for an access check."""
    return f"{prefix}_{_random(LENGTH)}"


def new_order_number() -> str:
    """A short number that people can read aloud: "MP-7K3Q9DX". Random, so it tells nothing about volume."""
    return f"MP-{_random(7).upper()}"


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
