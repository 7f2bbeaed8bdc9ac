"""Milestones in the gig editor by its forms, without JavaScript: every button, every refusal (R-GIG-4 to R-GIG-7)."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from gigs.models import Gig
from milestones.designs import WorkflowDesign
from milestones.enums import PackageTier
from milestones.selectors import design_of
from tests.factories.gigs import make_draft
from tests.factories.milestones import make_design

pytestmark = pytest.mark.django_db


def address(gig: Gig, tab: str) -> str:
    return reverse("gigs:edit", args=[gig.public_id, tab])


def stored(gig: Gig) -> WorkflowDesign | None:
    workflow = Gig.objects.get(pk=gig.pk).workflow
    return design_of(workflow) if workflow else None


def description(*parts: str, action: str = "save", payments: bool = True) -> dict[str, str]:
    """What the tab posts for milestones with these parts of Basic, 5 days each."""
    data = {
        "action": action,
        "description": "Small, fast programs.",
        "faq-TOTAL_FORMS": "0",
        "stages-TOTAL_FORMS": str(len(parts)),
    }
    if payments:
        data["milestone_payments"] = "on"
    for index, part in enumerate(parts):
        data |= {
            f"stages-{index}-name": f"Step {index + 1}",
            f"stages-{index}-criteria": f"Step {index + 1} works",
            f"stages-{index}-in_basic": "on",
            f"stages-{index}-days_basic": "5",
            f"stages-{index}-part_basic": part,
            f"stages-{index}-substeps-TOTAL_FORMS": "0",
        }
    return data


@pytest.fixture
def plain(seller: User) -> Gig:
    """A draft with one package, Basic at 260.00."""
    return make_draft(seller)


def test_r_gig_4_start_from_scratch_makes_the_first_milestone_at_once(selling: Client, plain: Gig) -> None:
    posted = description(action="add stages", payments=False)
    text = selling.post(address(plain, "description"), posted).content.decode()
    assert 'name="stages-0-name"' in text
    design = stored(plain)
    assert design is not None
    assert (len(design.stages), design.milestone_payments) == (1, True)
    assert design.stages[0].packages[0].tier == PackageTier.BASIC


def test_r_gig_3_milestones_that_are_right_are_saved_and_go_on(selling: Client, plain: Gig) -> None:
    response = selling.post(address(plain, "description"), description("100", "$160.00"))
    assert response["Location"] == address(plain, "requirements")
    assert stored(plain) == make_design(10_000, 16_000)


@pytest.mark.parametrize(
    ("parts", "said", "kept"),
    [
        (("260",), "A gig with milestones needs at least 2; this one has 1. Add 1 more.", True),
        (("52",) * 5, "", True),
        (("43",) * 6, "A gig can have up to 5 milestones; this one has 6. Take 1 away or join some.", False),
        (("99.99", "160"), "The parts of Basic add up to $259.99 of $260.00: $0.01 left to assign.", True),
        (("100.01", "160"), "The parts of Basic add up to $260.01, which is $0.01 more than its price", True),
        (("4.99", "255.01"), "A milestone costs at least $5.00; “Step 1” costs $4.99.", True),
        (("5.00", "255.00"), "", True),
    ],
)
def test_r_gig_5_r_gig_7_by_form(selling: Client, plain: Gig, parts: tuple[str, ...], said: str, kept: bool) -> None:
    response = selling.post(address(plain, "description"), description(*parts))
    assert response.status_code == (422 if said else 302)
    assert said in response.content.decode()
    assert (stored(plain) is not None) is kept


@pytest.mark.parametrize(
    ("days", "said"), [("30", ""), ("31", "A milestone takes up to 30 days"), ("", "at least one")]
)
def test_r_pol_3_days_by_form(selling: Client, plain: Gig, days: str, said: str) -> None:
    posted = description("100", "160") | {"stages-1-days_basic": days}
    response = selling.post(address(plain, "description"), posted)
    assert response.status_code == (422 if said else 302)
    assert said in response.content.decode()


@pytest.mark.parametrize(("price", "refused"), [(10_000, True), (10_001, False)])
def test_r_gig_7_the_basic_price_by_form(selling: Client, seller: User, price: int, refused: bool) -> None:
    gig = make_draft(seller, prices={PackageTier.BASIC: price})
    response = selling.post(address(gig, "description"), description(action="add stages"))
    assert response.status_code == (422 if refused else 200)
    assert ("costs more than $100.00; yours costs $100.00" in response.content.decode()) is refused
    assert (stored(gig) is None) is refused


def test_r_gig_5_a_part_that_a_rule_refuses_still_counts_in_the_sum(selling: Client, plain: Gig) -> None:
    text = selling.post(address(plain, "description"), description("2", "200")).content.decode()
    assert "A milestone costs at least $5.00" in text
    assert '<b data-sum="basic">$202.00</b>' in text
    assert "$58.00 to assign" in text


def test_r_gig_7_an_ineligible_subcategory_by_form(selling: Client, seller: User) -> None:
    gig = make_draft(seller, where="web-applications")
    for posted in (description(action="add stages"), description("100", "160")):
        response = selling.post(address(gig, "description"), posted)
        assert response.status_code == 422
        assert "Milestones can’t be used in gigs of this subcategory." in response.content.decode()
    assert stored(gig) is None


def test_r_gig_7_a_blocked_seller_by_form(selling: Client, plain: Gig, seller: User) -> None:
    seller.seller.milestones_blocked_reason = "Two orders were left undone"
    seller.seller.save()
    response = selling.post(address(plain, "description"), description(action="add stages"))
    assert response.status_code == 422
    assert "Two orders were left undone. Write to support" in response.content.decode()


def test_r_gig_7_an_active_gig_keeps_its_milestones_when_a_change_is_refused(selling: Client, gig: Gig) -> None:
    response = selling.post(address(gig, "description"), description("100", "159.99"))
    assert response.status_code == 422
    assert "Nothing was changed." in response.content.decode()
    assert stored(gig) == make_design(10_000, 16_000)


def test_r_gig_3_buttons_change_nothing_of_an_active_gig_before_it_is_saved(selling: Client, gig: Gig) -> None:
    response = selling.post(address(gig, "description"), description("100", "160", action="remove stages 0"))
    assert 'name="stages-1-name"' not in response.content.decode()
    assert stored(gig) == make_design(10_000, 16_000)


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("down stages 0", ["Step 2", "Step 1", "Step 3"]),
        ("up stages 2", ["Step 1", "Step 3", "Step 2"]),
        ("remove stages 1", ["Step 1", "Step 3"]),
        ("add stages", ["Step 1", "Step 2", "Step 3", ""]),
    ],
)
def test_r_gig_4_milestones_are_reordered_by_buttons(
    selling: Client, plain: Gig, action: str, expected: list[str]
) -> None:
    response = selling.post(address(plain, "description"), description("60", "80", "120", action=action))
    assert response.status_code == 200
    design = stored(plain)
    assert design is not None
    assert [stage.name for stage in design.stages] == expected


def test_r_gig_5_split_evenly_is_exact_to_the_cent(selling: Client, plain: Gig) -> None:
    selling.post(address(plain, "description"), description("", "", "", action="split basic"))
    design = stored(plain)
    assert design is not None
    assert [stage.packages[0].part for stage in design.stages] == [8_667, 8_667, 8_666]


def test_r_gig_5_parts_are_fitted_after_a_milestone_went(selling: Client, plain: Gig) -> None:
    """Without scripts: by a button beside the one that would forget how the parts weigh."""
    text = selling.post(address(plain, "description"), description("50", "30", action="fit basic")).content.decode()
    assert 'value="fit basic"' in text
    assert "Adds up" in text
    assert stored(plain) == make_design(16_250, 9_750)


def test_r_gig_5_split_evenly_passes_over_what_a_package_lacks(selling: Client, plain: Gig) -> None:
    posted = description("", "", "", action="split basic")
    del posted["stages-1-in_basic"]
    selling.post(address(plain, "description"), posted)
    design = stored(plain)
    assert design is not None
    assert [stage.packages[0].part if stage.packages else None for stage in design.stages] == [13_000, None, 13_000]


def test_r_gig_5_substeps_have_packages(selling: Client, draft: Gig) -> None:
    posted = description("260", action="add stages-0-substeps")
    assert 'name="stages-0-substeps-0-name"' in selling.post(address(draft, "description"), posted).content.decode()
    posted = description("260", action="keep") | {
        "stages-0-substeps-TOTAL_FORMS": "3",
        "stages-0-substeps-0-name": "Sketch",
        "stages-0-substeps-0-tiers": "standard",
        "stages-0-substeps-1-name": "Review",
        "stages-0-substeps-2-name": "",
    }
    selling.post(address(draft, "description"), posted)
    design = stored(draft)
    assert design is not None
    assert [(step.name, step.tiers) for step in design.stages[0].substeps] == [
        ("Sketch", (PackageTier.STANDARD,)),
        ("Review", ()),
    ]


def test_r_gig_5_everything_of_a_milestone_is_stored(selling: Client, plain: Gig) -> None:
    more = {
        "stages-0-description": "What you get.",
        "stages-0-criteria": "It runs\n\n It is fast ",
        "stages-0-video_call": "on",
    }
    selling.post(address(plain, "description"), description("100", "160") | more)
    design = stored(plain)
    assert design is not None
    first = design.stages[0]
    assert (first.description, first.criteria, first.video_call) == ("What you get.", ("It runs", "It is fast"), True)
    assert design.stages[1].video_call is False


def test_r_gig_6_the_toggle_is_stored(selling: Client, plain: Gig) -> None:
    response = selling.post(address(plain, "description"), description("", "", payments=False))
    assert response.status_code == 302
    design = stored(plain)
    assert design is not None
    assert design.milestone_payments is False


def test_r_gig_3_a_draft_is_kept_at_every_step(selling: Client, plain: Gig) -> None:
    posted = description("100", "", action="keep") | {"stages-1-name": "Half"}
    response = selling.post(address(plain, "description"), posted, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert 'id="preview"' in response.content.decode()
    assert "<html" not in response.content.decode()
    design = stored(plain)
    assert design is not None
    assert [stage.name for stage in design.stages] == ["Step 1", "Half"]


def test_r_gig_4_htmx_gets_the_builder_alone(selling: Client, plain: Gig) -> None:
    posted = description("100", "160", action="down stages 0")
    text = selling.post(address(plain, "description"), posted, headers={"HX-Request": "true"}).content.decode()
    assert text.strip().startswith("<form")
    assert 'data-focus-on="stages-1-down"' in text


def test_r_gig_3_what_was_typed_is_shown_again_beside_what_is_wrong(selling: Client, plain: Gig) -> None:
    posted = description("a hundred", "160") | {"stages-0-name": "Kept <b>name</b>"}
    response = selling.post(address(plain, "description"), posted)
    text = response.content.decode()
    assert response.status_code == 422
    assert "a hundred" in text
    assert "Kept &lt;b&gt;name&lt;/b&gt;" in text
    assert "Write an amount such as 120.00." in text


def test_r_gig_3_the_tab_shows_what_is_stored(selling: Client, gig: Gig) -> None:
    text = selling.get(address(gig, "description")).content.decode()
    for said in ('value="Step 1"', 'value="100.00"', 'value="160.00"', "Adds up", "You earn</dt><dd>$234.00"):
        assert said in text


def test_r_gig_3_tampered_rows_are_no_error(selling: Client, plain: Gig) -> None:
    for posted in (
        {"action": "save"},
        {"action": "save", "stages-TOTAL_FORMS": "1"},
        {"action": "split golden", "stages-TOTAL_FORMS": "x"},
        {"action": "add stages-99-substeps", "stages-TOTAL_FORMS": "1"},
        {"action": "up stages 999", "stages-TOTAL_FORMS": "1000"},
    ):
        assert selling.post(address(plain, "description"), posted).status_code in {200, 422}


def test_r_gig_4_milestones_are_reordered_by_drag(selling: Client, plain: Gig) -> None:
    posted = description("60", "80", "120", action="move stages 2 0")
    assert selling.post(address(plain, "description"), posted).status_code == 200
    design = stored(plain)
    assert design is not None
    assert [(stage.name, stage.packages[0].part) for stage in design.stages] == [
        ("Step 3", 12_000),
        ("Step 1", 6_000),
        ("Step 2", 8_000),
    ]


def hidden_inputs(text: str) -> dict[str, str]:
    """What the page carries of a removed row."""
    return dict(re.findall(r'<input type="hidden" name="(removed-[^"]+)" value="([^"]*)">', text))


def test_a_removed_milestone_comes_back_without_javascript(selling: Client, plain: Gig) -> None:
    substep = {"stages-0-substeps-TOTAL_FORMS": "1", "stages-0-substeps-0-name": "Sketch"}
    posted = description("60", "80", "120", action="remove stages 0") | substep
    text = selling.post(address(plain, "description"), posted).content.decode()
    assert "‘Step 1’ removed." in text
    design = stored(plain)
    assert design is not None
    assert [stage.name for stage in design.stages] == ["Step 2", "Step 3"]
    left = description("80", "120", action="undo") | {"stages-0-name": "Step 2", "stages-1-name": "Step 3"}
    response = selling.post(address(plain, "description"), left | hidden_inputs(text))
    assert "removed." not in response.content.decode()
    back = stored(plain)
    assert back is not None
    assert [(stage.name, stage.packages[0].part) for stage in back.stages] == [
        ("Step 1", 6_000),
        ("Step 2", 8_000),
        ("Step 3", 12_000),
    ]
    assert [step.name for step in back.stages[0].substeps] == ["Sketch"]


def test_r_gig_7_an_undo_that_makes_too_many_is_refused(selling: Client, plain: Gig) -> None:
    posted = description(*["43"] * 5, action="undo")
    posted |= {"removed-prefix": "stages", "removed-index": "0", "removed-row-name": "Sixth"}
    response = selling.post(address(plain, "description"), posted)
    assert response.status_code == 422
    assert "A gig can have up to 5 milestones; this one has 6." in response.content.decode()
    assert stored(plain) is None
