"""The words of a notice: for its reader, in their time zone, as plain text."""

from datetime import datetime

import pytest
from django.template import TemplateDoesNotExist

from accounts.models import User
from notifications.kinds import Kind, all_kinds, register
from notifications.models import Notification
from notifications.rendering import plain_text_engine, render_words
from tests.factories.accounts import make_user
from tests.factories.notifications import PROBE, tell

pytestmark = pytest.mark.django_db


def test_r_not_the_first_line_is_the_title_and_nothing_is_escaped(buyer: User, now: datetime) -> None:
    words = render_words(tell(buyer, now=now), reader=buyer)

    assert words.title == 'O’Brien & Co <x> moved ‘Rough "cut"’ for $80.00'
    assert words.body == "Until Mon 9 Mar, 23:30.\n\nThen Mon 9 Mar ends."
    assert words.action == "Look at the probe"


@pytest.mark.parametrize(
    ("zone", "until"),
    [("Asia/Tokyo", "Tue 10 Mar, 08:30"), ("America/New_York", "Mon 9 Mar, 19:30"), ("UTC", "Mon 9 Mar, 23:30")],
)
def test_r_not_times_are_in_the_readers_zone(now: datetime, zone: str, until: str) -> None:
    reader = make_user("Rita Reader", timezone=zone)

    assert f"Until {until}." in render_words(tell(reader, now=now), reader=reader).body


def test_every_registered_kind_has_words(buyer: User) -> None:
    kinds = [kind for kind in all_kinds() if kind != PROBE]
    assert len(kinds) > 30
    for kind in kinds:
        words = render_words(Notification(kind=kind.name, recipient=buyer, data={}), reader=buyer)
        assert words.title, kind.name
        assert "<" not in words.title + words.body, f"{kind.name} has markup"
        assert kind.label, kind.name


def test_a_kind_without_a_template_is_noticed() -> None:
    with pytest.raises(TemplateDoesNotExist):
        plain_text_engine().get_template(Kind("ghost", "orders", "A ghost").template)


def test_two_kinds_cannot_share_a_name_but_one_can_be_registered_again() -> None:
    register(PROBE)
    with pytest.raises(ValueError, match="probe"):
        register(Kind(PROBE.name, "offers", "Another"))


def test_a_kind_needs_a_known_group() -> None:
    with pytest.raises(ValueError, match="weather"):
        Kind("rain", "weather", "Rain")
