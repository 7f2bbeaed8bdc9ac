"""Why a bank said no, in words for the buyer, and what can help. Plain Python, no Stripe.

What each action means: `retry_later`, the same card may be charged again by itself; `new_card`, only after the buyer
entered this card anew or took another; `authenticate`, the bank wants the buyer; `stop`, never this card again.
"""

from payments.gateway import Decline, DeclineAction

_Row = tuple[DeclineAction, str]

# Said of every refusal that gives no reason, and of those whose reason the payer must not learn: word for word the
# same, as Stripe asks.
NO_REASON = "Your bank declined the payment and gave no reason. Use another card, or ask your bank."
SENSITIVE = frozenset({"fraudulent", "lost_card", "merchant_blacklist", "pickup_card", "stolen_card"})

_AGAIN = "Your bank could not approve the payment just now. No money was taken. Try again in a while."
_CONFIRM = "Your bank wants you to confirm this payment yourself."
_DETAILS = "The details of this card are not what the bank has. Enter the card again, or use another."
_EXPIRY = "The expiry date of the card is not right. Enter the card again."
_LIMIT = "This card has reached its limit. Try again later or use another card."
_NOT_ALLOWED = "Your bank does not allow this payment with this card. Use another card."
_NUMBER = "The card number is not right. Enter the card again."
_CVC = "The security code of the card is not right. Enter the card again."
_ADDRESS = "The address or postal code is not the one that the bank has. Enter the card again."
_PIN = "This card can’t be charged online without its PIN. Use another card."
_REVOKED = "The permission to charge this card was withdrawn at the bank, so it can’t be used. Use another card."
_STOP = "Your bank asks not to try this card again. Use another card."

# One row per code of Stripe: decline codes, and the error codes that come without one.
ROWS: dict[str, _Row] = {
    "approve_with_id": ("retry_later", _AGAIN),
    "authentication_not_handled": ("authenticate", _CONFIRM),
    "authentication_required": ("authenticate", _CONFIRM),
    "call_issuer": ("retry_later", "Your bank declined the payment and asks you to call them, or use another card."),
    "card_decline_rate_limit_exceeded": (
        "retry_later",
        "This card was declined too often today. Try again tomorrow, or use another card.",
    ),
    "card_not_supported": ("new_card", "This card can’t be used for this kind of payment. Use another card."),
    "card_velocity_exceeded": ("retry_later", _LIMIT),
    "currency_not_supported": ("new_card", "This card can’t pay in this currency. Use another card."),
    "debit_not_authorized": ("stop", _REVOKED),
    "do_not_honor": ("retry_later", NO_REASON),
    "do_not_try_again": ("stop", _STOP),
    "duplicate_transaction": (
        "retry_later",
        "Your bank took this for a payment made twice. No money was taken. Try again in a while.",
    ),
    "expired_card": ("new_card", "This card has expired. Use another card."),
    "fraudulent": ("stop", NO_REASON),
    "generic_decline": ("retry_later", NO_REASON),
    "incorrect_address": ("new_card", _ADDRESS),
    "incorrect_cvc": ("new_card", _CVC),
    "incorrect_number": ("new_card", _NUMBER),
    "incorrect_pin": ("new_card", _PIN),
    "incorrect_zip": ("new_card", _ADDRESS),
    "insufficient_funds": ("retry_later", "There is not enough money on this card. Add money or use another card."),
    "invalid_account": ("new_card", "The account of this card can’t be charged. Use another card."),
    "invalid_amount": ("new_card", "Your bank does not allow a payment of this size. Use another card, or ask it."),
    "invalid_cvc": ("new_card", _CVC),
    "invalid_expiry_month": ("new_card", _EXPIRY),
    "invalid_expiry_year": ("new_card", _EXPIRY),
    "invalid_number": ("new_card", _NUMBER),
    "invalid_pin": ("new_card", _PIN),
    "issuer_not_available": ("retry_later", "Your bank could not be reached. No money was taken. Try again later."),
    "lost_card": ("stop", NO_REASON),
    "merchant_blacklist": ("stop", NO_REASON),
    "mobile_device_authentication_required": ("authenticate", _CONFIRM),
    "new_account_information_available": ("new_card", _DETAILS),
    "no_action_taken": ("retry_later", NO_REASON),
    "not_permitted": ("new_card", _NOT_ALLOWED),
    "offline_pin_required": ("new_card", _PIN),
    "online_or_offline_pin_required": ("new_card", _PIN),
    "payment_intent_authentication_failure": (
        "authenticate",
        "The check by your bank did not succeed. Try again, or use another card.",
    ),
    "pickup_card": ("stop", NO_REASON),
    "pin_try_exceeded": ("new_card", _PIN),
    "processing_error": ("retry_later", "Something went wrong at the bank. No money was taken. Try again later."),
    "reenter_transaction": ("retry_later", _AGAIN),
    "restricted_card": ("stop", _NOT_ALLOWED),
    "revocation_of_all_authorizations": ("stop", _REVOKED),
    "revocation_of_authorization": ("stop", _REVOKED),
    "security_violation": ("retry_later", NO_REASON),
    "service_not_allowed": ("new_card", _NOT_ALLOWED),
    "stolen_card": ("stop", NO_REASON),
    "stop_payment_order": ("stop", _REVOKED),
    "testmode_decline": ("new_card", "This is a test card, which can’t pay here. Use a real card."),
    "transaction_not_allowed": ("new_card", _NOT_ALLOWED),
    "try_again_later": ("retry_later", _AGAIN),
    "withdrawal_count_limit_exceeded": ("retry_later", _LIMIT),
}
_UNLISTED: _Row = ("retry_later", NO_REASON)


def decline_of(*, code: str, decline_code: str = "", advice_code: str = "") -> Decline:
    """The decline for Stripe's `code`, refined by the bank's `decline_code`, then by the network's advice."""
    action, message = _advised(ROWS.get(decline_code) or ROWS.get(code) or _UNLISTED, advice_code)
    return Decline(code=code, decline_code=decline_code, action=action, message=message)


def told_code(code: str) -> str:
    """`code` as others than support may know it: a reason that the payer must not learn is a plain refusal."""
    return "generic_decline" if code in SENSITIVE else code


def _advised(row: _Row, advice_code: str) -> _Row:
    """Advice only makes a row stricter: what must not be tried again isn't, whatever else is said."""
    action, message = row
    match advice_code:
        case "do_not_try_again" if action != "stop":
            return "stop", message if message != NO_REASON else _STOP
        case "confirm_card_data" if action == "retry_later":
            return "new_card", _DETAILS if message == NO_REASON else message
    return row
