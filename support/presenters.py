"""What waits for a person of support, as the desk's first page lists it (R-SUP-1, R-SUP-4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import User
from inbox.models import Report
from orders.models import Order, OrderHold
from payments.enums import AttemptState, AuditKind, HoldKind, RefundState, ReversalState, TransferState
from payments.models import Audit, ChargeAttempt, ConnectedAccount, PayoutHold, Refund, Transfer
from support.enums import Answer
from support.models import Decision
from support.selectors import count_unanswered

MOST = 20  # lines; what is left stands there when these are settled


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing in words, and where it is settled."""

    words: str
    url: str


def waiting_for_support(agent: User) -> list[Waiting]:
    """The most pressing first; only what `agent` may see."""
    parts = {
        "payments.view_dispute": _chargebacks,
        "payments.view_audit": _audits,
        "payments.view_charge": _compared,
        "payments.view_connectedaccount": _sellers,
        "orders.view_order": _orders,
        "inbox.view_report": _reports,
    }
    return list(islice((each for needed, part in parts.items() if agent.has_perm(needed) for each in part()), MOST))


def _chargebacks() -> Iterator[Waiting]:
    if number := count_unanswered():
        wait = "chargeback waits" if number == 1 else "chargebacks wait"
        yield Waiting(f"{number} {wait} for our answer to the bank", reverse("admin:payments_dispute_changelist"))


def _audits() -> Iterator[Waiting]:
    last = [Audit.objects.filter(kind=kind).first() for kind in AuditKind]
    for audit in last:
        if audit is not None and not audit.is_sound:
            page = reverse("admin:payments_audit_change", args=[audit.pk])
            yield Waiting(f"{audit.get_kind_display()}: {audit.verdict}", page)


def _compared() -> Iterator[Waiting]:
    """What is held back because Stripe has something else than we asked for."""
    payments = ChargeAttempt.objects.filter(state=AttemptState.QUARANTINED).values_list("charge__group", flat=True)
    refunds = Refund.objects.filter(state=RefundState.QUARANTINED).values_list("charge__group", flat=True)
    for what, groups in (("payment", payments), ("refund", refunds)):
        for order in Order.objects.filter(public_id__in=groups).order_by("pk"):
            yield Waiting(f"A {what} of {order.number} waits to be compared with Stripe", _desk(order, "money"))


def _sellers() -> Iterator[Waiting]:
    held = Q(state=TransferState.QUARANTINED) | Q(reversals__state=ReversalState.QUARANTINED)
    payees = Transfer.objects.filter(held).values_list("payee", flat=True)
    for account in _accounts().filter(user__in=payees):
        yield Waiting(f"A payout to {account.user.display_name} waits to be compared with Stripe", _payouts(account))
    stopped = PayoutHold.objects.filter(kind=HoldKind.SUPPORT, lifted_at=None).values_list("payee", flat=True)
    for account in _accounts().filter(user__in=stopped):
        yield Waiting(f"All payouts to {account.user.display_name} are held back by support", _payouts(account))


def _orders() -> Iterator[Waiting]:
    for decision in Decision.objects.filter(answer=Answer.WAITING).select_related("order", "asked_by").order_by("pk"):
        words = f"{decision.order.number}: {decision.asked_by.display_name} asks a second agent to confirm"
        yield Waiting(words, _desk(decision.order, "decision"))
    holds = OrderHold.objects.filter(kind=HoldKind.SUPPORT, lifted_at=None).select_related("order").order_by("pk")
    for hold in holds:
        yield Waiting(f"{hold.order.number} is on hold by support: {hold.reason}", _desk(hold.order, "holds"))


def _reports() -> Iterator[Waiting]:
    if number := Report.objects.filter(resolved_at=None).count():
        wait = "report of a conversation waits" if number == 1 else "reports of conversations wait"
        yield Waiting(f"{number} {wait} to be looked at", reverse("admin:inbox_report_changelist"))


def _accounts() -> QuerySet[ConnectedAccount]:
    return ConnectedAccount.objects.select_related("user").order_by("pk")


def _payouts(account: ConnectedAccount) -> str:
    return reverse("admin:payments_connectedaccount_change", args=[account.pk])


def _desk(order: Order, part: str) -> str:
    return f"{reverse('admin:orders_order_change', args=[order.pk])}#desk-{part}"
