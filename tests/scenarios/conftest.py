from tests.payments.conftest import kill_at
from tests.scenarios.story import moving_clock

__all__ = ["kill_at", "moving_clock"]
