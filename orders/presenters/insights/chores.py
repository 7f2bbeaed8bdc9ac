"""What loses a seller money quietly: gigs that buyers don't see as they were made, and a payout account unfinished."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from accounts.models import User
from gigs.enums import GigState, Tab
from gigs.models import Gig
from gigs.selectors import own_gigs, with_plans, workflow_failures
from milestones.services.policies import policies_in_force
from orders.presenters.insights.needs import Need, Urgency
from payments.earnings import unsent_money
from payments.models import ConnectedAccount
from payments.presenters.payouts import state_of


def needs_of_gigs(user: User, *, now: datetime) -> Iterator[Need]:
    """Milestones that a later edit has hidden (R-GIG-7), drafts that were never published, gigs that are paused."""
    policies = policies_in_force(now=now)
    gigs = list(with_plans(own_gigs(user)))
    for gig in gigs:
        policy = policies.get(gig.currency)
        if gig.state == GigState.ACTIVE and policy and workflow_failures(gig, policy=policy):
            text = f"Buyers don’t see the milestones of “{gig.title}”: something about it has changed."
            yield _gig("milestones_hidden", "eye-off", text, "See why", gig, Tab.DESCRIPTION)
    for gig in gigs:
        if gig.state == GigState.DRAFT:
            text = f"“{gig.title}” is a draft: nobody sees it until you publish it."
            yield _gig("gig_draft", "pencil", text, "Finish the gig", gig, Tab.PUBLISH)
        elif gig.state == GigState.PAUSED:
            text = f"“{gig.title}” is paused: nobody can order it."
            yield _gig("gig_paused", "pause", text, "Look at the gig", gig, Tab.PUBLISH)


def _gig(kind: str, icon: str, text: str, action: str, gig: Gig, tab: Tab) -> Need:
    url = reverse("gigs:edit", args=[gig.public_id, tab.value])
    return Need(kind=kind, urgency=Urgency.CHORE, icon=icon, text=text, about="", action=action, url=url)


def needs_of_payouts(user: User, *, now: datetime, earns: bool) -> Iterator[Need]:
    """What Stripe wants (R-PAY-5). `earns`: money is on its way to a seller who has not begun with Stripe."""
    state = state_of(ConnectedAccount.objects.filter(user=user).first())
    waiting = unsent_money(user, now=now)
    if state in ("ready", "checking") or (state == "none" and not (earns or waiting)):
        return
    sums = " and ".join(str(money) for money in waiting)
    text = {
        "none": "Tell Stripe where your money should go.",
        "unfinished": "Stripe still wants to know something before it can pay you.",
        "wanted": "You are paid, and Stripe wants one thing more, so that payouts don’t stop.",
        "refused": "Stripe does not pay to your account.",
    }[state]
    yield Need(
        kind="payouts",
        urgency=Urgency.WAITING if waiting else Urgency.CHORE,
        icon="wallet",
        text=f"{sums} can’t be sent to you. {text}" if sums else text,
        about="",
        action="Go to payouts",
        url=reverse("payments:payouts"),
    )
