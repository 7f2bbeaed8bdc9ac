"""What is typed about a template (R-GIG-8)."""

from django import forms

from gigs.services.templates import DESCRIPTION_LIMIT, NAME_LIMIT


class TemplateNameForm(forms.Form):
    """Its limits are the service's, which says what is wrong."""

    use_required_attribute = False

    name = forms.CharField(required=False, widget=forms.TextInput(attrs={"maxlength": NAME_LIMIT}))
    description = forms.CharField(
        label="What it is for",
        required=False,
        max_length=DESCRIPTION_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["name"].needed = True  # type: ignore[attr-defined]
