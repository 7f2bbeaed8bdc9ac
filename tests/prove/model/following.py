"""Refunds, chargebacks and payouts: each row of ours must have a cause in the model and its like at the bank.

What the model can't know, how soon a worker comes, it takes over; that it may be so, it checks.
"""

from datetime import datetime
from typing import Any

from payments.simulator.wire import Json
from tests.prove.model.books import Going, Owed, Return
from tests.prove.model.news import Disagreement
from tests.prove.model.promises import BANK
from tests.prove.model.reading import SeenCharge, is_held
from tests.prove.model.reference import Reference

Row = dict[str, Any]
Objects = dict[str, Json]
OPEN = ("needs_response", "under_review")
SETTING_OFF = ("pending", "submitting", "unknown", "succeeded")


def follow_refunds(model: Reference, owed: Owed, charge: SeenCharge, at_bank: Objects) -> None:
    """R-PAY-7: a refund is one that was wanted, or that somebody made in Stripe's dashboard; divided to the cent."""
    rows = [row for row in charge.refunds if row["kind"] != "surplus"]
    news = {row["ref"]: _follow_refund(owed, row, at_bank) for row in rows}
    if owed.piece == model.at:
        _hold_unpaid_work(model, owed, news)
    for row in rows:
        ours = owed.returns[row["ref"]]
        if ours.going != Going.FAILED and (row["price"], row["fee"], row["commission"]) != _parts(ours):
            raise Disagreement(f"a refund divides into {row}, not {_parts(ours)}")
    if owed.wanted:
        raise Disagreement(f"refunds of {owed.wanted} were not made")
    _follow_surplus(owed, charge, at_bank)


def _hold_unpaid_work(model: Reference, owed: Owed, news: dict[str, Going | None]) -> None:
    """R-ORD-17: work that nobody could be paid for stands still until support has decided.

    Of two refunds of which one arrived and the other failed in one go of the workers, either may have been first.
    """
    failed = sum(owed.returns[ref].total for ref, going in news.items() if going == Going.FAILED)
    for ref in (ref for ref, going in news.items() if going == Going.DONE):
        if not owed.left.total or (owed.left.total <= failed and is_held(ref)):
            model.hold(f"support:{ref}")


def _follow_refund(owed: Owed, row: Row, at_bank: Objects) -> Going | None:
    """What has newly become of it."""
    if row["state"] == "quarantined":
        raise Disagreement(f"a refund was quarantined: {row}")
    if row["ref"] not in owed.returns:
        _is_wanted(owed, row, at_bank)
        owed.returns[row["ref"]] = owed.divide(row["amount"])
    ours, going = owed.returns[row["ref"]], _going(row, at_bank)
    ours.going, before = going, ours.going
    return going if going != before else None


def _follow_surplus(owed: Owed, charge: SeenCharge, at_bank: Objects) -> None:
    surplus = [row for row in charge.refunds if row["kind"] == "surplus"]
    if sum(row["amount"] for row in surplus if row["state"] != "failed") > charge.surplus * owed.total:
        raise Disagreement("more went back than was paid too much")
    newest = {row["attempt"]: row for row in surplus}  # one that failed sets off again
    owed.extra = [_going(row, at_bank) for row in newest.values()]


def _parts(part: Return) -> tuple[int, int, int]:
    return part.price, part.fee, part.commission


def _is_wanted(owed: Owed, row: Row, at_bank: Objects) -> None:
    if row["origin"] == "provider":
        if at_bank[row["id"]]["amount"] != row["amount"]:
            raise Disagreement(f"the bank refunded {at_bank[row['id']]['amount']}, and we booked {row['amount']}")
    elif row["amount"] in owed.wanted:
        owed.wanted.remove(row["amount"])
    else:
        raise Disagreement(f"nobody asked for a refund of {row['amount']}; {owed.wanted} were wanted")


def _going(row: Row, at_bank: Objects) -> Going:
    """That a refund has arrived, or failed, only the bank can say."""
    going = {"succeeded": Going.DONE, "failed": Going.FAILED}.get(row["state"], Going.UNDER_WAY)
    if going == Going.DONE and at_bank[row["id"]]["status"] not in ("succeeded", "failed"):
        raise Disagreement(f"refunded, says the application; the bank says {at_bank[row['id']]['status']}")
    if going == Going.FAILED and row["id"] and at_bank[row["id"]]["status"] != "failed":
        raise Disagreement(f"a refund failed, says the application; the bank says {at_bank[row['id']]['status']}")
    return going


def follow_disputes(model: Reference, owed: Owed, charge: SeenCharge, at_bank: Objects) -> None:
    """R-PAY-7, T23, T24: the order stands still while the bank decides; what is lost is this milestone's alone."""
    owed.disputed = sum(row["withdrawn"] - row["reinstated"] for row in charge.disputes if row["state"] != "lost")
    owed.in_dispute = any(row["state"] in OPEN for row in charge.disputes)
    for row in charge.disputes:
        status = at_bank[row["id"]]["status"]
        if row["state"] in ("won", "lost") and row["state"] != status:
            raise Disagreement(f"a chargeback is {row['state']}, says the application; the bank says {status}")
        chargeback, support = f"chargeback:{row['ref']}", f"support:{row['ref']}"
        if row["state"] == "lost" and row["ref"] not in owed.losses:
            _lose(model, owed, row)
            if model.state not in ("completed", "cancelled", "abandoned"):
                model.hold(support)
            model.lift(chargeback)
        elif row["state"] == "lost":
            _lose_more(owed, row)
        elif row["state"] in OPEN and chargeback not in model.holds:
            model.hold(chargeback)
        elif row["state"] in ("won", "closed") and chargeback in model.holds:
            model.lift(chargeback)


