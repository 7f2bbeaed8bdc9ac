"""What one app lets a person write, the next one must be able to keep: no order breaks on a long word."""

from typing import Any

import pytest
from django.db.models import Field, Model

from accounts.models import User
from gigs.drafts import RequirementDraft
from gigs.enums import RequirementKind
from gigs.models import Gig, Package, Requirement
from gigs.services.editing import save_requirements
from marketplace.kernel import clock
from milestones.models import PlannedMilestone, Stage, Substep
from offers.models import Offer
from orders.models import Order, OrderRequirement, Revision
from tests.factories.gigs import make_gig
from tests.factories.orders import place_gig_order

COPIES: list[tuple[type[Model], str, type[Model], str]] = [
    (Requirement, "question", OrderRequirement, "question"),
    (Requirement, "options", OrderRequirement, "options"),
    (Requirement, "kind", OrderRequirement, "kind"),
    (Gig, "title", Order, "title"),
    (Offer, "title", Order, "title"),
    (Package, "name", PlannedMilestone, "name"),
    (Stage, "name", PlannedMilestone, "name"),
    (Stage, "criteria", PlannedMilestone, "criteria"),
    (Substep, "name", PlannedMilestone, "substeps"),
    (PlannedMilestone, "criteria", Revision, "criterion"),
]


def width(model: type[Model], name: str) -> int:
    field: Field[Any, Any] = model._meta.get_field(name)  # type: ignore[assignment]
    length: int | None = getattr(field, "base_field", field).max_length
    assert length is not None
    return length


@pytest.mark.parametrize(("source", "written", "target", "kept"), COPIES)
def test_a_copy_has_room_for_what_it_is_made_from(
    source: type[Model], written: str, target: type[Model], kept: str
) -> None:
    assert width(source, written) <= width(target, kept)


@pytest.mark.django_db
def test_r_ord_2_a_gig_with_the_longest_question_can_be_ordered(buyer: User, seller: User) -> None:
    gig = make_gig(seller)
    longest = RequirementDraft(question="?" * 400, kind=RequirementKind.CHOICE, options=("a" * 120, "b" * 120))
    save_requirements(gig=gig, seller=seller, requirements=[longest], now=clock.now())
    order = place_gig_order(Gig.objects.get(), buyer)
    assert order.requirements.get().question == "?" * 400
