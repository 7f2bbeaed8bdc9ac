"""What people type on an order. Rules live in the services; here only shapes, and where a sentence stands."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator

from accounts.models import User
from gigs.enums import RequirementKind
from marketplace.kernel.errors import DomainError
from marketplace.web.files import validate_upload
from marketplace.web.forms import ManyFilesField, add_domain_error
from orders.enums import MilestoneState
from orders.errors import AnswerNeeded, ConfirmFullProject, DeliveryNeedsMessage, NoteNeedsWords
from orders.models import DeliveryLink, Milestone, OrderRequirement, Task
from orders.selectors import OrderView, cards_of
from orders.services.assigning import TaskDraft
from orders.services.delivering import FileInput, LinkInput
from orders.services.requirements import Answer
from payments.models import SavedMethod

REASON_LIMIT = 1000
ANSWER_LIMIT = 5000
_NOT_PAID = {
    MilestoneState.PAYMENT_FAILED: "refused for this payment",
    MilestoneState.ACTION_REQUIRED: "the bank wants you to confirm it",
}
_LINK = re.compile(r"(?P<url>\S+)\s*(?P<label>.*)")
_is_address = URLValidator(schemes=["http", "https"])


def _area(rows: int, limit: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": limit})


class ConfirmForm(forms.Form):
    """A question with nothing to type."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, view: OrderView) -> None:  # noqa: ARG002
        super().__init__(data)


class PriceForm(ConfirmForm):
    """Carries the sum that was on the button, so that nobody pays another one."""

    shown_to_pay = forms.IntegerField(widget=forms.HiddenInput)
    other_card = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, view: OrderView) -> None:
        super().__init__(data, view=view)
        if view.following:
            self.fields["shown_to_pay"].initial = view.following.to_pay.amount


class CardForm(ConfirmForm):
    """One of the buyer's saved cards."""

    stripe_id = forms.ChoiceField(label="Which card?", widget=forms.RadioSelect, choices=())

    def __init__(self, data: Mapping[str, Any] | None = None, *, view: OrderView) -> None:
        super().__init__(data, view=view)
        cards = cards_of(view)
        field = self.fields["stripe_id"]
        tried = _refusal_by_card(view)
        field.choices = [(card.stripe_id, _card_line(card, tried)) for card in cards]  # type: ignore[attr-defined]
        cards.sort(key=lambda card: (card.looks in tried, card.pk != view.order.method_id))
        field.initial = cards[0].stripe_id if cards else None


class StopForm(ConfirmForm):
    """Why, if the person wants to say."""

    reason = forms.CharField(label="Why do you stop?", required=False, max_length=REASON_LIMIT)

    def __init__(self, data: Mapping[str, Any] | None = None, *, view: OrderView) -> None:
        super().__init__(data, view=view)
        self.fields["reason"].widget = _area(2, REASON_LIMIT)


class MoreTimeForm(ConfirmForm):
    reason = forms.CharField(label="What do you need the time for?", max_length=REASON_LIMIT, widget=_area(3, 1000))


class RevisionForm(ConfirmForm):
    """Names a criterion of the milestone, or says what is missing (R-ORD-6)."""

    criterion = forms.ChoiceField(
        label="Which criterion is not met?", required=False, widget=forms.RadioSelect, choices=()
    )
    message = forms.CharField(
        label="What is missing, or should change?", required=False, max_length=3000, widget=_area(5, 3000)
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, view: OrderView) -> None:
        super().__init__(data, view=view)
        self.fields["message"].needed = True  # type: ignore[attr-defined]  # where no criterion says it
        criteria = view.current.planned.criteria if view.current else []
        if not criteria:
            del self.fields["criterion"]
            return
        self.fields["message"].help_text = "May stay empty where a criterion says it all."
        self.fields["criterion"].needed = True  # type: ignore[attr-defined]  # “Something else” is one of them
        options = [(criterion, criterion) for criterion in criteria]
        self.fields["criterion"].choices = [*options, ("", "Something else")]  # type: ignore[attr-defined]


