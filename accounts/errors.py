"""What can go wrong with one's own account."""

from marketplace.kernel.errors import Invalid, NotAllowed, Refused


class AlreadySeller(Refused):
    code = "already_seller"
    sentence = "You are a seller already."


class WrongCredentials(Invalid):
    """The e-mail, the password or the code is wrong; which one is not said."""

    code = "wrong_credentials"
    sentence = "The e-mail address, the password or the code is not right."
    status = 401


class CodeNeeded(Invalid):
    code = "code_needed"
    sentence = "This account is protected by a second step. Send the code of your authenticator app as well."
    status = 401


class TooManyTokens(NotAllowed):
    code = "too_many_tokens"
    sentence = "You have {limit} tokens in use. Revoke one first."


class IdempotencyKeyMissing(Invalid):
    code = "idempotency_key_missing"
    sentence = "This request needs an Idempotency-Key header, so that sending it twice does it once."
    rule = "R-API"
    status = 400


class IdempotencyKeyTooLong(Invalid):
    code = "idempotency_key_too_long"
    sentence = "An Idempotency-Key has 1 to 255 characters."
    rule = "R-API"
    status = 400


class IdempotencyKeyReused(Invalid):
    """The same key came with another method, path or body."""

    code = "idempotency_key_reused"
    sentence = "This Idempotency-Key was used for another request. Use a new key for a new request."
    rule = "R-API"


class RequestInFlight(Refused):
    code = "request_in_flight"
    sentence = "A request with this Idempotency-Key is still being worked on. Ask again in a moment."
    rule = "R-API"


class CurrencyNotOffered(Invalid):
    code = "currency_not_offered"
    sentence = "Prices in {currency} are not offered here. Choose one of {offered}."
