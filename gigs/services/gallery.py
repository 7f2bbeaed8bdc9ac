"""Pictures: read with Pillow, turned upright, stripped of metadata and stored as WebP in two sizes."""

from dataclasses import dataclass
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from PIL import Image, ImageOps

from accounts.models import User
from gigs.errors import ImageTooLarge, ImageTooSmall, ImageUnknown, Missing, NotAnImage, TooManyImages
from gigs.models import Gig, GigImage
from gigs.selectors import own_gig
from gigs.services.access import lock_own_gig
from gigs.services.editing import refuse
from marketplace.web.pictures import MOST_PIXELS, NotAPicture, open_picture, to_webp
from milestones.rules import too_long

MOST_IMAGES = 8
MOST_BYTES = 12 * 1024 * 1024
LEAST_SIZE = (600, 400)
FULL_SIZE = (1600, 1600)
THUMBNAIL_SIZE = (560, 374)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture that is safe to show, in both sizes."""

    full: bytes
    thumbnail: bytes
    width: int
    height: int


def add_image(*, gig: Gig, seller: User, content: BinaryIO, alt: str) -> GigImage:
    """Put a picture at the end of the gallery.

    Raises NotAnImage, ImageTooLarge, ImageTooSmall, TooManyImages; ManyInvalid for no words about it or too many.
    The files are stored before the row, outside the transaction: storage may be a network away.
    """
    own_gig(public_id=gig.public_id, seller=seller)
    _check_words(alt)
    encoded = encode_image(content)
    image = GigImage(gig=gig, position=0, alt=alt, width=encoded.width, height=encoded.height)
    image.file.save("full.webp", ContentFile(encoded.full), save=False)
    image.thumbnail.save("small.webp", ContentFile(encoded.thumbnail), save=False)
    try:
        _append(gig, seller, image)
    except Exception:
        _delete_files(image)
        raise
    return image


def describe_image(*, gig: Gig, seller: User, public_id: str, alt: str) -> None:
    """Say anew what a picture shows. Raises ManyInvalid for no words and for too many."""
    with transaction.atomic():
        image = _own_image(gig, seller, public_id)
        _check_words(alt)
        image.alt = alt
        image.save(update_fields=["alt"])


def move_image(*, gig: Gig, seller: User, public_id: str, by: int) -> None:
    """Move a picture `by` places (-1 is towards the cover); at an end it stays."""
    with transaction.atomic():
        image = _own_image(gig, seller, public_id)
        images = list(gig.images.all())
        place = images.index(image)
        images.insert(max(0, min(len(images) - 1, place + by)), images.pop(place))
        _renumber(images)


def remove_image(*, gig: Gig, seller: User, public_id: str) -> None:
    with transaction.atomic():
        image = _own_image(gig, seller, public_id)
        image.delete()
        _renumber(list(gig.images.all()))
        transaction.on_commit(lambda: _delete_files(image))


def encode_image(content: BinaryIO) -> Encoded:
    """Decode, turn upright and encode anew, so that nothing but the pixels survives."""
    data = content.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ImageTooLarge(field="image", most=filesizeformat(MOST_BYTES).replace("\xa0", " "))
    picture = _open(data)
    if picture.width < LEAST_SIZE[0] or picture.height < LEAST_SIZE[1]:
        actual = f"{picture.width} × {picture.height}"
        raise ImageTooSmall(field="image", width=LEAST_SIZE[0], height=LEAST_SIZE[1], actual=actual)
    full = picture.copy()
    full.thumbnail(FULL_SIZE)
    small = ImageOps.fit(picture, THUMBNAIL_SIZE)
    return Encoded(full=to_webp(full), thumbnail=to_webp(small), width=full.width, height=full.height)


def _check_words(alt: str) -> None:
    if not alt.strip():
        refuse([Missing(field="alt", what="Say in a few words what the picture shows.")])
    refuse(too_long(GigImage, alt=alt))


def _open(data: bytes) -> Image.Image:
    try:
        return open_picture(data, most_pixels=MOST_PIXELS)
    except NotAPicture as error:
        raise NotAnImage(field="image") from error


@transaction.atomic
def _append(gig: Gig, seller: User, image: GigImage) -> None:
    lock_own_gig(gig=gig, seller=seller)
    count = gig.images.count()
    if count >= MOST_IMAGES:
        raise TooManyImages(field="image", most=MOST_IMAGES)
    image.position = count + 1
    image.save()


def _own_image(gig: Gig, seller: User, public_id: str) -> GigImage:
    lock_own_gig(gig=gig, seller=seller)
    image = gig.images.filter(public_id=public_id).first()
    if image is None:
        raise ImageUnknown
    return image


def _renumber(images: list[GigImage]) -> None:
    for position, image in enumerate(images, start=1):
        image.position = position
    GigImage.objects.bulk_update(images, ["position"])


def _delete_files(image: GigImage) -> None:
    image.file.delete(save=False)
    image.thumbnail.delete(save=False)
