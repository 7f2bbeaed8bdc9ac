"""Everything that an agent needs to know about one order, on one page (R-SUP-1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import File
from django.db.models import Case, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, When

from accounts.models import User
from inbox.models import Attachment, Conversation, Message, Report
from marketplace.kernel.money import Money
from marketplace.web.clock import database_now
from orders.enums import Role
from orders.guards import Facts
from orders.models import Delivery, DeliveryFile, Milestone, Order, OrderHold, OrderNote, OrderRequirement
from orders.presenters.evidence import assemble_evidence
from orders.presenters.rail import Post, label_of, posts_of
from orders.presenters.silence import Silence, silence_of
from orders.presenters.story import Happening, tell_all
from orders.selectors import OrderView, actions, deliveries_of, facts_of, notes_of, timeline_of
from orders.services.giving_back import may_give_back
from payments.earnings import Earnings, earnings_of, held_back_of, transfers_of
from payments.enums import AttemptState, EvidenceState, RefundKind
from payments.models import Charge, ConnectedAccount, Dispute, JournalEntry, PayoutHold, Transfer
from payments.requirements import in_words, refusal_in_words
from payments.selectors import GroupBalances, charges_for, disputes_for, group_balances, journal_for, waiting_transfers
from payments.transitions import OPEN_DISPUTE
from support.enums import Answer
from support.models import Decision

ASKABLE = (AttemptState.LIVE, AttemptState.QUARANTINED)
TRANSFERS = 50  # the newest
MESSAGES = 100  # the newest; what came before is in the conversation's own pages
AROUND_REPORT = 20  # messages before and after the one that was reported


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeLine:
    """A charge with the milestone that it was for. `is_open`: Stripe can be asked what became of it.

    `give_back` is the id of the milestone when it is over, so that its money can go back.
    """

    charge: Charge
    milestone: str
    is_open: bool
    give_back: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLine:
    """One posting; `entry` only on the first of its entry. One of `debit` and `credit` is None."""

    entry: JournalEntry | None
    account: str
    debit: Money | None
    credit: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One order as support sees it. Balances are minor units, read from the ledger."""

    facts: Facts
    posts: list[Post]
    label: str
    silence: Silence
    can_cancel: bool
    story: list[Happening]
    deliveries: QuerySet[Delivery]
    answers: list[OrderRequirement]
    messages: list[Message]
    notes: QuerySet[OrderNote]
    charges: list[ChargeLine]
    books: list[BookLine]
    balances: GroupBalances
    holds: list[OrderHold]
    can_hold: bool
    disputes: QuerySet[Dispute]
    decision: Decision | None
    audit: QuerySet[LogEntry]


def desk_of(order: Order, *, now: datetime) -> Desk:
    """A constant number of queries, however much has happened."""
    order = _whole(order.pk)
    facts = facts_of(order, now=now)
    view = OrderView(facts=facts, role=Role.SUPPORT, actions=())
    return Desk(
        facts=facts,
        posts=posts_of(view),
        label=label_of(facts),
        silence=silence_of(view),
        can_cancel=bool(actions(facts, Role.SUPPORT)),
        story=tell_all(timeline_of(order), order=order, reader=None),
        deliveries=deliveries_of(order),
        answers=list(order.requirements.all()),
        messages=_messages(order),
        notes=notes_of(order, Role.SUPPORT),
        charges=_charges(facts),
        books=list(_book_lines(journal_for(order.public_id))),
        balances=group_balances(order.public_id),
        holds=list(order.holds.filter(lifted_at=None).select_related("placed_by")),
        can_hold=_can_hold(order),
        disputes=disputes_for(order.public_id),
        decision=Decision.objects.filter(order=order, answer=Answer.WAITING).select_related("asked_by").first(),
        audit=audit_of(order),
    )


def _can_hold(order: Order) -> bool:
    """One that has ended too, while money of it is not on its way to the seller yet."""
    return order.held_since is None and (not order.ended_at or waiting_transfers(group=order.public_id).exists())


def audit_of(order: Order) -> QuerySet[LogEntry]:
    """What agents did about `order`, newest first."""
    return LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Order), object_id=str(order.pk)
    ).select_related("user")


def _whole(pk: int) -> Order:
    milestones = Milestone.objects.select_related("planned", "charge", "cancellation__agent")
    return (
        Order.objects.select_related("buyer", "seller", "plan", "policy", "method")
        .prefetch_related(Prefetch("milestones", milestones), "requirements")
        .get(pk=pk)
    )


