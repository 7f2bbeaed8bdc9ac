"""Files to send, harmless and not."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

SVG_WITH_SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(document.cookie)</script>"


def upload(name: str, content: bytes, claimed: str = "application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, claimed)


def picture(kind: str = "PNG", size: tuple[int, int] = (20, 10), *, exif: bytes = b"") -> bytes:
    drawn = BytesIO()
    Image.new("RGB", size, "#006b4d").save(drawn, kind, **({"exif": exif} if exif else {}))
    return drawn.getvalue()
