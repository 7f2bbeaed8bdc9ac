"""Conversations for tests."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from PIL import Image

from accounts.models import User
from inbox.models import Conversation, Message, QuickAnswer
from inbox.services import open_conversation, save_answer, send_message
from marketplace.kernel import clock


def make_conversation(one: User, other: User, *, now: datetime | None = None) -> Conversation:
    return open_conversation(starter=one, other=other, now=now or clock.now())


def say(
    conversation: Conversation,
    author: User,
    body: str = "Hello!",
    *,
    files: "Sequence[UploadedFile[Any]]" = (),
    now: datetime | None = None,
) -> Message:
    return send_message(conversation=conversation, author=author, body=body, files=files, now=now or clock.now())


def fill(conversation: Conversation, author: User, count: int, *, now: datetime) -> None:
    """A long thread: "Line 1" to "Line <count>", one a minute. Too many for the pace of a person, so not sent."""
    messages = Message.objects.bulk_create(
        Message(
            conversation=conversation,
            author=author,
            sequence=number,
            revised=number,
            body=f"Line {number}",
            at=now + timedelta(minutes=number),
        )
        for number in range(1, count + 1)
    )
    conversation.version, conversation.latest, conversation.active_at = count, messages[-1], messages[-1].at
    conversation.save()


def text_file(name: str = "notes.txt", content: bytes = b"Brushed steel, walnut handle.") -> "UploadedFile[Any]":
    return SimpleUploadedFile(name, content, content_type="text/plain")


def picture_file(
    name: str = "grinder.jpg", *, size: tuple[int, int] = (1200, 900), kind: str = "JPEG", camera: str = ""
) -> "UploadedFile[Any]":
    """A picture; `camera` is written into its EXIF, with a mark that it lies on its side."""
    content, exif = BytesIO(), Image.Exif()
    if camera:
        exif[0x0110], exif[0x0112] = camera, 6
    Image.new("RGB", size, "teal").save(content, kind, exif=exif)
    return SimpleUploadedFile(name, content.getvalue(), content_type="text/html")


def make_answer(owner: User, title: str = "Thanks", text: str = "Thank you, {name}!") -> QuickAnswer:
    return save_answer(owner=owner, title=title, text=text)
