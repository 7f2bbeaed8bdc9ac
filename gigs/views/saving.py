"""How a tab of the editor is shown, changed by its buttons, kept on the way and saved: one course for all of them.

A page that is older than what is stored is refused by the service; it stays as it was typed, with two ways on
(R-GIG-3).
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from django.forms import BaseForm
from django.http import HttpResponse

from gigs.drafts import Seen
from gigs.enums import GigState
from gigs.errors import ChangedElsewhere, GigArchived
from gigs.forms.rows import FormRows
from gigs.views.editor import Desk, place_of
from marketplace.kernel import clock
from marketplace.kernel.errors import DomainError, Invalid, ManyInvalid
from marketplace.web.kept import typed
from marketplace.web.numbers import read_number

SAVE, KEEP = "save", "keep"


class TabForms(Protocol):
    """The inputs of a tab, bound."""

    def is_valid(self) -> bool: ...

    @property
    def parts(self) -> Iterable[BaseForm]: ...

    @property
    def homeless(self) -> Iterable[DomainError]: ...

    def place(self, errors: Iterable[DomainError], /) -> object: ...


Forms = TypeVar("Forms", bound=TabForms)


class Sheet(ABC, Generic[Forms]):
    """A tab: how its inputs are read from the gig or from what was posted, and stored."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @abstractmethod
    def stored(self) -> Forms: ...

    @abstractmethod
    def bind(self, rows: FormRows) -> Forms: ...

    @abstractmethod
    def store(self, forms: Forms, seen: Seen | None) -> list[Invalid]:
        """Store them with one service; returns what the tab still lacks."""

    def act(self, rows: FormRows, action: str) -> list[Invalid]:
        """Change the rows as a button said; returns why it may not."""
        rows.act(action)
        return []

    def tidy(self, rows: FormRows) -> None:
        """Take away, before saving, what nobody filled in."""

    def context(self, forms: Forms) -> dict[str, Any]:
        return {"forms": forms}

    def serve(self) -> HttpResponse:
        if self.desk.request.method != "POST":
            return self._show()
        rows, action = FormRows(self.desk.request.POST), self.desk.request.POST.get("action", SAVE)
        match action.split():
            case [] | ["save"]:
                return self._save(rows, self.desk.seen)
            case ["overwrite", number]:
                return self._save(rows, self._over(number))
            case ["keep" | "preview"]:
                return self._keep(rows, store=action == KEEP and self.desk.gig.state == GigState.DRAFT)
            case ["restore"]:
                return self.desk.show(self.context(self.bind(rows)), part="form")
        return self._change(rows, action)

    def _show(self) -> HttpResponse:
        """What is stored, or what was typed before signing in again."""
        if before := typed(self.desk.request):
            return self.desk.show(self.context(self.bind(FormRows(before))) | {"typed": True})
        forms = self.stored()
        forms.place(self.desk.lacking)
        return self.desk.show(self.context(forms))

    def _save(self, rows: FormRows, seen: Seen | None) -> HttpResponse:
        self.tidy(rows)
        forms = self.bind(rows)
        if not forms.is_valid():
            return self.desk.show(
                self.context(forms) | {"typed": True, "wrong": wrong_inputs(forms.parts, forms.homeless)}, status=422
            )
        try:
            lacking, saved = self.store(forms, seen), True
        except ManyInvalid as refused:
            lacking, saved = refused.errors, False
        except (ChangedElsewhere, GigArchived) as elsewhere:
            return self.desk.show(self.context(forms) | {"elsewhere": elsewhere, "typed": True}, status=409)
        if not lacking:
            return self.desk.onward()
        forms.place(lacking)
        desk = self.desk.anew(stored=saved)
        said = {"saved": saved, "typed": not saved, "wrong": wrong_inputs(forms.parts, forms.homeless)}
        return desk.show(self.context(forms) | said, status=422)

    def _keep(self, rows: FormRows, *, store: bool) -> HttpResponse:
        """What was typed so far: a draft is stored, and what it lacks is said when the seller saves.

        Of a gig that buyers see nothing is stored before its seller says so; the preview shows it.
        """
        forms = self.bind(rows)
        said: dict[str, object] = {"kept": "", "refused": self._first_error(forms)}
        if store and not said["refused"]:
            said = self._store_on_the_way(forms)
        desk = self.desk.anew(stored=bool(said["kept"]))
        return desk.show(self.context(forms) | said, status=409 if "elsewhere" in said else 200, part="kept")

    def _change(self, rows: FormRows, action: str) -> HttpResponse:
        """A button that adds, moves or removes something; a draft is stored as well."""
        refused = self.act(rows, action)
        forms = self.bind(rows)
        said: dict[str, object] = {}
        if not refused and forms.is_valid() and self.desk.gig.state == GigState.DRAFT:
            said = self._store_on_the_way(forms)
            refused = said.pop("errors", [])  # type: ignore[assignment]
        forms.place(refused)
        desk = self.desk.anew(stored=bool(said.get("kept")))
        status = 409 if "elsewhere" in said else 422 if refused else 200
        more: dict[str, object] = {"focus": focus_after(action, rows), "removed": rows.removed}
        return desk.show(more | self.context(forms) | said, status=status, part="form")

    def _store_on_the_way(self, forms: Forms) -> dict[str, object]:
        """What to say about it: `kept`, the instant; or `refused`, the words, with `errors` or `elsewhere`."""
        try:
            self.store(forms, self.desk.seen)
        except ManyInvalid as refused:
            return {"kept": "", "refused": refused.errors[0].message, "errors": refused.errors}
        except (ChangedElsewhere, GigArchived) as elsewhere:
            return {"kept": "", "refused": elsewhere.message, "elsewhere": elsewhere}
        return {"kept": clock.now(), "refused": ""}

    def _first_error(self, forms: Forms) -> str:
        if forms.is_valid():
            return ""
        wrong = next(part for part in forms.parts if part.errors)
        name, errors = next(iter(wrong.errors.items()))
        return f"{label_of(wrong, name)}: {errors[0]}" if name in wrong.fields else str(errors[0])

    def _over(self, number: str) -> Seen | None:
        """Seen up to the version that the warning named: a change after that is warned of again."""
        seen, version = self.desk.seen, read_number(number)
        return replace(seen, version=version) if seen and version is not None else seen


