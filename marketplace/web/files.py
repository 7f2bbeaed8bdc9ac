"""Files that people send: any type may come in, none may act as a page of ours on the way out.

In: the size is held, the name cleaned, the type sniffed from the bytes (the browser's claim is ignored), and the name
in storage is random. Out: an attachment of unknown type, never rendered, in a sandbox. Only a picture that Pillow reads
as JPEG, PNG, WebP or GIF may be shown inline, and under the same sandbox.
"""

import codecs
import re
import secrets
import unicodedata
from dataclasses import dataclass
from typing import IO, Any, TypeAlias

import puremagic
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.deconstruct import deconstructible
from PIL import Image, UnidentifiedImageError

from marketplace.web.errors import FileEmpty, FileTooLarge

Upload: TypeAlias = "UploadedFile[Any]"

UNKNOWN = "application/octet-stream"
PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
SANDBOX = "default-src 'none'; sandbox"
_SNIFFED = 4096
_LONGEST_NAME = 120
_MOST_PIXELS = 60_000_000
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_FORBIDDEN = re.compile(r'[<>:"|?*%]')


@dataclass(frozen=True, slots=True)
class CheckedUpload:
    """What is known about a file once it has been looked at. `size` is in bytes; `type` comes from its content."""

    name: str
    size: int
    type: str
    is_picture: bool


@deconstructible
class RandomName:
    """An `upload_to` whose paths tell nothing: "deliveries/2026/11/8f3c…", without the sender's name or extension."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __call__(self, _instance: object, _name: str) -> str:
        return f"{self.folder}/{timezone.now():%Y/%m}/{secrets.token_urlsafe(24)}"


def clean_name(name: str) -> str:
    """The sender's file name, fit for a page and a header: no path, no control or direction characters, ≤ 120 long."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    text = "".join(
        " " if char.isspace() else char for char in text if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    text = " ".join(_FORBIDDEN.sub("_", text).split()).strip(". ")
    stem, dot, extension = text.rpartition(".")
    if dot and len(text) > _LONGEST_NAME:
        extension = extension[:16]
        text = f"{stem[: _LONGEST_NAME - len(extension) - 1]}.{extension}"
    return text[:_LONGEST_NAME] or "file"


def validate_upload(file: Upload, *, field: str = "files", limit: int | None = None) -> CheckedUpload:
    """Look at a file before it is kept. `limit` in bytes, by default the operator's UPLOAD_MAX_BYTES.

    Raises FileEmpty, FileTooLarge, each naming the file, beside `field`.
    """
    name, size = clean_name(file.name or ""), file.size or 0
    most = settings.UPLOAD_MAX_BYTES if limit is None else limit
    if not size:
        raise FileEmpty(field=field, name=name)
    if size > most:
        raise FileTooLarge(field=field, name=name, size=_readable(size), limit=_readable(most))
    picture = picture_type(file)
    return CheckedUpload(name=name, size=size, type=picture or _sniff(file), is_picture=bool(picture))


def picture_type(file: IO[Any] | Upload) -> str:
    """The media type if Pillow reads `file` as a whole, reasonable picture that browsers show; otherwise empty."""
    file.seek(0)
    try:
        with Image.open(file, formats=list(PICTURES)) as image:
            kind, (width, height) = str(image.format), image.size
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, *_BOMBS):
        return ""
    finally:
        file.seek(0)
    return PICTURES[kind] if width * height <= _MOST_PIXELS else ""


def download_response(file: IO[Any], name: str, *, inline: bool = False) -> FileResponse:
    """Send `file` to the person. Attachment, unless `inline` is asked for and the bytes are a picture.

    The caller has checked that this person may have it.
    """
    shown = picture_type(file) if inline else ""
    response = FileResponse(file, as_attachment=not shown, filename=clean_name(name), content_type=shown or UNKNOWN)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, max-age=3600" if shown else "private, no-store"
    return response


def _sniff(file: Upload) -> str:
    """The media type by content, for the icon in a list; never for serving."""
    file.seek(0)
    head = file.read(_SNIFFED)
    file.seek(0)
    try:
        return puremagic.from_string(head, mime=True) or UNKNOWN
    except (puremagic.PureError, ValueError):
        return "text/plain" if _is_text(head) else UNKNOWN


def _is_text(head: bytes) -> bool:
    """UTF-8 without NUL; a character cut off at the end of `head` is forgiven."""
    try:
        return "\0" not in codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False


def _readable(size: int) -> str:
    return filesizeformat(size).replace("\xa0", " ")
