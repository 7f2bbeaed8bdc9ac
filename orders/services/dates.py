"""The dates of a subscription's months (R-OFR-4).

Every date is kept with its month from the day on which the first begins. Only what holds the next month up moves them:
it then begins later, and the ones after it count from there, so that two are never asked for within a month.
"""

from datetime import datetime, timedelta

from marketplace.kernel.months import months_after
from orders.enums import MilestoneState
from orders.guards import Facts

AHEAD = (MilestoneState.PLANNED, MilestoneState.SCHEDULED)


def set_dates(facts: Facts, *, position: int, at: datetime) -> None:
    """Let the month at `position` begin at `at`, and each that comes after it so many months later; in any order type
    but a subscription there are none. Saved with the rows.
    """
    if not facts.is_subscription:
        return
    for milestone in facts.milestones:
        if milestone.position >= position:
            milestone.begins_at = months_after(at, milestone.position - position)
            milestone.save(update_fields=["begins_at"])


def move_dates(facts: Facts, by: timedelta) -> None:
    """After a hold: the next month’s date moves by its time, as every deadline does; the later ones count from it."""
    ahead = next((m for m in facts.milestones if m.state in AHEAD and m.begins_at is not None), None)
    if ahead is not None and ahead.begins_at is not None:
        set_dates(facts, position=ahead.position, at=ahead.begins_at + by)
