"""The notices that payments send by themselves; the words are in templates/notifications/<name>.txt."""

from notifications.enums import Group
from notifications.kinds import Kind, register

register(
    Kind(name="books_do_not_agree", group=Group.MONEY, label="The books do not agree", action="See what differs"),
    Kind(name="money_needs_a_person", group=Group.MONEY, label="Money needs somebody to look", action="Look at it"),
    Kind(name="payout_sent", group=Group.MONEY, label="Your earnings are on the way", action="See your earnings"),
    Kind(name="payout_waits", group=Group.MONEY, label="Money waits for you", action="Say where it should go"),
    Kind(
        name="payout_country_refused",
        group=Group.MONEY,
        label="Stripe does not pay to your country",
        action="See how it stands",
    ),
    Kind(name="payout_needs_support", group=Group.MONEY, label="A seller can’t be paid", action="See their account"),
    Kind(name="payout_held", group=Group.MONEY, label="A payout is held back", action="See your earnings"),
    Kind(
        name="payout_account_needs_you",
        group=Group.MONEY,
        label="Your payout account needs you",
        action="See what is missing",
    ),
)
