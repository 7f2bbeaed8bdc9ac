"""Sellers, buyers and an agent."""

from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts.models import User
from accounts.services import become_seller
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
    for row in people["agents"]:
        agent = _user(row)
        agent.is_staff = agent.is_superuser = True
        agent.save(update_fields=["is_staff", "is_superuser"])


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
