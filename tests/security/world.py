"""One of everything that belongs to a buyer and a seller, and to nobody else."""

from django.core.files.base import ContentFile

from accounts.models import TeamInvitation, User
from accounts.services import issue_token, make_calendar
from gigs.enums import RequirementKind
from gigs.models import Gig
from gigs.services.gallery import add_image
from gigs.services.templates import keep_template
from marketplace.kernel import clock
from milestones.fitting import template_of_workflow
from notifications.models import Notification
from orders.models import DeliveryFile, Order, OrderRequirement, ProgressStep, StepFile
from orders.services.noting import write_note
from payments.models import Charge, SavedMethod
from payments.services.invoicing import issue_invoice
from tests.factories.gigs import make_draft, make_gig, picture
from tests.factories.inbox import make_answer, make_conversation, picture_file, say, text_file
from tests.factories.milestones import make_design
from tests.factories.offers import ask, make_offer, make_offer_draft
from tests.factories.order_states import delivered
from tests.factories.team import invite, make_member, make_task_note
from tests.payments.simulator_fixtures import StripeDouble


def build_world(stripe: StripeDouble, buyer: User, seller: User) -> dict[str, str]:
    """Names for the addresses of the table, with the id of what they stand for."""
    order = delivered(stripe, buyer, seller)
    invoice = issue_invoice(charge_id=Charge.objects.get(group=order.public_id).pk)
    assert invoice is not None
    token, _ = issue_token(user=buyer, name="Report", now=clock.now())
    gig = make_gig(seller)
    return {
        **_parts_of(order),
        **_talk(buyer, seller, gig),
        **_team(order, seller),
        **_drafts(seller),
        "gig": gig.public_id,
        "notice": Notification.objects.filter(recipient=buyer).latest("pk").public_id,
        "token": token.public_id,
        "invoice": invoice.number,
        "calendar": make_calendar(user=buyer, now=clock.now()).key,
        "card": SavedMethod.objects.get(user=buyer).stripe_id,
        "buyer": buyer.public_id,
        "seller": seller.public_id,
    }


def _parts_of(order: Order) -> dict[str, str]:
    OrderRequirement.objects.create(
        order=order, position=1, question="?", kind=RequirementKind.FILE, file=ContentFile(b"x", "x"), file_name="x"
    )
    step = ProgressStep.objects.create(milestone=order.milestones.earliest("pk"), position=1, name="?", is_stage=True)
    step_file = StepFile.objects.create(step=step, file=ContentFile(b"x", "x"), name="x", size=1)
    return {
        "order": order.public_id,
        "pk": str(order.pk),  # for the desk
        "step": step.public_id,
        "order_note": write_note(order=order, actor=order.seller, body="?", is_shared=False).public_id,
        "step_file": step_file.public_id,
        "preview": DeliveryFile.objects.get(held_back=False).public_id,
        "original": DeliveryFile.objects.get(held_back=True).public_id,
    }


def _drafts(seller: User) -> dict[str, str]:
    """What only its seller works on."""
    gig = make_draft(seller)
    image = add_image(gig=gig, seller=seller, content=picture(), alt="A green window")
    template = keep_template(seller=seller, name="My usual", design=template_of_workflow(make_design(1, 1)))
    return {"draft_gig": gig.public_id, "draft_image": image.public_id, "template": template.public_id}


def _talk(buyer: User, seller: User, gig: Gig) -> dict[str, str]:
    """A conversation with what was sent, offered and asked in it."""
    conversation = make_conversation(buyer, seller)
    attachment = say(conversation, seller, files=[text_file()]).attachments.get()
    shown = say(conversation, seller, files=[picture_file()]).attachments.get()
    offer = make_offer(seller, buyer, gig=gig, conversation=conversation)
    draft = make_offer_draft(seller, buyer, gig=gig, conversation=conversation)
    return {
        "conversation": conversation.public_id,
        "attachment": attachment.public_id,
        "picture": shown.public_id,
        "answer": make_answer(seller).public_id,
        "offer": offer.public_id,
        "draft": draft.public_id,
        "request": ask(conversation, buyer).public_id,
    }


def _team(order: Order, seller: User) -> dict[str, str]:
    member, join = make_member(seller), invite(seller, "invited@example.com")
    note = make_task_note(order)
    return {
        "member": member.public_id,
        "task": note.task.public_id,
        "note": note.public_id,
        "invitation": TeamInvitation.objects.get(email="invited@example.com").public_id,
        "join": join,
    }
