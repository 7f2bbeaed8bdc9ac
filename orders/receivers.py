"""Orders listen to payments: the only way that a charge's result reaches an order (payments never know orders)."""

from datetime import datetime

from django.dispatch import receiver

from orders.services.funding import apply_result
from payments.signals import ChargeResult, charge_settled


@receiver(charge_settled)
def follow_charge(*, result: ChargeResult, now: datetime, **_signal: object) -> None:
    apply_result(result=result, now=now)
