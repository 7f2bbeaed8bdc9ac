"""Begin a conversation, write, read. Only its two people can; others learn nothing of it (R-OFR-1)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import User
from inbox.actors import side_of
from inbox.errors import CannotWriteToYourself, MessageTooLong, NothingWritten, TooManyFiles
from inbox.extensions import Subject
from inbox.limits import BODY_LIMIT, FILES_LIMIT
from inbox.models import Conversation, Message, Participant
from inbox.notices import MESSAGE_RECEIVED
from inbox.services.attaching import attach, store
from inbox.services.door import check_may_write
from marketplace.kernel.errors import Unknown
from marketplace.web.markdown import plain
from notifications.services import notify_seller


@transaction.atomic
def open_conversation(*, starter: User, other: User, now: datetime) -> Conversation:
    """The one conversation of these two, begun now if there was none. Raises CannotWriteToYourself."""
    if starter.pk == other.pk:
        raise CannotWriteToYourself
    first, second = sorted((starter, other), key=lambda user: user.pk)
    conversation, begun = Conversation.objects.get_or_create(
        first=first, second=second, defaults={"started_at": now, "active_at": now}
    )
    if begun:
        Participant.objects.bulk_create(Participant(conversation=conversation, user=user) for user in (first, second))
    return conversation


def send_message(
    *,
    conversation: Conversation,
    author: User,
    body: str = "",
    files: "Sequence[UploadedFile[Any]]" = (),
    about: Subject | None = None,
    now: datetime,
) -> Message:
    """Say something, with or without files, and tell the other once for each run of unread messages.

    What it is `about` is named in its last line. Raises NothingWritten, MessageTooLong, TooManyFiles, what
    `check_may_write` does, and what a refused file does.
    """
    text = body.strip()
    if not text and not files:
        raise NothingWritten(field="body")
    if len(text) > BODY_LIMIT:
        raise MessageTooLong(field="body", limit=BODY_LIMIT)
    _check_count(files)
    check_may_write(conversation=conversation, author=author, business=False, now=now)
    attachments = store(files)
    with transaction.atomic():
        body = "\n\n".join([*([text] if text else []), *([about.line] if about else [])])
        message = _append(conversation=conversation, author=author, body=body, now=now)
        attach(message, attachments)
        _tell_the_other(message=message, files=len(attachments), now=now)
    return message


def post_card(
    *,
    conversation: Conversation,
    author: User,
    kind: str,
    reference: str,
    summary: str,
    files: "Sequence[UploadedFile[Any]]" = (),
    now: datetime,
) -> Message:
    """Put another app's card into the conversation; that app sends its own notice. `summary` is for lists and mails.

    Raises TooManyFiles, what `check_may_write` does, and what a refused file does.
    """
    _check_count(files)
    check_may_write(conversation=conversation, author=author, business=True, now=now)
    attachments = store(files)
    with transaction.atomic():
        message = _append(
            conversation=conversation,
            author=author,
            body=summary[:BODY_LIMIT],
            kind=kind,
            reference=reference,
            now=now,
        )
        attach(message, attachments)
    return message


@transaction.atomic
def refresh_card(*, kind: str, reference: str) -> None:
    """Have open pages draw this card again. Call it last: it locks the conversation."""
    message = Message.objects.select_related("conversation").get(kind=kind, reference=reference)
    conversation = _lock(message.conversation)
    message.revised = _next_version(conversation)
    conversation.save(update_fields=["version"])
    message.save(update_fields=["revised"])


@transaction.atomic
def mark_read(*, conversation: Conversation, reader: User, now: datetime) -> None:
    """`reader` has seen everything up to now. Raises Unknown for a stranger."""
    if not conversation.includes(reader):
        raise Unknown
    Participant.objects.filter(conversation=conversation, user=reader, read_version__lt=conversation.version).update(
        read_version=conversation.version, last_read_at=now
    )


def _check_count(files: "Sequence[UploadedFile[Any]]") -> None:
    if len(files) > FILES_LIMIT:
        raise TooManyFiles(field="attachments", limit=FILES_LIMIT)


def _lock(conversation: Conversation) -> Conversation:
    return (
        Conversation.objects.select_for_update(of=("self",)).select_related("first", "second").get(pk=conversation.pk)
    )


def _next_version(conversation: Conversation) -> int:
    conversation.version += 1
    return conversation.version


def _append(
    *, conversation: Conversation, author: User, body: str, kind: str = "", reference: str = "", now: datetime
) -> Message:
    """Write the next message under the conversation's lock, so that versions appear in the order of commits."""
    side = side_of(conversation, author)
    locked = _lock(conversation)
    version = _next_version(locked)
    message = Message.objects.create(
        conversation=locked,
        author=author,
        on_behalf_of=side if side != author else None,
        sequence=version,
        revised=version,
        kind=kind,
        reference=reference,
        body=body,
        at=now,
    )
    locked.latest, locked.active_at = message, now
    locked.save(update_fields=["version", "latest", "active_at"])
    conversation.version = version
    return message


def _tell_the_other(*, message: Message, files: int, now: datetime) -> None:
    """One notice until it is read: the key holds how far the reader has come."""
    conversation = message.conversation
    speaker = message.on_behalf_of or message.author
    reader = Participant.objects.select_related("user").exclude(user=speaker).get(conversation=conversation)
    notify_seller(
        seller=reader.user,
        apart=message.author,
        kind=MESSAGE_RECEIVED,
        data={
            "author": message.voice if message.on_behalf_of else message.author.display_name,
            "excerpt": plain(message.body)[:200],
            "files": "a file" if files == 1 else f"{files} files",
        },
        url=conversation.get_absolute_url(),
        dedupe_key=f"message:{conversation.public_id}:{reader.user_id}:{reader.read_version}",
        now=now,
    )
