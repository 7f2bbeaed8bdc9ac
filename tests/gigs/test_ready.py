"""The gigs that tests of orders begin with are copies, and nobody can tell."""

import pytest
from django.forms import model_to_dict

from accounts.models import User
from gigs.models import Gig
from gigs.selectors import plan_terms
from milestones.enums import PackageTier
from tests.factories.accounts import make_seller
from tests.factories.gigs import make_gig
from tests.factories.milestones import make_design
from tests.factories.ready import ready_gig

pytestmark = pytest.mark.django_db

PRICES = {PackageTier.BASIC: 26_000}
DESIGN = make_design(10_000, 16_000, days=5, tiers=(PackageTier.BASIC,))
NAMES = {"id", "gig", "seller", "workflow", "title", "slug", "published_at"}


def said(gig: Gig) -> list[object]:
    """What the gig's rows hold, but for what names it and its owner."""
    gig = Gig.objects.get(pk=gig.pk)
    rows = [gig, *gig.packages.all(), *gig.faq.all(), *gig.requirements.all()]
    return [{name: value for name, value in model_to_dict(row).items() if name not in NAMES} for row in rows]


def test_a_copy_is_what_the_services_make(seller: User) -> None:
    made = make_gig(seller, prices=PRICES, design=DESIGN, questions=2)
    copies = [ready_gig(make_seller(f"Another {n}"), prices=PRICES, design=DESIGN, questions=2) for n in range(3)]
    assert [said(copy) for copy in copies] == [said(made)] * 3
    assert len({plan_terms(gig, PackageTier.BASIC).digest for gig in (made, *copies)}) == 1
    assert len({gig.public_id for gig in copies}) == len({gig.slug for gig in copies}) == 3
    assert len({gig.workflow_id for gig in copies}) == 3
    facts = Gig.objects.filter(is_listed=True).exclude(cover_id="").values_list("stage_count", "least_part")
    assert list(facts) == [(2, 10_000)] * 4
