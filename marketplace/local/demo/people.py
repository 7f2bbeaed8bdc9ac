"""Sellers, buyers and an agent."""

from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts.enums import TeamRole
from accounts.models import User
from accounts.services import become_seller
from accounts.services.team import accept_invitation, invite_member
from accounts.signals import invitation_written
from marketplace.kernel import clock
from marketplace.local.demo.content import PASSWORD, read


def make_people() -> None:
    """Everyone of people.toml, with a confirmed address."""
    people = read("people")
    for row in people["sellers"]:
        user = _user(row)
        become_seller(user=user, headline=row["headline"], bio=row["bio"], country=row["country"], now=clock.now())
    for row in people["buyers"]:
        _user(row)
    for row in people["managers"]:
        _join_team(_user(row), person(row["seller"]))
    for row in people["agents"]:
        agent = _user(row)
        agent.is_staff = agent.is_superuser = True
        agent.save(update_fields=["is_staff", "is_superuser"])


def _join_team(user: User, seller: User) -> None:
    """Invited by mail, and they press the link in it."""
    secrets: list[str] = []

    def read_mail(secret: str, **_: object) -> None:
        secrets.append(secret)

    now = clock.now()
    invitation_written.connect(read_mail)
    invite_member(seller=seller, email=user.email, role=TeamRole.MANAGER, now=now)
    invitation_written.disconnect(read_mail)
    accept_invitation(secret=secrets.pop(), user=user, now=now)


def person(email: str) -> User:
    return User.objects.get(email=email)


def _user(row: dict[str, str]) -> User:
    user = User.objects.create_user(row["email"], name=row["name"], timezone=row["timezone"])
    user.password = _hashed()
    user.save(update_fields=["password"])
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@cache
def _hashed() -> str:
    """One hash for all, as hashing is slow on purpose."""
    return make_password(PASSWORD)
