"""Closed sets: the parts that people have in a seller's team, and what there is to be allowed."""

from django.db.models import TextChoices


class TeamRole(TextChoices):
    """The owner is the seller's own account; the others were invited."""

    OWNER = "owner", "Owner"
    MANAGER = "manager", "Manager"
    CONTRIBUTOR = "contributor", "Contributor"


class Ability(TextChoices):
    """What can be done for a seller; `accounts.roles` says by whom."""

    EDIT_GIGS = "edit_gigs", "Make, edit, publish and pause gigs; use and keep templates"
    ANSWER = "answer", "Read and answer conversations"
    SEND_OFFERS = "send_offers", "Make, send, revise and withdraw offers"
    SEE_ORDERS = "see_orders", "See the seller’s orders, with their prices and files"
    DELIVER = "deliver", "Deliver, waive questions, answer requests for more time"
    ASSIGN_TASKS = "assign_tasks", "Add, change and assign tasks"
    DO_TASKS = "do_tasks", "Tick the tasks given to oneself, write notes on them and add files"
    SEE_EARNINGS = "see_earnings", "See earnings, without changing anything"
    GET_PAID = "get_paid", "Set up payouts and decide where the money goes"
    EDIT_BILLING = "edit_billing", "Change billing details and read documents"
    MANAGE_TEAM = "manage_team", "Invite people, change their roles, remove them"
    EDIT_PROFILE = "edit_profile", "Change the seller profile, pause selling, close the account"
    KEEP_TOKENS = "keep_tokens", "Make and revoke the seller’s API tokens"


class InvitationState(TextChoices):
    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Expired"
