"""Checking the money: the books against their invariants, and against every line of our balance at the provider.

Each check is kept as an `Audit`; one that finds something is an alert: an error in the log and a notice to those who
look after the books. Nothing is corrected by itself, but what only the provider does is booked from its own lines.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

import structlog
from django.db import transaction
from django.urls import reverse

from marketplace.web.clock import database_now
from notifications.services import notify
from payments import ledger, movements, postings, timing
from payments.enums import AuditKind, Difference, EntryKind
from payments.gateway import BalanceTransaction, GatewayError
from payments.invariants import INVARIANTS, violations
from payments.models import Audit
from payments.services.alerting import watchers
from payments.stripe_gateway import default_gateway

Row = dict[str, object]

log = structlog.get_logger(__name__)

MOST_ROWS = 200  # of one check that are kept; the count in the log is of all


def check_books() -> Audit:
    """Ask every invariant of the ledger (payments/invariants.py). Never raises for what it finds."""
    began = database_now()
    findings: list[Row] = [
        {"what": Difference.BROKEN.value, "rule": each.invariant.name, "sentence": each.invariant.sentence,
         "row": " | ".join(str(cell) for cell in row)}
        for each in violations()
        for row in each.rows
    ]  # fmt: skip
    return _keep(kind=AuditKind.BOOKS, began=began, compared=len(INVARIANTS), findings=findings)


def reconcile(*, since: datetime | None = None) -> Audit:
    """Compare our books with the provider's balance since then, by default `timing.RECONCILE_BACK` ago.

    What moved in the last `timing.RECONCILE_REST` is left for the next time: one side may not know of it yet.
    Network: never in a transaction. An unreachable provider is an audit with an `error`.
    """
    began = database_now()
    since = since or began - timing.RECONCILE_BACK
    edge, until = since - timing.RECONCILE_EDGE, began - timing.RECONCILE_REST
    try:
        lines = list(default_gateway().list_balance_transactions(since=edge))
    except GatewayError as error:
        return _keep(kind=AuditKind.PROVIDER, began=began, since=since, error=f"{type(error).__name__}: {error}")
    _book_what_only_the_provider_does(lines)
    ours, theirs = movements.ours(since=edge), movements.theirs(lines)
    found = movements.compare(ours=ours, theirs=theirs, since=since, until=until)
    return _keep(
        kind=AuditKind.PROVIDER,
        began=began,
        since=since,
        compared=sum(since <= each.at < until for each in ours),
        findings=[asdict(each) for each in found],
    )


def prune_audits() -> None:
    """Drop what is older than `timing.AUDIT_LIFE`."""
    Audit.objects.filter(began_at__lt=database_now() - timing.AUDIT_LIFE).delete()


def _book_what_only_the_provider_does(lines: Iterable[BalanceTransaction]) -> None:
    """Its payouts to our own bank, and its fees that belong to no charge: known by these lines and nothing else."""
    for line in lines:
        way = movements.BY_PROVIDER.get(line.type)
        if way is None or not line.net:
            continue
        payout = way == "payout"
        booked = (
            postings.provider_payout(amount=-line.net)
            if payout
            else postings.provider_fee_known(provider_fee=-line.net)
        )
        with transaction.atomic(durable=True):
            ledger.post(
                source=f"provider:{line.id}",
                kind=EntryKind.PROVIDER_PAYOUT if payout else EntryKind.PSP_FEE,
                group="",
                currency=line.currency,
                lines=booked,
                at=line.created,
            )


def _keep(
    *, kind: AuditKind, began: datetime, since: datetime | None = None, compared: int = 0,
    findings: list[Row] | None = None, error: str = "",
) -> Audit:  # fmt: skip
    findings = findings or []
    with transaction.atomic():
        audit = Audit.objects.create(
            kind=kind,
            began_at=began,
            ended_at=database_now(),
            since=since,
            compared=compared,
            findings=findings[:MOST_ROWS],
            error=error[:300],
        )
        if not audit.is_sound:
            log.error("books_do_not_agree", kind=kind.value, findings=len(findings), error=error, audit=audit.pk)
        if findings:
            _alert(audit)
    return audit


def _alert(audit: Audit) -> None:
    """Tell once about the same findings a day; who looks after the books is whoever may see an audit."""
    what = hashlib.sha256(repr(audit.findings).encode()).hexdigest()[:16]
    for person in watchers():
        notify(
            recipient=person,
            kind="books_do_not_agree",
            data={"check": audit.get_kind_display(), "differences": len(audit.findings)},
            url=reverse("admin:payments_audit_change", args=[audit.pk]),
            dedupe_key=f"books:{audit.kind}:{audit.began_at:%Y-%m-%d}:{what}",
            now=audit.ended_at,
        )
