"""People of a seller's team, reached through the services."""

from datetime import datetime

from django.core.files.base import ContentFile

from accounts.enums import TeamRole
from accounts.models import TeamMember, User
from accounts.services import team
from accounts.signals import invitation_written
from marketplace.kernel import clock
from orders.models import Order, Task, TaskNote
from orders.services.assigning import TaskDraft, add_task, note_task
from orders.services.delivering import FileInput
from tests.factories.accounts import make_user


def invite(seller: User, email: str, *, role: str = TeamRole.MANAGER, now: datetime | None = None) -> str:
    """The secret of a new invitation's link."""
    secrets: list[str] = []

    def hear(secret: str, **_: object) -> None:
        secrets.append(secret)

    invitation_written.connect(hear)
    try:
        team.invite_member(seller=seller, email=email, role=role, now=now or clock.now())
    finally:
        invitation_written.disconnect(hear)
    return secrets[0]


def make_member(
    seller: User, name: str = "Mila Member", *, role: str = TeamRole.MANAGER, user: User | None = None
) -> TeamMember:
    """Somebody who was invited and accepted."""
    person = user or make_user(name)
    secret = invite(seller, person.email, role=role)
    return team.accept_invitation(secret=secret, user=person, now=clock.now())


def make_manager(seller: User, name: str = "Mila Manager") -> User:
    return make_member(seller, name).user


def make_contributor(seller: User, name: str = "Cleo Contributor") -> User:
    return make_member(seller, name, role=TeamRole.CONTRIBUTOR).user


def make_task(order: Order, assignee: User | None = None, *, title: str = "Cut the film") -> Task:
    """Given by the seller, on the first milestone."""
    draft = TaskDraft(title=title, assignee=assignee)
    return add_task(milestone=order.milestones.get(position=1), actor=order.seller, draft=draft, now=clock.now())


def make_task_note(order: Order) -> TaskNote:
    """With a file, by the seller."""
    file = FileInput(upload=ContentFile(b"x", "x.txt"), name="x.txt", size=1, content_type="text/plain")
    return note_task(task=make_task(order), actor=order.seller, body="Look", file=file, now=clock.now())
