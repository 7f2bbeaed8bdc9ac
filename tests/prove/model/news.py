"""The model follows the bank: what the application has learnt is held to the truth, then happens to the order."""

from tests.prove.model.bank import Truth
from tests.prove.model.books import Owed, Phase, Stage
from tests.prove.model.promises import BANK, FINAL, TIMER
from tests.prove.model.reference import Reference

# From each phase, those that one look at the bank may lead to.
STEPS: dict[Phase, set[Phase]] = {
    Phase.PAGE: {Phase.IN_FLIGHT, Phase.PAID, Phase.DECLINED, Phase.WANTS_BUYER},
    Phase.ASKED: {Phase.IN_FLIGHT, Phase.PAID, Phase.DECLINED, Phase.WANTS_BUYER},
    Phase.IN_FLIGHT: {Phase.ASKED, Phase.PAGE, Phase.PAID, Phase.DECLINED, Phase.WANTS_BUYER},
    Phase.DECLINED: {Phase.PAGE, Phase.PAID},
    Phase.WANTS_BUYER: {Phase.PAGE, Phase.PAID},
    Phase.WITHDRAWING: {Phase.WITHDRAWN, Phase.PAID},
    Phase.WITHDRAWN: {Phase.PAID},
    Phase.PAID: set(),
}


class Disagreement(AssertionError):
    """The application says what the bank does not, or what the order can't have come to."""


def hear(model: Reference, owed: Owed, phase: Phase, truth: Truth) -> None:
    """The application now holds `owed` to be in `phase`; may it, and what follows for the order?"""
    if phase == owed.phase:
        return
    if phase not in STEPS[owed.phase]:
        raise Disagreement(f"a charge went from {owed.phase} to {phase}")
    _hold_to_truth(phase, truth)
    owed.phase = phase
    match phase:
        case Phase.PAID:
            _paid(model, owed)
        case Phase.DECLINED:
            owed.card_refused = owed.has_card and truth.refused_for_good
            _tell(model, owed, "decline")
        case Phase.WANTS_BUYER:
            _tell(model, owed, "want_action")


def _hold_to_truth(phase: Phase, truth: Truth) -> None:
    if phase == Phase.PAID and not truth.captures:
        raise Disagreement("paid, says the application; the bank took nothing")
    if phase in (Phase.DECLINED, Phase.WANTS_BUYER) and phase.value not in truth.refusals:
        raise Disagreement(f"{phase}, says the application; the bank said {truth.refusals or 'nothing'}")
    if phase == Phase.WITHDRAWN and truth.may_still_take:
        raise Disagreement("withdrawn, says the application; the bank could still take money")


def _tell(model: Reference, owed: Owed, name: str) -> None:
    """R-PAY-2: only the milestone that waits to be charged hears that the bank said no."""
    if owed.piece == model.at and model.state == "awaiting_next_payment":
        model.try_to(name, BANK)


def _paid(model: Reference, owed: Owed) -> None:
    """R-PAY-3: what arrives for an order that has ended goes back in full, by itself."""
    owed.stage = Stage.HELD
    if model.state in FINAL or owed.piece != model.at:
        owed.send_back_all()
        model.told.append(("return_payment", BANK))
    elif model.state == "pending_payment":
        model.has_card = model.try_to("fund", BANK)
        model.try_to("begin_at_once", BANK)
    else:
        model.has_card = True
        model.try_to("begin_next", BANK)


def beat(model: Reference, *, page_is_open: bool) -> None:
    """What the clock does by itself at `model.now`, in the order of the beat's sweeps."""
    for name in ("lapse_unpaid", "lapse_review", "lapse_payment", "lapse_consent"):
        model.try_to(name, TIMER)
    if not page_is_open:
        model.try_to("retry_payment", TIMER)
    for name in ("flag_late", "flag_revision_late"):
        model.try_to(name, TIMER)
    _remind(model)


def _remind(model: Reference) -> None:
    """R-PAY-2: who must act is reminded on the retry days, and the next of these days is planned."""
    if model.state != "awaiting_next_payment" or model.held_since is not None:
        return
    piece, owed = model.piece, model.asked
    wanted = (
        piece.state == "action_required"
        or (piece.state == "payment_failed" and not (owed.has_card and not owed.card_refused))
        or (piece.state == "charging" and owed.phase == Phase.PAGE)
    )
    if wanted and piece.retry_at is not None and piece.retry_at <= model.now:
        model.plan_retry()
