"""What the database keeps beside a gig for lists: exactly what the rules in Python say (R-GIG-7, R-GIG-9)."""

from collections.abc import Callable

import pytest
from django.db.models import QuerySet

from accounts.models import SellerProfile, User
from gigs.models import Gig, Package, SearchWord, Subcategory
from gigs.selectors.browsing import Filters, as_cards, browse_page
from gigs.selectors.terms import shown_design, with_plans
from gigs.services.gallery import add_image, move_image
from milestones.designs import WorkflowDesign
from milestones.enums import PackageTier
from milestones.models import MilestonePolicy, Stage, StagePackage, Workflow
from milestones.services.workflows import save_workflow
from tests.factories.gigs import make_gig, picture
from tests.factories.milestones import make_design, put_in_force, shipped_policy

pytestmark = pytest.mark.django_db
BASIC, STANDARD = PackageTier.BASIC, PackageTier.STANDARD


@pytest.fixture
def rich(seller: User) -> Gig:
    """Basic 260.00 and Standard 260.00, each in two milestones of 100.00 and 160.00 over 5 days."""
    design = make_design(10_000, 16_000, tiers=(BASIC, STANDARD))
    return make_gig(seller, prices={BASIC: 26_000, STANDARD: 26_000}, design=design)


def compare(gig: Gig, policy: MilestonePolicy) -> int:
    """The count by statement and by hand, held to what the gig's own page shows."""
    fresh = with_plans(Gig.objects.filter(pk=gig.pk)).get()
    design = shown_design(fresh, policy=policy)
    wanted = len(design.stages) if design else 0
    policies = {"USD": policy}
    assert as_cards(Gig.objects.all(), policies=policies).get(pk=gig.pk).milestone_count == wanted
    page = browse_page(Filters(), policies=policies, cursor="", size=5).page
    assert [card.milestone_count for card in page.rows] == [wanted]
    only = browse_page(Filters(milestones=True), policies=policies, cursor="", size=5).page
    assert len(only.rows) == (1 if wanted else 0)
    return wanted


CHANGES: list[tuple[str, Callable[[Gig], object], int]] = [
    ("nothing", lambda gig: None, 2),
    ("a part that is too small", lambda gig: _parts(gig, 499), 0),
    ("a part that is just enough", lambda gig: _parts(gig, 500), 2),
    ("a part without days", lambda gig: _share(gig).update(days=0), 0),
    ("the most days", lambda gig: _share(gig).update(days=30), 2),
    ("a day too many", lambda gig: _share(gig).update(days=31), 0),
    ("a part that is not all", lambda gig: _share(gig).update(part=9_999), 0),
    ("no name", lambda gig: Stage.objects.filter(workflow=gig.workflow, position=1).update(name="  "), 0),
    ("in no package", lambda gig: StagePackage.objects.filter(stage__position=1).delete(), 0),
    ("not in one package", lambda gig: _share(gig).delete(), 0),
    ("one milestone", lambda gig: Stage.objects.filter(position=1).delete(), 0),
    ("a package gone", lambda gig: gig.packages.filter(tier=STANDARD).delete(), 2),
    ("Basic gone", lambda gig: gig.packages.filter(tier=BASIC).delete(), 0),
    ("all packages gone", lambda gig: gig.packages.all().delete(), 0),
    ("another price", lambda gig: gig.packages.filter(tier=STANDARD).update(price=26_001), 0),
    ("payments off", lambda gig: Workflow.objects.update(milestone_payments=False), 2),
    ("payments off, any part", lambda gig: (_share(gig).update(part=1), _payments_off()), 2),
    ("payments off, no days", lambda gig: (_share(gig).update(days=0), _payments_off()), 0),
    ("seller blocked", lambda gig: SellerProfile.objects.update(milestones_blocked_reason="Left orders."), 0),
    ("subcategory closed", lambda gig: Subcategory.objects.update(allows_gig_milestones=False), 0),
    ("no workflow", lambda gig: Gig.objects.update(workflow=None), 0),
    ("another workflow", lambda gig: save_workflow(workflow=gig.workflow, design=_three()), 3),
    ("an empty workflow", lambda gig: save_workflow(workflow=gig.workflow, design=WorkflowDesign(stages=())), 0),
]


