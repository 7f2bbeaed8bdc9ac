"""The stars of a gig: what its revealed reviews add up to (R-GIG-9, R-ORD-17)."""

from django.db.models import F

from gigs.models import Gig


def record_rating(*, gig_id: int, stars: int) -> None:
    """Count one more revealed review of `stars` (1 to 5). The caller sees to it that each review is counted once.

    In the caller's transaction: the review and its stars appear together. A gig that is gone is nobody's loss.
    """
    if not 1 <= stars <= 5:
        raise ValueError(f"{stars} is not 1 to 5 stars")
    Gig.objects.filter(pk=gig_id).update(rating_total=F("rating_total") + stars, rating_count=F("rating_count") + 1)
