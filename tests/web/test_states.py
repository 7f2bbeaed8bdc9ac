"""One look for each state, of every app that has states."""

import zipfile
from importlib.resources import files
from itertools import chain

import pytest
from django.db.models import TextChoices

from gigs.enums import GigState
from marketplace.web.states import LOOKS, look_of
from offers.enums import OfferState
from orders.enums import Completion, ExtensionState, MilestoneState, OrderState
from payments.enums import ChargeState, DisputeState
from tests.web.rendering import render

STATES: list[type[TextChoices]] = [
    OrderState, MilestoneState, Completion, OfferState, GigState, ChargeState, DisputeState,
]  # fmt: skip
WITHOUT_A_BADGE = {ExtensionState.NONE}


@pytest.mark.parametrize("state", sorted(set(chain.from_iterable(kind.values for kind in STATES))))
def test_every_state_has_a_look(state: str) -> None:
    assert state in LOOKS


def test_every_icon_exists() -> None:
    with (files("lucide") / "lucide.zip").open("rb") as file, zipfile.ZipFile(file) as icons:
        known = {name.removesuffix(".svg") for name in icons.namelist()}
    assert {look.icon for look in LOOKS.values()} <= known


def test_the_word_may_follow_the_viewers_side_and_the_look_stays() -> None:
    look = look_of("delivered", "Delivered, your turn")
    assert (look.label, look.icon, look.tone) == ("Delivered, your turn", "eye", "turn")


def test_an_unknown_state_is_shown_plainly() -> None:
    assert (look_of("on_the_moon").label, look_of("on_the_moon").tone) == ("On the moon", "idle")


def test_a_badge_has_shape_colour_and_word() -> None:
    html = render('<c-status-badge state="accepted" />')
    assert 'data-state="accepted"' in html
    assert 'data-tone="go"' in html
    assert html.endswith("Accepted</span>")
    assert "<svg" in html
