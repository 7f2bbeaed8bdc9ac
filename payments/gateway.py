"""What payments needs from a payment provider, and what it answers: values, and typed failures.

All money is integer minor units with a currency; every write takes an idempotency key. A decline is a result, not an
exception. Everything that is not an answer of the provider (time-out, reset, truncated body, 5xx, 409, 429, HTML) is
`OutcomeUnknown`, never a failure: the effect may have happened.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

PaymentStatus = Literal["succeeded", "requires_action", "declined", "processing", "canceled", "requires_payment"]
DeclineAction = Literal["retry_later", "new_card", "authenticate", "stop"]
DisputeStatus = Literal[
    "warning_needs_response", "warning_under_review", "warning_closed", "needs_response", "under_review", "won", "lost",
    "prevented",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A saved payment method, without anything secret."""

    id: str
    brand: str
    last4: str
    exp_month: int | None = None
    exp_year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodSnapshot:
    """A saved method as the provider has it now; `customer_id` is empty once it was detached, which is final."""

    card: Card
    customer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """Why the bank said no. `action` is what can help; `message` is for the buyer."""

    code: str
    decline_code: str = ""
    action: DeclineAction
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSnapshot:
    """A payment intent as the provider has it now. `fee_currency`: of its line of our balance, and so of its fee."""

    id: str
    status: PaymentStatus
    amount: int
    amount_received: int
    currency: str  # upper case
    customer_id: str = ""
    method: Card | None = None
    charge_id: str = ""
    balance_transaction_id: str = ""
    provider_fee: int | None = None
    fee_currency: str = ""
    refunded_amount: int = 0
    decline: Decline | None = None
    livemode: bool = False
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutSnapshot:
    """A hosted payment page. While it is open a declined `payment` is not final: the buyer may try another card."""

    id: str
    status: Literal["open", "complete", "expired"]
    url: str = ""
    expires_at: datetime | None = None
    payment: PaymentSnapshot | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSnapshot:
    id: str
    status: Literal["pending", "succeeded", "failed"]
    amount: int
    currency: str
    payment_id: str = ""
    failure: str = ""
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerAccount:
    """A seller's connected account. `requirements_due` are the provider's names of what it still wants to know."""

    id: str
    country: str = ""
    transfers_active: bool = False
    payouts_enabled: bool = False
    details_submitted: bool = False
    requirements_due: tuple[str, ...] = ()
    disabled_reason: str = ""
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferSnapshot:
    """Money sent from our balance to a connected account. A transfer that exists has been made."""

    id: str
    amount: int
    reversed_amount: int
    currency: str
    destination: str
    source_charge_id: str = ""
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversalSnapshot:
    """Part of a transfer, taken back. One that exists has been made."""

    id: str
    amount: int
    currency: str
    transfer_id: str
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeSnapshot:
    """A chargeback or an inquiry (`warning_…`, no money moves). `withdrawn` and `fee` are what left our balance by it,
    `reinstated` what came back; all three positive minor units, read from its balance transactions, whose currencies
    are `settled_in`.
    """

    id: str
    status: DisputeStatus
    amount: int
    currency: str
    payment_id: str
    charge_id: str
    reason: str
    created: datetime
    evidence_due: datetime | None = None
    evidence_sent: bool = False
    withdrawn: int = 0
    fee: int = 0
    reinstated: int = 0
    settled_in: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceTransaction:
    """One line of our balance at the provider; `net` = `amount` - `fee`, signed. `source_id` is what it is of."""

    id: str
    type: str
    amount: int
    fee: int
    net: int
    currency: str
    source_id: str
    created: datetime
    available_on: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayEvent:
    """A webhook event: a hint that something happened, never the truth about it. `account`: a connected one's."""

    id: str
    type: str
    created: datetime
    livemode: bool
    object_id: str
    object_type: str
    api_version: str = ""
    account: str = ""
    payload: dict[str, object] = field(default_factory=dict)


class GatewayError(Exception):
    """Base of what a gateway raises; never shown to a person as it stands."""


class OutcomeUnknown(GatewayError):
    """No answer that can be trusted: the effect may have happened. Look before doing anything again."""


class ObjectMissing(GatewayError):
    """The provider has no such object, or no longer lets us see that one."""


class CustomerMissing(ObjectMissing):
    """The customer that a request named was deleted at the provider, for good."""


class StateConflict(GatewayError):
    """The provider refused because of the object's state; re-read it. `code` is the provider's."""

    def __init__(self, code: str, message: str = "") -> None:
        self.code = code
        super().__init__(message or code)


class RequestRejected(GatewayError):
    """A definite no to our request: nothing was done. A mistake of ours, or a reason that we don't know: alert."""


class KeyMisuse(RequestRejected):
    """An idempotency key was reused with other parameters. Alert, do not retry."""


class Misconfigured(GatewayError):
    """The provider does not accept our credentials. Alert the operator."""


