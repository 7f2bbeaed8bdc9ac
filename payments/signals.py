"""The one way out: what became of a charge, told to whoever opened it. Payments knows no receiver by name."""

from dataclasses import dataclass
from typing import Literal

from django.dispatch import Signal

ChargeOutcome = Literal["succeeded", "declined", "action_required", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeResult:
    """One outcome. `message` is for the buyer; `reference` and `group` are the receiver's own words.

    A charge can have several in its life (declined, then succeeded); only the newest is told.
    """

    charge_id: int
    public_id: str
    reference: str
    group: str
    outcome: ChargeOutcome
    message: str
    code: str
    method_label: str


# Sent inside a transaction of its own as `charge_settled.send(sender=Charge, result=ChargeResult, now=datetime)`.
# A receiver locks its own row first, then changes it; what it raises undoes the telling, and the sweep tells again.
charge_settled = Signal()
