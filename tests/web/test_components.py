"""Components: what they declare, and that what people wrote can't leave its place."""

import re
from pathlib import Path

import pytest
from django import forms

from tests.web.rendering import render

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
COMPONENTS = TEMPLATES / "components"
NASTY = "<u>'&\""
SAFE = "&lt;u&gt;&#x27;&amp;&quot;"


def declared(component: Path) -> set[str]:
    found = re.search(r"<c-vars(.*?)/>", component.read_text(), re.S)
    assert found, f"{component.name} declares nothing"
    return {name.lstrip(":") for name in re.findall(r'(:?[\w-]+)(?:=(?:"[^"]*"|\'[^\']*\'))?', found[1])}


@pytest.mark.parametrize("component", sorted(COMPONENTS.glob("*.html")), ids=lambda path: path.stem)
def test_a_component_says_what_it_is_and_what_it_takes(component: Path) -> None:
    text = component.read_text()
    assert text.startswith("{# ")
    assert "<c-vars" in text


@pytest.mark.parametrize(
    "template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_values_are_bound_to_declared_names_only(template: Path) -> None:
    """Cotton escapes `name="{{ value }}"` and declared names; `:name="value"` of an undeclared one it does not."""
    for component, attributes in re.findall(
        r"<c-([\w-]+)((?:\s+[:\w-]+(?:=(?:\"[^\"]*\"|'[^']*'))?)*)", template.read_text()
    ):
        if component in {"vars", "slot"}:
            continue
        path = COMPONENTS / f"{component.replace('-', '_')}.html"
        assert path.exists(), f"{template.name} uses c-{component}, which does not exist"
        bound = set(re.findall(r"\s:([\w-]+)=", attributes))
        assert bound <= declared(path), f"{template.name}: c-{component} does not declare {bound - declared(path)}"


@pytest.mark.parametrize(
    "text",
    [
        "<c-badge>{{ nasty }}</c-badge>",
        '<c-status-badge state="planned" label="{{ nasty }}" />',
        '<c-status-badge state="planned" :label="nasty" />',
        '<c-notice title="{{ nasty }}">x</c-notice>',
        '<c-button data-name="{{ nasty }}">x</c-button>',
        "<c-button>{{ nasty }}</c-button>",
        '<c-rail :posts="posts" />',
        '<c-empty title="{{ nasty }}" />',
        '<c-card title="{{ nasty }}">x</c-card>',
        '<c-file name="{{ nasty }}" href="/x" />',
        '<c-log :entries="entries" />',
        '<c-facts :items="facts" />',
        '<c-sum :lines="lines" currency="USD" />',
        '<c-crumbs :items="lines" />',
        '<c-dialog id="x" title="{{ nasty }}">x</c-dialog>',
        '<c-avatar name="{{ nasty }}" />',
    ],
)
def test_what_a_person_wrote_stays_text(text: str) -> None:
    html = render(
        text,
        nasty=NASTY,
        posts=[{"name": NASTY, "state": "planned", "label": NASTY, "meta": NASTY}],
        entries=[{"icon": "check", "text": NASTY}],
        facts=[{"label": NASTY, "value": NASTY}],
        lines=[{"label": NASTY, "amount": 1}],
    )
    assert NASTY not in html
    assert "<u>" not in html
    assert SAFE in html


def test_a_rail_marks_the_milestone_under_way_and_numbers_the_rest() -> None:
    html = render(
        '<c-rail :posts="posts" label="Two milestones" />',
        posts=[
            {"name": "Animatic", "state": "delivered", "label": "Delivered, your turn", "current": True, "turn": "you"},
            {"name": "Rough cut", "state": "planned", "meta": "6 days"},
        ],
    )
    assert '<ol aria-label="Two milestones">' in html
    assert '<li class="post" data-state="delivered" data-turn="you" aria-current="step">' in html
    assert '<span class="vh">Milestone 2: </span>Rough cut' in html
    assert re.search(r'<span class="stone" aria-hidden="true">2</span>', html)


class Sample(forms.Form):
    name = forms.CharField(help_text="Up to 60 characters", max_length=60)
    agreed = forms.BooleanField()
    way = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)


def test_a_fields_help_and_errors_are_tied_to_its_input() -> None:
    html = render('<c-field :f="form.name" />', form=Sample({"name": ""}))
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'class="in"' in html
    assert 'maxlength="60"' in html


def test_choices_are_a_group_with_a_legend() -> None:
    html = render('<c-field :f="form.way" />', form=Sample())
    assert html.startswith("<fieldset")
    assert html.count('type="radio"') == 2


def test_what_is_wrong_with_a_form_links_to_its_fields() -> None:
    html = render('<c-form-errors :form="form" />', form=Sample({"name": ""}))
    assert '<a href="#id_name">Name</a>' in html
    assert 'role="alert"' in html
    assert render('<c-form-errors :form="form" />', form=Sample()) == ""
