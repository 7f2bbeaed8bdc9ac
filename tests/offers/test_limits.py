"""Every limit of an offer, its last allowed value and the first refused one, by the form and by the service alike.

The sentence and the input beside which it stands are the same both ways (R-OFR-2, R-OFR-3, R-OFR-4, R-POL-3).
"""

from dataclasses import asdict, dataclass, field, replace

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import SellerProfile, User
from gigs.models import Gig
from marketplace.kernel import clock
from marketplace.kernel.errors import Invalid, ManyInvalid
from milestones.enums import OrderType
from offers import services
from offers.enums import OfferState
from offers.forms import Composer
from offers.models import Offer
from offers.services.drafting import Draft
from offers.terms import DraftTerms, TypedMilestone
from offers.views import composing
from tests.factories.gigs import subcategory
from tests.factories.inbox import make_conversation
from tests.factories.milestones import put_in_force
from tests.factories.ready import ready_gig

MILESTONE = TypedMilestone(name="Cut", description="", criteria="Sharp", days="4", amount="60.00", revisions="1")
HTMX = {"HX-Request": "true"}


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What stands in the composer: two milestones unless `rows` says otherwise."""

    rows: tuple[TypedMilestone, ...] = (MILESTONE, MILESTONE)
    order_type: OrderType = OrderType.MILESTONES
    head: dict[str, str] = field(default_factory=dict)

    def posted(self, gig: Gig | None) -> dict[str, str]:
        data = {"gig": gig.public_id if gig else "", "order_type": self.order_type.value, **self._head()}
        for index, row in enumerate(self.rows):
            data |= {f"milestones-{index}-{key}": value for key, value in asdict(row).items()}
        return data

    def draft(self, gig: Gig | None) -> Draft:
        head = self._head()
        terms = DraftTerms(milestones=self.rows, months=head.pop("months", ""), revisions=head.pop("revisions", ""))
        return Draft(order_type=self.order_type, gig=gig, typed=terms, **head)

    def _head(self) -> dict[str, str]:
        return {"title": "A film", "description": "Twenty seconds.", **self.head}


@dataclass(frozen=True, kw_only=True)
class Limit:
    last: Typed
    refused: Typed
    beside: str
    sentence: str
    policy: str = ""


def milestone(**changes: str) -> Typed:
    return Typed(rows=(MILESTONE, replace(MILESTONE, **changes)))


def priced(*amounts: str) -> Typed:
    return Typed(rows=tuple(replace(MILESTONE, amount=amount) for amount in amounts))


def once(**changes: str) -> Typed:
    return Typed(rows=(replace(MILESTONE, **changes),), order_type=OrderType.SINGLE)


def monthly(months: str = "2", **changes: str) -> Typed:
    row = replace(MILESTONE, name="", **changes)
    return Typed(rows=(row,), order_type=OrderType.SUBSCRIPTION, head={"months": months})


def head(**changes: str) -> Typed:
    return Typed(head=changes)


def too_long(limit: int) -> str:
    return f"Up to {limit} characters fit here; this has {limit + 1}."


def too_wide(name: str, limit: int) -> Limit:
    """A text of a milestone."""
    last, refused = milestone(**{name: "x" * limit}), milestone(**{name: "x" * (limit + 1)})
    return Limit(last=last, refused=refused, beside=f"milestones-1-{name}", sentence=too_long(limit))


def too_wide_head(name: str, limit: int) -> Limit:
    last, refused = head(**{name: "x" * limit}), head(**{name: "x" * (limit + 1)})
    return Limit(last=last, refused=refused, beside=name, sentence=too_long(limit))


NO_DAYS = "Say how many days {} takes: at least one."
TOO_CHEAP = "A milestone costs at least $5.00; {} costs $4.99."
LIMITS = {
    "r_pol_3_least_milestones": Limit(
        last=priced("60", "60"),
        refused=priced("120"),
        beside="milestones",
        sentence="An offer with milestones needs at least 2; this one has 1. Add 1 more.",
    ),
    "r_pol_3_most_milestones": Limit(
        last=priced(*["60"] * 6),
        refused=priced(*["60"] * 7),
        beside="milestones",
        sentence="An offer can have up to 6 milestones; this one has 7. Take 1 away or join some.",
    ),
    "r_pol_3_most_milestones_of_classic": Limit(
        policy="classic",
        last=priced(*["60"] * 3),
        refused=priced(*["60"] * 4),
        beside="milestones",
        sentence="An offer can have up to 3 milestones; this one has 4. Take 1 away or join some.",
    ),
    "r_pol_3_total": Limit(
        last=priced("50.00", "50.01"),
        refused=priced("50.00", "50.00"),
        beside="milestones",
        sentence="An offer with milestones must total more than $100.00; this one totals $100.00. "
        "Raise it, or ask for one payment.",
    ),
    "r_pol_3_price": Limit(
        last=priced("100.00", "5.00"),
        refused=priced("100.00", "4.99"),
        beside="milestones-1-amount",
        sentence=TOO_CHEAP.format("“Cut”"),
    ),
    "r_ofr_3_price_empty": Limit(
        last=priced("100.00", "5"),
        refused=priced("101.00", ""),
        beside="milestones-1-amount",
        sentence="A milestone costs at least $5.00; “Cut” costs $0.00.",
    ),
    "r_pol_3_most_days": Limit(
        last=milestone(days="30"),
        refused=milestone(days="31"),
        beside="milestones-1-days",
        sentence="A milestone takes up to 30 days; “Cut” takes 31. Shorten it or divide it in two.",
    ),
    "r_ofr_3_least_days": Limit(
        last=milestone(days="1"),
        refused=milestone(days="0"),
        beside="milestones-1-days",
        sentence=NO_DAYS.format("“Cut”"),
    ),
    "r_ofr_3_days_empty": Limit(
        last=milestone(days=" 1 "),
        refused=milestone(days=" "),
        beside="milestones-1-days",
        sentence=NO_DAYS.format("“Cut”"),
    ),
    "r_ofr_3_name_empty": Limit(
        last=milestone(name="C"),
        refused=milestone(name=" "),
        beside="milestones-1-name",
        sentence="Give milestone 2 a name that says what is delivered.",
    ),
    "r_ofr_3_name": too_wide("name", 80),
    "r_ofr_3_description_of_a_milestone": too_wide("description", 1200),
    "r_ofr_3_criterion": too_wide("criteria", 200),
    "r_ofr_3_revisions": Limit(
        last=milestone(revisions="999"),
        refused=milestone(revisions="1000"),
        beside="milestones-1-revisions",
        sentence="Write a whole number here; “1000” is not one.",
    ),
    "r_ofr_3_revisions_of_classic": Limit(
        policy="classic",
        last=head(revisions="999"),
        refused=head(revisions="1000"),
        beside="revisions",
        sentence="Write a whole number here; “1000” is not one.",
    ),
    "r_pol_3_days_of_a_single_payment": Limit(
        last=once(days="75"),
        refused=once(days="76"),
        beside="milestones-0-days",
        sentence="Money can be held for up to 75 days, so work under one payment can’t take 76. "
        "Shorten it or use milestones.",
    ),
    "r_pol_3_price_of_a_single_payment": Limit(
        last=once(amount="5.00"),
        refused=once(amount="4.99"),
        beside="milestones-0-amount",
        sentence=TOO_CHEAP.format("“A film”"),
    ),
    "r_ofr_4_least_months": Limit(
        last=monthly("2"),
        refused=monthly("1"),
        beside="months",
        sentence="A subscription runs for 2 to 12 months; this one for 1.",
    ),
    "r_ofr_4_most_months": Limit(
        last=monthly("12"),
        refused=monthly("13"),
        beside="months",
        sentence="A subscription runs for 2 to 12 months; this one for 13.",
    ),
    "r_ofr_4_months_empty": Limit(
        last=monthly(" 2 "),
        refused=monthly(""),
        beside="months",
        sentence="A subscription runs for 2 to 12 months; this one for 0.",
    ),
    "r_ofr_4_days_of_a_month": Limit(
        last=monthly(days="28"),
        refused=monthly(days="29"),
        beside="milestones-0-days",
        sentence="Every month is charged on its date, so its work takes up to 28 days, as many as the shortest month "
        "has; this takes 29.",
    ),
    "r_ofr_4_least_days_of_a_month": Limit(
        last=monthly(days="1"),
        refused=monthly(days="0"),
        beside="milestones-0-days",
        sentence=NO_DAYS.format("the work of a month"),
    ),
    "r_ofr_4_price_of_a_month": Limit(
        last=monthly(amount="5.00"),
        refused=monthly(amount="4.99"),
        beside="milestones-0-amount",
        sentence=TOO_CHEAP.format("the work of a month"),
    ),
    "r_ofr_2_title_empty": Limit(
        last=head(title="x"),
        refused=head(title=" "),
        beside="title",
        sentence="Give the offer a title, so that both of you know what it is for.",
    ),
    "r_ofr_2_title": too_wide_head("title", 120),
    "r_ofr_2_description_empty": Limit(
        last=head(description="x"),
        refused=head(description=" "),
        beside="description",
        sentence="Say in a sentence or two what Bruno will get.",
    ),
    "r_ofr_2_description": too_wide_head("description", 3000),
    "r_ofr_5_note": too_wide_head("note", 500),
}


@pytest.fixture
def gig(seller: User) -> Gig:
    return ready_gig(seller)


@pytest.fixture(params=LIMITS)
def limit(request: pytest.FixtureRequest, db: None) -> Limit:
    found = LIMITS[request.param]
    if found.policy:
        put_in_force(found.policy)
    return found


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[list[tuple[str, str]]]:
    """What each answer of the composer says is wrong; the page itself is drawn in test_views."""
    found: list[list[tuple[str, str]]] = []

    def draw(_: HttpRequest, __: str, context: dict[str, Composer], *, status: int) -> HttpResponse:
        found.append(context["composer"].problems)
        return HttpResponse(status=status)

    monkeypatch.setattr(composing, "render", draw)
    return found


def test_the_composer_sends_the_last_value_and_refuses_the_next(
    limit: Limit, gig: Gig, seller: User, buyer: User, client: Client, shown: list[list[tuple[str, str]]]
) -> None:
    client.force_login(seller)
    page = reverse("offers:compose", args=[make_conversation(seller, buyer).public_id])
    refused = client.post(page, {**limit.refused.posted(gig), "action": "send"}, headers=HTMX)
    assert (refused.status_code, shown) == (422, [[(input_of(limit.beside), limit.sentence)]])
    assert not Offer.objects.exclude(state=OfferState.DRAFT).exists()
    assert client.post(page, {**limit.last.posted(gig), "action": "send"}, headers=HTMX).status_code == 302
    assert Offer.objects.filter(state=OfferState.SENT).count() == 1


def refused_by_services(typed: Typed, gig: Gig | None, seller: User, buyer: User) -> list[tuple[str, str]]:
    """Where and why; empty when it was sent."""
    conversation, now = make_conversation(seller, buyer), clock.now()
    try:
        kept = services.save_draft(seller=seller, conversation=conversation, draft=typed.draft(gig), now=now)
        services.send_offer(offer=kept, seller=seller, now=now)
    except Invalid as refusal:
        errors = refusal.errors if isinstance(refusal, ManyInvalid) else [refusal]
        return [(error.field, error.message) for error in errors]
    return []


def test_the_services_send_the_last_value_and_refuse_the_next(
    limit: Limit, gig: Gig, seller: User, buyer: User
) -> None:
    assert refused_by_services(limit.refused, gig, seller, buyer) == [(limit.beside, limit.sentence)]
    assert not Offer.objects.exclude(state=OfferState.DRAFT).exists()
    assert refused_by_services(limit.last, gig, seller, buyer) == []
    assert Offer.objects.filter(state=OfferState.SENT).count() == 1


NO_GIG = ("gig", "Choose which of your active gigs this offer is based on.")
NOT_HERE = "Milestones can’t be used in offers of this subcategory. Choose another one, or ask for one payment."
SWITCHED_OFF = "Support has switched milestones off for you: Two were left undone. Write to support to have them back."


@pytest.mark.parametrize(
    ("obstacle", "beside", "sentence"),
    [
        ("none", *NO_GIG),
        ("paused", *NO_GIG),
        ("archived", *NO_GIG),
        ("subcategory", "gig", NOT_HERE),
        ("seller", "order_type", SWITCHED_OFF),
    ],
)
def test_r_ofr_2_r_pol_4_what_keeps_milestones_out_is_said_by_the_form_and_by_the_services(
    obstacle: str, beside: str, sentence: str, gig: Gig, seller: User, buyer: User, client: Client,
    shown: list[list[tuple[str, str]]],
) -> None:  # fmt: skip
    chosen = None if obstacle == "none" else gig
    if obstacle in ("paused", "archived"):
        Gig.objects.filter(pk=gig.pk).update(state=obstacle)
    elif obstacle == "subcategory":
        Gig.objects.filter(pk=gig.pk).update(subcategory=subcategory("website-repairs"))
    elif obstacle == "seller":
        SellerProfile.objects.filter(user=seller).update(milestones_blocked_reason="Two were left undone")
    seller, again = User.objects.get(pk=seller.pk), Gig.objects.get(pk=gig.pk)
    assert refused_by_services(Typed(), again if chosen else None, seller, buyer) == [(beside, sentence)]
    client.force_login(seller)
    page = reverse("offers:compose", args=[make_conversation(seller, buyer).public_id])
    client.post(page, {**Typed().posted(chosen), "action": "send"}, headers=HTMX)
    inputs = {"gig": "id_gig", "order_type": "id_order_type"}
    assert [message for name, message in shown[0] if name.startswith(inputs[beside])] == [sentence]
    assert not Offer.objects.exclude(state=OfferState.DRAFT).exists()
    in_one_payment = refused_by_services(once(), again if chosen else None, seller, buyer)
    assert in_one_payment == ([NO_GIG] if sentence in NO_GIG else [])


def input_of(beside: str) -> str:
    """The id of the input with this name; the milestones as a whole are a group."""
    return beside if beside == "milestones" else f"id_{beside}"
