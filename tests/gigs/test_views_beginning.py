"""Templates in the gig editor: begin with one, replace after a question, keep one (R-GIG-4, R-GIG-8)."""

import re
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from gigs.models import Gig, WorkflowTemplate
from gigs.selectors.templates import own_templates
from gigs.services.templates import delete_template, keep_template, rename_template
from milestones.designs import TemplateDesign, WorkflowDesign
from milestones.enums import PackageTier
from milestones.fitting import template_of_workflow
from milestones.selectors import design_of
from tests.factories.gigs import make_draft, make_gig, subcategory
from tests.factories.milestones import make_design
from tests.gigs.test_views_milestones import address, description, stored

TABS = "description"


@pytest.fixture
def shipped(db: None) -> WorkflowTemplate:
    return WorkflowTemplate.objects.get(key="application-from-idea")


@pytest.fixture
def own(seller: User) -> WorkflowTemplate:
    return keep_template(seller=seller, name="My usual", design=template_of_workflow(make_design(1, 3)))


@pytest.fixture
def plain(seller: User) -> Gig:
    """A draft with one package, Basic at 260.00, without milestones."""
    return make_draft(seller)


def press(selling: Client, gig: Gig, action: str, *parts: str, query: str = "", **more: str) -> str:
    posted = description(*parts, action=action) | more
    return selling.post(address(gig, TABS) + query, posted).content.decode()


def test_r_gig_4_the_chooser_offers_ones_own_first_then_the_platforms(
    selling: Client, plain: Gig, own: WorkflowTemplate, shipped: WorkflowTemplate
) -> None:
    page = selling.get(address(plain, TABS)).content.decode()
    offered = re.findall(r'id="begin-(tpl_\w+)"', page)
    here = (
        WorkflowTemplate.objects.filter(owner=None, subcategory=plain.subcategory)
        .order_by("pk")
        .values_list("public_id", flat=True)
    )
    assert offered == [own.public_id, *here]
    assert "Start from scratch" in page
    assert "See its milestones in Basic" in page
    assert "2 days · $39.00" in page  # the first stage of the platform's: 3 of its 16 days in our 12, 15 % of 260.00


def test_r_gig_4_to_begin_with_a_template_fills_in_the_milestones(
    selling: Client, plain: Gig, shipped: WorkflowTemplate
) -> None:
    page = press(selling, plain, f"template {shipped.public_id}")
    assert 'value="Specification and screens"' in page
    design = stored(plain)
    assert design is not None
    assert [stage.name for stage in design.stages] == [
        stage.name for stage in shipped.value.stages if stage.package(PackageTier.BASIC)
    ]
    assert design.assigned(PackageTier.BASIC) == 26_000
    assert design.milestone_payments


def test_r_gig_4_a_template_takes_the_days_that_pricing_says(
    selling: Client, seller: User, shipped: WorkflowTemplate
) -> None:
    """Buyers who pay by milestones see the sum of their days: the template's own would break the seller's promise."""
    gig = make_draft(seller, prices={PackageTier.BASIC: 26_000, PackageTier.STANDARD: 40_000})
    gig.packages.filter(tier=PackageTier.STANDARD).update(delivery_days=30)
    press(selling, gig, f"template {shipped.public_id}")
    design = stored(gig)
    assert design is not None
    tiers = (PackageTier.BASIC, PackageTier.STANDARD)
    assert [sum(part.days for _, part in design.stages_of(tier)) for tier in tiers] == [12, 30]


def test_r_gig_4_by_htmx_only_the_form_comes_back(selling: Client, plain: Gig, own: WorkflowTemplate) -> None:
    posted = description(action=f"template {own.public_id}")
    page = selling.post(address(plain, TABS), posted, headers={"HX-Request": "true"}).content.decode()
    assert page.lstrip().startswith('<form method="post" id="editor"')
    assert 'data-focus-on="id_stages-0-name"' in page
    assert [part.part for _, part in stored(plain).stages_of(PackageTier.BASIC)] == [6_500, 19_500]  # type: ignore[union-attr]


def test_r_gig_8_milestones_that_are_there_are_replaced_only_after_a_question(
    selling: Client, seller: User, own: WorkflowTemplate
) -> None:
    gig = make_draft(seller, design=make_design(10_000, 8_000, 8_000))
    page = press(selling, gig, f"template {own.public_id}", "100", "80", "80")
    assert "Replace your 3 milestones with “My usual”?" in page
    assert 'data-focus-on="keep-mine"' in page
    assert len(stored(gig).stages) == 3  # type: ignore[union-attr]
    assert 'value="Step 3"' in page
    page = press(selling, gig, "keep-mine", "100", "80", "80")
    assert "Replace your" not in page
    assert len(stored(gig).stages) == 3  # type: ignore[union-attr]
    press(selling, gig, f"replace {own.public_id}", "100", "80", "80")
    assert [part.part for _, part in stored(gig).stages_of(PackageTier.BASIC)] == [6_500, 19_500]  # type: ignore[union-attr]


