"""The stars of a gig (R-GIG-9, R-ORD-17)."""

import pytest
from django.db import IntegrityError, transaction

from gigs.models import Gig
from gigs.services.rating import record_rating

pytestmark = pytest.mark.django_db


def test_r_gig_9_stars_add_up(gig: Gig) -> None:
    assert gig.rating is None
    for stars in (5, 4, 1):
        record_rating(gig_id=gig.pk, stars=stars)
    gig.refresh_from_db()
    assert (gig.rating_total, gig.rating_count) == (10, 3)
    assert gig.rating == pytest.approx(10 / 3)
    assert gig.stars == pytest.approx((10 + 20) / (3 + 5))


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_only_one_to_five_stars_count(gig: Gig, stars: int) -> None:
    with pytest.raises(ValueError, match="not 1 to 5 stars"):
        record_rating(gig_id=gig.pk, stars=stars)
    assert Gig.objects.get(pk=gig.pk).rating_count == 0


@pytest.mark.parametrize("total", [2, 16])
def test_the_database_refuses_ratings_that_cannot_be(gig: Gig, total: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Gig.objects.filter(pk=gig.pk).update(rating_total=total, rating_count=3)


def test_a_rating_survives_an_edit_of_the_gig(gig: Gig) -> None:
    from gigs.services.access import lock_own_gig

    record_rating(gig_id=gig.pk, stars=5)
    with transaction.atomic():
        lock_own_gig(gig=gig, seller=gig.seller).save()
    assert Gig.objects.get(pk=gig.pk).rating_total == 5
