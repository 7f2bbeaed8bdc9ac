"""A seller's earnings in words: the sums, what each payout waits for, and the same as a table to keep."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from marketplace.kernel.money import Money
from payments.countries import OUTSIDE_REGION
from payments.earnings import Earnings, earnings_of, held_back, is_payable, transfers_of
from payments.enums import HoldKind, TransferState
from payments.models import PayoutHold, Transfer
from payments.presenters.bars import Chart, draw_chart, left_of, part_of
from payments.services.naming import subject_of
from payments.signals import Subject

HELD = {
    HoldKind.CHARGEBACK: "Held back: the buyer’s bank questions a payment of this order.",
    HoldKind.CASE: "Held back while the case about this order is open.",
    HoldKind.SUPPORT: "Held back while support looks at it.",
}
CSV_HEAD = ("What for", "Order", "Currency", "Yours", "Kept for what you owed", "Taken back", "State", "Released on",
            "Clears on", "Sent on", "Transfer at Stripe")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One payout of the list: the milestone, and what it is `of`. `why` says what it waits for; `at` is the instant
    that its `when` word is about.
    """

    name: str
    of: str
    group: str
    amount: Money
    part: str
    badge: str
    tone: str
    icon: str
    when: str
    at: datetime | None
    why: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is true of all payouts of a seller at one instant."""

    sums: Earnings
    currencies: tuple[str, ...]
    chart: Chart | None
    next_clears: Transfer | None
    is_ready: bool
    needs_you: bool
    held: bool
    held_back: int

    @property
    def available_why(self) -> str:
        """What the cleared money waits for."""
        if not self.sums.available:
            return "Nothing waits"
        if not self.is_ready:
            return "Waits for your payout account"
        return "Held back for now" if self.held_back >= self.sums.available else "Cleared, about to set off"


def earnings_page(user: User, *, currency: str, now: datetime) -> Page:
    """In one currency: that of the address, else the first that something was earned in."""
    by_currency = {row.currency: row for row in earnings_of(user, now=now)}
    chosen = currency if currency in by_currency else next(iter(by_currency), "")
    transfers = transfers_of(user).filter(currency=chosen)
    is_ready = is_payable(user)
    return Page(
        sums=by_currency.get(chosen, Earnings(currency=chosen)),
        currencies=tuple(by_currency),
        chart=draw_chart(transfers, chosen, now=now) if chosen else None,
        next_clears=transfers.filter(state=TransferState.WAITING, clears_at__gt=now).order_by("clears_at").first(),
        is_ready=is_ready,
        needs_you=not is_ready and any(row.available or row.clearing or row.accepted for row in by_currency.values()),
        held=PayoutHold.objects.filter(payee=user, lifted_at=None).exists(),
        held_back=held_back(user, chosen, now=now),
    )


def rows_of(transfers: list[Transfer], user: User, *, now: datetime) -> list[Row]:
    """Each payout in words. A few queries for each order, which names its milestones."""
    is_ready = is_payable(user)
    groups = {transfer.group for transfer in transfers}
    holds = {hold.group: hold.kind for hold in PayoutHold.objects.filter(group__in=groups, lifted_at=None)}
    subjects = {group: subject_of(group) for group in groups}
    personal = PayoutHold.objects.filter(payee=user, lifted_at=None).values_list("kind", flat=True).first()
    return [
        _row(
            transfer,
            subject=subjects[transfer.group],
            hold=holds.get(transfer.group) or personal or "",
            is_ready=is_ready,
            now=now,
        )
        for transfer in transfers
    ]


def csv_rows(user: User, *, now: datetime) -> Iterator[tuple[str, ...]]:
    """All payouts, oldest first, with a head; sums as plain decimals, days as ISO."""
    yield CSV_HEAD
    transfers = list(transfers_of(user).order_by("created_at", "pk"))
    for transfer, row in zip(transfers, rows_of(transfers, user, now=now), strict=True):
        taken = sum(reversal.amount for reversal in transfer.taken_back)  # type: ignore[attr-defined]
        sums = (transfer.amount, transfer.netted, taken)
        days = (transfer.created_at, transfer.clears_at, transfer.succeeded_at)
        yield (
            _harmless(transfer.charge.description),
            row.group,
            transfer.currency,
            *(Money(amount, transfer.currency).major for amount in sums),
            row.badge,
            *(day.date().isoformat() if day else "" for day in days),
            transfer.provider_id or "",
        )


@dataclass(frozen=True, slots=True)
class _Look:
    """How a payout stands: its badge, and why it is not sent."""

    badge: str
    tone: str
    icon: str
    why: str = ""


def _row(transfer: Transfer, *, subject: Subject | None, hold: str, is_ready: bool, now: datetime) -> Row:
    name, of = _named(transfer, subject)
    part = part_of(transfer, now)
    look = _available(transfer, hold=hold, is_ready=is_ready) if part == "available" else _look(transfer, part, hold)
    when, at = {
        "paid": ("Sent", transfer.succeeded_at),
        "on_the_way": ("Since", transfer.requested_at),
        "clearing": ("Clears", transfer.clears_at),
        "available": ("Cleared", transfer.clears_at),
    }.get(part, ("", None))
    return Row(
        name=name,
        of=of,
        group=transfer.group,
        amount=Money(left_of(transfer), transfer.currency),
        part=part,
        badge=look.badge,
        tone=look.tone,
        icon=look.icon,
        when=when,
        at=at,
        why=look.why,
        notes=tuple(_notes(transfer)),
    )


def _named(transfer: Transfer, subject: Subject | None) -> tuple[str, str]:
    """The milestone and its order in the order's words; an order in one piece is one line."""
    stones = subject.stones if subject else ()
    stone = next((stone for stone in stones if stone.reference == transfer.charge.reference), None)
    if subject is None or stone is None:
        return transfer.charge.description, ""
    return (stone.name, f"{subject.title} · {subject.name}") if len(stones) > 1 else (subject.title, subject.name)


