"""What somebody keeps for their conversations: whom they block, quick answers; and whether they can write."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import User
from inbox.extensions import are_tied
from inbox.models import Block, Conversation, QuickAnswer
from inbox.rules import blockers_between


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the viewer stands to the other. `tied`: a block leaves plain messages open, for an order is under way."""

    blocking: bool
    blocked: bool
    tied: bool

    @property
    def may_write(self) -> bool:
        return self.tied or self.may_deal

    @property
    def may_deal(self) -> bool:
        """Whether offers and requests go between them."""
        return not (self.blocking or self.blocked)


def standing_of(*, conversation: Conversation, viewer: User) -> Standing:
    """For what a page offers; the services ask again (`inbox.services.door`)."""
    return standing_between(viewer=viewer, other=conversation.other(viewer))


def standing_between(*, viewer: User, other: User) -> Standing:
    blockers = blockers_between(viewer, other)
    return Standing(
        blocking=viewer.pk in blockers,
        blocked=other.pk in blockers,
        tied=bool(blockers) and are_tied(viewer, other),
    )


def blocked_by(user: User) -> QuerySet[Block]:
    """Whom `user` blocks, the latest first."""
    return Block.objects.filter(blocker=user).select_related("blocked")


def answers_of(user: User) -> QuerySet[QuickAnswer]:
    return QuickAnswer.objects.filter(owner=user)


def answer_for(*, owner: User, public_id: str) -> QuickAnswer:
    """Http404 for one of somebody else's."""
    return get_object_or_404(answers_of(owner), public_id=public_id)
