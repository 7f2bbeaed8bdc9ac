"""The one door for what is written: no stranger, nobody across a block, nobody at a machine's pace (R-OFR-1)."""

from datetime import datetime

from accounts.models import User
from inbox.actors import side_of
from inbox.errors import ConversationClosed, YouBlockThem
from inbox.extensions import are_tied
from inbox.models import Conversation
from inbox.rules import blockers_between, check_pace


def check_may_write(*, conversation: Conversation, author: User, business: bool, now: datetime) -> None:
    """Raises Unknown, and what is a CannotWrite: YouBlockThem, ConversationClosed, TooFast.

    A block closes it for both, except for plain messages while something that both are bound by is under way.
    `business`: a new offer or request, which a block refuses then, too.
    """
    side = side_of(conversation, author)
    other = conversation.other(side)
    blockers = blockers_between(side, other)
    if blockers and (business or not are_tied(side, other)):
        raise YouBlockThem(name=other.first_name) if side.pk in blockers else ConversationClosed
    check_pace(author=author, now=now)
