"""What reviews tell people (R-NOT). Nobody hears of a review before it is revealed, not even that there is one."""

from notifications.enums import Group
from notifications.kinds import Kind, register

ASKED, REVEALED, ANSWERED = "review_asked", "review_revealed", "review_answered"

register(
    Kind(name=ASKED, group=Group.ORDERS, label="You can review an order", action="Write a review"),
    Kind(name=REVEALED, group=Group.ORDERS, label="Somebody reviewed you", action="Read the review"),
    Kind(name=ANSWERED, group=Group.ORDERS, label="A seller answered your review", action="Read the answer"),
)
