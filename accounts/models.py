"""People: one account can buy and sell; selling adds a profile. Programs sign in with tokens."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from accounts.enums import InvitationState, TeamRole
from accounts.roles import INVITED
from accounts.timezones import day_begins
from marketplace.kernel import clock
from marketplace.kernel.identifiers import new_public_id


def new_user_id() -> str:
    return new_public_id("usr")


def new_token_id() -> str:
    return new_public_id("tok")


def new_member_id() -> str:
    return new_public_id("tmm")


def new_invitation_id() -> str:
    return new_public_id("inv")


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail; there are no user names."""

    def create_user(self, email: str, password: str | None = None, **extra: object) -> "User":
        user = self.model(email=self.normalize_email(email), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractBaseUser, PermissionsMixin):
    """An account, known by its e-mail address."""

    public_id = models.CharField(max_length=32, unique=True, default=new_user_id, editable=False)
    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=80, blank=True)
    timezone = models.CharField("time zone", max_length=64, default="UTC")
    language = models.CharField(max_length=10, default="en")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("support agent", default=False)
    joined_at = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = []

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="user_email_ci")]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.name or self.email.partition("@")[0]

    @property
    def first_name(self) -> str:
        """The name to use in a sentence: "Ines answers with a new due date"."""
        return self.display_name.partition(" ")[0]

    @property
    def initials(self) -> str:
        words = self.display_name.replace(".", " ").split()
        return "".join(word[0] for word in words[:2]).upper()


def usual_currency() -> str:
    """The first of the operator's list."""
    return settings.CURRENCIES[0]


class SellerProfile(models.Model):
    """What makes a user a seller."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="seller")
    headline = models.CharField(max_length=120, blank=True)
    bio = models.TextField(max_length=2000, blank=True)
    country = models.CharField(max_length=2, blank=True)
    languages = ArrayField(models.CharField(max_length=2), default=list, blank=True, help_text="ISO 639-1 codes.")
    currency = models.CharField(
        max_length=3, default=usual_currency, help_text="What new gigs and offers are priced in; old ones keep theirs."
    )
    milestones_blocked_reason = models.CharField(
        max_length=200,
        blank=True,
        help_text="Filled by support to switch milestones off; shown to the seller (R-POL-4).",
    )
    away_from = models.DateField(null=True, blank=True)
    away_until = models.DateField(null=True, blank=True, help_text="The day on which the seller is back.")
    away_message = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="seller_away_whole",
                condition=Q(away_from=None, away_until=None, away_message="")
                | Q(away_from__isnull=False, away_until__isnull=False, away_until__gt=F("away_from")),
            )
        ]

    def __str__(self) -> str:
        return self.user.display_name

    @property
    def away_begins(self) -> datetime | None:
        """The first instant of the first day away, in the seller's time zone."""
        return day_begins(self.away_from, self.user.timezone) if self.away_from else None

    @property
    def away_ends(self) -> datetime | None:
        """The first instant of the day of return: by then the seller is back, with nobody doing anything."""
        return day_begins(self.away_until, self.user.timezone) if self.away_until else None

    def is_away(self, now: datetime) -> bool:
        begins, ends = self.away_begins, self.away_ends
        return begins is not None and ends is not None and begins <= now < ends

    @property
    def away_words(self) -> str:
        """The day of return: "4 March"."""
        return f"{self.away_until.day} {self.away_until:%B}" if self.away_until else ""

    @property
    def away_now(self) -> bool:
        return self.is_away(clock.now())


class BillingDetails(models.Model):
    """How a person's papers name them: all of it optional, taken into the next invoice and never into an old one."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="billing")
    name = models.CharField(max_length=120, blank=True)
    address = models.TextField(max_length=400, blank=True)
    tax_id = models.CharField(max_length=40, blank=True)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name or self.user.display_name


class ApiToken(models.Model):
    """A program's key to a person's account. Only the SHA-256 of the secret is kept; the secret is shown once."""

    public_id = models.CharField(max_length=32, unique=True, default=new_token_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    ending = models.CharField(max_length=4, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} (…{self.ending})"


class CalendarAddress(models.Model):
    """The private address of a person's feed of due dates (R-ORD-15): whoever has `key` reads it, signed in or not.

    Unlike a token's, the secret is kept as it is: its owner copies the address again for the next device, and calendar
    programs fetch it for years. Whoever reads this table can read the dates themselves beside it, and the key writes
    nothing.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_address")
    key = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name_plural = "calendar addresses"

    def __str__(self) -> str:
        return f"calendar of {self.user}"


class TeamMember(models.Model):
    """Somebody who works for `seller`; once `left_at` is set it is history, and coming back makes a new row."""

    public_id = models.CharField(max_length=32, unique=True, default=new_member_id, editable=False)
    seller = models.ForeignKey(User, on_delete=models.PROTECT, related_name="team")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=TeamRole)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["joined_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "seller"], condition=Q(left_at=None), name="team_member_once"),
            models.CheckConstraint(condition=~Q(user=F("seller")), name="team_member_is_another"),
            models.CheckConstraint(condition=Q(role__in=list(INVITED)), name="team_member_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in the team of {self.seller}"


class TeamInvitation(models.Model):
    """An offer to join, sent to an address. Only the SHA-256 of the link's secret is kept."""

    public_id = models.CharField(max_length=32, unique=True, default=new_invitation_id, editable=False)
    seller = models.ForeignKey(User, on_delete=models.PROTECT, related_name="team_invitations")
    email = models.EmailField()
    role = models.CharField(max_length=12, choices=TeamRole)
    state = models.CharField(max_length=10, choices=InvitationState, default=InvitationState.OPEN)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_at = models.DateTimeField()
    sent_at = models.DateTimeField(help_text="When its latest mail was written")
    mails = models.PositiveSmallIntegerField(default=1, help_text="How many were written")
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-invited_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint("seller", Lower("email"), condition=Q(state="open"), name="team_invitation_once"),
            models.CheckConstraint(condition=Q(role__in=list(INVITED)), name="team_invitation_role"),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.seller}"


class IdempotentRequest(models.Model):
    """A write that came with an Idempotency-Key, and its answer once there is one (R-API)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    route_hash = models.CharField(max_length=64, help_text="SHA-256 of method and full path")
    body_hash = models.CharField(max_length=64, help_text="SHA-256 of the body as it came")
    created_at = models.DateTimeField()
    in_flight_until = models.DateTimeField(help_text="After this, an attempt without an answer counts as dead")
    attempt = models.PositiveIntegerField(default=1)
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=80, blank=True)
    response = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="idempotent_request_once")]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="idempotent_request_age")]

    def __str__(self) -> str:
        return self.key
