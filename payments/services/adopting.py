"""Refunds that somebody made in the provider's own dashboard: found by what a webhook hints at, given a row and booked
once, in the same parts as ours (R-PAY-7).
"""

import structlog
from django.db import transaction
from django.db.models import Q

from marketplace.web.clock import database_now
from payments.enums import AttemptState, RefundState
from payments.gateway import RefundSnapshot
from payments.models import ChargeAttempt, Refund
from payments.services.moving import lock_attempt
from payments.services.refunding import adopt
from payments.services.returning import look_at_refund, settle_refund
from payments.stripe_gateway import default_gateway

log = structlog.get_logger(__name__)

CAPTURED = (AttemptState.SUCCEEDED, AttemptState.SURPLUS)


def follow_refund(*, provider_id: str, refund_ref: str) -> bool:
    """Settle a refund by its id at the provider or our mark on it, else look for its payment; False: not ours (yet).

    Network: never in a transaction. Raises GatewayError.
    """
    ours = Refund.objects.filter(provider_id=provider_id).first()
    if ours is not None:
        look_at_refund(ours)
        return True
    snapshot = default_gateway().get_refund(provider_id)
    marked = Refund.objects.filter(public_id=refund_ref).first() if refund_ref else None
    if marked is not None:
        settle_refund(refund_id=marked.pk, snapshot=snapshot)
        return True
    attempt = ChargeAttempt.objects.filter(payment_id=snapshot.payment_id).first() if snapshot.payment_id else None
    return attempt is not None and adopt_refunds(attempt_id=attempt.pk)


def follow_refunded(*, provider_charge_id: str, payment_id: str) -> bool:
    """Something of a captured payment went back: look at all of it. False: not ours (yet)."""
    named = Q(provider_charge_id=provider_charge_id) | Q(payment_id=payment_id or "-")
    attempt = ChargeAttempt.objects.filter(named).first()
    return attempt is not None and adopt_refunds(attempt_id=attempt.pk)


def adopt_refunds(*, attempt_id: int) -> bool:
    """Every refund of a payment that the provider lists has a row here now; False while one has to wait."""
    attempt = ChargeAttempt.objects.get(pk=attempt_id)
    if attempt.state not in CAPTURED:
        return False
    found = default_gateway().find_refunds(refund_ref="", payment_id=attempt.payment_id or "")
    adopted = [_adopt(attempt, snapshot) for snapshot in reversed(found)]
    return all(adopted)


def _adopt(attempt: ChargeAttempt, snapshot: RefundSnapshot) -> bool:
    marked = Refund.objects.filter(public_id=snapshot.metadata.get("refund_ref") or "-").first()
    refund = Refund.objects.filter(provider_id=snapshot.id).first() or marked
    if refund is None:
        if snapshot.status == "failed":
            return True  # nothing of it was ever booked here, and nothing has gone
        refund = _give_row(attempt, snapshot)
    if refund is None:
        return False
    settle_refund(refund_id=refund.pk, snapshot=snapshot)
    return True


def _give_row(attempt: ChargeAttempt, snapshot: RefundSnapshot) -> Refund | None:
    with transaction.atomic(durable=True):
        charge, locked = lock_attempt(attempt.pk)
        known = Refund.objects.filter(provider_id=snapshot.id).first()
        if known is not None:
            return known
        if snapshot.currency != charge.currency:
            log.error("refund_in_another_currency", charge=charge.public_id, refund=snapshot.id)
            return None
        refund = adopt(charge=charge, attempt=locked, snapshot=snapshot, now=database_now())
    if refund is None:
        waiting = charge.refunds.exclude(state__in=[RefundState.SUCCEEDED, RefundState.FAILED]).count()
        log.warning("refund_must_wait_for_ours", charge=charge.public_id, refund=snapshot.id, ours_under_way=waiting)
    else:
        log.warning("refund_made_in_the_dashboard", refund=refund.public_id, at_provider=snapshot.id)
    return refund
