"""Stages of an order paid at once, and substeps of milestones: shared and seen, moving nothing (R-GIG-6, R-ORD-15)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from marketplace.kernel import clock
from marketplace.kernel.errors import DomainError
from milestones.designs import SubstepDesign, WorkflowDesign
from milestones.enums import PackageTier
from notifications.models import Notification
from orders import errors
from orders.actors import agent as support
from orders.models import Order, ProgressStep, StepFile
from orders.services import deciding
from orders.services.delivering import FileInput
from orders.services.holding import place_hold
from orders.services.progress import acknowledge_step, share_step
from payments.enums import HoldKind
from payments.models import JournalEntry
from tests.factories.gigs import make_gig
from tests.factories.milestones import make_design
from tests.factories.orders import answer_all, deliver_current, make_order, pay_first, place_gig_order
from tests.factories.team import make_contributor, make_manager
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story

PRICE = {PackageTier.BASIC: 26_000}


def place(buyer: User, seller: User, design: WorkflowDesign, *, questions: int = 0) -> Order:
    return place_gig_order(make_gig(seller, prices=PRICE, design=design, questions=questions), buyer)


@pytest.fixture
def order(staged: Order) -> Order:
    return staged


@pytest.fixture
def in_milestones(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """Two paid milestones; the first, at work, has two substeps."""
    first, second = make_design(10_000, 16_000).stages
    steps = (SubstepDesign(name="Sketch"), SubstepDesign(name="Ink"))
    return pay_first(place(buyer, seller, WorkflowDesign(stages=(replace(first, substeps=steps), second))), stripe)


def steps_of(order: Order) -> list[ProgressStep]:
    return list(ProgressStep.objects.filter(milestone__order=order).order_by("milestone__position", "position"))


def share(order: Order, number: int, actor: User | None = None, *, message: str = "Look at this.") -> ProgressStep:
    step = steps_of(order)[number - 1]
    return share_step(order=order, actor=actor or order.seller, step_id=step.public_id, message=message)


def see(order: Order, number: int, actor: User | None = None) -> ProgressStep:
    step = steps_of(order)[number - 1]
    return acknowledge_step(order=order, actor=actor or order.buyer, step_id=step.public_id)


def standing(order: Order) -> tuple[object, ...]:
    """State, clocks and money of an order."""
    milestones = order.milestones.values_list("state", "due_at", "review_deadline", "delivered_at")
    return (Order.objects.get(pk=order.pk).state, tuple(milestones), JournalEntry.objects.count())


# --- What is planned --------------------------------------------------------------------------------------------------
def test_r_gig_6_an_order_paid_at_once_has_one_milestone_whose_stages_are_shared(order: Order) -> None:
    assert order.milestones.count() == 1
    assert [(step.position, step.name, step.is_stage) for step in steps_of(order)] == [
        (1, "Step 1", True),
        (2, "Step 2", True),
        (3, "Step 3", True),
    ]


def test_r_ord_15_substeps_of_paid_milestones_are_ticks(in_milestones: Order) -> None:
    assert [(step.name, step.is_stage) for step in steps_of(in_milestones)] == [("Sketch", False), ("Ink", False)]


# --- Sharing and seeing -----------------------------------------------------------------------------------------------
def test_r_gig_6_sharing_and_seeing_move_neither_money_nor_state(order: Order, buyer: User, seller: User) -> None:
    before, now = standing(order), clock.now()
    link = "https://example.com/rough"
    file = FileInput(upload=ContentFile(b"x", "a.txt"), name="a.txt", size=1, content_type="text/plain")
    first = steps_of(order)[0]
    shared = share_step(
        order=order, actor=seller, step_id=first.public_id, message=" Rough cut. ", link=link, files=[file], now=now
    )
    assert (shared.message, shared.link, shared.shared_at) == ("Rough cut.", link, now)
    assert StepFile.objects.get(step=shared).name == "a.txt"
    seen = acknowledge_step(order=order, actor=buyer, step_id=first.public_id, now=now)
    assert seen.acknowledged_at == now
    assert standing(order) == before
    entries = order.timeline.order_by("-pk")[:2]
    assert [(entry.name, entry.actor, entry.role, entry.data) for entry in entries] == [
        ("acknowledge_step", buyer, "buyer", {"step": "Step 1", "position": 1}),
        ("share_step", seller, "seller", {"step": "Step 1", "position": 1}),
    ]


def test_r_gig_6_each_side_is_told_once(order: Order, buyer: User, seller: User) -> None:
    share(order, 1, message="Rough\ncut " + "x" * 300)
    notice = Notification.objects.get(kind="step_shared")
    assert (notice.recipient, notice.data["step"]) == (buyer, "Step 1")
    assert notice.data["excerpt"].startswith("Rough cut xxx")
    assert len(notice.data["excerpt"]) == 200
    see(order, 1)
    assert Notification.objects.get(kind="step_acknowledged").recipient == seller


def test_r_ord_15_a_tick_needs_no_words_and_rings_no_bell(in_milestones: Order) -> None:
    share(in_milestones, 1, message="")
    assert steps_of(in_milestones)[0].shared_at
    assert not Notification.objects.filter(kind="step_shared").exists()


def test_r_gig_6_one_delivery_and_one_review_clock_however_many_stages(
    stripe: StripeDouble, order: Order, buyer: User
) -> None:
    story = Story.of(order, stripe)
    story.expect(captured=273_00, held=260_00, fee_held=13_00)
    share(order, 1)
    story.expect(captured=273_00, held=260_00, fee_held=13_00)
    delivery = deliver_current(order)
    assert delivery.is_final
    milestone = order.milestones.get()
    assert milestone.review_deadline == milestone.delivered_at + timedelta(days=order.policy.review_days)  # type: ignore[operator]
    see(order, 1)  # also while the delivery is being reviewed
    story.expect(captured=273_00, held=260_00, fee_held=13_00)
    deciding.accept_and_finish(order=order, actor=buyer)
    assert Order.objects.get(pk=order.pk).state == "completed"
    story.expect(captured=273_00, released=234_00, commission=26_00, fees=13_00)


def test_r_gig_6_sharing_goes_on_in_a_revision(order: Order, buyer: User) -> None:
    share(order, 1)
    deliver_current(order)
    deciding.request_revision(order=order, actor=buyer, message="Brighter, please.")
    assert share(order, 2).shared_at


# --- Refusals ---------------------------------------------------------------------------------------------------------
def refused(error: type[DomainError], order: Order, act: str, number: int, actor: User | None = None) -> None:
    before = [(step.shared_at, step.acknowledged_at) for step in steps_of(order)]
    entries = order.timeline.count()
    with pytest.raises(error):
        (share if act == "share" else see)(order, number, actor)
    assert [(step.shared_at, step.acknowledged_at) for step in steps_of(order)] == before
    assert order.timeline.count() == entries


def test_r_gig_6_a_stage_needs_words(order: Order) -> None:
    with pytest.raises(errors.StepNeedsMessage) as refusal:
        share(order, 1, message="  ")
    assert refusal.value.field == "message"


def test_r_ord_15_a_shared_step_has_room_for_so_many_characters_by_page_and_by_service(
    client: Client, order: Order, seller: User
) -> None:
    longest = {"message": "x" * 3000, "link": "https://example.com/" + "x" * 480}
    first, second, _ = steps_of(order)
    client.force_login(seller)
    for name, limit in (("message", 3000), ("link", 500)):
        longer = longest | {name: longest[name] + "x"}
        with pytest.raises(errors.WordsTooLong) as refusal:
            share_step(
                order=order, actor=seller, step_id=first.public_id, message=longer["message"], link=longer["link"]
            )
        said = f"Up to {limit} characters fit here; this has {limit + 1}."
        assert (refusal.value.field, refusal.value.message) == (name, said)
        refused = client.post(url("share_step", order, 1), longer)
        sentence = f"Ensure this value has at most {limit} characters (it has {limit + 1})."
        assert (refused.status_code, sentence in refused.text) == (422, True)
    assert steps_of(order)[0].shared_at is None
    assert client.post(url("share_step", order, 1), longest).status_code == 303
    shared = share_step(order=order, actor=seller, step_id=second.public_id, message="x" * 3000, link=longest["link"])
    assert (len(shared.message), len(shared.link)) == (3000, 500)


def test_r_gig_6_steps_follow_each_other(order: Order) -> None:
    refused(errors.StepOutOfTurn, order, "share", 2)
    share(order, 1)
    refused(errors.StepShared, order, "share", 1)
    share(order, 2)


def test_r_gig_6_only_what_was_shared_is_seen_and_once(order: Order) -> None:
    refused(errors.StepNotShared, order, "see", 1)
    share(order, 1)
    see(order, 1)
    refused(errors.StepAcknowledged, order, "see", 1)


def test_r_ord_15_a_tick_waits_for_no_answer(in_milestones: Order) -> None:
    share(in_milestones, 1)
    refused(errors.StepNeedsNoAnswer, in_milestones, "see", 1)


def test_r_gig_6_only_the_seller_shares_and_only_the_buyer_answers(
    order: Order, buyer: User, seller: User, stranger: User, agent: User
) -> None:
    mila, cleo = make_manager(seller), make_contributor(seller)
    refused(errors.NotYours, order, "share", 1, buyer)
    for nobody in (stranger, agent, cleo):
        refused(errors.OrderUnknown, order, "share", 1, nobody)
    share(order, 1, mila)
    refused(errors.NotYours, order, "see", 1, seller)
    for nobody in (stranger, agent, cleo):
        refused(errors.OrderUnknown, order, "see", 1, nobody)


def test_r_gig_6_a_step_of_another_order_is_not_found(order: Order, in_milestones: Order, seller: User) -> None:
    other = steps_of(in_milestones)[0]
    with pytest.raises(errors.StepUnknown):
        share_step(order=order, actor=seller, step_id=other.public_id, message="Look.")
    with pytest.raises(errors.StepUnknown):
        acknowledge_step(order=order, actor=order.buyer, step_id="stp_none")


def test_r_gig_6_nothing_is_shared_before_the_work_begins(stripe: StripeDouble, buyer: User, seller: User) -> None:
    design = make_design(10_000, 16_000, payments=False)
    order = place(buyer, seller, design, questions=1)
    refused(errors.StepNotAtWork, order, "share", 1)  # unpaid
    pay_first(order, stripe)
    refused(errors.StepNotAtWork, order, "share", 1)  # the questions are open
    answer_all(order)
    share(order, 1)


def test_r_gig_6_nothing_is_shared_while_a_delivery_is_reviewed_or_after_the_end(order: Order, buyer: User) -> None:
    share(order, 1)
    deliver_current(order)
    refused(errors.StepNotAtWork, order, "share", 2)
    deciding.accept_and_finish(order=order, actor=buyer)
    refused(errors.StepNotAtWork, order, "share", 2)
    refused(errors.OrderIsOver, order, "see", 1)


def test_r_ord_4_nothing_is_shared_while_the_order_is_on_hold(order: Order, agent: User) -> None:
    share(order, 1)
    place_hold(order=order, kind=HoldKind.SUPPORT, reason="A look at it.", actor=support(agent, order))
    refused(errors.OrderOnHold, order, "share", 2)
    see(order, 1)  # it decides nothing


def test_r_ord_15_substeps_of_a_milestone_that_has_not_begun_wait(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    first, second = make_design(10_000, 16_000).stages
    later = replace(second, substeps=(SubstepDesign(name="Later"),))
    order = pay_first(place(buyer, seller, WorkflowDesign(stages=(first, later))), stripe)
    refused(errors.StepNotAtWork, order, "share", 1)


# --- By page ----------------------------------------------------------------------------------------------------------
def url(name: str, order: Order, number: int) -> str:
    return reverse(f"orders:{name}", args=[order.public_id, steps_of(order)[number - 1].public_id])


def page(client: Client, order: Order, user: User) -> str:
    client.force_login(user)
    return client.get(reverse("orders:order", args=[order.public_id])).content.decode()


def test_r_gig_6_the_seller_shares_by_form_and_the_buyer_sees_it(
    client: Client, order: Order, buyer: User, seller: User
) -> None:
    assert "Share ‘Step 1’ with Bruno" in page(client, order, seller)
    posted = {"message": "**Rough** cut", "link": "example.com/rough", "files": ContentFile(b"hello", "notes.txt")}
    answer = client.post(url("share_step", order, 1), posted)
    assert answer.status_code == 303
    text = page(client, order, seller)
    assert "Share ‘Step 2’ with Bruno" in text
    assert "I have seen" not in text
    text = page(client, order, buyer)
    assert "<strong>Rough</strong> cut" in text
    assert "https://example.com/rough" in text
    assert "notes.txt" in text
    assert "Share ‘" not in text
    file = StepFile.objects.get()
    where = reverse("orders:step_file", args=[order.public_id, file.step.public_id, file.public_id])
    assert b"".join(client.get(where).streaming_content) == b"hello"  # type: ignore[attr-defined]
    assert client.post(url("acknowledge_step", order, 1)).status_code == 303
    assert "Seen by you" in page(client, order, buyer)
    assert "Seen by Bruno" in page(client, order, seller)


def test_r_ord_15_the_seller_ticks_and_the_buyer_sees(
    client: Client, in_milestones: Order, buyer: User, seller: User
) -> None:
    assert "‘Sketch’ is done" in page(client, in_milestones, seller)
    assert client.post(url("share_step", in_milestones, 1)).status_code == 303
    text = page(client, in_milestones, buyer)
    assert "2 steps of ‘Step 1’, 1 shared" in text
    assert "is done</button>" not in text


def test_r_gig_6_a_refused_form_keeps_what_was_typed(client: Client, order: Order, seller: User) -> None:
    client.force_login(seller)
    answer = client.post(url("share_step", order, 1), {"message": "", "link": "https://example.com/kept"})
    assert answer.status_code == 422
    assert "Say in a few words what is there to see." in answer.content.decode()
    assert "https://example.com/kept" in answer.content.decode()


def test_r_gig_6_refusals_stand_on_the_page(client: Client, order: Order, buyer: User, seller: User) -> None:
    client.force_login(buyer)
    assert client.post(url("share_step", order, 1), {"message": "Mine"}).status_code == 403
    assert client.post(url("acknowledge_step", order, 1)).status_code == 409
    client.force_login(seller)
    answer = client.post(url("share_step", order, 2), {"message": "Too early"})
    assert answer.status_code == 409
    assert "Share ‘Step 1’ first" in answer.content.decode()


def test_r_gig_6_strangers_find_nothing(client: Client, order: Order, seller: User, stranger: User) -> None:
    client.force_login(seller)
    client.post(url("share_step", order, 1), {"message": "Look", "files": ContentFile(b"hello", "notes.txt")})
    file = StepFile.objects.get()
    client.force_login(stranger)
    where = reverse("orders:step_file", args=[order.public_id, file.step.public_id, file.public_id])
    assert client.get(where).status_code == 404
    assert client.post(url("share_step", order, 2), {"message": "Look"}).status_code == 404
    assert client.post(url("acknowledge_step", order, 1)).status_code == 404


def test_an_order_without_steps_shows_none(client: Client, stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = pay_first(make_order(buyer=buyer, seller=seller), stripe)
    assert 'id="progress"' not in page(client, order, buyer)
