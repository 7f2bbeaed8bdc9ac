"""Putting refusals beside the inputs they are about, in pages that are made of many forms."""

from collections.abc import Iterable
from functools import cached_property

from django import forms

from marketplace.kernel.errors import DomainError, Invalid, ManyInvalid


def each_error(error: DomainError) -> list[DomainError]:
    return list(error.errors) if isinstance(error, ManyInvalid) else [error]


class Placing:
    """The inputs of a tab, in `parts`; `homeless` are the errors that were placed and are about none of them."""

    @property
    def parts(self) -> Iterable[forms.BaseForm]:
        raise NotImplementedError

    @cached_property
    def homeless(self) -> list[DomainError]:
        return []

    def place(self, errors: Iterable[DomainError]) -> None:
        """Put errors beside their inputs."""
        self.homeless += place_errors(errors, self.parts)


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