class BadSignature(GatewayError):
    """A webhook that we can't prove came from the provider."""


class PaymentGateway(Protocol):
    """Implemented once, by `payments.stripe_gateway.StripeGateway`. Raises if called inside a transaction."""

    def ensure_customer(self, *, user_ref: str, email: str, idempotency_key: str) -> str: ...

    def create_checkout(
        self, *, charge_ref: str, attempt: int, customer_id: str, amount: int, currency: str, description: str,
        group: str, success_url: str, cancel_url: str, expires_at: datetime, idempotency_key: str, consent: str = "",
    ) -> CheckoutSnapshot:  # fmt: skip
        """`consent` stands beside the page's button: to what later charges of the method the buyer agrees (R-PAY-1)."""
        ...

    def get_checkout(self, checkout_id: str) -> CheckoutSnapshot: ...

    def expire_checkout(self, checkout_id: str) -> CheckoutSnapshot:
        """Close the page; when it is complete already, the state is returned instead of raised."""
        ...

    def create_payment(
        self, *, charge_ref: str, attempt: int, customer_id: str, method_id: str, amount: int, currency: str,
        description: str, group: str, idempotency_key: str,
    ) -> PaymentSnapshot:  # fmt: skip
        """An unconfirmed payment of a saved card: takes no money until `confirm_payment`."""
        ...

    def confirm_payment(self, payment_id: str, *, method_id: str, idempotency_key: str) -> PaymentSnapshot:
        """Confirm off-session. A decline or a wanted authentication (`decline.action`) is a snapshot, not an exception.

        A payment that can't be confirmed any more (paid, cancelled) is answered as it stands.
        """
        ...

    def get_payment(self, payment_id: str) -> PaymentSnapshot: ...

    def find_payments(self, *, charge_ref: str, customer_id: str, created_after: datetime) -> list[PaymentSnapshot]:
        """By list endpoints and metadata, never by Search (which is not read-after-write)."""
        ...

    def cancel_payment(self, payment_id: str) -> PaymentSnapshot:
        """Cancel, and return the truth afterwards (it may have succeeded)."""
        ...

    def refund(self, *, refund_ref: str, payment_id: str, amount: int, idempotency_key: str) -> RefundSnapshot: ...

    def get_refund(self, refund_id: str) -> RefundSnapshot: ...

    def find_refunds(self, *, refund_ref: str, payment_id: str) -> list[RefundSnapshot]:
        """Those of a payment that carry our mark; every one of it with `refund_ref` empty."""
        ...

    def get_method(self, method_id: str) -> MethodSnapshot: ...

    def detach_method(self, method_id: str) -> None:
        """Forget a saved method; one that is detached already is a success."""
        ...

    def create_seller(self, *, seller_ref: str, email: str, country: str, idempotency_key: str) -> SellerAccount:
        """A connected account by `controller` properties: hosted onboarding, losses and fees are ours."""
        ...

    def seller_onboarding_url(self, account_id: str, *, return_url: str, refresh_url: str) -> str: ...

    def seller_dashboard_url(self, account_id: str) -> str: ...

    def get_seller(self, account_id: str) -> SellerAccount: ...

    def transfer(
        self, *, transfer_ref: str, account_id: str, amount: int, currency: str, source_charge_id: str, group: str,
        idempotency_key: str,
    ) -> TransferSnapshot:  # fmt: skip
        """Send one charge's part to its seller. StateConflict when the account or the balance does not allow it."""
        ...

    def get_transfer(self, transfer_id: str) -> TransferSnapshot: ...

    def find_transfers(self, *, transfer_ref: str, group: str) -> list[TransferSnapshot]: ...

    def reverse_transfer(
        self, *, reversal_ref: str, transfer_id: str, amount: int, idempotency_key: str
    ) -> ReversalSnapshot:
        """Take back a part. StateConflict when the connected account has not got it."""
        ...

    def find_reversals(self, *, reversal_ref: str, transfer_id: str) -> list[ReversalSnapshot]:
        """Those of a transfer that carry our mark; every one of it with `reversal_ref` empty."""
        ...

    def get_dispute(self, dispute_id: str) -> DisputeSnapshot: ...

    def submit_evidence(self, dispute_id: str, *, evidence: dict[str, str], idempotency_key: str) -> DisputeSnapshot:
        """Send our side, once and for all. `evidence` by the provider's names of its text fields."""
        ...

    def list_balance_transactions(self, *, since: datetime) -> Iterator[BalanceTransaction]:
        """All lines of our balance since then, newest first, page by page."""
        ...

    def parse_event(self, *, body: bytes, signature: str, secrets: Sequence[str], now: datetime) -> GatewayEvent:
        """Verify with each of `secrets`, refuse more than 300 s of age or future. Raises BadSignature."""
        ...

    def list_events(self, *, since: datetime) -> list[GatewayEvent]:
        """Newest first; Stripe keeps them for 30 days."""
        ...
