"""Making attempts: a number, an idempotency key of its own, and the parameters it will be sent with."""

from datetime import datetime

from marketplace.kernel.money import Money
from marketplace.web.clock import database_now
from payments.enums import AttemptMode
from payments.models import Charge, ChargeAttempt


def queue_attempt(*, charge: Charge, mode: AttemptMode, now: datetime) -> ChargeAttempt:
    """The next try of a locked charge. Nothing is sent by this."""
    last = ChargeAttempt.objects.filter(charge=charge).order_by("-number").first()
    number = last.number + 1 if last else 1
    params: dict[str, str | int] = {
        "charge_ref": charge.public_id,
        "attempt": number,
        "amount": charge.total,
        "currency": charge.currency,
        "description": _words(charge),
        "group": charge.group,
    }
    if mode == AttemptMode.SAVED and charge.method is not None:
        params["method_id"] = charge.method.stripe_id
    return ChargeAttempt.objects.create(
        charge=charge,
        number=number,
        mode=mode,
        idempotency_key=f"charge:{charge.public_id}:{number}",
        params=params,
        due_at=database_now(),
        created_at=now,
    )


def _words(charge: Charge) -> str:
    """What the hosted page and the provider's receipt say that the sum is for, its fee in plain words (R-PAY-6)."""
    if not charge.fee:
        return charge.description
    return f"{charge.description}, with the service fee of {Money(charge.fee, charge.currency)}"


def freeze_params(attempt: ChargeAttempt, **more: str) -> None:
    """Complete the parameters of a locked attempt once; a repeat under the same key is the same request to the byte."""
    if "customer_id" not in attempt.params:
        attempt.params = {**attempt.params, **more}
