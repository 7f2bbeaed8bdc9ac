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


@dataclass(frozen=True, slots=True, kw_only=True)
class SurplusNews:
    """The same charge was paid a second time, by its attempt number `attempt`; `amount` minor units go back in full."""

    charge_id: int
    public_id: str
    reference: str
    group: str
    attempt: int
    amount: int


# Sent as `charge_settled` is: `surplus_captured.send(sender=Charge, news=SurplusNews, now=datetime)`.
surplus_captured = Signal()

RefundEnd = Literal["succeeded", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundNews:
    """How a refund ended: it went back the way the money came, or the bank sent it back. Minor units.

    `seller_part` is what the seller gives of `amount`; `of_earned`: out of what they had earned by accepted work;
    `surplus`: it was paid twice and concerns nobody but the payer; one that failed sets off again by itself.
    `lost_instead`: what of one that failed the buyer has by a lost chargeback.
    """

    refund_id: int
    public_id: str
    charge_id: int
    reference: str
    group: str
    event: RefundEnd
    amount: int
    seller_part: int
    currency: str
    failure: str
    of_earned: bool
    surplus: bool
    lost_instead: int = 0


# Sent as `charge_settled` is: `refund_ended.send(sender=Refund, news=RefundNews, now=datetime)`.
refund_ended = Signal()

DisputeEvent = Literal["asked", "opened", "won", "lost", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeNews:
    """What became of a chargeback on a charge. `amount` in minor units is what it is about.

    `asked`: the bank only asks, no money has moved. `left` is what of the charge is neither refunded nor lost.
    """

    dispute_id: int
    public_id: str
    charge_id: int
    reference: str
    group: str
    event: DisputeEvent
    amount: int
    left: int
    currency: str
    reason: str


# Sent as `charge_settled` is: `dispute_changed.send(sender=Dispute, news=DisputeNews, now=datetime)`.
dispute_changed = Signal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stone:
    """One part of what a group is for, in the receiver's words. `line` is how a paper names it."""

    reference: str
    name: str
    line: str
    state: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a group of charges is for, as a paper says it: its name, its plan, its fees in words."""

    name: str
    title: str
    stones: tuple[Stone, ...]
    fee_words: str
    commission_words: str


# A question, asked while a document is written: `subject_wanted.send(sender=Document, group=str)`. Whoever opened the
# charges of the group answers with a Subject; without an answer the document says what the charges themselves say.
subject_wanted = Signal()
