"""Templates are kept, renamed, copied and deleted by their owner; the platform's are everyone's to copy (R-GIG-8)."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from gigs.errors import (
    NothingToKeep,
    OnlySellers,
    TemplateNameMissing,
    TemplateNameTaken,
    TemplateNameTooLong,
    TemplateUnknown,
)
from gigs.models import WorkflowTemplate
from gigs.selectors.templates import own_templates, platform_templates, template_for
from gigs.services.templates import copy_template, delete_template, keep_template, rename_template
from milestones.designs import TemplateDesign
from milestones.errors import TextTooLong
from milestones.fitting import template_of_workflow
from tests.factories.accounts import make_seller
from tests.factories.gigs import subcategory
from tests.factories.milestones import make_design

DESIGN = template_of_workflow(make_design(10_000, 16_000))


@pytest.fixture
def template(seller: User) -> WorkflowTemplate:
    return keep_template(
        seller=seller, name="  My   usual ", design=DESIGN, subcategory=subcategory(), description=" For tools. "
    )


@pytest.fixture
def shipped(db: None) -> WorkflowTemplate:
    """A template of the platform's, for Desktop Applications."""
    return WorkflowTemplate.objects.create(name="Of the house", subcategory=subcategory(), design=DESIGN.to_json())


def test_r_gig_8_a_workflow_is_kept_as_it_was(template: WorkflowTemplate, seller: User) -> None:
    stored = WorkflowTemplate.objects.get(owner=seller)
    assert (stored.name, stored.description, stored.subcategory) == ("My usual", "For tools.", subcategory())
    assert stored.value == DESIGN
    assert stored.public_id.startswith("tpl_")
    assert list(own_templates(seller)) == [template]


