"""Shapes of what is typed; the rules are the services'."""

import pytest

from orders.forms import DeliverForm, RevisionForm
from orders.services.delivering import LinkInput


def deliver(**typed: str) -> DeliverForm:
    form = DeliverForm({"message": "Here.", **typed}, {}, is_last=False)
    form.is_valid()
    return form


def test_links_are_lines_with_an_optional_name() -> None:
    form = deliver(links="https://example.com/a  Frame by frame \n\n  example.com/b\n")
    assert form.cleaned_data["links"] == [
        LinkInput(url="https://example.com/a", label="Frame by frame"),
        LinkInput(url="https://example.com/b"),
    ]


@pytest.mark.parametrize(
    "line", ["javascript://alert(1)", "ftp://example.com/x", "nowhere", "https://", f"https://example.com/{'x' * 500}"]
)
def test_what_is_no_link_is_refused_in_words(line: str) -> None:
    (error,) = deliver(links=line).errors["links"]
    assert str(error).startswith(f"“{line[:20]}")


def test_words_are_wanted_and_may_be_long_but_not_endless() -> None:
    assert deliver(message="").errors["message"] == ["Write a few words about what you deliver."]
    assert "message" in deliver(message="x" * 5001).errors
    assert "message" not in deliver(message="x" * 5000).errors


def test_the_full_project_is_asked_for_on_the_last_alone() -> None:
    assert "is_full_project" not in DeliverForm(is_last=False).fields
    form = DeliverForm({"message": "All"}, {}, is_last=True)
    (error,) = form.errors["is_full_project"]
    assert error == "This is the final delivery. Confirm that it holds the full project."


def test_a_revision_without_criteria_asks_for_words_only() -> None:
    class NoCurrent:
        current = None

    form = RevisionForm(view=NoCurrent())  # type: ignore[arg-type]
    assert list(form.fields) == ["message"]
