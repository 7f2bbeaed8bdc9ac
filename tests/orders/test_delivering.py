"""Deliveries (R-ORD-5)."""

import pytest
from django.core.files.base import ContentFile

from accounts.models import User
from marketplace.kernel.errors import ManyInvalid
from orders.errors import IllegalTransition, NotYours
from orders.models import Delivery, DeliveryFile
from orders.selectors import file_for
from orders.services.delivering import FileInput, LinkInput, deliver
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story

pytestmark = pytest.mark.django_db
LINK = LinkInput(url="https://example.com/folder", label="The folder")


def a_file(*, held_back: bool = False) -> FileInput:
    upload = ContentFile(b"work", name="work.txt")
    return FileInput(upload=upload, name="work.txt", size=4, content_type="text/plain", held_back=held_back)


def codes(error: ManyInvalid) -> list[tuple[str, str]]:
    return [(each.field, each.code) for each in error.errors]


def test_r_ord_5_a_message_and_a_file_or_link_are_needed_each_error_beside_its_field(story: Story) -> None:
    story.pay()
    with pytest.raises(ManyInvalid) as caught:
        deliver(order=story.order, actor=story.seller, message=" ")
    assert codes(caught.value) == [("message", "delivery_needs_message"), ("files", "delivery_needs_content")]
    assert Delivery.objects.count() == 0
    deliver(order=story.order, actor=story.seller, message="Look.", links=[LINK])
    assert story.milestone(1).state == "delivered"


def test_r_ord_5_the_last_delivery_confirms_the_full_project(stripe: StripeDouble, buyer: User, seller: User) -> None:
    story = Story(stripe, buyer, seller, prices=[500_00])
    story.pay()
    with pytest.raises(ManyInvalid) as caught:
        deliver(order=story.order, actor=seller, message="All.", links=[LINK])
    assert codes(caught.value) == [("is_full_project", "confirm_full_project")]
    assert deliver(order=story.order, actor=seller, message="All.", links=[LINK], is_full_project=True).is_final


def test_only_the_seller_delivers(story: Story) -> None:
    story.pay()
    with pytest.raises(NotYours):
        deliver(order=story.order, actor=story.buyer, message="Mine.", links=[LINK])


def test_r_ord_2_nothing_is_delivered_before_the_order_begins(story: Story) -> None:
    with pytest.raises(IllegalTransition):
        deliver(order=story.order, actor=story.seller, message="Early.", links=[LINK])


def test_r_ord_5_a_second_delivery_waits_for_a_revision(delivered: Story) -> None:
    with pytest.raises(IllegalTransition, match="is delivered"):
        deliver(order=delivered.order, actor=delivered.seller, message="More.", links=[LINK])


def test_r_ord_5_previews_at_once_originals_on_acceptance(story: Story, stranger: User) -> None:
    story.pay()
    deliver(order=story.order, actor=story.seller, message="Both.", files=[a_file(), a_file(held_back=True)])
    preview, original = DeliveryFile.objects.order_by("pk")
    assert file_for(story.buyer, preview.public_id) == preview
    assert file_for(story.buyer, original.public_id) is None
    assert file_for(story.seller, original.public_id) == original
    assert file_for(stranger, preview.public_id) is None
    story.accept_and_stop()
    assert file_for(story.buyer, original.public_id) == original
    assert file_for(stranger, original.public_id) is None
