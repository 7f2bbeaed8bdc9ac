"""Files with messages: pictures get a small copy without what the camera wrote; only the two get them (R-OFR-1)."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from inbox.models import Attachment, Conversation
from inbox.services import attaching
from tests.factories.inbox import make_conversation, picture_file, say, text_file


@pytest.fixture
def conversation(buyer: User, seller: User) -> Conversation:
    return make_conversation(buyer, seller)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_r_ofr_1_a_picture_gets_a_small_copy(conversation: Conversation, buyer: User, seller: User, kind: str) -> None:
    file = say(conversation, buyer, files=[picture_file(kind=kind)]).attachments.get()
    assert (file.width, file.height) == (640, 480)
    path = reverse("inbox:thumbnail", args=[file.public_id])
    shown = as_(seller).get(path)
    assert shown["Content-Type"] == "image/webp"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown["Content-Security-Policy"]
    assert Image.open(BytesIO(shown.getvalue())).size == (640, 480)
    page = as_(seller).get(conversation.get_absolute_url()).text
    assert f'<img src="{path}" width="640" height="480" alt="Download grinder.jpg" loading="lazy">' in page


def test_r_ofr_1_the_copy_stands_upright_without_the_camera_and_the_original_stays(
    conversation: Conversation, buyer: User
) -> None:
    file = say(conversation, buyer, files=[picture_file(camera="Secret Camera 9")]).attachments.get()
    assert (file.width, file.height) == (360, 480)
    with file.thumbnail.open("rb") as small:
        data = small.read()
    assert b"Secret Camera" not in data
    assert not Image.open(BytesIO(data)).getexif()
    with file.file.open("rb") as original:
        assert b"Secret Camera" in original.read()


def test_r_ofr_1_only_the_two_get_a_file_or_its_copy(conversation: Conversation, buyer: User, stranger: User) -> None:
    file = say(conversation, buyer, files=[picture_file()]).attachments.get()
    for name in ("inbox:attachment", "inbox:thumbnail"):
        assert as_(stranger).get(reverse(name, args=[file.public_id])).status_code == 404


def test_what_is_no_picture_is_a_card_with_its_type_and_size(
    conversation: Conversation, buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = picture_file().read()[:900]
    files = [
        text_file("notes.txt"),
        SimpleUploadedFile("evil.png", b"<svg onload=alert(1)>", content_type="image/png"),
        SimpleUploadedFile("half.jpg", broken, content_type="image/jpeg"),
    ]
    say(conversation, buyer, files=files)
    monkeypatch.setattr(attaching, "PICTURE_LIMIT", 100)
    say(conversation, buyer, files=[picture_file("large.jpg")])
    assert set(Attachment.objects.values_list("thumbnail", flat=True)) == {""}
    kinds = {file.name: (file.kind, file.icon) for file in Attachment.objects.all()}
    assert kinds["notes.txt"] == ("TXT", "file-text")
    assert kinds["large.jpg"] == ("JPG", "image")
    client = as_(buyer)
    page = client.get(conversation.get_absolute_url()).text
    assert "<img" not in page.partition('id="thread"')[2]
    assert "TXT · 29 bytes" in page
    for file in Attachment.objects.all():
        assert client.get(reverse("inbox:thumbnail", args=[file.public_id])).status_code == 404


def test_limits_are_said_before_they_are_hit(conversation: Conversation, buyer: User) -> None:
    page = as_(buyer).get(conversation.get_absolute_url()).text
    assert "Up to 10 files, each up to 250.0 MB." in page
    assert f'data-most="{250 * 1024 * 1024}"' in page
    assert 'data-count="10"' in page
