"""Writing a message."""

from django import forms

from inbox.models import BODY_LIMIT
from marketplace.web.forms import ManyFilesField


class MessageForm(forms.Form):
    """`attachments` may be several; whether anything was written at all is the service's question."""

    body = forms.CharField(
        label="Message",
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": BODY_LIMIT}),
    )
    attachments = ManyFilesField(label="Files", required=False)
