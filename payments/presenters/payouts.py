"""How a seller's account at Stripe stands, in words: what is missing, what waits, and where the button leads."""

from dataclasses import dataclass
from datetime import datetime

from accounts.countries import COUNTRIES
from accounts.models import User
from accounts.selectors import is_paid_to, is_seller
from marketplace.kernel.money import Money
from payments.countries import OUTSIDE_REGION
from payments.earnings import waiting_money
from payments.enums import TransferState
from payments.models import ConnectedAccount, PayoutHold, Transfer
from payments.requirements import in_words, refusal_in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage:
    """`state`: none, unfinished, checking, wanted, ready, outside or refused.

    `action` is the button's words, "" without one. `elsewhere` is the profile's country when no bank there can be paid
    and no account was made yet, "" otherwise. `waiting` is money that has cleared and can't be sent, one sum per
    currency.
    """

    state: str
    tone: str
    badge: str
    title: str
    text: str
    action: str
    country: str
    elsewhere: str
    wants: tuple[str, ...]
    waiting: tuple[Money, ...]
    held: bool
    bank_pays: bool
    has_dashboard: bool
    checked_at: datetime | None

    @property
    def is_ready(self) -> bool:
        return self.state in ("ready", "wanted")


# state: tone, badge, title, text, button
_WORDS = {
    "none": (
        "turn",
        "Not set up",
        "Tell Stripe where your money should go",
        "Milestones that buyers accept are paid to you through Stripe. It asks who you are and for your bank account, "
        "on its own page; that takes about five minutes. Until then your earnings wait here, and nothing is lost.",
        "Set up payouts with Stripe",
    ),
    "unfinished": (
        "turn",
        "Not finished",
        "Stripe still wants to know something",
        "Go on where you stopped. Until Stripe has all of it, your earnings wait here, and nothing is lost.",
        "Go on with Stripe",
    ),
    "checking": (
        "work",
        "Being checked",
        "Stripe is checking what you sent",
        "Usually that takes minutes, at most two days. Your earnings set off by themselves afterwards.",
        "",
    ),
    "wanted": (
        "turn",
        "Active, something is wanted",
        "You are paid, and Stripe wants one thing more",
        "Send it in time, so that payouts don’t stop.",
        "Give it to Stripe",
    ),
    "ready": (
        "go",
        "Active",
        "You are set up",
        "What you earn sets off by itself once it has cleared. Stripe pays it on to your bank.",
        "",
    ),
    "outside": (
        "stop",
        "Stopped",
        "Stripe doesn’t let us pay to your country",
        "Your earnings wait here, and nothing is lost. Support has been told; write to them to learn what is possible.",
        "",
    ),
    "refused": ("stop", "Stopped", "Stripe does not pay to this account", "", ""),
}


_REFUSED = "Your earnings wait here. Write to support, who can tell you what is possible."
_GONE = (
    "Your earnings wait here, and nothing is lost. Support must let you start again with a new account: write to them. "
    "Then you set up payouts here once more, and what waits is sent there."
)


def account_page(user: User, *, now: datetime) -> AccountPage:
    account = ConnectedAccount.objects.filter(user=user).first()
    state = state_of(account)
    if state in ("ready", "wanted") and _is_outside(user):
        state = "outside"
    tone, badge, title, text, action = _WORDS[state]
    reason = refusal_in_words(account.disabled_reason) if account else ""
    return AccountPage(
        state=state,
        tone=tone,
        badge=badge,
        title=title,
        text=f"{reason} {_GONE if account and account.is_gone else _REFUSED}" if state == "refused" else text,
        action=action,
        country=COUNTRIES.get(account.country, account.country) if account and account.stripe_id else "",
        elsewhere=elsewhere_of(user) if state == "none" else "",
        wants=tuple(in_words(account.requirements_due)) if account and state in ("unfinished", "wanted") else (),
        waiting=tuple(waiting_money(user, now=now)),
        held=PayoutHold.objects.filter(payee=user, lifted_at=None).exists(),
        bank_pays=account is not None and account.payouts_enabled,
        has_dashboard=account is not None and account.details_submitted and state != "refused",
        checked_at=account.refreshed_at if account else None,
    )  # fmt: skip


def elsewhere_of(user: User) -> str:
    """The country of a seller's profile, if no bank there can be paid; "" otherwise."""
    country = user.seller.country if is_seller(user) else ""
    return "" if not country or is_paid_to(country) else COUNTRIES.get(country, country)


def _is_outside(user: User) -> bool:
    """Has Stripe refused to send money to the country of the account?"""
    return Transfer.objects.filter(payee=user, state=TransferState.WAITING, failure=OUTSIDE_REGION).exists()


def state_of(account: ConnectedAccount | None) -> str:
    """Which of the states of AccountPage it is, by what Stripe says of the account."""
    if account is None or not account.stripe_id:
        return "none"
    if account.disabled_reason.startswith(("rejected", "deauthorized")):
        return "refused"
    if account.transfers_active:
        return "wanted" if account.requirements_due else "ready"
    return "unfinished" if account.requirements_due or not account.details_submitted else "checking"