class DeliverForm(forms.Form):
    """Two ways to hand a file over: seen at once, or released when the buyer accepts (R-ORD-5)."""

    message = forms.CharField(
        label="A few words about it",
        max_length=5000,
        widget=_area(5, 5000),
        error_messages={"required": DeliveryNeedsMessage.sentence},
    )
    files = ManyFilesField(  # type: ignore[assignment]  # the service's name for it; Django's own is per instance
        label="Files to see at once", required=False, help_text="Previews, and whatever needs no lock."
    )
    originals = ManyFilesField(
        label="Originals",
        required=False,
        help_text="Locked until the milestone is accepted; the buyer sees their names.",
    )
    links = forms.CharField(
        label="Links",
        required=False,
        strip=False,
        help_text="One on each line. Words after the address become its name.",
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )
    is_full_project = forms.BooleanField(
        label="This delivery holds the full project.", error_messages={"required": ConfirmFullProject.sentence}
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, files: Any = None, *, is_last: bool, first_name: str = "the buyer"
    ) -> None:
        super().__init__(data, files)
        self.fields["originals"].help_text = f"Locked until {first_name} accepts; their names are seen at once."
        for name in ("files", "originals", "links"):
            self.fields[name].needed = True  # type: ignore[attr-defined]  # at least one of the three, as the form says
        if not is_last:
            del self.fields["is_full_project"]

    def clean_files(self) -> list[FileInput]:
        return self._checked("files", held_back=False)

    def clean_originals(self) -> list[FileInput]:
        return self._checked("originals", held_back=True)

    def clean_links(self) -> list[LinkInput]:
        lines = [line.strip() for line in self.cleaned_data["links"].splitlines() if line.strip()]
        return [_link(line) for line in lines]

    def _checked(self, field: str, *, held_back: bool) -> list[FileInput]:
        try:
            return [file_input(upload, field=field, held_back=held_back) for upload in self.cleaned_data[field]]
        except DomainError as refusal:
            raise ValidationError(refusal.message) from refusal