def _notes(transfer: Transfer) -> Iterator[str]:
    if transfer.netted:
        yield f"{Money(transfer.netted, transfer.currency)} was kept for what you owed"
    if taken := transfer.amount - left_of(transfer):
        yield f"{Money(taken, transfer.currency)} was taken back for a refund"


def _look(transfer: Transfer, part: str, hold: str) -> _Look:
    match part:
        case "paid":
            return _Look("Paid to you", "go", "check")
        case "clearing":
            return _Look("Clearing", "idle", "hourglass", HELD[HoldKind(hold)] if hold else "")
        case "on_the_way" if transfer.state == TransferState.QUARANTINED:
            return _Look("On the way", "stop", "triangle-alert", "Support is looking at this payout.")
        case "on_the_way":
            unknown = transfer.state == TransferState.UNKNOWN
            return _Look("On the way", "work", "send", "Stripe has not answered yet." if unknown else "")
        case _:
            return _Look("Nothing left to send", "idle", "circle-slash")


def _available(transfer: Transfer, *, hold: str, is_ready: bool) -> _Look:
    if hold:
        return _Look("Held back", "work", "circle-pause", HELD[HoldKind(hold)])
    if not is_ready:
        return _Look("Waits for you", "turn", "hourglass", "It sets off as soon as Stripe knows where to pay you.")
    if transfer.failure == OUTSIDE_REGION:
        return _Look("Waits for support", "stop", "triangle-alert", "Stripe doesn’t let us pay to your country.")
    if transfer.failure:
        return _Look("Tried again soon", "work", "rotate-cw", "Stripe could not take it just now. We try again.")
    return _Look("Setting off", "work", "send")


def _harmless(text: str) -> str:
    """A spreadsheet takes what begins like this for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
