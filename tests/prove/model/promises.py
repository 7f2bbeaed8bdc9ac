"""Who may do what to an order, and where: the transitions of product.md §4–§5 and process.md T1–T24, written anew."""

from typing import NamedTuple

BUYER, SELLER, SUPPORT, TIMER, BANK = "buyer", "seller", "support", "timer", "payments"
FINAL = ("completed", "cancelled", "abandoned")
WORKING = (("active", "in_progress"), ("active", "in_revision"))
REVIEW = (("active", "delivered"),)
FUNDED = (("awaiting_requirements", "in_progress"),)
UNPAID_FIRST = (("pending_payment", "charging"),)
CHARGED = (("awaiting_next_payment", "charging"),)
FAILED = (("awaiting_next_payment", "payment_failed"), ("awaiting_next_payment", "action_required"))
Standing = tuple[str, str]


class Promise(NamedTuple):
    """Who may do it, where, under which further condition, and what it does; the last two by the method's name."""

    who: str
    where: tuple[Standing, ...]
    guard: str
    effect: str


PROMISES: dict[str, Promise] = {
    "fund": Promise(BANK, UNPAID_FIRST, "", "funded"),
    "lapse_unpaid": Promise(TIMER, UNPAID_FIRST, "unpaid_is_over", "abandon"),
    "answer_requirements": Promise(BUYER, FUNDED, "", "begin"),
    "waive_requirements": Promise(SELLER, FUNDED, "", "begin"),
    "begin_at_once": Promise(BANK, FUNDED, "nothing_asked", "begin"),
    "deliver": Promise(SELLER, WORKING, "", "delivered"),
    "request_revision": Promise(BUYER, REVIEW, "may_revise", "revise"),
    "accept_and_continue": Promise(BUYER, REVIEW, "in_time_and_not_last", "accept_and_go_on"),
    "accept_and_finish": Promise(BUYER, REVIEW, "in_time_and_last", "accept_and_finish"),
    "accept_and_stop": Promise(BUYER, REVIEW, "in_time_and_not_last", "accept_and_stop"),
    "ask_more_time": Promise(BUYER, REVIEW, "may_ask_time", "ask_time"),
    "grant_more_time": Promise(SELLER, REVIEW, "time_is_asked", "grant_time"),
    "refuse_more_time": Promise(SELLER, REVIEW, "time_is_asked", "refuse_time"),
    "lapse_review": Promise(TIMER, REVIEW, "review_is_over", "lapse_review"),
    "flag_late": Promise(TIMER, WORKING[:1], "newly_late", "flag"),
    "flag_revision_late": Promise(TIMER, WORKING[1:], "newly_late", "flag"),
    "begin_next": Promise(BANK, CHARGED + FAILED, "", "begin"),
    "decline": Promise(BANK, CHARGED, "", "declined"),
    "want_action": Promise(BANK, CHARGED, "", "wants_buyer"),
    "pay_again": Promise(BUYER, FAILED, "", "charge_again"),
    "charge_saved_card": Promise(BUYER, FAILED, "card_can_pay", "retry"),
    "retry_payment": Promise(TIMER, FAILED[:1], "may_retry", "retry"),
    "stop": Promise(BUYER, CHARGED + FAILED, "some_and_withdrawable", "stop"),
    "lapse_payment": Promise(TIMER, CHARGED + FAILED, "some_and_grace_over", "lapse_payment"),
    "cancel_order": Promise(SUPPORT, FUNDED + WORKING + REVIEW, "none_and_refundable", "cancel_order"),
    "end_order": Promise(SUPPORT, WORKING + REVIEW, "some_and_refundable", "end_order"),
    "end_unpaid": Promise(SUPPORT, CHARGED + FAILED, "some_and_withdrawable", "end_unpaid"),
    "cancel_milestone": Promise(SUPPORT, WORKING + REVIEW, "refundable_and_not_last", "cancel_and_go_on"),
    "decline_to_continue": Promise(BUYER, CHARGED + FAILED, "none_and_withdrawable", "end_without_any"),
    "lapse_consent": Promise(TIMER, CHARGED + FAILED, "none_and_grace_over", "end_without_any"),
    "cancel_unpaid": Promise(SUPPORT, CHARGED + FAILED, "none_and_withdrawable", "end_without_any"),
    "charge_back_and_cancel": Promise(BANK, FUNDED + WORKING + REVIEW, "none_accepted", "take_and_cancel"),
    "charge_back_and_end": Promise(BANK, WORKING + REVIEW, "some_accepted", "take_and_end"),
}
# R-ORD-17, T23: while an order is on hold both sides and the clock stand still. The bank speaks, support acts, and who
# wants to stop paying can.
GOES_ON_WHEN_HELD = {
    "fund", "begin_at_once", "begin_next", "decline", "want_action", "stop", "decline_to_continue", "cancel_order",
    "end_order", "end_unpaid", "cancel_unpaid", "charge_back_and_cancel", "charge_back_and_end",
}  # fmt: skip
