"""Reading about people, and who may act for whom."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import QuerySet

from accounts.enums import Ability, InvitationState, TeamRole
from accounts.models import ApiToken, BillingDetails, CalendarAddress, TeamInvitation, TeamMember, User
from accounts.roles import ROLES, roles_with
from marketplace.kernel.errors import Unknown


def is_seller(user: object) -> bool:
    """Whether `user` (a visitor too) has a seller profile."""
    return isinstance(user, User) and hasattr(user, "seller")


def is_paid_to(country: str) -> bool:
    """Whether sellers can be paid to a bank account in `country`, by the operator's setting (R-PAY-5)."""
    return country in settings.PAYOUT_COUNTRIES


def billing_of(user: User) -> BillingDetails:
    """How papers name `user`; all empty when nothing was ever said, and then not stored."""
    return BillingDetails.objects.filter(user=user).first() or BillingDetails(user=user)


def tokens_in_use(user: User) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=user, revoked_at=None)


def calendar_address_of(user: User) -> CalendarAddress | None:
    """Where `user` can have their dates read; None for who shares none."""
    return CalendarAddress.objects.filter(user=user).first()


def owner_of_calendar(key: str) -> User:
    """Whose dates are read with `key`. Raises Unknown: never made, renewed, switched off, or of a closed account."""
    found = CalendarAddress.objects.select_related("user").filter(key=key, user__is_active=True).first()
    if found is None:
        raise Unknown
    return found.user


# --- Teams ------------------------------------------------------------------------------------------------------------
def _memberships() -> QuerySet[TeamMember]:
    """Those that stand: nobody left, and neither account is closed."""
    return TeamMember.objects.filter(left_at=None, seller__is_active=True, user__is_active=True)


def role_in(user: User, seller: User) -> TeamRole | None:
    """What `user` is in the team of `seller`; None for others. One query, none for oneself."""
    if user.pk == seller.pk:
        return TeamRole.OWNER
    role = _memberships().filter(user=user, seller=seller).values_list("role", flat=True).first()
    return TeamRole(role) if role else None


def may(user: User, seller: User, ability: Ability) -> bool:
    """Whether `user` may do this for `seller` now, by the table in `accounts.roles`. At most one query."""
    return role_in(user, seller) in ROLES[ability]


def acts_for(user: User, ability: Ability) -> list[int]:
    """The keys of everyone for whom `user` may do this, oneself first. One query; feed it to `seller__in`."""
    theirs = _memberships().filter(user=user, role__in=roles_with(ability))
    return [user.pk, *theirs.values_list("seller_id", flat=True)]


def sides_of(user: User) -> set[int]:
    """The keys of everyone on whose side `user` stands: oneself, and each seller in whose team they are or ever were.

    Leaving a team doesn't make anybody impartial. One query.
    """
    return {user.pk, *TeamMember.objects.filter(user=user).values_list("seller_id", flat=True)}


def helpers_of(seller: User, ability: Ability) -> list[User]:
    """The people of the team, without the owner, who may do this."""
    found = _memberships().filter(seller=seller, role__in=roles_with(ability))
    return [member.user for member in found.select_related("user")]


def team_of(seller: User) -> QuerySet[TeamMember]:
    """Who works for `seller` now."""
    return _memberships().filter(seller=seller).select_related("user")


def teams_of(user: User) -> QuerySet[TeamMember]:
    """For whom `user` works now."""
    return _memberships().filter(user=user).select_related("seller")


def invitations_of(seller: User) -> QuerySet[TeamInvitation]:
    """Those that nobody has answered; some may have run out."""
    return TeamInvitation.objects.filter(seller=seller, state=InvitationState.OPEN)


def state_of(invitation: TeamInvitation, *, now: datetime) -> InvitationState:
    """Its state, where an open one that has run out is expired: at the instant itself the timer has won."""
    run_out = invitation.state == InvitationState.OPEN and now >= invitation.expires_at
    return InvitationState.EXPIRED if run_out else InvitationState(invitation.state)


def owns_address(user: User, email: str) -> bool:
    """Whether it is the account's own address, or another that the person has confirmed."""
    if user.email.lower() == email.lower():
        return True
    return bool(EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists())