@dataclass(frozen=True, slots=True)
class Wrong:
    """An error, the input that it is about, and where on the page that is."""

    label: str
    message: str
    href: str


def wrong_inputs(parts: Iterable[BaseForm], homeless: Iterable[DomainError] = ()) -> list[Wrong]:
    """Every error on the tab from its top down, for the summary at its head to lead to."""
    found = [
        Wrong(label_of(part, name), str(message), f"#{part[name].id_for_label or part[name].auto_id}")
        for part in parts
        for name in part.fields
        for message in part.errors.get(name, [])
    ]
    return found + [Wrong("", error.message, place_of(error.field)) for error in homeless]


def label_of(part: BaseForm, name: str) -> str:
    """What an input is called away from it: of several packages with the same inputs, with the package."""
    label, whose = str(part[name].label), getattr(part, "whose", "")
    return f"{whose}, {label[:1].lower()}{label[1:]}" if whose and label != whose else label


def focus_after(action: str, rows: FormRows) -> str:
    """The id of what carries on what `action` began: the moved row’s button, the new row’s input, the way back."""
    match action.split():
        case [("up" | "down") as verb, prefix, number] if (index := read_number(number)) is not None:
            return f"{prefix}-{max(0, index + (1 if verb == 'down' else -1))}-{verb}"
        case ["add", prefix]:
            field = "question" if prefix in {"faq", "requirements"} else "name"
            return f"id_{prefix}-{rows.count(prefix) - 1}-{field}"
        case ["remove", *_]:
            return "undo"
        case ["clear", tier]:
            return f"id_{tier}-offered"
        case ["template" | "replace", _] if rows.count("stages"):
            return "id_stages-0-name"
    return ""