def _share(gig: Gig) -> QuerySet[StagePackage]:
    return StagePackage.objects.filter(stage__workflow=gig.workflow, stage__position=1, tier=BASIC)


def _parts(gig: Gig, least: int) -> None:
    StagePackage.objects.filter(stage__position=1).update(part=least)
    StagePackage.objects.filter(stage__position=2).update(part=26_000 - least)


def _payments_off() -> int:
    return Workflow.objects.update(milestone_payments=False)


def _three() -> WorkflowDesign:
    return make_design(10_000, 8_000, 8_000, tiers=(BASIC, STANDARD))


@pytest.mark.parametrize(("change", "shown"), [change[1:] for change in CHANGES], ids=[each[0] for each in CHANGES])
def test_r_gig_7_lists_say_what_the_gigs_page_shows(rich: Gig, change: Callable[[Gig], object], shown: int) -> None:
    change(rich)
    assert compare(rich, shipped_policy()) == shown


@pytest.mark.parametrize(
    ("limits", "shown"),
    [
        ({"gig_min_milestones": 3}, 0),
        ({"gig_min_milestones": 2, "gig_max_milestones": 2}, 2),
        ({"gig_min_milestones": 1, "gig_max_milestones": 1}, 0),
        ({"gig_max_milestones": 0}, 0),
        ({"gig_price_over": 26_000}, 0),
        ({"gig_price_over": 25_999}, 2),
        ({"milestone_min_price": 10_001}, 0),
        ({"milestone_min_price": 10_000}, 2),
        ({"milestone_max_days": 4}, 0),
        ({"milestone_max_days": 5}, 2),
    ],
)
def test_r_pol_1_lists_follow_a_policy_at_once(rich: Gig, limits: dict[str, int], shown: int) -> None:
    assert compare(rich, put_in_force("standard", **limits)) == shown


def test_the_cheapest_and_the_quickest_package_count(seller: User) -> None:
    gig = make_gig(seller, prices={BASIC: 26_000, STANDARD: 50_000})
    gig.packages.filter(tier=STANDARD).update(delivery_days=4)
    gig.refresh_from_db()
    assert (gig.from_price, gig.basic_price, gig.quickest_days) == (26_000, 26_000, 4)
    gig.packages.filter(tier=BASIC).update(price=60_000)
    gig.refresh_from_db()
    assert (gig.from_price, gig.basic_price) == (50_000, 60_000)


def test_the_first_picture_is_the_cover(gig: Gig, seller: User) -> None:
    first = gig.images.get().public_id
    second = add_image(gig=gig, seller=seller, content=picture(), alt="Another").public_id
    assert Gig.objects.get(pk=gig.pk).cover_id == first
    move_image(gig=Gig.objects.get(pk=gig.pk), seller=seller, public_id=second, by=-1)
    assert Gig.objects.get(pk=gig.pk).cover_id == second
    gig.images.all().delete()
    assert Gig.objects.get(pk=gig.pk).cover_id == ""


def test_a_sellers_country_languages_and_closed_account_reach_the_gig(gig: Gig, seller: User) -> None:
    SellerProfile.objects.filter(user=seller).update(country="JP", languages=["ja", "en"])
    gig.refresh_from_db()
    assert (gig.country, gig.languages, gig.is_listed) == ("JP", ["ja", "en"], True)
    User.objects.filter(pk=seller.pk).update(is_active=False)
    assert not Gig.objects.get(pk=gig.pk).is_listed
    User.objects.filter(pk=seller.pk).update(is_active=True)
    assert Gig.objects.get(pk=gig.pk).is_listed


def test_words_of_titles_and_tags_are_known(gig: Gig) -> None:
    Gig.objects.filter(pk=gig.pk).update(title="I will paint a mural, nº 4", tags=["fresco"])
    known = set(SearchWord.objects.values_list("word", flat=True))
    assert {"paint", "mural", "fresco"} <= known
    assert not known & {"4", "a"}


def test_a_gig_whose_packages_are_deleted_with_it_leaves_nothing(gig: Gig) -> None:
    key = gig.pk
    gig.delete()
    assert not Package.objects.filter(gig=key).exists()
