"""What forms share: domain errors beside their field, amounts of money, numbers of days."""

from typing import Any

from django import forms
from django.conf import settings

from marketplace.kernel.currencies import SYMBOLS
from marketplace.kernel.errors import DomainError, ManyInvalid
from marketplace.kernel.money import Money
from marketplace.web.errors import FileEmpty
from marketplace.web.files import clean_name


def add_domain_error(form: forms.BaseForm, exc: DomainError) -> None:
    """Put a refusal where the person looks: beside `exc.field` if the form has it, else at the head of the form."""
    if isinstance(exc, ManyInvalid):
        for error in exc.errors:
            add_domain_error(form, error)
        return
    form.add_error(exc.field if exc.field in form.fields else None, exc.message)


class MoneyField(forms.Field):
    """An amount as people type it ("1,180", "$1180.50"), cleaned to integer minor units of `currency`."""

    default_error_messages = {  # noqa: RUF012  (as Django declares it)
        "invalid": "Write an amount such as %(example)s.",
    }

    def __init__(self, *, currency: str = "", **kwargs: Any) -> None:
        self.currency = currency or settings.CURRENCY
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 20})
        )
        super().__init__(**kwargs)

    @property
    def affix(self) -> str:
        """What `<c-field>` shows before the input."""
        return SYMBOLS.get(self.currency, self.currency)

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        try:
            return Money.parse(str(value), self.currency).amount
        except ValueError as error:
            params = {"example": Money.parse("120", self.currency).major}
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid", params=params) from error

    def prepare_value(self, value: Any) -> Any:
        """Minor units become a decimal; what was typed stays as it was typed."""
        return Money(value, self.currency).major if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except forms.ValidationError:
            return True


class DaysField(forms.IntegerField):
    """A whole number of days; the most and the least are rules, not the field's business."""

    unit = "days"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 1)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        kwargs.setdefault(
            "error_messages", {"invalid": "Write a whole number of days.", "min_value": "At least 1 day."}
        )
        super().__init__(**kwargs)


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class ManyFilesField(forms.FileField):
    """Several files in one input; cleaned to a list, empty when none was chosen. A refusal names each empty file."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        chosen = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if not chosen:
            super().clean(None, initial)
            return []
        if empty := [FileEmpty(name=clean_name(file.name)).message for file in chosen if not file.size]:
            raise forms.ValidationError(empty, code="empty")
        return [super(ManyFilesField, self).clean(file, initial) for file in chosen]
