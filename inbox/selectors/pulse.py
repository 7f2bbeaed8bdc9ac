"""Whether anything has changed, in one small query: what an open page asks again and again (R-OFR-1)."""

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import Http404

from accounts.models import User
from inbox.models import Conversation, Participant


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Where the conversation stands, how far the other has read it, and where the viewer's inbox stands altogether."""

    version: int
    read_by_other: int
    inbox: str

    @property
    def tag(self) -> str:
        """Changes whenever the page would: by a message anywhere, by a changed card, or by somebody's reading."""
        return f"{self.version}.{self.read_by_other}.{self.inbox}"


def inbox_tag(viewer: User) -> str:
    """Both sums only grow, so that the same tag means the same list, unread counts and badge."""
    sums = Participant.objects.filter(user=viewer).aggregate(
        said=Coalesce(Sum("conversation__version"), 0), read=Coalesce(Sum("read_version"), 0)
    )
    return f"{sums['said']}.{sums['read']}"


def reading_of(*, conversation: Conversation, viewer: User) -> Reading:
    """Read before the messages, so that a page never claims a version of which it shows less."""
    return reading_for(viewer=viewer, public_id=conversation.public_id)


def reading_for(*, viewer: User, public_id: str) -> Reading:
    """Http404 when `viewer` is not in the conversation."""
    other = Participant.objects.filter(conversation=OuterRef("pk")).exclude(user=viewer)
    mine = Participant.objects.filter(user=viewer).order_by()
    found = (
        Conversation.objects.of(viewer)
        .filter(public_id=public_id)
        .annotate(
            seen=Subquery(other.values("read_version")[:1]),
            said=_summed(mine, "conversation__version"),
            read=_summed(mine, "read_version"),
        )
        .values_list("version", "seen", "said", "read")
        .first()
    )
    if found is None:
        raise Http404
    version, seen, said, read = found
    return Reading(version=version, read_by_other=seen or 0, inbox=f"{said}.{read}")


def _summed(rows: QuerySet[Participant], field: str) -> Coalesce:
    return Coalesce(Subquery(rows.values("user").annotate(sum=Sum(field)).values("sum")), 0)
