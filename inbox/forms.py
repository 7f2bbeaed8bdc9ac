"""Writing a message."""

from typing import ClassVar

from django import forms

from inbox.models import BODY_LIMIT
from marketplace.web.forms import ManyFilesField


class MessageForm(forms.Form):
    """`files` may be several; whether anything was written at all is the service's question."""

    body = forms.CharField(
        label="Message",
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": BODY_LIMIT}),
    )
    files = ManyFilesField(label="Files", required=False)

    field_order: ClassVar = ["body", "files"]
