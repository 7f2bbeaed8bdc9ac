"""Pictures of people, made safe to show: decoded, turned upright and encoded anew, so that only the pixels survive."""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 50_000_000  # what a decoded picture may take of memory, checked before decoding


class NotAPicture(ValueError):
    """Nothing that Pillow reads as one of FORMATS, or more pixels than allowed."""


def open_picture(data: bytes, *, formats: tuple[str, ...] = FORMATS, most_pixels: int = MOST_PIXELS) -> Image.Image:
    """The picture, upright. Raises NotAPicture."""
    try:
        with Image.open(BytesIO(data), formats=formats) as picture:
            if picture.width * picture.height > most_pixels:
                raise NotAPicture
            upright = ImageOps.exif_transpose(picture)
            return upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise NotAPicture from error


def to_webp(picture: Image.Image) -> bytes:
    """The pixels alone, without what the camera wrote beside them."""
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    output = BytesIO()
    clean.save(output, "WEBP", quality=82, method=4)
    return output.getvalue()