def _lose(model: Reference, owed: Owed, row: Row) -> None:
    lost = row["withdrawn"] - row["reinstated"]
    taken = min(lost, owed.left.total)
    part = owed.divide(taken) if taken else Return(total=0)
    part.going = Going.LOST
    owed.losses[row["ref"]] = part
    if (row["price"], row["fee"], row["commission"]) != _parts(part):
        raise Disagreement(f"a chargeback divides into {row}, not {_parts(part)}")
    if owed.left.total:
        return
    if owed.piece == model.at and model.piece.state in ("in_progress", "delivered", "in_revision"):
        model.try_to("charge_back_and_end", BANK) or model.try_to("charge_back_and_cancel", BANK)
    elif model.pieces[owed.piece].state == "accepted":
        model.pieces[owed.piece].state = "charged_back"


def _lose_more(owed: Owed, row: Row) -> None:
    """R-PAY-7: what was on its way back when the bank decided, and came back, is the buyer's by the bank."""
    part = owed.losses[row["ref"]]
    if more := min(row["withdrawn"] - row["reinstated"] - part.total, owed.left.total):
        found = owed.divide(more)
        part.total, part.price, part.fee = part.total + more, part.price + found.price, part.fee + found.fee
        part.commission += found.commission
    if (row["price"], row["fee"], row["commission"]) != _parts(part):
        raise Disagreement(f"a chargeback divides into {row}, not {_parts(part)}")


class Payouts:
    """The seller's side of the books. `before` are the states that were seen last."""

    def __init__(self) -> None:
        self.before: dict[str, str] = {}
        self.held_before: set[str] = set()  # a hold that came after the sending, in one go of the workers, is no breach

    def follow(self, model: Reference, charges: list[SeenCharge], at_bank: Objects, now: datetime) -> None:
        for owed, charge in zip(model.owed, charges, strict=True):
            row = charge.transfer
            if row is None:
                if owed.earned():
                    raise Disagreement("what was released has no way to the seller")
                continue
            if charge.clears_at != owed.clears_at:
                raise Disagreement(f"it clears at {charge.clears_at}, not {owed.clears_at}")
            self._follow_one(model, owed, row, at_bank, now)
        self.held_before = set(model.holds)

    def _follow_one(self, model: Reference, owed: Owed, row: Row, at_bank: Objects, now: datetime) -> None:
        """I13: not before the clearance, not while it is on hold, never more than was earned, once."""
        before, state = self.before.get(row["ref"], "waiting"), row["state"]
        self.before[row["ref"]] = state
        if state == "quarantined":
            raise Disagreement("a transfer was quarantined")
        if before == "waiting" and state in SETTING_OFF:
            if owed.clears_at is None or now < owed.clears_at:
                raise Disagreement(f"sent {owed.clears_at} - {now} too early")
            if standing := model.holds & self.held_before:
                raise Disagreement(f"sent while on hold: {standing}")
        if state == "succeeded":
            theirs = at_bank[row["id"]]
            if theirs["amount"] != row["amount"]:
                raise Disagreement(f"the bank sent {theirs['amount']}, and we booked {row['amount']}")


def seller_books(charges: list[SeenCharge]) -> dict[str, int]:
    """What the rows say of the way to the seller."""
    rows = [charge.transfer for charge in charges if charge.transfer]
    return {
        "on_the_way": sum(row["amount"] for row in rows if row["state"] in ("pending", "submitting", "unknown")),
        "paid_out": sum(row["amount"] - row["back"] for row in rows if row["state"] == "succeeded"),
        "netted": sum(row["netted"] for row in rows),
        "waiting": sum(row["amount"] for row in rows if row["state"] == "waiting"),
    }


def compare_books(books: dict[str, int], owned: dict[str, int], seller: dict[str, int]) -> None:
    """Every balance of the order to the cent.

    What the seller earned is payable, on its way, sent, or kept for a debt, less that debt.
    """
    ours, theirs = dict(owned), dict(books)
    earned, released, receivable = ours.pop("earned", 0), theirs.pop("released", 0), theirs.pop("receivable", 0)
    ours |= {name: seller[name] for name in ("on_the_way", "paid_out", "netted") if seller[name]}
    if ours != theirs:
        raise Disagreement(f"the books say {books}, not {ours} with {earned} earned")
    if released - receivable != earned - seller["on_the_way"] - seller["paid_out"] - seller["netted"]:
        raise Disagreement(f"of {earned} earned the books say {books}, the rows {seller}")
    if released < seller["waiting"] or receivable < 0:
        raise Disagreement(f"{seller['waiting']} waits to be sent, and {released} is payable")
