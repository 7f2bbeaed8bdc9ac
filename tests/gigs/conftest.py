"""What the tests of the catalogue share."""

import pytest
from django.test import Client

from accounts.models import User
from gigs.models import Gig
from milestones.enums import PackageTier
from tests.factories.gigs import make_draft, make_gig
from tests.factories.milestones import make_design


@pytest.fixture
def gig(seller: User) -> Gig:
    """An active Desktop Applications gig, Basic 260.00, with milestones of 100.00 and 160.00."""
    return make_gig(seller, design=make_design(10_000, 16_000))


@pytest.fixture
def draft(seller: User) -> Gig:
    """A draft with Basic 260.00 and Standard 500.00, no milestones, no picture."""
    return make_draft(seller, prices={PackageTier.BASIC: 26_000, PackageTier.STANDARD: 50_000})


@pytest.fixture
def selling(client: Client, seller: User) -> Client:
    """The browser of the seller."""
    client.force_login(seller)
    return client
