"""What kills workers in tests can't be switched on in production."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from payments import crash_points


def test_production_refuses_to_arm_them() -> None:
    with override_settings(DEMO=False), pytest.raises(ImproperlyConfigured):
        crash_points.arm(lambda name: None)
    crash_points.crash_point("nothing happens")


def test_an_armed_hook_hears_each_name_until_it_is_disarmed() -> None:
    heard: list[str] = []
    crash_points.arm(heard.append)
    crash_points.crash_point("here")
    crash_points.arm(None)
    crash_points.crash_point("not here")
    assert heard == ["here"]
