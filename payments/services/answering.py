"""Our side of a dispute: kept as a draft, then sent to the provider once (R-PAY-7).

An agent's word makes a row; a worker sends it. An unknown outcome is looked up before anything is sent again, and what
was sent is never changed.
"""

from collections.abc import Mapping

import structlog
from django.db import transaction

from accounts.models import User
from marketplace.web.clock import database_now
from payments import timing
from payments.crash_points import crash_point
from payments.enums import EvidenceState
from payments.errors import DisputeOver, EvidenceEmpty, EvidenceSent, EvidenceTooLong, EvidenceUnknown
from payments.gateway import GatewayError, RequestRejected, StateConflict
from payments.models import Dispute
from payments.queue import nudge_on_commit
from payments.services.disputing import MAY_BE_LOST, follow_dispute, settle_dispute
from payments.services.moving import lock_dispute
from payments.stripe_gateway import default_gateway
from payments.transitions import OPEN_DISPUTE

log = structlog.get_logger(__name__)

# The provider's own names, and how many characters it takes of each. All together are within its 150,000.
LIMITS = {
    "product_description": 20_000,
    "access_activity_log": 20_000,
    "refund_policy_disclosure": 20_000,
    "cancellation_policy_disclosure": 20_000,
    "uncategorized_text": 20_000,
    "service_date": 5_000,
    "customer_name": 5_000,
    "customer_email_address": 5_000,
}


@transaction.atomic
def save_summary(*, dispute: Dispute, summary: str) -> Dispute:
    """Keep what an agent writes about it, for later. Raises DisputeOver, EvidenceSent."""
    locked = _lock_unsent(dispute)
    locked.summary = summary.strip()
    locked.save()
    return locked


@transaction.atomic
def submit_evidence(*, dispute: Dispute, evidence: Mapping[str, str], summary: str, by: User) -> Dispute:
    """Fix our side and have a worker send it, once and for all.

    Raises DisputeOver, EvidenceSent, EvidenceEmpty, EvidenceUnknown, EvidenceTooLong.
    """
    locked = save_summary(dispute=dispute, summary=summary)
    locked.evidence = check_evidence(evidence)
    if not locked.evidence:
        raise EvidenceEmpty
    locked.evidence_state = EvidenceState.QUEUED
    locked.evidence_by = by
    locked.failure = ""
    locked.due_at = database_now()
    locked.save()
    nudge_on_commit("send_evidence", locked.pk)
    return locked


def check_evidence(evidence: Mapping[str, str]) -> dict[str, str]:
    """The texts that say something, without blanks around them, each within the provider's limits."""
    texts = {name: text.strip() for name, text in evidence.items() if text.strip()}
    for name, text in texts.items():
        if name not in LIMITS:
            raise EvidenceUnknown(field=name, name=name)
        if len(text) > LIMITS[name]:
            raise EvidenceTooLong(field=name, most=LIMITS[name], length=len(text))
    return texts


def send_evidence(*, dispute_id: int) -> None:
    """Send what is queued. Network: never in a transaction. Safe for any number of workers at once."""
    dispute = _lease(dispute_id)
    if dispute is None:
        return
    crash_point("evidence:leased")
    try:
        if _look(dispute):
            return
        snapshot = default_gateway().submit_evidence(
            dispute.provider_id,
            evidence=dispute.evidence,
            idempotency_key=f"evidence:{dispute.public_id}:{dispute.evidence_tries}",
        )
        crash_point("evidence:sent")
    except StateConflict as error:
        _refused(dispute, str(error))
    except RequestRejected as error:
        _give_back(dispute, f"{type(error).__name__}: {error}")
    except GatewayError as error:
        _wait(dispute, str(error))
    else:
        _mark_sent(dispute)
        settle_dispute(attempt_id=dispute.attempt_id, snapshot=snapshot, may_end=snapshot.status not in MAY_BE_LOST)


def _lock_unsent(dispute: Dispute) -> Dispute:
    _, locked = lock_dispute(dispute.pk)
    if locked.evidence_state != EvidenceState.DRAFT:
        raise EvidenceSent
    if locked.state not in OPEN_DISPUTE:
        raise DisputeOver
    return locked


def _lease(dispute_id: int) -> Dispute | None:
    with transaction.atomic(durable=True):
        _, dispute = lock_dispute(dispute_id)
        now = database_now()
        if dispute.evidence_state != EvidenceState.QUEUED or dispute.due_at > now:
            return None
        dispute.evidence_tries += 1
        dispute.due_at = now + timing.LEASE
        dispute.save()
        return dispute


def _look(dispute: Dispute) -> bool:
    """Has it arrived already, or is it too late? A send whose reply was lost is found here.

    So each try may have a key of its own: the provider takes evidence once and refuses a second.
    """
    follow_dispute(provider_id=dispute.provider_id)
    found = Dispute.objects.get(pk=dispute.pk)
    return found.evidence_state != EvidenceState.QUEUED or found.state not in OPEN_DISPUTE


def _mark_sent(dispute: Dispute) -> None:
    with transaction.atomic(durable=True):
        _, locked = lock_dispute(dispute.pk)
        if locked.evidence_state == EvidenceState.QUEUED:
            locked.evidence_state, locked.evidence_sent_at = EvidenceState.SENT, database_now()
            locked.save()


def _refused(dispute: Dispute, reason: str) -> None:
    """The provider takes no evidence any more: what it has is the truth."""
    try:
        arrived = _look(dispute)
    except GatewayError as error:
        _wait(dispute, str(error))
        return
    if not arrived:
        _give_back(dispute, reason)


def _give_back(dispute: Dispute, reason: str) -> None:
    """Back to the agent, with the reason."""
    log.error("evidence_refused", dispute=dispute.public_id, reason=reason)
    Dispute.objects.filter(pk=dispute.pk, evidence_tries=dispute.evidence_tries).update(
        evidence_state=EvidenceState.DRAFT, failure=reason[:200]
    )


def _wait(dispute: Dispute, reason: str) -> None:
    log.warning("evidence_outcome_unknown", dispute=dispute.public_id, reason=reason)
    Dispute.objects.filter(pk=dispute.pk, evidence_tries=dispute.evidence_tries).update(
        due_at=database_now() + timing.backoff(dispute.evidence_tries)
    )
