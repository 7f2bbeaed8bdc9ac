"""The cards of the hosted page: scenarios with a name, never a number that anyone types."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """How a bank says no. `code` and `decline_code` as Stripe names them."""

    code: str
    decline_code: str
    advice_code: str
    message: str

    @property
    def wants_authentication(self) -> bool:
        return self.code == "authentication_required"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A card and how it behaves: on the page, and when it is charged later without the buyer."""

    name: str
    label: str
    hint: str
    brand: str = "visa"
    last4: str = "4242"
    challenged: bool = False  # the bank asks the buyer on the page (3-D Secure)
    on_page: Refusal | None = None
    later: Refusal | None = None
    expires_soon: bool = False  # at the end of the month in which it was entered
    disputed: bool = False  # the payment on the page is, a minute later


GENERIC = Refusal(
    code="card_declined",
    decline_code="generic_decline",
    advice_code="try_again_later",
    message="Your card was declined.",
)
INSUFFICIENT = Refusal(
    code="card_declined",
    decline_code="insufficient_funds",
    advice_code="try_again_later",
    message="Your card has insufficient funds.",
)
LOST = Refusal(
    code="card_declined",
    decline_code="lost_card",
    advice_code="do_not_try_again",
    message="Your card was declined.",
)
EXPIRED = Refusal(
    code="expired_card",
    decline_code="expired_card",
    advice_code="do_not_try_again",
    message="Your card has expired.",
)
NOT_AUTHENTICATED = Refusal(
    code="payment_intent_authentication_failure",
    decline_code="",
    advice_code="",
    message="We are unable to authenticate your payment method. Please choose a different one and try again.",
)
AUTHENTICATION = Refusal(
    code="authentication_required",
    decline_code="authentication_required",
    advice_code="try_again_later",
    message="Your card was declined. This transaction requires authentication.",
)

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Scenario(name="works", label="Pay with a card that works", hint="Now, and for the next milestones."),
        Scenario(
            name="authentication_passes",
            label="Confirm with the bank, then pay",
            hint="3-D Secure passes. Later payments need no confirmation.",
            last4="3220",
            challenged=True,
        ),
        Scenario(
            name="works_then_declines",
            label="Works now, declines next time",
            hint="The next milestone’s payment is refused.",
            last4="0341",
            later=INSUFFICIENT,
        ),
        Scenario(
            name="works_then_authenticates",
            label="Works now, wants confirmation next time",
            hint="The bank wants the buyer to confirm the next payment.",
            brand="mastercard",
            last4="3155",
            later=AUTHENTICATION,
        ),
        Scenario(
            name="works_then_lost",
            label="Works now, reported lost next time",
            hint="The next payment is refused, and trying again is pointless.",
            brand="mastercard",
            last4="9987",
            later=LOST,
        ),
        Scenario(
            name="works_then_expires",
            label="Works now, expires this month",
            hint="The next payment is refused, because the card has expired.",
            last4="0069",
            later=EXPIRED,
            expires_soon=True,
        ),
        Scenario(
            name="disputed_later",
            label="Works now, disputed a minute later",
            hint="The buyer’s bank takes this payment back. Later payments are left alone.",
            last4="0259",
            disputed=True,
        ),
        Scenario(
            name="declines",
            label="The bank declines",
            hint="No reason given.",
            last4="0002",
            on_page=GENERIC,
            later=GENERIC,
        ),
        Scenario(
            name="insufficient_funds",
            label="Not enough money",
            hint="The bank declines: insufficient funds.",
            last4="9995",
            on_page=INSUFFICIENT,
            later=INSUFFICIENT,
        ),
        Scenario(
            name="authentication_fails",
            label="Confirmation with the bank fails",
            hint="3-D Secure does not pass.",
            last4="1629",
            challenged=True,
            on_page=NOT_AUTHENTICATED,
            later=AUTHENTICATION,
        ),
    )
}
