"""A completed order, and short words for writing about it."""

import pytest

from accounts.models import User
from orders.models import Order
from tests.factories import order_states
from tests.payments.simulator_fixtures import StripeDouble


@pytest.fixture
def over(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """Finished by the buyer, from a gig."""
    return order_states.finished(stripe, buyer, seller)
