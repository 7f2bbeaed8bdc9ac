"""Sample values for the style guide: every component in every state, without a row in the database."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator

from marketplace.kernel import clock
from marketplace.web.forms import DaysField, ManyFilesField, MoneyField
from marketplace.web.states import LOOKS

MILESTONE_STATES = [
    ("planned", "an outlined stone with its number"),
    ("charging", "dotted outline, a card"),
    ("in_progress", "ground rises inside the stone"),
    ("delivered", "filled warm, an eye, a halo"),
    ("in_revision", "filled marine, turning back"),
    ("accepted", "filled evergreen, a tick"),
    ("not_started", "dashed outline, a dash"),
    ("cancelled", "flat grey, struck through"),
    ("payment_failed", "the stone leans over"),
    ("action_required", "leans too: the bank wants a word"),
]
COLOURS = [
    ("go", "Evergreen", "done, and the one action"),
    ("turn", "Marigold", "your turn"),
    ("work", "Marine", "the other side, or the machine"),
    ("stop", "Red", "needs a hand"),
    ("idle", "Stone", "nothing happens"),
]
NAMES = ["Brief & style frames", "Model & materials", "Animatic", "Rough cut", "Final render"]
PRICES = ["$120.00", "$200.00", "$160.00", "$220.00", "$180.00"]


class SampleForm(forms.Form):
    name = forms.CharField(label="Milestone name", max_length=60, help_text="Up to 60 characters")
    price = MoneyField(label="Price of this milestone")
    days = DaysField(label="Days")
    place = forms.ChoiceField(label="Subcategory", choices=[("3d", "3D product animation"), ("app", "Desktop apps")])
    missing = forms.CharField(label="What is missing?", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    attachments = ManyFilesField(
        label="Files", required=False, help_text="Any type. The buyer alone can download them."
    )
    video = forms.BooleanField(
        label="Offers a video call", required=False, widget=forms.CheckboxInput(attrs={"role": "switch"})
    )
    originals = forms.BooleanField(label="Release originals on acceptance", required=False)
    pay = forms.ChoiceField(
        label="How will they pay?",
        choices=[("once", "Once"), ("milestones", "In milestones")],
        widget=forms.RadioSelect,
    )


def posts(*states: str, labels: dict[int, str] | None = None) -> list[dict[str, Any]]:
    """A sample plan with its milestones in `states`; the one that is under way is marked."""
    words = labels or {}
    return [
        {
            "name": name,
            "state": state,
            "label": words.get(index, LOOKS[state].label),
            "meta": price,
            "current": state not in {"planned", "accepted", "not_started", "cancelled"},
        }
        for index, (name, price, state) in enumerate(zip(NAMES, PRICES, states, strict=False))
    ]


def rails() -> list[dict[str, Any]]:
    done, ahead = ("accepted", "accepted"), ("planned", "planned")
    return [
        {
            "name": "Waiting for the buyer",
            "posts": posts(*done, "delivered", *ahead, labels={2: "Delivered, your turn"}),
        },
        {"name": "Being charged", "posts": posts(*done, "accepted", "charging", "planned")},
        {"name": "In progress", "posts": posts(*done, "in_progress", *ahead)},
        {"name": "In revision", "posts": posts(*done, "in_revision", *ahead)},
        {"name": "Payment failed", "posts": posts(*done, "accepted", "payment_failed", "planned")},
        {"name": "Stopped, one cancelled by support", "posts": posts(*done, "accepted", "cancelled", "not_started")},
        {"name": "Finished", "posts": posts(*done, "accepted", "accepted", "accepted")},
    ]


def samples() -> dict[str, Any]:
    """The context of `styleguide.html`."""
    now = clock.now()
    return {
        "milestone_states": MILESTONE_STATES,
        "looks": list(LOOKS.values()),
        "colours": COLOURS,
        "rails": rails(),
        "form": SampleForm(initial={"price": 22_000, "days": 6, "video": True, "pay": "milestones"}),
        "wrong": SampleForm({"name": "", "price": "8 dollars", "days": "soon", "place": "3d", "pay": ""}),
        "page": Paginator(range(120), 10).page(5),
        "soon": now + timedelta(hours=1, minutes=12, seconds=30),
        "later": now + timedelta(days=6, hours=2, minutes=10),
        "since": now - timedelta(days=2),
        "entries": [
            {"icon": "package", "tone": "turn", "text": "Ines delivered ‘Animatic’ with 4 files.", "at": now},
            {"icon": "list-checks", "tone": "work", "text": "Ines ticked ‘Timing pass’.", "at": now},
            {
                "icon": "check",
                "tone": "go",
                "text": "You accepted ‘Model & materials’.",
                "at": now,
                "who": "Daniel Brandt",
            },
        ],
    }
