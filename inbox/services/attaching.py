"""Files that go with a message. Pictures get a small copy to look at; what was sent is kept as it came."""

from collections.abc import Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile

from inbox.limits import PICTURE_LIMIT
from inbox.models import Attachment, Message
from marketplace.web.files import CheckedUpload, validate_upload
from marketplace.web.pictures import NotAPicture, open_picture, to_webp

PREVIEW_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
PREVIEW_SIZE = (640, 480)  # pixels: twice of what a page shows


def store(files: "Sequence[UploadedFile[Any]]") -> list[Attachment]:
    """Look at the files and bring them to the storage before any lock is taken, for the storage may be far away."""
    checked = [(upload, validate_upload(upload, field="attachments")) for upload in files]
    attachments = []
    for upload, known in checked:
        attachment = Attachment(name=known.name, content_type=known.type, size=known.size)
        _add_preview(attachment, upload, known)
        attachment.file.save(known.name, upload, save=False)
        attachments.append(attachment)
    return attachments


def attach(message: Message, attachments: list[Attachment]) -> None:
    for attachment in attachments:
        attachment.message = message
    Attachment.objects.bulk_create(attachments)


def _add_preview(attachment: Attachment, upload: "UploadedFile[Any]", known: CheckedUpload) -> None:
    """A picture that is too large, or broken behind its head, is a file like any other."""
    if not known.is_picture or known.size > PICTURE_LIMIT:
        return
    try:
        picture = open_picture(upload.read(), formats=PREVIEW_FORMATS)
    except NotAPicture:
        return
    finally:
        upload.seek(0)
    picture.thumbnail(PREVIEW_SIZE)
    attachment.width, attachment.height = picture.size
    attachment.thumbnail.save("small.webp", ContentFile(to_webp(picture)), save=False)
