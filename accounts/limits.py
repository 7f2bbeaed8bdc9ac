"""What a postal address may be."""

ADDRESS_LINES = 5  # what an envelope bears


def tidy_address(text: str) -> str:
    """The lines of an address without empty ones and spare spaces. Raises ValueError for more than ADDRESS_LINES."""
    lines = [tidy for line in text.splitlines() if (tidy := " ".join(line.split()))]
    if len(lines) > ADDRESS_LINES:
        raise ValueError(f"Use at most {ADDRESS_LINES} lines.")
    return "\n".join(lines)
