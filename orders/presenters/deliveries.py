"""What was handed over, as one side sees it: pictures first, originals locked until they are released (R-ORD-5)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from marketplace.web.files import PICTURES
from orders.enums import MilestoneState
from orders.models import Delivery, DeliveryFile, DeliveryLink, Milestone, Revision
from orders.selectors import OrderView


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """`href` is empty while the file is locked for this viewer; `picture` is where it can be looked at."""

    id: str
    name: str
    size: int
    is_original: bool
    href: str
    picture: str
    icon: str

    @property
    def locked(self) -> bool:
        return not self.href

    @property
    def note(self) -> str:
        return "Original" if self.is_original else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """One delivery. `locked`: some originals wait for acceptance."""

    delivery: Delivery
    milestone: Milestone
    title: str
    anchor: str
    files: tuple[FileRow, ...]
    links: tuple[DeliveryLink, ...]
    revisions: tuple[Revision, ...]
    locked: bool

    @property
    def pictures(self) -> list[FileRow]:
        return [file for file in self.files if file.picture]


def handovers_of(view: OrderView, deliveries: Iterable[Delivery]) -> tuple[list[Handover], list[Handover]]:
    """The newest delivery of the milestone under way (at the end: of the order), and all that came before."""
    known = {milestone.pk: milestone for milestone in view.facts.milestones}
    all_of_them = [_handover(view, delivery, known[delivery.milestone_id]) for delivery in deliveries]
    current = view.current
    newest = next((h for h in all_of_them if current is None or h.milestone == current), None)
    return ([newest] if newest else []), [h for h in all_of_them if h is not newest]


def _handover(view: OrderView, delivery: Delivery, milestone: Milestone) -> Handover:
    released = milestone.state == MilestoneState.ACCEPTED
    files = list(delivery.files.all())
    return Handover(
        delivery=delivery,
        milestone=milestone,
        title="Final delivery" if delivery.is_final else f"Delivery {delivery.number}",
        anchor=f"delivery-{milestone.position}-{delivery.number}",
        files=tuple(_row(view, file, released=released) for file in files),
        links=tuple(delivery.links.all()),
        revisions=tuple(delivery.revisions.all()),
        locked=not released and any(file.held_back for file in files),
    )


def _row(view: OrderView, file: DeliveryFile, *, released: bool) -> FileRow:
    open_to_viewer = released or not file.held_back or not view.is_buyer
    where = [view.order.public_id, file.public_id]
    is_picture = file.content_type in PICTURES.values()
    return FileRow(
        id=file.public_id,
        name=file.name,
        size=file.size,
        is_original=file.held_back,
        href=reverse("orders:file", args=where) if open_to_viewer else "",
        picture=reverse("orders:picture", args=where) if open_to_viewer and is_picture else "",
        icon="image" if is_picture else "file",
    )
