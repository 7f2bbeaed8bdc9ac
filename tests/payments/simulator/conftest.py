"""A simulator to ask, without the SDK."""

import pytest

from tests.payments.simulator.asking import Asker


@pytest.fixture
def asker() -> Asker:
    return Asker()
