"""One family of failures that a person caused or can mend.

Each app's `errors.py` subclasses these, one class per failure, with the sentence that the person reads and,
where it applies, the number of the rule. `marketplace.web` maps them once to a page, a fragment or problem+json.
"""

from typing import ClassVar


class DomainError(Exception):
    """A refusal with a sentence for the person.

    `code` is stable and machine-readable; `sentence` may have `{placeholders}` filled from the keyword values;
    `rule` is a number of the rules of the business ("R-ORD-6"); `field` names the input it belongs beside.
    """

    code: ClassVar[str] = "refused"
    sentence: ClassVar[str] = "That can’t be done."
    rule: ClassVar[str] = ""
    status: ClassVar[int] = 409

    def __init__(self, *, field: str = "", **values: object) -> None:
        self.field = field
        self.values = values
        self.message = self.sentence.format(**values)
        super().__init__(self.message)


class Refused(DomainError):
    """The state of things does not allow it (HTTP 409)."""


class Invalid(DomainError):
    """What was typed breaks a rule (HTTP 422); `field` says where."""

    code = "invalid"
    status = 422


class NotAllowed(DomainError):
    """The person is a party, but not the one who may do this (HTTP 403)."""

    code = "not_allowed"
    sentence = "You can’t do that here."
    status = 403


class Unknown(DomainError):
    """There is no such object for this person; strangers get the same (HTTP 404)."""

    code = "not_found"
    sentence = "We can’t find that."
    status = 404


class ManyInvalid(Invalid):
    """Several `Invalid` failures found together, so that each stands beside its field."""

    code = "invalid"

    def __init__(self, errors: list[Invalid]) -> None:
        self.errors = errors
        super().__init__(field=errors[0].field if errors else "")
        self.message = " ".join(error.message for error in errors)
        self.args = (self.message,)
