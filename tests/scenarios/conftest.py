"""What several stories begin with."""

from collections.abc import Callable

import pytest

from accounts.models import User
from tests.factories.milestones import put_in_force
from tests.payments.conftest import kill_at
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story, moving_clock

__all__ = ["kill_at", "moving_clock"]


@pytest.fixture
def tell(stripe: StripeDouble, buyer: User, seller: User, agent: User, moving_clock: None) -> Callable[..., Story]:
    """`tell()`: three milestones of 60.00, 80.00 and 100.00 under the standard policy, or under the one named."""

    def begin(policy: str = "standard") -> Story:
        put_in_force(policy)
        return Story(stripe, buyer, seller, prices=[60_00, 80_00, 100_00])

    return begin