def _charges(facts: Facts) -> list[ChargeLine]:
    names = {milestone.reference: str(milestone) for milestone in facts.milestones}
    over = {milestone.charge_id: milestone.pk for milestone in facts.milestones if may_give_back(milestone)}
    return [
        ChargeLine(
            charge=charge,
            milestone=names.get(charge.reference, charge.description),
            give_back=over.get(charge.pk),
            is_open=any(attempt.state in ASKABLE for attempt in charge.attempts.all()),
        )
        for charge in charges_for(facts.order.public_id).prefetch_related("attempts")
    ]


def _book_lines(journal: Iterable[JournalEntry]) -> Iterable[BookLine]:
    for entry in journal:
        for number, posting in enumerate(entry.postings.all()):
            amount = Money(abs(posting.amount), entry.currency)
            yield BookLine(
                entry=None if number else entry,
                account=posting.account.get_kind_display(),
                debit=amount if posting.amount > 0 else None,
                credit=amount if posting.amount < 0 else None,
            )


def _conversation(order: Order) -> QuerySet[Conversation]:
    first, second = sorted((order.buyer_id, order.seller_id))
    return Conversation.objects.filter(first=first, second=second)


def _messages(order: Order) -> list[Message]:
    return list(
        Message.objects.filter(conversation__in=_conversation(order))
        .select_related("author")
        .prefetch_related("attachments")
        .order_by("-sequence")[:MESSAGES]
    )


# --- The second agent -------------------------------------------------------------------------------------------------
def decided_alone(order: Order, agent: User) -> Money:
    """What `agent` has divided or given back of `order` without a second one, in its whole life, fees included.

    A refund that failed later counts all the same: it was decided.
    """
    alone = Decision.objects.filter(order=order, asked_by=agent, answer=Answer.ALONE)
    return Money(alone.aggregate(sum=Sum("total"))["sum"] or 0, order.currency)


def needs_second(order: Order, agent: User, total: int) -> bool:
    """Whether `total` minor units, with all that `agent` decided alone before, are over the policy's limit (R-SUP-2).

    Small sums one after another are one large sum.
    """
    return bool(total) and total + decided_alone(order, agent).amount > order.policy.second_agent_over


# --- Disputes ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One part of the evidence, by the word that an agent knows it by."""

    label: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeDesk:
    """A dispute with its order and the evidence as it is, or was, sent. `order` is None when no order is known."""

    title: str
    dispute: Dispute
    order: Order | None
    milestone: Milestone | None
    stands: str
    texts: list[Text]
    can_answer: bool


LABELS = {
    "uncategorized_text": "Summary, invoice and messages",
    "product_description": "What was agreed and paid for",
    "service_date": "Handed over on",
    "access_activity_log": "Deliveries and the record of the order",
    "refund_policy_disclosure": "What was said about money back",
    "cancellation_policy_disclosure": "What was said about stopping",
    "customer_name": "Buyer",
    "customer_email_address": "Buyer’s e-mail address",
}


def numbered_disputes() -> QuerySet[Dispute]:
    """Each with its order's number and its `turn`: 0 waits for our answer, 1 for the bank, 2 for nobody."""
    waits = Q(state__in=OPEN_DISPUTE, evidence_state=EvidenceState.DRAFT)
    number = Order.objects.filter(public_id=OuterRef("charge__group")).values("number")[:1]
    turn = Case(When(waits, then=0), When(state__in=OPEN_DISPUTE, then=1), default=2)
    return Dispute.objects.select_related("charge").annotate(turn=turn, number=Subquery(number))


def count_unanswered() -> int:
    """How many wait for our answer: the number on the desk's first page."""
    return Dispute.objects.filter(state__in=OPEN_DISPUTE, evidence_state=EvidenceState.DRAFT).count()


