"""The evidence pack of a chargeback (R-PAY-7): what was agreed, what was handed over, what the buyer said and did.

Texts by the provider's own names, each within its limit. Put together afresh whenever it is looked at; what an agent
writes, the summary, stands above the rest.
"""

from collections.abc import Iterable
from datetime import datetime

from inbox.models import Message
from inbox.selectors import conversation_between
from marketplace.kernel.money import Money
from orders.models import Delivery, Milestone, Order, TimelineEntry
from orders.presenters.story import tell
from payments.models import Dispute, Document
from payments.services.answering import LIMITS

SUMMARY = "uncategorized_text"
CUT = "\n[shortened]"
STOPPING = (
    "Shown before the order and on its page: after each milestone the buyer can accept it and stop. Later milestones "
    "then never start and are not charged. There is no fee for stopping or cancelling."
)


def assemble_evidence(*, dispute: Dispute, order: Order, summary: str | None = None) -> dict[str, str]:
    """Everything that speaks for us about the charge of `dispute`. An agent's `summary` (the kept one) comes first."""
    milestone = _milestone_of(order, dispute)
    texts = {
        "customer_name": order.buyer.display_name,
        "customer_email_address": order.buyer.email,
        "product_description": _terms(order, milestone),
        "service_date": _service_date(milestone),
        "access_activity_log": _activity(order, milestone),
        "refund_policy_disclosure": _refund_policy(order),
        "cancellation_policy_disclosure": STOPPING,
        SUMMARY: _summary(order, dispute, dispute.summary if summary is None else summary),
    }
    return {name: cut(text.strip(), LIMITS[name]) for name, text in texts.items() if text.strip()}


def cut(text: str, limit: int) -> str:
    """`text` within `limit` characters, saying so where it was shortened."""
    return text if len(text) <= limit else text[: limit - len(CUT)] + CUT


def _milestone_of(order: Order, dispute: Dispute) -> Milestone | None:
    milestone = order.milestones.select_related("planned").filter(charge=dispute.charge).first()
    if milestone is not None:
        milestone.order = order
    return milestone


def _terms(order: Order, milestone: Milestone | None) -> str:
    """What the buyer agreed to and paid for, as shown before the order was placed."""
    lines = [
        f"Order {order.number}: {order.title}. Work made to order and delivered online by {order.seller.display_name}, "
        f"placed {_at(order.created_at)}.",
        f"The plan that the buyer was shown and accepted has {order.plan.milestones.count()} milestones, each paid on "
        f"its own; its fingerprint is {order.plan.digest}.",
    ]
    if milestone is not None:
        planned = milestone.planned
        lines += [
            "",
            f"The disputed payment is for milestone {milestone.position}, ‘{planned.name}’: {milestone.price} and the "
            f"service fee of {milestone.fee}, to be done in {planned.days} days.",
            planned.description,
        ]
        lines += [f"Agreed criterion: {criterion}" for criterion in planned.criteria]
    return "\n".join(lines)


def _service_date(milestone: Milestone | None) -> str:
    """The day on which it was handed over, else on which the work began."""
    moment = milestone and (milestone.delivered_at or milestone.started_at)
    return f"{moment:%Y-%m-%d}" if moment else ""


def _activity(order: Order, milestone: Milestone | None) -> str:
    """Deliveries with their files, and the order's record with its times, oldest first."""
    lines = [line for delivery in _deliveries(milestone) for line in _delivery(delivery)]
    entries = order.timeline.select_related("actor", "milestone__planned").order_by("pk")
    lines += ["", "The record of the order, which nobody can change:", *_record(order, entries)]
    return "\n".join(lines)


def _deliveries(milestone: Milestone | None) -> Iterable[Delivery]:
    return milestone.deliveries.prefetch_related("files", "links").order_by("number") if milestone else []


def _delivery(delivery: Delivery) -> list[str]:
    handed = [f"{file.name} ({file.size} bytes)" for file in delivery.files.all()]
    handed += [link.url for link in delivery.links.all()]
    return [f"Delivery {delivery.number}, {_at(delivery.delivered_at)}: {', '.join(handed)}", delivery.message]


def _record(order: Order, entries: Iterable[TimelineEntry]) -> list[str]:
    return [f"{_at(entry.at)} {tell(entry, order=order, reader=None).text}" for entry in entries]


def _refund_policy(order: Order) -> str:
    policy = order.policy
    return (
        "Shown before the order and on its page: each payment is held until the buyer accepts the delivery. The buyer "
        f"has {policy.review_days} days after each delivery to accept it or to ask for a revision; without an answer "
        "it counts as accepted. What was accepted is paid to the seller. Support can cancel a milestone before it is "
        "accepted, and what is held for it then goes back in full, service fee included."
    )


def _summary(order: Order, dispute: Dispute, summary: str) -> str:
    """The agent's words, the papers, then what the two sides wrote to each other."""
    invoices = Document.objects.filter(charge=dispute.charge, kind="invoice").values_list("number", flat=True)
    lines = [summary.strip(), ""] if summary.strip() else []
    lines += [f"Disputed: {Money(dispute.amount, dispute.currency)} of {dispute.charge.total_money}."]
    lines += [f"Invoice {number}." for number in invoices]
    lines += ["", "What buyer and seller wrote to each other on the site, the newest first:", *_messages(order)]
    return "\n".join(lines)


def _messages(order: Order) -> list[str]:
    """What was agreed before the order too; where they are too long for the bank, the oldest go."""
    conversation = conversation_between(viewer=order.buyer, other=order.seller)
    said = Message.objects.filter(conversation=conversation).select_related("author").order_by("-sequence")
    return [f"{_at(each.at)} {each.author.display_name}: {each.body}" for each in said] or ["Nothing."]


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
