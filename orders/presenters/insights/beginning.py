"""The three steps of a seller who has published and sold nothing yet."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.urls import reverse

from accounts.models import User
from gigs.enums import GigState, Tab
from gigs.models import Gig
from payments.models import ConnectedAccount
from payments.presenters.payouts import elsewhere_of, state_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstStep:
    """`kind` of its button: the first that is not done is the page's main action."""

    name: str
    text: str
    action: str
    url: str
    done: bool
    kind: str = "second"


_PAYOUTS = {
    "none": (
        "Stripe asks for your bank account on its own page. What you earn before waits here for you.",
        "Set up payouts",
    ),
    "unfinished": ("Stripe still wants to know something before it can pay you.", "Go on with Stripe"),
}


def is_new_seller(user: User) -> bool:
    return not Gig.objects.filter(seller=user, published_at__isnull=False).exists() and not user.sales.exists()


def first_steps_of(user: User) -> list[FirstStep]:
    steps = [_profile(user), _gig(user), _payouts(user)]
    return list(_with_one_main_action(steps))


def _with_one_main_action(steps: list[FirstStep]) -> Iterator[FirstStep]:
    first = next((step for step in steps if not step.done), None)
    for step in steps:
        yield replace(step, kind="primary") if step is first else step


def _profile(user: User) -> FirstStep:
    return FirstStep(
        name="Say who you are",
        text="Buyers read your headline and a few words about you beside every gig.",
        action="Write your profile",
        url=reverse("accounts:seller"),
        done=bool(user.seller.headline and user.seller.bio),
    )


def _gig(user: User) -> FirstStep:
    """A published one is never looked for: who has it is not new."""
    draft = Gig.objects.filter(seller=user, state=GigState.DRAFT).first()
    return FirstStep(
        name="Publish a gig",
        text="What you do, for how much and in how many days, in milestones if you like.",
        action="Finish your gig" if draft else "Make a gig",
        url=reverse("gigs:edit", args=[draft.public_id, Tab.PUBLISH.value]) if draft else reverse("gigs:new"),
        done=False,
    )


def _payouts(user: User) -> FirstStep:
    state = state_of(ConnectedAccount.objects.filter(user=user).first())
    text, action = _PAYOUTS.get(state, _PAYOUTS["none"])
    if state == "none" and (country := elsewhere_of(user)):
        text, action = f"Stripe doesn’t let us pay to banks in {country}.", "See what you can do"
    return FirstStep(
        name="Say where your money should go",
        text=text,
        action=action,
        url=reverse("payments:payouts"),
        done=state in ("ready", "checking", "wanted"),
    )
