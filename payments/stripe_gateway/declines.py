"""Why a bank said no, in words for the buyer, and what can help. Plain Python, no Stripe."""

from payments.gateway import Decline, DeclineAction

_Row = tuple[DeclineAction, str]

_ASK_BANK = "Your bank declined the payment and gave no reason. Use another card, or ask your bank."
_STOP = "Your bank declined this card and it can’t be used again. Please use another card."

# One row per code of Stripe, decline codes first; the sentence never repeats what a bank asks to keep from the payer
# (a lost or stolen card is told as a plain refusal).
ROWS: dict[str, _Row] = {
    "approve_with_id": ("retry_later", "Your bank could not approve the payment just now. Try again in a while."),
    "authentication_not_handled": ("authenticate", "Your bank wants you to confirm this payment yourself."),
    "authentication_required": ("authenticate", "Your bank wants you to confirm this payment yourself."),
    "call_issuer": ("new_card", "Your bank declined the payment and asks you to call them. You can use another card."),
    "card_not_supported": ("new_card", "This card can’t be used for this kind of payment. Use another card."),
    "card_velocity_exceeded": ("retry_later", "This card has reached its limit. Try again later or use another card."),
    "currency_not_supported": ("new_card", "This card can’t pay in this currency. Use another card."),
    "do_not_honor": ("new_card", _ASK_BANK),
    "do_not_try_again": ("stop", _STOP),
    "expired_card": ("new_card", "This card has expired. Use another card."),
    "fraudulent": ("stop", _STOP),
    "generic_decline": ("new_card", _ASK_BANK),
    "incorrect_cvc": ("new_card", "The security code of the card is not right. Enter the card again."),
    "incorrect_number": ("new_card", "The card number is not right. Enter the card again."),
    "insufficient_funds": ("retry_later", "There is not enough money on this card. Add money or use another card."),
    "invalid_account": ("new_card", "The account of this card can’t be charged. Use another card."),
    "invalid_cvc": ("new_card", "The security code of the card is not right. Enter the card again."),
    "invalid_expiry_month": ("new_card", "The expiry date of the card is not right. Enter the card again."),
    "invalid_expiry_year": ("new_card", "The expiry date of the card is not right. Enter the card again."),
    "issuer_not_available": ("retry_later", "Your bank could not be reached. No money was taken. Try again later."),
    "lost_card": ("stop", _STOP),
    "merchant_blacklist": ("stop", _STOP),
    "new_account_information_available": ("new_card", "The details of this card have changed. Enter the card again."),
    "no_action_taken": ("new_card", _ASK_BANK),
    "not_permitted": ("new_card", "Your bank does not allow this payment with this card. Use another card."),
    "payment_intent_authentication_failure": (
        "authenticate",
        "The check by your bank did not succeed. Try again, or use another card.",
    ),
    "pickup_card": ("stop", _STOP),
    "processing_error": ("retry_later", "Something went wrong at the bank. No money was taken. Try again later."),
    "reenter_transaction": ("retry_later", "Your bank could not process the payment. Try again later."),
    "restricted_card": ("stop", _STOP),
    "revocation_of_all_authorizations": ("stop", _STOP),
    "revocation_of_authorization": ("stop", _STOP),
    "security_violation": ("new_card", _ASK_BANK),
    "service_not_allowed": ("new_card", _ASK_BANK),
    "stolen_card": ("stop", _STOP),
    "stop_payment_order": ("stop", _STOP),
    "transaction_not_allowed": ("new_card", "Your bank does not allow this payment with this card. Use another card."),
    "try_again_later": ("retry_later", "Your bank could not approve the payment just now. Try again in a while."),
    "withdrawal_count_limit_exceeded": (
        "retry_later",
        "This card has reached its limit. Try again later or use another card.",
    ),
}
_UNLISTED: _Row = ("new_card", _ASK_BANK)


def decline_of(*, code: str, decline_code: str = "", advice_code: str = "") -> Decline:
    """The decline for Stripe's `code`, refined by the bank's `decline_code`; "do not try again" always stops."""
    action, message = ROWS.get(decline_code) or ROWS.get(code) or _UNLISTED
    if advice_code == "do_not_try_again" and action != "stop":
        action, message = ("stop", _STOP)
    return Decline(code=code, decline_code=decline_code, action=action, message=message)
