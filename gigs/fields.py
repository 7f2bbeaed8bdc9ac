"""Inputs of the gig editor."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError


class DraftForm(forms.Form):
    """A form whose `needed` fields a draft may leave empty; they are not called optional, because buyers need them."""

    needed: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.needed:
            self.fields[name].needed = True  # type: ignore[attr-defined]
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                _say_length(field)


def _say_length(field: forms.Field) -> None:
    """Say how long a text may be; the browser must not hold it to that, since it cuts what is pasted in silence."""
    most = field.widget.attrs.pop("maxlength", None)
    if most and not field.help_text:
        field.help_text = f"Up to {int(most):,} characters."


class LinesField(forms.CharField):
    """Short texts, one a line; cleaned to a tuple without blank lines. `each` is the longest a line may be."""

    def __init__(self, *, each: int, rows: int = 3, **kwargs: Any) -> None:
        self.each = each
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> tuple[str, ...]:
        lines = tuple(line.strip() for line in super().clean(value).splitlines() if line.strip())
        if any(len(line) > self.each for line in lines):
            raise ValidationError(f"Keep each line to {self.each} characters.")
        return lines


class TagsField(forms.CharField):
    """Tags with commas between them; cleaned to a tuple of different ones."""

    def __init__(self, *, most: int, each: int, **kwargs: Any) -> None:
        self.most, self.each = most, each
        super().__init__(**kwargs)

    def clean(self, value: Any) -> tuple[str, ...]:
        tags = tuple(dict.fromkeys(tag.strip().lower() for tag in super().clean(value).split(",") if tag.strip()))
        if len(tags) > self.most:
            raise ValidationError(f"Use up to {self.most} tags.")
        if any(len(tag) > self.each for tag in tags):
            raise ValidationError(f"Keep each tag to {self.each} characters.")
        return tags