class ShareForm(forms.Form):
    """What there is to see of a stage (R-GIG-6); a substep is shared without a word. The service asks for the words."""

    use_required_attribute = False

    message = forms.CharField(label="What is there to see?", required=False, max_length=3000, widget=_area(3, 3000))
    link = forms.URLField(required=False, max_length=500, assume_scheme="https", validators=[_is_address])
    files = ManyFilesField(required=False)  # type: ignore[assignment]  # as in DeliverForm

    def __init__(self, data: Mapping[str, Any] | None = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.fields["message"].needed = True  # type: ignore[attr-defined]

    def clean_files(self) -> list[FileInput]:
        try:
            return [file_input(upload, field="files", held_back=False) for upload in self.cleaned_data["files"]]
        except DomainError as refusal:
            raise ValidationError(refusal.message) from refusal


class AnswersForm(forms.Form):
    """The seller's questions, one field each, named by position as in the services' errors."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, files: Any = None, *, requirements: list[OrderRequirement]
    ) -> None:
        super().__init__(data, files)
        self.requirements = requirements
        for requirement in requirements:
            self.fields[field_name(requirement)] = _field_for(requirement)

    def answers(self) -> dict[int, Answer]:
        """What was given, by requirement id. After `is_valid`."""
        return {r.pk: self._answer(self.cleaned_data.get(field_name(r))) for r in self.requirements}

    @staticmethod
    def _answer(given: Any) -> Answer:
        if isinstance(given, UploadedFile):
            return file_answer(given)
        return Answer(text=given or "")

    def clean(self) -> dict[str, Any]:
        for requirement in self.requirements:
            given = self.cleaned_data.get(field_name(requirement))
            if isinstance(given, UploadedFile):
                try:
                    validate_upload(given, field=field_name(requirement))
                except DomainError as refusal:
                    add_domain_error(self, refusal)
        return self.cleaned_data


def _card_line(card: SavedMethod, refused: Mapping[object, str]) -> str:
    line = f"{card.label}, good to {card.expiry}" if card.expiry else card.label
    return f"{line} ({refused[card.looks]})" if card.looks in refused else line


def _refusal_by_card(view: OrderView) -> dict[object, str]:
    """Which card did not pay what is asked for now, and why, in a few words."""
    current = view.current
    tried = current.charge.method if current and current.charge else None
    if current is None or tried is None or current.state not in _NOT_PAID:
        return {}
    return {tried.looks: _NOT_PAID[MilestoneState(current.state)]}


def field_name(requirement: OrderRequirement) -> str:
    """The input of a question, as `orders.services.requirements` names it in its errors."""
    return f"answer_{requirement.position}"


def file_answer(upload: "UploadedFile[Any]", *, field: str = "file") -> Answer:
    """A looked-at upload that answers a question. Raises FileEmpty, FileTooLarge."""
    return Answer(file=upload, file_name=validate_upload(upload, field=field).name)


def file_input(upload: "UploadedFile[Any]", *, field: str, held_back: bool) -> FileInput:
    """A looked-at upload for the service. Raises FileEmpty, FileTooLarge."""
    checked = validate_upload(upload, field=field)
    return FileInput(
        upload=upload, name=checked.name, size=checked.size, content_type=checked.type, held_back=held_back
    )


def _link(line: str) -> LinkInput:
    match = _LINK.fullmatch(line)
    url, label = (match["url"], match["label"]) if match else (line, "")
    if "://" not in url:
        url = f"https://{url}"
    try:
        _is_address(url)
    except ValidationError as error:
        raise ValidationError(f"“{line[:60]}” is not a link. Links begin with https://.") from error
    longest = DeliveryLink._meta.get_field("url").max_length or 0
    if len(url) > longest:
        raise ValidationError(f"“{line[:60]}…” is too long for a link.")
    return LinkInput(url=url, label=label[:120])


def _field_for(requirement: OrderRequirement) -> forms.Field:
    common: dict[str, Any] = {
        "label": requirement.question,
        "required": requirement.required,
        "error_messages": {"required": AnswerNeeded.sentence},
    }
    field: forms.Field
    match requirement.kind:
        case RequirementKind.CHOICE:
            options = [(option, option) for option in requirement.options]
            field = forms.ChoiceField(choices=options, widget=forms.RadioSelect, **common)
        case RequirementKind.FILE:
            field = forms.FileField(**common)
        case _:
            field = forms.CharField(widget=_area(3, ANSWER_LIMIT), max_length=ANSWER_LIMIT, **common)
    return field


class TaskForm(forms.Form):
    """A task; with `milestones` it also asks to which it belongs."""

    milestone_id = forms.TypedChoiceField(label="Milestone", coerce=int, choices=())
    title = forms.CharField(label="What is to be done?", max_length=120)
    detail = forms.CharField(label="Details", required=False, max_length=2000, widget=_area(3, 2000))
    assignee = forms.ChoiceField(label="Who does it?", required=False, choices=())
    due_on = forms.DateField(label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any = None, *, people: list[User], milestones: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.people, self.milestones = {person.public_id: person for person in people}, milestones or []
        names = [(key, person.display_name) for key, person in self.people.items()]
        self.fields["assignee"].choices = [("", "Nobody yet"), *names]  # type: ignore[attr-defined]
        if self.milestones:
            rows = [(milestone.pk, f"{milestone.position}. {milestone.name}") for milestone in self.milestones]
            self.fields["milestone_id"].choices = rows  # type: ignore[attr-defined]
        else:
            del self.fields["milestone_id"]

    @classmethod
    def of(cls, task: Task, people: list[User]) -> "TaskForm":
        """What is stored."""
        assignee = task.assignee.public_id if task.assignee else ""
        stored = {"title": task.title, "detail": task.detail, "assignee": assignee, "due_on": task.due_on}
        return cls(people=people, initial=stored)

    @property
    def milestone(self) -> Milestone:
        chosen: int = self.cleaned_data["milestone_id"]
        found: Milestone = next(milestone for milestone in self.milestones if milestone.pk == chosen)
        return found

    def draft(self) -> TaskDraft:
        data = self.cleaned_data
        person = self.people.get(data["assignee"])
        return TaskDraft(title=data["title"], detail=data["detail"], assignee=person, due_on=data["due_on"])


class NoteForm(forms.Form):
    body = forms.CharField(label="Note", required=False, max_length=2000, widget=_area(3, 2000))
    file = forms.FileField(label="File", required=False)

    def clean_file(self) -> FileInput | None:
        upload = self.cleaned_data["file"]
        return file_input(upload, field="file", held_back=False) if upload else None


class NoteWordsForm(forms.Form):
    """What a note on the order says."""

    body = forms.CharField(
        label="Note",
        max_length=2000,
        widget=_area(3, 2000),
        error_messages={"required": NoteNeedsWords.sentence},
    )


class OrderNoteForm(NoteWordsForm):
    """On the order page beside other forms, so its names begin with “note-”."""

    prefix = "note"
    is_shared = forms.TypedChoiceField(
        label="Who reads it?",
        widget=forms.RadioSelect,
        choices=[("private", "Only for my side"), ("shared", "For both of us")],
        coerce=lambda value: value == "shared",
        initial="private",
    )

    @classmethod
    def is_in(cls, data: Mapping[str, Any] | None) -> bool:
        """Whether `data` was typed into this form."""
        return data is not None and f"{cls.prefix}-body" in data
