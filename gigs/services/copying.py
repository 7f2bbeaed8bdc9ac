"""A copy of a gig to begin another with (R-GIG-2): everything but its orders, reviews and address."""

from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify

from accounts.models import User
from gigs.enums import GigState
from gigs.models import Gig, GigImage
from gigs.selectors import own_gig
from milestones.selectors import design_of
from milestones.services.workflows import save_workflow

COPY = " (copy)"
LONGEST_TITLE = 80


def duplicate_gig(*, gig: Gig, seller: User) -> Gig:
    """A draft that says what `gig` says, of the same seller. Raises GigUnknown.

    The pictures' files are copied first, outside the transaction: storage may be a network away.
    """
    source = own_gig(public_id=gig.public_id, seller=seller)
    copy = _blank_copy(source)
    images: list[GigImage] = []
    try:
        for image in source.images.all():
            images.append(_copy_files(image, copy))
        _store(source, copy, images)
    except Exception:
        for image in images:
            image.file.delete(save=False)
            image.thumbnail.delete(save=False)
        raise
    return copy


def _blank_copy(source: Gig) -> Gig:
    title = source.title[: LONGEST_TITLE - len(COPY)].rstrip() + COPY
    return Gig(
        seller=source.seller,
        subcategory=source.subcategory,
        title=title,
        slug=slugify(title),
        description=source.description,
        tags=source.tags,
        currency=source.currency,
        state=GigState.DRAFT,
    )


def _copy_files(image: GigImage, copy: Gig) -> GigImage:
    made = GigImage(gig=copy, position=image.position, alt=image.alt, width=image.width, height=image.height)
    with image.file.open("rb") as full:
        made.file.save("full.webp", ContentFile(full.read()), save=False)
    with image.thumbnail.open("rb") as small:
        made.thumbnail.save("small.webp", ContentFile(small.read()), save=False)
    return made


@transaction.atomic
def _store(source: Gig, copy: Gig, images: list[GigImage]) -> None:
    if source.workflow:
        copy.workflow = save_workflow(workflow=None, design=design_of(source.workflow))
    copy.save()
    for rows in (source.packages.all(), source.faq.all(), source.requirements.all()):
        _copy_rows(rows, copy)
    for image in images:
        image.gig = copy  # only now does it have a key
    GigImage.objects.bulk_create(images)


def _copy_rows(rows: QuerySet[Any], copy: Gig) -> None:
    made = list(rows)
    for row in made:
        row.pk, row.gig = None, copy
    rows.model.objects.bulk_create(made)
