"""For whom somebody reads and writes: as one of the two, or for a seller in whose team they answer (R-OFR-1)."""

from accounts.enums import Ability
from accounts.models import User
from accounts.selectors import may
from inbox.models import Conversation
from marketplace.kernel.errors import Unknown


def side_of(conversation: Conversation, user: User) -> User:
    """The one of the two as whom `user` is here: themselves, or the seller for whom they answer.

    Raises Unknown for a stranger, and for who answers for both.
    """
    if conversation.includes(user):
        return user
    pair = (conversation.first, conversation.second)
    sellers = [each for each in pair if may(user, each, Ability.ANSWER)]
    if len(sellers) != 1:
        raise Unknown
    return sellers[0]
