"""Delivering a milestone (R-ORD-5). Each delivery starts the review clock anew: review days of 24 hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import File

from accounts.models import User
from marketplace.kernel.errors import Invalid, ManyInvalid
from orders import errors
from orders.actors import party
from orders.models import Delivery, DeliveryFile, DeliveryLink, Order
from orders.services.door import transition
from orders.services.step import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInput:
    """A checked upload. `held_back`: an original that the buyer gets on acceptance."""

    upload: File  # type: ignore[type-arg]
    name: str
    size: int
    content_type: str
    held_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkInput:
    url: str
    label: str = ""


def deliver(
    *, order: Order, actor: User, message: str, files: Sequence[FileInput] = (), links: Sequence[LinkInput] = (),
    is_full_project: bool = False, now: datetime | None = None,
) -> Delivery:  # fmt: skip
    """Hand over the milestone under way, first or after a revision.

    Raises ManyInvalid: no message, nothing attached, or the last milestone without the full-project confirmation.
    """
    with transition(order=order, name="deliver", actor=party(order, actor), now=now) as step:
        is_final = step.following is None
        _check(message, bool(files or links), is_final=is_final, confirmed=is_full_project)
        delivery = _store(step, message.strip(), files, links, is_final=is_final)
        _start_review(step)
        step.data |= {"delivery": delivery.number, "files": len(files), "links": len(links)}
    return delivery


def _check(message: str, has_content: bool, *, is_final: bool, confirmed: bool) -> None:
    problems: list[Invalid] = []
    if not message.strip():
        problems.append(errors.DeliveryNeedsMessage(field="message"))
    if not has_content:
        problems.append(errors.DeliveryNeedsContent(field="files"))
    if is_final and not confirmed:
        problems.append(errors.ConfirmFullProject(field="is_full_project"))
    if problems:
        raise ManyInvalid(problems)


def _store(
    step: Step, message: str, files: Sequence[FileInput], links: Sequence[LinkInput], *, is_final: bool
) -> Delivery:
    delivery = Delivery.objects.create(
        milestone=step.milestone,
        number=step.milestone.deliveries.count() + 1,
        message=message,
        is_final=is_final,
        delivered_at=step.now,
    )
    for item in files:
        DeliveryFile.objects.create(
            delivery=delivery,
            file=item.upload,
            name=item.name,
            size=item.size,
            content_type=item.content_type,
            held_back=item.held_back,
        )
    DeliveryLink.objects.bulk_create(DeliveryLink(delivery=delivery, url=link.url, label=link.label) for link in links)
    return delivery


def _start_review(step: Step) -> None:
    milestone = step.milestone
    milestone.delivered_at = step.now
    milestone.review_deadline = step.now + timedelta(hours=24 * step.order.policy.review_days)
    step.data["review_deadline"] = milestone.review_deadline.isoformat()
