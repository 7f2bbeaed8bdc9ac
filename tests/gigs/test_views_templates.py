"""The library of templates (R-GIG-4, R-GIG-8): one's own and the platform's, and nobody else's."""

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from gigs.models import Gig, WorkflowTemplate
from gigs.services.templates import keep_template
from milestones.enums import PackageTier
from milestones.fitting import template_of_workflow
from tests.factories.gigs import subcategory
from tests.factories.milestones import make_design
from tests.factories.team import make_member

DESIGN = template_of_workflow(make_design(10_000, 16_000, tiers=(PackageTier.BASIC, PackageTier.STANDARD)))
LIBRARY = "/gigs/templates/"


@pytest.fixture
def template(seller: User) -> WorkflowTemplate:
    return keep_template(seller=seller, name="My usual", design=DESIGN, subcategory=subcategory())


@pytest.fixture
def shipped(db: None) -> WorkflowTemplate:
    return WorkflowTemplate.objects.get(key="application-from-idea")


def url(name: str, template: WorkflowTemplate) -> str:
    return reverse(f"gigs:{name}", args=[template.public_id])


def test_r_gig_4_the_library_shows_ones_own_and_the_platforms(selling: Client, template: WorkflowTemplate) -> None:
    page = selling.get(LIBRARY).content.decode()
    assert "My usual" in page
    assert "2 milestones · up to 10 days" in page
    assert WorkflowTemplate.objects.filter(owner=None).count() == page.count('<p class="eyebrow">') - 1
    assert "A desktop application from idea to installer" in page


def test_r_gig_8_an_empty_library_says_how_to_fill_it(selling: Client) -> None:
    assert "None of your own yet" in selling.get(LIBRARY).content.decode()


def test_the_library_reads_a_constant_number_of_times(
    selling: Client, seller: User, template: WorkflowTemplate, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(20) as one:
        selling.get(LIBRARY)
    for number in range(3):
        keep_template(seller=seller, name=f"Another {number}", design=DESIGN, subcategory=subcategory())
    with django_assert_max_num_queries(len(one)):
        selling.get(LIBRARY)


def test_r_gig_2_who_sells_nothing_is_led_to_selling(client: Client, buyer: User, shipped: WorkflowTemplate) -> None:
    client.force_login(buyer)
    assert client.get(LIBRARY)["Location"] == reverse("accounts:sell")
    page = client.get(url("template", shipped)).content.decode()
    assert "Start selling" in page
    assert "Copy it" not in page
    assert client.post(url("copy_template", shipped)).status_code == 403


def test_r_gig_4_a_page_shows_every_stage_in_every_package(selling: Client, shipped: WorkflowTemplate) -> None:
    page = selling.get(url("template", shipped)).content.decode()
    for stage in shipped.value.stages:
        assert stage.name in page
        assert all(criterion in page for criterion in stage.criteria)
    assert "Basic: 3 days · 15\u00a0%" in page
    assert "Second operating system" in page
    assert "(Premium)" in page
    assert "Delete" not in page  # it is not the seller's
    assert "Rename" not in page


def test_r_gig_8_a_template_of_an_offer_is_for_every_package(selling: Client, seller: User) -> None:
    plain = replace(DESIGN, stages=tuple(replace(stage, packages=()) for stage in DESIGN.stages))
    page = selling.get(url("template", keep_template(seller=seller, name="Plain", design=plain))).content.decode()
    assert "Every package: 5 days" in page


def test_r_gig_8_rename_by_form(selling: Client, template: WorkflowTemplate) -> None:
    answer = selling.post(url("rename_template", template), {"name": "Better", "description": "For tools."})
    assert answer["Location"] == url("template", template)
    template.refresh_from_db()
    assert (template.name, template.description) == ("Better", "For tools.")


@pytest.mark.parametrize(("typed", "words"), [("", "Give the template a name"), ("TAKEN", "called “TAKEN” already")])
def test_r_gig_8_a_refused_name_is_shown_as_typed(
    selling: Client, seller: User, template: WorkflowTemplate, typed: str, words: str
) -> None:
    keep_template(seller=seller, name="Taken", design=DESIGN)
    answer = selling.post(url("rename_template", template), {"name": typed, "description": "Kept words"})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Kept words" in answer.content.decode()
    template.refresh_from_db()
    assert template.name == "My usual"


def test_r_gig_8_copy_by_button(selling: Client, seller: User, shipped: WorkflowTemplate) -> None:
    answer = selling.post(url("copy_template", shipped))
    copy = WorkflowTemplate.objects.get(owner=seller)
    assert answer["Location"] == url("template", copy)
    assert (copy.name, copy.value) == (shipped.name, shipped.value)
    page = selling.get(url("template", copy)).content.decode()
    assert "is yours." in page
    assert "Delete this template" in page


def test_r_gig_8_delete_asks_first(selling: Client, template: WorkflowTemplate) -> None:
    page = selling.get(url("delete_template", template)).content.decode()
    assert "Delete “My usual”?" in page
    assert "stay as they are" in page
    assert WorkflowTemplate.objects.filter(pk=template.pk).exists()
    assert selling.post(url("delete_template", template))["Location"] == LIBRARY
    assert not WorkflowTemplate.objects.filter(pk=template.pk).exists()


@pytest.mark.parametrize("name", ["rename_template", "delete_template"])
def test_r_gig_8_the_platforms_are_not_changed_by_a_seller(
    selling: Client, shipped: WorkflowTemplate, name: str
) -> None:
    assert selling.post(url(name, shipped), {"name": "Mine"}).status_code == 404


@pytest.mark.parametrize("name", ["template", "rename_template", "copy_template", "delete_template"])
def test_r_gig_8_strangers_find_nothing(client: Client, template: WorkflowTemplate, stranger: User, name: str) -> None:
    client.force_login(stranger)
    ask = client.get if name == "template" else client.post
    assert ask(url(name, template)).status_code == 404
    template.refresh_from_db()
    assert template.name == "My usual"


def test_r_gig_8_a_template_is_used_in_a_draft_or_a_new_gig(
    selling: Client, shipped: WorkflowTemplate, draft: Gig
) -> None:
    page = selling.get(url("template", shipped)).content.decode()
    wanted = f"?template={shipped.public_id}"
    assert f"/gigs/{draft.public_id}/edit/description/{wanted}" in page
    assert f"/gigs/new/{wanted}" in page


def test_a_manager_of_the_team_sees_the_sellers_templates(
    client: Client, seller: User, template: WorkflowTemplate
) -> None:
    member = make_member(seller)
    client.force_login(member.user)
    assert client.get(url("template", template)).status_code == 404
    client.post(reverse("accounts:work_for"), {"seller": seller.public_id})
    assert "My usual" in client.get(LIBRARY).content.decode()
    client.post(url("copy_template", template))
    assert [copy.name for copy in WorkflowTemplate.objects.filter(owner=seller)] == ["My usual", "My usual (2)"]
