"""Files of an order for agents: always an attachment, always on record (R-SUP-1, R-SUP-4)."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile

from accounts.models import User
from inbox.models import Attachment
from orders.models import DeliveryFile, Order
from orders.services.requirements import Answer, answer_requirements
from tests.factories.accounts import make_user
from tests.factories.gigs import picture
from tests.factories.inbox import make_conversation, say, text_file
from tests.factories.order_states import delivered, questions
from tests.factories.orders import without_file
from tests.payments.simulator_fixtures import StripeDouble
from tests.support.conftest import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    return delivered(stripe, buyer, seller)


def said(buyer: User, seller: User) -> Attachment:
    return say(make_conversation(buyer, seller), buyer, files=[text_file("sketch.txt", b"<script>")]).attachments.get()


@pytest.mark.parametrize("held_back", [False, True])
def test_a_delivered_file_is_taken_and_put_on_record(desk: Desk, order: Order, held_back: bool) -> None:
    """Originals too, which the buyer does not have yet."""
    file = DeliveryFile.objects.get(held_back=held_back)

    answer = desk.file(order, "delivery", file.public_id)

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{file.name}"'
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.getvalue() == b"content of " + file.name.encode()
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (desk.agent, str(order.pk))
    assert entry.change_message == f"Downloaded the file “{file.name}”"


def test_a_file_of_the_conversation_is_an_attachment(desk: Desk, order: Order, buyer: User, seller: User) -> None:
    answer = desk.file(order, "message", said(buyer, seller).public_id)

    assert answer.headers["Content-Disposition"] == 'attachment; filename="sketch.txt"'
    assert answer.getvalue() == b"<script>"
    assert "sketch.txt" in LogEntry.objects.get().change_message


def test_a_picture_is_not_shown_inline_either(desk: Desk, order: Order, buyer: User, seller: User) -> None:
    sent = say(make_conversation(buyer, seller), buyer, files=[text_file("look.png", picture().getvalue())])

    answer = without_file(desk.file(order, "message", sent.attachments.get().public_id))

    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_an_answers_file_is_taken(desk: Desk, stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = questions(stripe, buyer, seller)
    brief = ContentFile(b"the brief", name="brief.txt")
    answers = {r.pk: Answer(text="As we said.") for r in order.requirements.all()}
    last = order.requirements.last()
    assert last is not None
    answers[last.pk] = Answer(text="Here.", file=brief, file_name="brief.txt")
    answer_requirements(order=order, actor=buyer, answers=answers)

    assert desk.file(order, "answer", last.position).getvalue() == b"the brief"
    assert desk.file(order, "answer", 1).status_code == 404  # words alone
    assert [entry.change_message for entry in LogEntry.objects.all()] == ["Downloaded the file “brief.txt”"]


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("delivery", "fil_none"), ("message", "att_none"), ("answer", "1"), ("answer", "99"), ("answer", "x"),
        ("answer", "²"), ("passport", "1"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(desk: Desk, order: Order, kind: str, key: str) -> None:
    assert desk.file(order, kind, key).status_code == 404
    assert not LogEntry.objects.exists()


def test_a_file_that_storage_lost_is_not_on_record(desk: Desk, order: Order) -> None:
    file = DeliveryFile.objects.get(held_back=False)
    file.file.storage.delete(str(file.file.name))

    assert desk.file(order, "delivery", file.public_id).status_code == 404
    assert not LogEntry.objects.exists()


def test_a_file_belongs_to_its_own_order(
    desk: Desk, order: Order, stripe: StripeDouble, seller: User, buyer: User
) -> None:
    other = delivered(stripe, make_user("Oona Other"), seller)
    theirs = DeliveryFile.objects.filter(delivery__milestone__order=other)[0]

    assert desk.file(order, "delivery", theirs.public_id).status_code == 404
    assert desk.file(other, "message", said(buyer, seller).public_id).status_code == 404


@pytest.mark.parametrize(
    ("kind", "kept_from"),
    [("delivery", "view_deliveryfile"), ("message", "view_attachment"), ("delivery", "view_order")],
)
def test_r_sup_5_only_who_may_see_it(
    helper: User, order: Order, buyer: User, seller: User, kind: str, kept_from: str
) -> None:
    key = DeliveryFile.objects.all()[0].public_id if kind == "delivery" else said(buyer, seller).public_id
    helper.groups.clear()
    helper.user_permissions.set(Permission.objects.filter(codename__startswith="view_").exclude(codename=kept_from))

    assert Desk(helper).file(order, kind, key).status_code == 403
    assert not LogEntry.objects.exists()


def test_nothing_is_posted_to_a_file(desk: Desk, order: Order) -> None:
    file = DeliveryFile.objects.all()[0]
    url = f"/support/orders/order/{order.pk}/files/delivery/{file.public_id}/"

    assert desk.client.post(url).status_code == 405
    assert desk.client.delete(url).status_code == 405
