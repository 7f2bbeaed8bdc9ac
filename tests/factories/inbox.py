"""Conversations for tests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

from accounts.models import User
from inbox.models import Conversation, Message
from inbox.services import open_conversation, send_message
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


def text_file(name: str = "notes.txt", content: bytes = b"Brushed steel, walnut handle.") -> "UploadedFile[Any]":
    return SimpleUploadedFile(name, content, content_type="text/plain")
