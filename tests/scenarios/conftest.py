from tests.scenarios.story import moving_clock

__all__ = ["moving_clock"]
