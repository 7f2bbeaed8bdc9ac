"""The notices that orders send; the words are in templates/notifications/<name>.txt (R-NOT)."""

from notifications.enums import Group
from notifications.kinds import Kind, register

TASK_GIVEN = "task_given"
NOTE_SHARED = "note_shared"

register(
    Kind(name=TASK_GIVEN, group=Group.ORDERS, label="A task is given to you", action="See the task"),
    Kind(name=NOTE_SHARED, group=Group.ORDERS, label="A note is shared with you", action="Read the note"),
    Kind(name="order_funded", group=Group.MONEY, label="Your payment arrived", action="See the order", receipt=True),
    Kind(name="order_received", group=Group.ORDERS, label="A new order", action="See the order"),
    Kind(name="order_unpaid", group=Group.ORDERS, label="An order was never paid", action="See the order"),
    Kind(name="order_begun", group=Group.ORDERS, label="Work can begin", action="Open the order"),
    Kind(name="requirements_waived", group=Group.ORDERS, label="Work has begun", action="Open the order"),
    Kind(
        name="milestone_delivered", group=Group.ORDERS, label="A delivery waits for you", action="Review the delivery"
    ),
    Kind(name="revision_requested", group=Group.ORDERS, label="A revision was asked for", action="Read what to change"),
    Kind(name="milestone_accepted", group=Group.ORDERS, label="A milestone was accepted", action="See the order"),
    Kind(name="month_accepted", group=Group.ORDERS, label="A month was accepted", action="See the order"),
    Kind(name="month_ahead", group=Group.MONEY, label="A month of a subscription is charged soon", action="See it"),
    Kind(name="subscription_ends", group=Group.ORDERS, label="A subscription will end", action="See the order"),
    Kind(name="subscription_ended", group=Group.ORDERS, label="A subscription has ended", action="See the order"),
    Kind(name="order_finished", group=Group.ORDERS, label="An order is finished", action="See the order"),
    Kind(name="order_stopped", group=Group.ORDERS, label="An order was stopped", action="See the order"),
    Kind(name="more_time_asked", group=Group.ORDERS, label="More time to review", action="Answer"),
    Kind(name="more_time_granted", group=Group.ORDERS, label="More time to review", action="See the order"),
    Kind(name="more_time_refused", group=Group.ORDERS, label="More time to review", action="Decide now"),
    Kind(name="review_lapsed", group=Group.ORDERS, label="Review time ran out", action="See the order"),
    Kind(name="milestone_late", group=Group.ORDERS, label="A milestone is late", action="See the order"),
    Kind(
        name="milestone_begun",
        group=Group.ORDERS,
        label="The next milestone began",
        action="See the order",
        receipt=True,
    ),
    Kind(name="payment_failed", group=Group.MONEY, label="A payment failed", action="Pay with another card"),
    Kind(name="payment_needs_you", group=Group.MONEY, label="Your bank wants to see you", action="Confirm the payment"),
    Kind(name="payment_reminder", group=Group.MONEY, label="A payment waits for you", action="Pay now"),
    Kind(name="do_not_begin", group=Group.ORDERS, label="Wait before you begin", action="See the order"),
    Kind(name="payment_lapsed", group=Group.ORDERS, label="The next payment never came", action="See the order"),
    Kind(name="paid_twice", group=Group.MONEY, label="A payment goes back to you", action="See the order"),
    Kind(name="order_cancelled", group=Group.ORDERS, label="An order was cancelled", action="See the order"),
    Kind(name="order_not_continued", group=Group.ORDERS, label="An order did not go on", action="See the order"),
    Kind(
        name="payment_returned",
        group=Group.MONEY,
        label="A payment goes back to you",
        action="See the order",
        receipt=True,
    ),
    Kind(name="order_ended", group=Group.ORDERS, label="An order was ended by support", action="See the order"),
    Kind(name="milestone_cancelled", group=Group.ORDERS, label="A milestone was cancelled", action="See the order"),
    Kind(name="consent_to_continue", group=Group.MONEY, label="Do you want to go on?", action="Decide"),
    Kind(name="refund_done", group=Group.MONEY, label="A payment went back", action="See the order"),
    Kind(name="refund_failed", group=Group.MONEY, label="A refund did not arrive", action="See the order"),
    Kind(name="refund_needs_support", group=Group.MONEY, label="A refund failed", action="Open the order"),
    Kind(name="work_without_money", group=Group.MONEY, label="Work goes on without money", action="Open the order"),
    Kind(name="money_held_long", group=Group.MONEY, label="Money is held for too long", action="Open the order"),
    Kind(name="order_on_hold", group=Group.ORDERS, label="An order stands still", action="See the order"),
    Kind(name="order_resumed", group=Group.ORDERS, label="An order goes on", action="See the order"),
    Kind(name="milestone_charged_back", group=Group.MONEY, label="A payment was taken back", action="See the order"),
    Kind(name="chargeback_news", group=Group.MONEY, label="A chargeback has news", action="Open the dispute"),
    Kind(name="evidence_due", group=Group.MONEY, label="Evidence is due", action="Open the dispute"),
    Kind(name="step_shared", group=Group.ORDERS, label="A stage of the work was shared", action="See it"),
    Kind(name="step_acknowledged", group=Group.ORDERS, label="A stage you shared was seen", action="Open the order"),
    Kind(name="review_reminder", group=Group.ORDERS, label="A delivery waits for you", action="Review the delivery"),
)
