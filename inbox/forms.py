"""Writing a message, finding one, and what one keeps."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.text import Truncator

from accounts.models import User
from inbox.enums import Filter, ReportReason
from inbox.extensions import Subject, subject_of
from inbox.limits import BODY_LIMIT, FILES_LIMIT, REPORT_LIMIT, TITLE_LIMIT
from inbox.models import Message
from marketplace.web.forms import ManyFilesField


class MessageForm(forms.Form):
    """`attachments` may be several; whether anything was written at all is the service's question.

    `about` is the id of what the message is about, such as a gig.
    """

    body = forms.CharField(
        label="Message",
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": BODY_LIMIT}),
    )
    attachments = ManyFilesField(label="Files", required=False)
    about = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].needed = True  # type: ignore[attr-defined]  # read by <c-field>
        most = filesizeformat(settings.UPLOAD_MAX_BYTES).replace("\xa0", " ")
        self.fields["attachments"].help_text = f"Up to {FILES_LIMIT} files, each up to {most}."
        limits = {"data-most": settings.UPLOAD_MAX_BYTES, "data-count": FILES_LIMIT, "data-readable": most}
        self.fields["attachments"].widget.attrs.update(limits)

    def subject(self, other: User) -> Subject | None:
        """What a message to `other` with this form is about."""
        return subject_of(str(self["about"].value() or ""), other)


class ListForm(forms.Form):
    """What the list of conversations was asked for; whatever makes no sense asks for nothing."""

    q = forms.CharField(required=False, max_length=80)
    show = forms.ChoiceField(required=False, choices=Filter.choices)
    older = forms.CharField(required=False, max_length=40)

    @property
    def words(self) -> str:
        return str(self._read("q"))

    @property
    def shown(self) -> Filter:
        return Filter(self._read("show"))

    @property
    def older_than(self) -> str:
        return str(self._read("older"))

    def _read(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name, "")


class MessageChoice(forms.ModelChoiceField[Message]):
    def label_from_instance(self, message: Message) -> str:
        return Truncator(" ".join(message.body.split()) or "A file").chars(70)


class ReportForm(forms.Form):
    message = MessageChoice(
        queryset=Message.objects.none(),
        to_field_name="sequence",
        required=False,
        empty_label="The whole conversation",
        label="What is it about?",
    )
    reason = forms.ChoiceField(choices=ReportReason.choices, widget=forms.RadioSelect, label="What is wrong?")
    words = forms.CharField(
        label="What happened?",
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": REPORT_LIMIT}),
        help_text="A sentence or two. Only support reads this.",
    )

    def __init__(self, *args: Any, messages: QuerySet[Message], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["message"]
        if isinstance(chosen, MessageChoice):
            chosen.queryset = messages


class AnswerForm(forms.Form):
    title = forms.CharField(
        label="Name",
        help_text="What you look for in the list: “Asks for a discount”.",
        widget=forms.TextInput(attrs={"maxlength": TITLE_LIMIT}),
    )
    text = forms.CharField(
        label="Words",
        help_text="{name} becomes the first name of whom you write to.",
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": BODY_LIMIT}),
    )
