"""The platform's templates are there, keep to the standing rules at any price, and stay as support edits them."""

from collections import Counter

import pytest
from django.apps.registry import Apps

from gigs.models import Subcategory, WorkflowTemplate
from gigs.receivers import ship_after_migrating
from gigs.selectors.templates import platform_templates
from gigs.services.shipping import ShippedTemplate, read_shipped_templates, ship_templates
from marketplace.kernel.money import Money
from milestones.enums import OrderType, PackageTier
from milestones.fitting import milestones_from_template, workflow_from_template
from milestones.rules import check_offer_terms, check_workflow
from milestones.terms import PlanTerms
from tests.factories.milestones import shipped_policy

SHIPPED = list(read_shipped_templates())
CENT_OVER = 10_001  # the least that a Basic package with milestones can cost (R-POL-3)


def test_r_gig_4_two_templates_or_more_for_each_subcategory_with_gig_milestones(db: None) -> None:
    found = Counter(template.subcategory for template in platform_templates())
    eligible = set(Subcategory.objects.filter(allows_gig_milestones=True))
    assert len(eligible) == 5
    assert {place for place, count in found.items() if count >= 2} == eligible
    assert len({shipped.key for shipped in SHIPPED}) == len(SHIPPED) == sum(found.values())


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda shipped: shipped.key)
@pytest.mark.parametrize("basic", [CENT_OVER, 10_007, 33_333, 1_000_000])
def test_r_gig_4_each_keeps_the_standing_rules_at_any_price(db: None, shipped: ShippedTemplate, basic: int) -> None:
    prices = {tier: Money(basic * (index + 1), "USD") for index, tier in enumerate(PackageTier)}
    for count in (1, 2, 3):
        offered = dict(list(prices.items())[:count])
        design = workflow_from_template(shipped.design, offered)
        check_workflow(
            design=design,
            prices=offered,
            policy=shipped_policy(),
            subcategory_allows=True,
            seller_blocked_reason="",
        )
        assert [design.assigned(tier) for tier in offered] == [price.amount for price in offered.values()]


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda shipped: shipped.key)
def test_r_ofr_3_each_begins_an_offer_too(db: None, shipped: ShippedTemplate) -> None:
    policy, total = shipped_policy(), Money(CENT_OVER, "USD")
    milestones = milestones_from_template(shipped.design, total, revisions=1)
    terms = PlanTerms(
        order_type=OrderType.MILESTONES,
        currency="USD",
        milestones=milestones,
        revision_scope=policy.revision_scope,  # type: ignore[arg-type]
    )
    check_offer_terms(terms=terms, policy=policy, subcategory_allows=True, seller_blocked_reason="")
    assert terms.total == total


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda shipped: shipped.key)
def test_r_gig_4_each_is_fair_to_begin_and_can_be_checked(shipped: ShippedTemplate) -> None:
    stages = shipped.design.stages
    assert 4 <= len(stages) <= 5
    for tier in PackageTier:
        shares = [part.share for stage in stages if (part := stage.package(tier))]
        assert sum(shares) == 10_000
        assert shares[0] <= 2_000  # cheap enough to begin
        assert max(shares) <= 4_000
    for stage in stages:
        assert stage.description
        assert 2 <= len(stage.criteria) <= 4
        assert len(stage.name) <= 80
        assert max(map(len, stage.criteria)) <= 200
        assert all(len(substep.name) <= 80 for substep in stage.substeps)


def test_r_gig_4_what_support_edits_stays(db: None) -> None:
    first = WorkflowTemplate.objects.filter(owner=None).earliest("pk")
    WorkflowTemplate.objects.filter(pk=first.pk).update(name="Edited at the desk", offered=False)
    ship_templates()
    first.refresh_from_db()
    assert (first.name, first.offered) == ("Edited at the desk", False)
    assert WorkflowTemplate.objects.count() == len(SHIPPED)


def test_r_gig_4_a_template_that_is_new_in_the_file_comes_with_the_next_migration(db: None) -> None:
    WorkflowTemplate.objects.filter(key="first-month").delete()
    ship_after_migrating()
    assert WorkflowTemplate.objects.filter(key="first-month").count() == 1


def test_r_gig_4_a_subcategory_that_is_gone_gets_none(db: None) -> None:
    WorkflowTemplate.objects.filter(subcategory__slug="business-plans").delete()
    Subcategory.objects.filter(slug="business-plans").update(slug="plans")
    ship_templates()
    assert not WorkflowTemplate.objects.filter(subcategory__slug="plans").exists()


def test_r_gig_4_a_database_older_than_templates_is_left_alone(db: None) -> None:
    ship_after_migrating(apps=Apps())