def test_r_gig_4_a_link_of_the_library_shows_its_template_first(
    selling: Client, seller: User, plain: Gig, shipped: WorkflowTemplate, own: WorkflowTemplate
) -> None:
    query = f"?template={shipped.public_id}"
    page = selling.get(address(plain, TABS) + query).content.decode()
    assert re.findall(r'id="begin-(tpl_\w+)"', page)[0] == shipped.public_id
    assert "Your choice" in page
    gig = make_draft(seller, design=make_design(10_000, 16_000))
    asked = selling.get(address(gig, TABS) + query).content.decode()
    assert "Replace your 2 milestones with" in asked
    assert len(stored(gig).stages) == 2  # type: ignore[union-attr]


def test_r_gig_4_a_new_gig_remembers_the_template_until_it_is_used(selling: Client, shipped: WorkflowTemplate) -> None:
    posted = {"title": "I will build your tool", "subcategory": subcategory().pk, "tags": ""}
    selling.post(reverse("gigs:new") + f"?template={shipped.public_id}", posted)
    gig = Gig.objects.get(title="I will build your tool")
    assert "Your choice" in selling.get(address(gig, TABS)).content.decode()


def test_r_gig_7_where_there_may_be_no_milestones_the_button_says_why(
    selling: Client, seller: User, own: WorkflowTemplate
) -> None:
    gig = make_draft(seller, where="web-applications")
    answer = selling.post(address(gig, TABS), description(action=f"template {own.public_id}"))
    assert answer.status_code == 422
    assert "Milestones can’t be used in gigs of this subcategory." in answer.content.decode()
    assert stored(gig) is None
    cheap = make_draft(seller, prices={PackageTier.BASIC: 10_000})
    answer = selling.post(address(cheap, TABS), description(action=f"replace {own.public_id}"))
    assert answer.status_code == 422
    assert "more than $100.00" in answer.content.decode()
    assert stored(cheap) is None


def test_r_gig_8_a_template_of_another_is_not_found(selling: Client, plain: Gig, stranger: User) -> None:
    other = make_gig().seller
    theirs = keep_template(seller=other, name="Theirs", design=template_of_workflow(make_design(1, 3)))
    for verb in ("template", "replace"):
        posted = description(action=f"{verb} {theirs.public_id}")
        assert selling.post(address(plain, TABS), posted).status_code == 404
    assert "Theirs" not in selling.get(address(plain, TABS) + f"?template={theirs.public_id}").content.decode()


def test_r_gig_8_keep_what_is_on_the_page_as_a_template(selling: Client, seller: User) -> None:
    gig = make_draft(seller, design=make_design(10_000, 16_000))
    page = press(selling, gig, "keep-template", "65", "195", keep_as="For tools")
    assert "Kept as a template." in page
    template = own_templates(seller).get()
    assert (template.name, template.subcategory) == ("For tools", gig.subcategory)
    assert [stage.share for stage in template.value.stages] == [2_500, 7_500]
    assert 'name="keep_as" value' not in page  # ready for another name


@pytest.mark.parametrize(("name", "words"), [("", "Give the template a name"), ("my usual", "already")])
def test_r_gig_8_what_is_wrong_with_the_name_stands_beside_it(
    selling: Client, seller: User, own: WorkflowTemplate, name: str, words: str
) -> None:
    gig = make_draft(seller, design=make_design(10_000, 16_000))
    posted = description("100", "160", action="keep-template") | {"keep_as": name}
    answer = selling.post(address(gig, TABS), posted)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page[page.index('id="keeping-template"') :]
    assert list(own_templates(seller)) == [own]


def test_r_gig_8_without_milestones_there_is_nothing_to_keep(selling: Client, plain: Gig) -> None:
    posted = description(action="keep-template") | {"keep_as": "Nothing"}
    assert selling.post(address(plain, TABS), posted).status_code == 409
    assert not WorkflowTemplate.objects.exclude(owner=None)


def test_r_gig_8_changing_or_deleting_a_template_changes_no_gig(
    selling: Client, seller: User, plain: Gig, own: WorkflowTemplate
) -> None:
    press(selling, plain, f"template {own.public_id}")
    before = stored(plain)
    assert before is not None
    own.design = TemplateDesign(stages=()).to_json()
    own.save()
    rename_template(template=own, seller=seller, name="Another")
    assert stored(plain) == before
    delete_template(template=own, seller=seller)
    assert stored(plain) == before


def test_r_gig_8_changing_a_gig_changes_no_template(selling: Client, seller: User, plain: Gig) -> None:
    press(selling, plain, "keep-template", "100", "160", keep_as="Kept")
    kept = own_templates(seller).get().value
    press(selling, plain, "save", "60", "100", "100")
    assert own_templates(seller).get().value == kept
    assert len(kept.stages) == 2


def test_r_gig_6_a_template_without_milestone_payments_switches_them_off(
    selling: Client, seller: User, plain: Gig
) -> None:
    design = replace(template_of_workflow(make_design(1, 1)), milestone_payments=False)
    template = keep_template(seller=seller, name="Shared progress", design=design)
    press(selling, plain, f"template {template.public_id}")
    found: WorkflowDesign = design_of(Gig.objects.get(pk=plain.pk).workflow)  # type: ignore[arg-type]
    assert found.milestone_payments is False


def test_r_gig_8_a_strangers_press_is_404(
    client: Client, plain: Gig, shipped: WorkflowTemplate, stranger: User
) -> None:
    client.force_login(stranger)
    for action in (f"template {shipped.public_id}", f"replace {shipped.public_id}", "keep-template"):
        assert client.post(address(plain, TABS), description(action=action)).status_code == 404
    assert stored(plain) is None
