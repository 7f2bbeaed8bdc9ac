"""The seller's questions: answered by the buyer, or waived by the seller; then the first milestone begins (R-ORD-2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import File

from accounts.models import User
from gigs.enums import RequirementKind
from marketplace.kernel.errors import Invalid, ManyInvalid
from orders import errors
from orders.actors import party
from orders.models import Order, OrderRequirement
from orders.services.beginning import begin_milestone
from orders.services.door import transition


@dataclass(frozen=True, slots=True)
class Answer:
    """What the buyer gave to one question: words, a choice, or a file that has been checked."""

    text: str = ""
    file: File | None = None  # type: ignore[type-arg]
    file_name: str = ""


def answer_requirements(
    *, order: Order, actor: User, answers: Mapping[int, Answer], now: datetime | None = None
) -> None:
    """Store the answers (by requirement id) and begin. Raises ManyInvalid, one error beside each question."""
    with transition(order=order, name="answer_requirements", actor=party(order, actor), now=now) as step:
        requirements = list(order.requirements.all())
        problems = [problem for r in requirements if (problem := _problem(r, answers.get(r.pk, Answer())))]
        if problems:
            raise ManyInvalid(problems)
        for requirement in requirements:
            _store(requirement, answers.get(requirement.pk, Answer()))
        begin_milestone(step)


def waive_requirements(*, order: Order, actor: User, now: datetime | None = None) -> None:
    """The seller begins without answers."""
    with transition(order=order, name="waive_requirements", actor=party(order, actor), now=now) as step:
        begin_milestone(step)


def _problem(requirement: OrderRequirement, answer: Answer) -> Invalid | None:
    field = f"answer_{requirement.position}"
    given = answer.file if requirement.kind == RequirementKind.FILE else answer.text.strip() or answer.file
    if requirement.required and not given:
        return errors.AnswerNeeded(field=field)
    if requirement.options and answer.text and answer.text not in requirement.options:
        return errors.NotAnOption(field=field)
    return None


def _store(requirement: OrderRequirement, answer: Answer) -> None:
    requirement.answer = answer.text.strip()
    if answer.file is not None:
        requirement.file = answer.file
        requirement.file_name = answer.file_name
    requirement.save()