def dispute_desk_of(dispute: Dispute) -> DisputeDesk:
    order = Order.objects.filter(public_id=dispute.charge.group).select_related("buyer", "seller", "plan", "policy")
    found = order.first()
    draft = dispute.evidence_state == EvidenceState.DRAFT
    evidence = assemble_evidence(dispute=dispute, order=found) if found and draft else dispute.evidence
    milestone = found.milestones.select_related("planned").filter(charge=dispute.charge).first() if found else None
    return DisputeDesk(
        title=f"{dispute.money} of {found.number if found else dispute.charge.public_id}",
        dispute=dispute,
        order=found,
        milestone=milestone,
        stands=RefundKind(dispute.kind).label if dispute.kind else "",
        texts=[Text(label=label, words=evidence[name]) for name, label in LABELS.items() if name in evidence],
        can_answer=draft and found is not None and dispute.state in OPEN_DISPUTE,
    )


# --- Files ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file that the two sides exchanged, with the name it was sent under."""

    name: str
    stored: "File[bytes]"


def delivered_file(order: Order, key: str) -> KeptFile | None:
    """Originals too, which the buyer doesn't have before the milestone is accepted."""
    found = DeliveryFile.objects.filter(delivery__milestone__order=order, public_id=key).first()
    return KeptFile(name=found.name, stored=found.file) if found else None


def answer_file(order: Order, key: str) -> KeptFile | None:
    """What the buyer answered the question at position `key` with."""
    found = order.requirements.exclude(file="").filter(position=key).first() if key.isdecimal() else None
    return KeptFile(name=found.file_name, stored=found.file) if found else None


def attached_file(order: Order, key: str) -> KeptFile | None:
    """From the conversation of the two sides of `order`."""
    found = Attachment.objects.filter(message__conversation__in=_conversation(order), public_id=key).first()
    return KeptFile(name=found.name, stored=found.file) if found else None


# --- Finding ----------------------------------------------------------------------------------------------------------
def search_orders(orders: QuerySet[Order], words: str) -> QuerySet[Order]:
    """By order number, public id, person (name or e-mail), or any Stripe id of its charges and refunds."""
    found = Q()
    for word in words.split():
        found &= (
            Q(number__icontains=word)
            | Q(public_id=word)
            | Q(buyer__email__icontains=word)
            | Q(buyer__name__icontains=word)
            | Q(seller__email__icontains=word)
            | Q(seller__name__icontains=word)
            | Q(public_id__in=_groups_by_provider_id(word))
        )
    return orders.filter(found)


def _groups_by_provider_id(word: str) -> QuerySet[Charge, str]:
    return Charge.objects.filter(
        Q(public_id=word)
        | Q(attempts__payment_id=word)
        | Q(attempts__checkout_id=word)
        | Q(refunds__public_id=word)
        | Q(refunds__provider_id=word)
        | Q(disputes__public_id=word)
        | Q(disputes__provider_id=word)
        | Q(method__stripe_id=word)
    ).values_list("group", flat=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerDesk:
    """What an agent needs to know of where a seller is paid. `holds`: those that stand on all of the seller's money."""

    wants: list[str]
    refusal: str
    earnings: list[Earnings]
    holds: list[PayoutHold]
    transfers: list[Transfer]
    held_back: list[Transfer]  # wait for a person: they, or what is taken back of them
    acts: list[LogEntry]


def seller_desk_of(account: ConnectedAccount) -> SellerDesk:
    about = ContentType.objects.get_for_model(ConnectedAccount)
    acts = LogEntry.objects.filter(content_type=about, object_id=str(account.pk)).select_related("user")
    return SellerDesk(
        wants=in_words(account.requirements_due),
        refusal=refusal_in_words(account.disabled_reason),
        earnings=earnings_of(account.user, now=database_now()),
        holds=list(PayoutHold.objects.filter(payee=account.user, lifted_at=None).select_related("placed_by")),
        transfers=list(transfers_of(account.user)[:TRANSFERS]),
        held_back=list(held_back_of(account.user)),
        acts=list(acts),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDesk:
    """A report with what was said around it. `earlier`: how many other reports there are about the same person."""

    messages: list[Message]
    earlier: int


def report_desk_of(report: Report) -> ReportDesk:
    said = report.conversation.messages.select_related("author").prefetch_related("attachments")
    if report.message is not None:
        said = said.filter(sequence__lte=report.message.sequence + AROUND_REPORT)
    about = Q(conversation__first=report.reported) | Q(conversation__second=report.reported)
    others = Report.objects.filter(about).exclude(reporter=report.reported).exclude(pk=report.pk)
    return ReportDesk(messages=list(said.order_by("-sequence")[: 2 * AROUND_REPORT])[::-1], earlier=others.count())
