"""What a postal address may be, how large and how loud a team, how long an absence."""

from datetime import timedelta

TEAM_SIZE = 20  # people beside the owner, open invitations included
INVITATION_LIFE = timedelta(days=7)
RESEND_AFTER = timedelta(minutes=10)  # between two mails of one invitation
INVITATIONS_A_DAY = 20  # mails to strangers, which must not become a way to send unwanted ones
AWAY_DAYS = 90  # of one absence: a gig that nobody can order for longer should not be found either
ADDRESS_LINES = 5  # what an envelope bears


def tidy_address(text: str) -> str:
    """The lines of an address without empty ones and spare spaces. Raises ValueError for more than ADDRESS_LINES."""
    lines = [tidy for line in text.splitlines() if (tidy := " ".join(line.split()))]
    if len(lines) > ADDRESS_LINES:
        raise ValueError(f"Use at most {ADDRESS_LINES} lines.")
    return "\n".join(lines)
