"""The composer: saved as it is typed, safe in two tabs, begun from a gig or a template, dates and sums as typed."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from gigs.models import Gig, WorkflowTemplate
from gigs.services.templates import keep_template
from inbox.models import Conversation
from marketplace.kernel import clock
from marketplace.kernel.errors import Unknown
from marketplace.kernel.money import Money
from marketplace.web.instants import day, read
from milestones.fitting import template_of_workflow
from offers import services
from offers.enums import OfferState
from offers.errors import DraftChanged, NotYourStep, OfferMovedOn
from offers.forms import read_undo, write_undo
from offers.models import Offer
from offers.services.drafting import Seen
from offers.terms import DraftTerms
from tests.factories.gigs import make_gig
from tests.factories.inbox import make_conversation
from tests.factories.milestones import make_design
from tests.factories.offers import begin_counter, counter, draft_of, make_offer, make_offer_draft, rows
from tests.offers.test_views import HTMX, as_, compose, form
from tests.web.test_kept import sign_in


@pytest.fixture
def conversation(buyer: User, seller: User) -> Conversation:
    return make_conversation(buyer, seller)


@pytest.fixture
def gig(seller: User) -> Gig:
    return make_gig(seller, design=make_design(10_000, 16_000))


@pytest.fixture
def template(seller: User) -> WorkflowTemplate:
    return keep_template(seller=seller, name="My usual", design=template_of_workflow(make_design(10_000, 30_000)))


def typed_amounts(response: object) -> list[str]:
    composer = response.context["composer"]  # type: ignore[attr-defined]
    return [milestone.amount for milestone in composer.draft.typed.milestones]


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)
    assert found, name
    return found[1]


# --- Saved as it is typed
def test_a_new_draft_is_saved_as_it_is_typed_once_and_then_again(
    conversation: Conversation, gig: Gig, seller: User
) -> None:
    writer = as_(seller)
    response = writer.post(compose(conversation), form(gig, "autosave", "1.00", edits="0", tab="mine"), headers=HTMX)
    draft = Offer.objects.get()
    page = response.content.decode()
    assert "Saved at" in page
    assert response["HX-Replace-Url"] == reverse("offers:edit", args=[draft.public_id])
    known = {"draft": hidden(page, "draft"), "edits": hidden(page, "edits")}
    assert known == {"draft": draft.public_id, "edits": "1"}
    again = writer.post(compose(conversation), form(gig, "autosave", "2.00", **known, tab="mine"), headers=HTMX)
    assert "HX-Replace-Url" not in again
    assert Offer.objects.get().typed.milestones[0].amount == "2.00"
    writer.post(compose(conversation), form(gig, "send", "60.00", "61.00", **known, tab="mine"))
    assert Offer.objects.get().state == OfferState.SENT


def test_another_persons_draft_can_not_be_named(
    conversation: Conversation, gig: Gig, seller: User, buyer: User
) -> None:
    foreign = make_offer_draft(make_gig().seller, buyer)
    mine_as_buyer = begin_counter(make_offer(seller, buyer, conversation=conversation))
    for draft in (foreign, mine_as_buyer):
        data = form(gig, "save", draft=draft.public_id)
        assert as_(seller).post(compose(conversation), data).status_code == 404


def test_what_is_too_long_is_said_and_not_saved(conversation: Conversation, gig: Gig, seller: User) -> None:
    data = form(gig, "autosave", title="x" * 121)
    page = as_(seller).post(compose(conversation), data, headers=HTMX).content.decode()
    assert "Not saved: Up to 120 characters fit here" in page
    assert not Offer.objects.exists()


# --- Two tabs
def test_of_two_tabs_the_second_is_warned_and_has_both_ways_on(
    conversation: Conversation, gig: Gig, seller: User, buyer: User
) -> None:
    draft = make_offer_draft(seller, buyer, gig=gig, conversation=conversation)
    edit = reverse("offers:edit", args=[draft.public_id])
    writer = as_(seller)
    first, second = ({"edits": "1", "tab": name} for name in ("first", "second"))
    assert writer.post(edit, form(gig, "save", "1.00", **first)).status_code == 302
    for action in ("save", "send"):
        refused = writer.post(edit, form(gig, action, "2.00", **second))
        assert refused.status_code == 409
        assert typed_amounts(refused) == ["2.00"]
        assert "Keep what is here" in refused.content.decode()
    quiet = writer.post(edit, form(gig, "autosave", "2.00", **second), headers=HTMX).content.decode()
    assert "Not saved: you changed this draft in another window" in quiet
    assert Offer.objects.get().typed.milestones[0].amount == "1.00"
    assert writer.post(edit, form(gig, "overwrite", "2.00", **second)).status_code == 302
    assert Offer.objects.get().typed.milestones[0].amount == "2.00"


def test_a_tab_is_never_refused_because_of_itself(seller: User, buyer: User, gig: Gig) -> None:
    draft = make_offer_draft(seller, buyer, gig=gig)

    def save(edits: int, tab: str) -> Offer:
        return services.save_draft(
            seller=seller,
            conversation=draft.conversation,
            draft=draft_of(gig),
            offer=draft,
            seen=Seen(edits=edits, tab=tab),
            now=draft.created_at,
        )

    assert save(1, "mine").edits == 2
    assert save(1, "mine").edits == 3
    with pytest.raises(DraftChanged):
        save(1, "other")
    assert save(3, "other").tab == "other"


# --- A newer version came meanwhile
def test_a_draft_can_answer_the_version_that_came_meanwhile(seller: User, buyer: User, gig: Gig) -> None:
    offer = make_offer(seller, buyer, gig=gig)
    begun = services.revise_offer(offer=offer, seller=seller, now=offer.created_at)
    proposed = counter(offer)
    with pytest.raises(OfferMovedOn, match="Meanwhile Bruno has sent version 2"):
        services.send_offer(offer=begun, seller=seller)
    edit = reverse("offers:edit", args=[begun.public_id])
    page = as_(seller).get(edit).content.decode()
    assert "There is a newer version." in page
    refused = as_(seller).post(edit, form(gig, "send", "60.00", "61.00", edits=str(begun.edits)))
    assert refused.status_code == 409
    assert typed_amounts(refused) == ["60.00", "61.00"]
    edits = str(Offer.objects.get(pk=begun.pk).edits)
    assert as_(seller).post(edit, form(gig, "newest", "60.00", "61.00", edits=edits)).status_code == 302
    begun.refresh_from_db()
    assert (begun.replaces, begun.version, begun.typed.milestones[1].amount) == (proposed, 3, "61.00")
    assert services.send_offer(offer=begun, seller=seller).state == OfferState.SENT


def test_a_buyers_draft_answers_the_sellers_newer_version(seller: User, buyer: User) -> None:
    offer = make_offer(seller, buyer)
    begun = begin_counter(offer)
    revised = services.revise_offer(offer=offer, seller=seller, now=offer.created_at)
    services.send_offer(offer=revised, seller=seller)
    with pytest.raises(Unknown):
        services.answer_newest(offer=begun, author=seller, now=clock.now())
    assert services.answer_newest(offer=begun, author=buyer, now=clock.now()).replaces == revised


# --- Beginning with a gig or a template
def test_r_ofr_3_an_offer_begins_with_a_gigs_package(conversation: Conversation, gig: Gig, seller: User) -> None:
    page = as_(seller).get(compose(conversation)).content.decode()
    assert f'value="gig:{gig.public_id}:basic"' in page
    data = form(gig, "start", "", start=f"gig:{gig.public_id}:basic", title="")
    response = as_(seller).post(compose(conversation), data, headers=HTMX)
    assert typed_amounts(response) == ["100.00", "160.00"]
    draft = response.context["composer"].draft
    assert (draft.title, draft.typed.milestones[0].criteria) == (gig.title, "Step 1 works")
    assert not Offer.objects.exists()


@pytest.mark.parametrize(("typed", "amounts"), [("400.00", ["100.00", "300.00"]), ("", ["", ""])])
def test_r_gig_8_a_template_divides_what_was_typed(
    typed: str, amounts: list[str], conversation: Conversation, gig: Gig, seller: User, template: WorkflowTemplate
) -> None:
    data = form(gig, "start", typed or "", start=f"template:{template.public_id}")
    data["milestones-0-amount"] = typed
    assert typed_amounts(as_(seller).post(compose(conversation), data, headers=HTMX)) == amounts


def test_a_template_divides_the_buyers_budget_when_nothing_is_typed(
    conversation: Conversation, gig: Gig, seller: User, buyer: User, template: WorkflowTemplate
) -> None:
    services.ask_for_offer(
        conversation=conversation,
        buyer=buyer,
        brief="A film",
        budget=Money(100_000, "USD"),
        needed_by=None,
        currency="USD",
        now=clock.now(),
    )
    data = form(gig, "start", "", start=f"template:{template.public_id}") | {"milestones-0-amount": ""}
    assert typed_amounts(as_(seller).post(compose(conversation), data, headers=HTMX)) == ["250.00", "750.00"]


def test_what_is_not_ones_own_can_not_be_begun_with(
    conversation: Conversation, gig: Gig, seller: User, template: WorkflowTemplate
) -> None:
    foreign = make_gig(design=make_design(10_000, 16_000))
    own = keep_template(seller=foreign.seller, name="Theirs", design=template.value)
    for choice in (
        f"gig:{foreign.public_id}:basic",
        f"gig:{gig.public_id}:none",
        f"template:{own.public_id}",
        "",
        "x:y",
    ):
        response = as_(seller).post(compose(conversation), form(gig, "start", "7.00", start=choice), headers=HTMX)
        assert typed_amounts(response) == ["7.00"]


def test_what_a_button_took_away_is_brought_back(conversation: Conversation, gig: Gig, seller: User) -> None:
    writer = as_(seller)
    removed = writer.post(compose(conversation), form(gig, "remove-1", "1.00", "2.00", "3.00"), headers=HTMX)
    assert typed_amounts(removed) == ["1.00", "3.00"]
    assert "Undo" in removed.content.decode()
    data = form(gig, "undo", "1.00", "3.00", undo=removed.context["undo"])
    assert typed_amounts(writer.post(compose(conversation), data, headers=HTMX)) == ["1.00", "2.00", "3.00"]


@pytest.mark.parametrize(
    "forged", ["", "[]", "{", '{"milestones": [1]}', '{"milestones": [{"x": 1}]}', '{"milestones": 7}', "[" * 9999]
)
def test_a_forged_undo_changes_nothing(forged: str) -> None:
    typed = DraftTerms(milestones=rows("1.00"))
    assert read_undo(forged, typed).milestones in {typed.milestones, ()}
    assert read_undo(write_undo(typed), DraftTerms()) == typed


# --- Dates and sums
def test_each_milestone_has_its_date_if_accepted_today(conversation: Conversation, gig: Gig, seller: User) -> None:
    page = as_(seller).post(compose(conversation), form(gig, "preview", "60.00", "61.00"), headers=HTMX)
    for days in (4, 8):
        local = read(clock.now() + timedelta(days=days))
        assert local
        assert f"4 days, by {day(local)} · $6" in page.content.decode()


def test_without_javascript_a_button_works_it_out(conversation: Conversation, gig: Gig, seller: User) -> None:
    page = as_(seller).post(compose(conversation), form(gig, "update", "60.00", "61.00")).content.decode()
    assert "<noscript>" in page
    assert "Work it out" in page
    assert "$121.00" in page


# --- Signed out in between
def test_what_was_typed_while_signed_out_is_there_after_signing_in(
    client: Client, conversation: Conversation, gig: Gig, seller: User
) -> None:
    client.post(compose(conversation), form(gig, "send", "77.00", "78.00", title="Typed too late"))
    page = sign_in(client, seller, compose(conversation))
    assert 'value="Typed too late"' in page
    assert 'value="77.00"' in page
    assert not Offer.objects.exists()


# --- A template of an offer
def test_r_gig_8_the_seller_keeps_an_offers_milestones_as_a_template(seller: User, buyer: User, stranger: User) -> None:
    offer = make_offer(seller, buyer)  # 120, 240 and 80 dollars
    with pytest.raises(NotYourStep):
        services.keep_as_template(offer=offer, actor=buyer, name="Mine")
    with pytest.raises(Unknown):
        services.keep_as_template(offer=offer, actor=stranger, name="Mine")
    path = reverse("offers:keep", args=[offer.public_id])
    assert as_(buyer).post(path, {"name": "Mine"}).status_code == 403
    assert as_(stranger).post(path, {"name": "Mine"}).status_code == 404
    page = as_(seller).post(path, {"name": "Films"}, follow=True).content.decode()
    assert "“Films” is among your templates now." in page
    kept = WorkflowTemplate.objects.get(owner=seller)
    assert [stage.share for stage in kept.value.stages] == [2727, 5455, 1818]
    assert "“films”" in as_(seller).post(path, {"name": "films"}, follow=True).content.decode()
    assert WorkflowTemplate.objects.filter(owner=seller).count() == 1
