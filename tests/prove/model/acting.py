"""How each transition is tried on the real order: by its service where there is one for it, else at the door itself."""

from collections.abc import Callable

from django.db import transaction

from accounts.models import User
from marketplace.kernel.errors import DomainError
from orders.actors import Actor
from orders.enums import CancelReason, Role
from orders.models import Order
from orders.services import deciding, delivering, ending, extending, funding, requirements
from orders.services.delivering import LinkInput
from orders.services.door import transition

LINK = LinkInput(url="https://example.com/work", label="The work")


def _deliver(order: Order, user: User) -> None:
    delivering.deliver(order=order, actor=user, message="Here it is.", links=[LINK], is_full_project=True)


def _answer(order: Order, user: User) -> None:
    answers = {each.pk: requirements.Answer(text="As we said.") for each in order.requirements.all()}
    requirements.answer_requirements(order=order, actor=user, answers=answers)


def _continue(order: Order, user: User) -> None:
    following = order.milestones.filter(state="planned").select_related("planned", "order__policy").first()
    shown = following.to_pay.amount if following else 0
    deciding.accept_and_continue(order=order, actor=user, shown_to_pay=shown)


def _revise(order: Order, user: User) -> None:
    deciding.request_revision(order=order, actor=user, message="Slower, please.")


def _ask(order: Order, user: User) -> None:
    extending.ask_more_time(order=order, actor=user, reason="I am away.")


def _prepare(order: Order, user: User) -> None:
    funding.prepare_payment(order=order, actor=user)


def _cancel(order: Order, user: User) -> None:
    ending.cancel(order=order, actor=user, reason=CancelReason.BOTH_AGREE, note="They asked.")


def _cancel_one(order: Order, user: User) -> None:
    ending.cancel(order=order, actor=user, reason=CancelReason.BOTH_AGREE, note="They asked.", continue_after=True)


Service = Callable[[Order, User], None]
SERVICES: dict[str, Service] = {
    "answer_requirements": _answer,
    "waive_requirements": lambda order, user: requirements.waive_requirements(order=order, actor=user),
    "deliver": _deliver,
    "request_revision": _revise,
    "accept_and_continue": _continue,
    "accept_and_finish": lambda order, user: deciding.accept_and_finish(order=order, actor=user),
    "accept_and_stop": lambda order, user: deciding.accept_and_stop(order=order, actor=user),
    "ask_more_time": _ask,
    "grant_more_time": lambda order, user: extending.grant_more_time(order=order, actor=user),
    "refuse_more_time": lambda order, user: extending.refuse_more_time(order=order, actor=user),
    "cancel_milestone": _cancel_one,
}
# One service does what several transitions say, by where the order stands.
BY_STANDING: dict[str, Service] = {
    "pay_again": _prepare,
    "stop": lambda order, user: deciding.stop(order=order, actor=user),
    "decline_to_continue": lambda order, user: deciding.stop(order=order, actor=user),
    "cancel_order": _cancel,
    "end_order": _cancel,
    "end_unpaid": _cancel,
    "cancel_unpaid": _cancel,
}


def attempt(order: Order, name: str, role: str, user: User | None, *, expected: bool) -> bool:
    """Try it for real. True when it was done; a refusal of the application is False, anything else goes through.

    What the bank alone may say is tried at the door and undone, so that no payment is made up.
    """
    service = SERVICES.get(name) or (BY_STANDING.get(name) if expected else None)
    try:
        if service is not None and user is not None:
            service(order, user)
        else:
            _at_the_door(order, name, role, user, keep=role != Role.PAYMENTS)
    except DomainError:
        return False
    return True


def _at_the_door(order: Order, name: str, role: str, user: User | None, *, keep: bool) -> None:
    with transaction.atomic():
        with transition(order=order, name=name, actor=Actor(Role(role), user)) as step:
            if name.startswith("flag"):
                step.milestone.late_at = step.now
        if not keep:
            transaction.set_rollback(True)
