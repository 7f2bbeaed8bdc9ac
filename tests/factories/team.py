"""People of a seller's team, reached through the services."""

from datetime import datetime

from accounts.enums import TeamRole
from accounts.models import TeamMember, User
from accounts.services import team
from accounts.signals import invitation_written
from marketplace.kernel import clock
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
