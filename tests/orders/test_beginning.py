"""Placing and beginning (R-ORD-1, R-ORD-2)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import User
from gigs.drafts import PackageDraft
from gigs.models import Gig
from gigs.selectors import plan_terms
from gigs.services.editing import save_overview, save_pricing
from gigs.services.publishing import pause_gig
from marketplace.kernel import clock
from marketplace.kernel.errors import ManyInvalid, Unknown
from milestones.enums import PackageTier
from notifications.models import Notification
from orders.errors import GigNotForSale, NotYours, OwnOffer, TermsChanged
from orders.models import Milestone, Order
from orders.services import placing, requirements
from payments.models import Charge
from tests.factories.gigs import make_gig, subcategory
from tests.factories.milestones import make_design, shipped_policy
from tests.scenarios.story import Story

pytestmark = pytest.mark.django_db
BASIC = PackageTier.BASIC


def digest(gig: object) -> str:
    return plan_terms(gig, BASIC).digest  # type: ignore[arg-type]


def test_r_ord_1_a_gig_package_becomes_a_sequence_of_milestones(buyer: User, seller: User) -> None:
    gig = make_gig(seller, prices={BASIC: 260_00}, design=make_design(100_00, 160_00))
    order = placing.place_from_gig(gig=gig, tier=BASIC, buyer=buyer, shown_digest=digest(gig))
    assert [(m.state, m.planned.amount, m.fee.amount) for m in order.milestones.all()] == [
        ("charging", 100_00, 5_00),
        ("planned", 160_00, 8_00),
    ]
    assert order.unpaid_deadline - order.created_at == timedelta(hours=24)
    assert [(c.amount, c.fee, c.state) for c in Charge.objects.all()] == [(100_00, 5_00, "awaiting_payer")]


def test_r_pol_1_placing_pins_the_policy(buyer: User, seller: User) -> None:
    gig = make_gig(seller, design=make_design(100_00, 160_00))
    placing.place_from_gig(gig=gig, tier=BASIC, buyer=buyer, shown_digest=digest(gig))
    policy = shipped_policy()
    assert policy.pinned_at is not None
    policy.review_days = 1
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        policy.save()


def test_r_gig_7_a_later_edit_of_the_gig_touches_no_order(buyer: User, seller: User) -> None:
    """Another price, other milestones, and a subcategory whose gigs may have none: what was ordered stays."""

    def ordered() -> list[tuple[str, int, int, int]]:
        stages = order.milestones.select_related("planned").order_by("position")
        return [(m.name, m.planned.days, m.price.amount, m.to_pay.amount) for m in stages]

    gig = make_gig(seller, prices={BASIC: 260_00}, design=make_design(100_00, 160_00))
    order = placing.place_from_gig(gig=gig, tier=BASIC, buyer=buyer, shown_digest=digest(gig))
    before = ordered()
    moment = clock.now()
    dearer = PackageDraft(
        tier=BASIC, name="Dearer", description="More of it.", price=400_00, delivery_days=30, revisions=5
    )
    save_pricing(gig=gig, seller=seller, packages=[dearer], now=moment)
    none = subcategory("website-repairs")
    save_overview(gig=gig, seller=seller, title=gig.title, subcategory=none, tags=[], now=moment)
    now_sold = plan_terms(Gig.objects.get(pk=gig.pk), BASIC)
    assert [(stage.name, stage.amount) for stage in now_sold.milestones] == [("Dearer", 400_00)]
    assert ordered() == before == [("Step 1", 5, 100_00, 105_00), ("Step 2", 5, 160_00, 168_00)]


def test_pressing_twice_makes_one_order(buyer: User, seller: User) -> None:
    gig = make_gig(seller)
    once = placing.place_from_gig(gig=gig, tier=BASIC, buyer=buyer, shown_digest=digest(gig))
    twice = placing.place_from_gig(gig=gig, tier=BASIC, buyer=buyer, shown_digest=digest(gig))
    assert once == twice
    assert Charge.objects.count() == 1


def test_r_ofr_5_only_what_was_shown_is_ordered(buyer: User, seller: User) -> None:
    gig = make_gig(seller)
    with pytest.raises(TermsChanged):
        placing.place_from_gig(gig=gig, tier=BASIC, buyer=buyer, shown_digest="another")
    assert Order.objects.count() == 0


def test_r_ord_1_nobody_orders_from_themselves(seller: User) -> None:
    gig = make_gig(seller)
    with pytest.raises(OwnOffer):
        placing.place_from_gig(gig=gig, tier=BASIC, buyer=seller, shown_digest=digest(gig))


def test_a_paused_gig_is_not_for_sale(buyer: User, seller: User) -> None:
    gig = make_gig(seller)
    shown = digest(gig)
    gig = pause_gig(gig=gig, seller=seller)
    with pytest.raises(GigNotForSale):
        placing.place_from_gig(gig=gig, tier=BASIC, buyer=buyer, shown_digest=shown)


def test_r_ofr_5_only_the_buyer_accepts_an_offer(story: Story, stranger: User) -> None:
    assert story.offer.plan is not None
    with pytest.raises(Unknown):
        placing.place_from_offer(offer=story.offer, buyer=stranger, shown_digest=story.offer.plan.digest)


def test_r_ord_2_the_first_due_date_counts_from_the_answers(story: Story) -> None:
    asked = story.order.requirements.create(position=1, question="What is it for?", kind="text", required=True)
    story.pay()
    story.expect_order("awaiting_requirements", "", "in_progress", "planned", "planned")
    assert story.milestone(1).due_at is None
    with pytest.raises(ManyInvalid) as caught:
        requirements.answer_requirements(order=story.order, actor=story.buyer, answers={})
    assert [(e.field, e.code) for e in caught.value.errors] == [("answer_1", "answer_needed")]
    requirements.answer_requirements(
        order=story.order, actor=story.buyer, answers={asked.pk: requirements.Answer(text="A kettle.")}
    )
    milestone = story.milestone(1)
    assert story.order.state == "active"
    assert milestone.due_at - milestone.started_at == timedelta(hours=5 * 24)  # type: ignore[operator]


def test_r_ord_2_a_choice_is_one_of_the_options(story: Story) -> None:
    asked = story.order.requirements.create(position=1, question="Which?", kind="choice", options=["A", "B"])
    story.pay()
    with pytest.raises(ManyInvalid, match="Choose one of the answers"):
        requirements.answer_requirements(
            order=story.order, actor=story.buyer, answers={asked.pk: requirements.Answer(text="C")}
        )


def test_r_ord_2_a_question_for_a_file_is_not_answered_in_words(story: Story) -> None:
    asked = story.order.requirements.create(position=1, question="Your logo?", kind="file", required=True)
    story.pay()
    words = {asked.pk: requirements.Answer(text="It is blue.")}
    with pytest.raises(ManyInvalid, match="needs this to begin"):
        requirements.answer_requirements(order=story.order, actor=story.buyer, answers=words)
    assert story.order.state == "awaiting_requirements"


def test_r_ord_2_the_seller_may_waive_the_questions_and_nobody_else(story: Story) -> None:
    story.order.requirements.create(position=1, question="What is it for?", kind="text")
    story.pay()
    with pytest.raises(NotYours):
        requirements.waive_requirements(order=story.order, actor=story.buyer)
    with pytest.raises(NotYours):
        requirements.answer_requirements(order=story.order, actor=story.seller, answers={})
    requirements.waive_requirements(order=story.order, actor=story.seller)
    assert story.order.state == "active"
    assert Notification.objects.filter(recipient=story.buyer, kind="requirements_waived").count() == 1


def test_r_ord_1_the_database_holds_one_milestone_under_way(story: Story) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Milestone.objects.filter(order=story.order, position=2).update(state="charging")
