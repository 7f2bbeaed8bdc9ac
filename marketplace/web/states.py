"""How each state looks: one icon, one tone and one word, the same on every page.

Tone says whose turn it is: go = done, turn = yours, work = the other side or the machine, stop = needs a hand,
idle = nothing happens. States are plain strings here, because the apps that own them stand above this one; a test
walks their enums and fails on a state without a look.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Look:
    state: str
    icon: str
    tone: str
    label: str


_LOOKS = [
    # milestones (R-ORD-3); the stones of the rail
    Look("planned", "flag", "idle", "Planned"),
    Look("scheduled", "calendar-clock", "idle", "Begins on its date"),
    Look("charging", "credit-card", "work", "Being charged"),
    Look("payment_failed", "triangle-alert", "stop", "Payment failed"),
    Look("action_required", "shield-alert", "stop", "Payment needs you"),
    Look("in_progress", "play", "work", "In progress"),
    Look("delivered", "eye", "turn", "Delivered"),
    Look("in_revision", "rotate-ccw", "work", "In revision"),
    Look("accepted", "check", "go", "Accepted"),
    Look("not_started", "minus", "idle", "Not started"),
    Look("cancelled", "x", "idle", "Cancelled"),
    Look("charged_back", "triangle-alert", "stop", "Charged back"),
    # orders (R-ORD-4), with their flags and endings
    Look("pending_payment", "hourglass", "turn", "Waiting for payment"),
    Look("awaiting_requirements", "clipboard-list", "turn", "Waiting for requirements"),
    Look("active", "play", "work", "Active"),
    Look("awaiting_next_payment", "credit-card", "stop", "Waiting for the next payment"),
    Look("completed", "check-check", "go", "Completed"),
    Look("abandoned", "circle-off", "idle", "Never paid"),
    Look("late", "clock-alert", "stop", "Late"),
    Look("on_hold", "lock", "idle", "On hold"),
    Look("finished", "check-check", "go", "Finished"),
    Look("stopped", "circle-stop", "idle", "Stopped by the buyer"),
    Look("review_lapsed", "timer-off", "idle", "Review time ran out"),
    Look("payment_lapsed", "timer-off", "idle", "Next payment never came"),
    Look("subscription_ended", "circle-stop", "idle", "Subscription ended"),
    Look("ended_by_support", "life-buoy", "idle", "Ended by support"),
    # offers (R-OFR-5)
    Look("draft", "pencil", "idle", "Draft"),
    Look("sent", "send", "work", "Sent"),
    Look("declined", "x", "idle", "Declined"),
    Look("withdrawn", "undo-2", "idle", "Withdrawn"),
    Look("expired", "timer-off", "idle", "Expired"),
    Look("replaced", "replace", "idle", "Replaced"),
    # gigs
    Look("paused", "pause", "idle", "Paused"),
    Look("archived", "archive", "idle", "Archived"),
    # charges and refunds (R-PAY)
    Look("pending", "hourglass", "work", "Waiting to be charged"),
    Look("submitting", "credit-card", "work", "Being charged"),
    Look("unknown", "circle-question-mark", "work", "Asking the bank"),
    Look("processing", "credit-card", "work", "The bank is working on it"),
    Look("awaiting_payer", "external-link", "turn", "Waiting for the buyer"),
    Look("succeeded", "check", "go", "Paid"),
    Look("withdrawing", "undo-2", "work", "Being withdrawn"),
    Look("quarantined", "shield-alert", "stop", "Held for checking"),
    Look("requested", "hourglass", "work", "On its way"),
    Look("refunded", "undo-2", "idle", "Refunded"),
    Look("failed", "triangle-alert", "stop", "Failed"),
    # disputes (R-PAY-7)
    Look("inquiry", "circle-question-mark", "turn", "The bank asks"),
    Look("needs_response", "shield-alert", "turn", "Waiting for our evidence"),
    Look("under_review", "hourglass", "work", "With the bank"),
    Look("won", "check", "go", "Won"),
    Look("lost", "x", "stop", "Lost"),
    Look("closed", "minus", "idle", "Closed"),
    # asking for more time (R-ORD-8)
    Look("asked", "hourglass", "turn", "Asked"),
    Look("granted", "check", "go", "Granted"),
    Look("refused", "x", "idle", "Refused"),
]
LOOKS: dict[str, Look] = {look.state: look for look in _LOOKS}


def look_of(state: str, label: str = "") -> Look:
    """The look of `state`; `label` replaces its word where the viewer's side needs another ("Delivered, your turn").

    A state without a look is shown plainly by its own name.
    """
    look = LOOKS.get(state) or Look(state, "circle", "idle", state.replace("_", " ").capitalize())
    return replace(look, label=label) if label else look
