"""News about teams, sent inside the transaction of what they tell: apps above write notices and tidy up."""

from django.dispatch import Signal

# invitation: TeamInvitation, secret: str (in the clear here alone), now: datetime
invitation_written = Signal()

# member: TeamMember, event: "joined" | "role" | "removed" | "left", now: datetime
team_changed = Signal()
