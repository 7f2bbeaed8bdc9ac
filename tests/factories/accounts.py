"""People for tests."""

from itertools import count

from accounts.models import SellerProfile, User

PASSWORD = "a-long-enough-password"
numbers = count(1)


def make_user(name: str = "Paula Person", *, email: str = "", staff: bool = False, timezone: str = "UTC") -> User:
    """A user who can sign in with PASSWORD; the e-mail address is unique unless given."""
    address = email or f"{name.split()[0].lower()}{next(numbers)}@example.com"
    return User.objects.create_user(address, PASSWORD, name=name, is_staff=staff, timezone=timezone)


def make_seller(
    name: str = "Selma Seller", *, email: str = "", headline: str = "I make things", country: str = "FR"
) -> User:
    """A user with a seller profile."""
    user = make_user(name, email=email)
    SellerProfile.objects.create(user=user, headline=headline, country="FR")
    return user


def make_agent(name: str = "Agnes Agent", *, email: str = "") -> User:
    """A support agent with every permission."""
    user = make_user(name, email=email, staff=True)
    user.is_superuser = True
    user.save(update_fields=["is_superuser"])
    return user
