"""Holding back what is paid to sellers: of one group, or to one person, while a reason stands (R-PAY-5, R-SUP-4)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from payments.enums import HoldKind
from payments.models import PayoutHold
from payments.queue import nudge_on_commit
from payments.selectors import waiting_transfers
from payments.services.informing import tell_held


@transaction.atomic
def place_payout_hold(
    *, group: str = "", payee: User | None = None, kind: HoldKind, reference: str = "", reason: str,
    by: User | None = None, now: datetime,
) -> PayoutHold:  # fmt: skip
    """Nothing more is sent of `group`, or to `payee`, from now on; what is on its way arrives. Once per reference."""
    hold, placed = PayoutHold.objects.get_or_create(
        group=group,
        payee=payee,
        kind=kind,
        reference=reference,
        lifted_at=None,
        defaults={"reason": reason[:300], "placed_at": now, "placed_by": by},
    )
    if placed:
        tell_held(hold=hold, now=now)
    return hold


@transaction.atomic
def lift_payout_hold(
    *, group: str = "", payee: User | None = None, kind: HoldKind, reference: str = "", by: User | None = None,
    now: datetime,
) -> bool:  # fmt: skip
    """End the hold that stands for `reference`; False when none does. What waited is sent."""
    standing = PayoutHold.objects.filter(group=group, payee=payee, kind=kind, reference=reference, lifted_at=None)
    lifted = bool(standing.update(lifted_at=now, lifted_by=by))
    if lifted:
        for transfer in waiting_transfers(group=group, payee=payee):
            nudge_on_commit("submit_transfer", transfer.pk)
    return lifted
