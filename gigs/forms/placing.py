"""Putting refusals beside the inputs they are about, in pages that are made of many forms."""

from collections.abc import Iterable

from django import forms

from marketplace.kernel.errors import DomainError, Invalid, ManyInvalid


def each_error(error: DomainError) -> list[DomainError]:
    return list(error.errors) if isinstance(error, ManyInvalid) else [error]


def place_errors(errors: Iterable[DomainError | Invalid], parts: Iterable[forms.BaseForm]) -> list[DomainError]:
    """Add each error to the input whose full name is its `field`; returns those that have no input."""
    inputs = {form.add_prefix(name): (form, name) for form in parts for name in form.fields}
    homeless = []
    for error in errors:
        if error.field in inputs:
            form, name = inputs[error.field]
            form.add_error(name, error.message)
        else:
            homeless.append(error)
    return homeless