def test_r_gig_8_without_a_milestone_there_is_nothing_to_keep(seller: User) -> None:
    with pytest.raises(NothingToKeep):
        keep_template(seller=seller, name="Nothing", design=TemplateDesign(stages=()))


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", TemplateNameMissing),
        ("  ", TemplateNameMissing),
        ("a" * 81, TemplateNameTooLong),
        ("my usual", TemplateNameTaken),
    ],
)
def test_r_gig_8_a_name_is_needed_and_its_owners_own(
    template: WorkflowTemplate, seller: User, name: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        keep_template(seller=seller, name=name, design=DESIGN)
    other = keep_template(seller=seller, name="a" * 80, design=DESIGN)
    with pytest.raises(error):
        rename_template(template=other, seller=seller, name=name)
    assert WorkflowTemplate.objects.get(pk=other.pk).name == "a" * 80


def test_r_gig_8_two_people_may_use_one_name(template: WorkflowTemplate) -> None:
    other = make_seller("Sune Seller")
    assert keep_template(seller=other, name="My usual", design=DESIGN).name == template.name
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkflowTemplate.objects.create(owner=other, name="MY USUAL", design={})


def test_r_gig_8_who_sells_nothing_keeps_no_template(shipped: WorkflowTemplate, buyer: User) -> None:
    with pytest.raises(OnlySellers):
        keep_template(seller=buyer, name="Mine", design=DESIGN)
    with pytest.raises(OnlySellers):
        copy_template(template=shipped, seller=buyer)
    assert not own_templates(buyer)


def test_r_gig_8_rename(template: WorkflowTemplate, seller: User) -> None:
    rename_template(template=template, seller=seller, name="MY usual")
    template.refresh_from_db()
    assert (template.name, template.description) == ("MY usual", "For tools.")
    rename_template(template=template, seller=seller, name="Another", description="")
    template.refresh_from_db()
    assert (template.name, template.description) == ("Another", "")


def test_r_gig_8_copies_have_names_of_their_own(template: WorkflowTemplate, seller: User) -> None:
    copies = [copy_template(template=template, seller=seller) for _ in range(2)]
    assert [copy.name for copy in copies] == ["My usual (2)", "My usual (3)"]
    assert {copy.owner for copy in copies} == {seller}
    assert [copy.value for copy in copies] == [DESIGN, DESIGN]
    long = keep_template(seller=seller, name="b" * 80, design=DESIGN)
    assert copy_template(template=long, seller=seller).name == "b" * 76 + " (2)"


def test_r_gig_8_the_hundredth_copy_of_a_long_name_fits_too(seller: User) -> None:
    long = keep_template(seller=seller, name="b" * 80, design=DESIGN)
    taken = ["b" * 76 + f" ({number})" for number in range(2, 10)]
    taken += ["b" * 75 + f" ({number})" for number in range(10, 100)]
    made = [WorkflowTemplate(owner=seller, name=name, design=long.design) for name in taken]
    WorkflowTemplate.objects.bulk_create(made)
    assert copy_template(template=long, seller=seller).name == "b" * 74 + " (100)"


def test_r_gig_8_words_about_a_template_are_not_cut_in_silence(seller: User) -> None:
    kept = keep_template(seller=seller, name="Long", design=DESIGN, description="x" * 300)
    assert kept.description == "x" * 300
    attempts: list[Callable[[], object]] = [
        lambda: keep_template(seller=seller, name="Longer", design=DESIGN, description="x" * 301),
        lambda: rename_template(template=kept, seller=seller, name="Longer", description="x" * 301),
    ]
    for attempt in attempts:
        with pytest.raises(TextTooLong) as refused:
            attempt()
        said = "Up to 300 characters fit here; this has 301."
        assert (refused.value.field, refused.value.message) == ("description", said)
    stored = own_templates(seller).get()
    assert (stored.name, stored.description) == ("Long", "x" * 300)


def test_r_gig_8_the_platforms_can_be_copied_but_not_changed(shipped: WorkflowTemplate, seller: User) -> None:
    copy = copy_template(template=shipped, seller=seller)
    assert (copy.owner, copy.name, copy.subcategory, copy.key) == (seller, "Of the house", subcategory(), "")
    with pytest.raises(TemplateUnknown):
        rename_template(template=shipped, seller=seller, name="Mine now")
    with pytest.raises(TemplateUnknown):
        delete_template(template=shipped, seller=seller)


def test_r_gig_8_delete_is_for_good(template: WorkflowTemplate, seller: User) -> None:
    delete_template(template=template, seller=seller)
    assert not own_templates(seller)
    with pytest.raises(TemplateUnknown):
        delete_template(template=template, seller=seller)


def test_r_gig_8_a_stranger_finds_no_template(template: WorkflowTemplate, stranger: User, buyer: User) -> None:
    for other in (stranger, buyer):
        with pytest.raises(TemplateUnknown):
            template_for(seller=other, public_id=template.public_id)
        with pytest.raises(TemplateUnknown):
            copy_template(template=template, seller=other)
        with pytest.raises(TemplateUnknown):
            rename_template(template=template, seller=other, name="Mine")
        with pytest.raises(TemplateUnknown):
            delete_template(template=template, seller=other)
    assert WorkflowTemplate.objects.get(pk=template.pk).name == "My usual"


def test_r_gig_4_the_platforms_are_found_by_subcategory_while_they_are_offered(
    shipped: WorkflowTemplate, template: WorkflowTemplate, seller: User
) -> None:
    assert shipped in platform_templates(subcategory())
    assert shipped in platform_templates()
    assert template not in platform_templates()
    assert shipped not in platform_templates(subcategory("business-plans"))
    assert template_for(seller=seller, public_id=shipped.public_id) == shipped
    WorkflowTemplate.objects.filter(pk=shipped.pk).update(offered=False)
    assert shipped not in platform_templates(subcategory())
    with pytest.raises(TemplateUnknown):
        template_for(seller=seller, public_id=shipped.public_id)


def test_r_gig_4_a_template_of_nobody_belongs_to_a_subcategory(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkflowTemplate.objects.create(name="Of nobody, for nothing", design={})
