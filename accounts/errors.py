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


class OnlySellersHaveTeams(NotAllowed):
    code = "only_sellers_have_teams"
    sentence = "Only sellers have a team. Become a seller first."


class AlreadyInTeam(Invalid):
    code = "already_in_team"
    sentence = "{name} is in your team already."


class OwnTeam(Invalid):
    code = "own_team"
    sentence = "That is your own address. The team is yours already."


class AlreadyInvited(Invalid):
    code = "already_invited"
    sentence = "{email} has an open invitation. Send that one again, or withdraw it first."


class TeamFull(Invalid):
    code = "team_full"
    sentence = "A team has up to {limit} people, open invitations included. Remove somebody or withdraw one first."


class NotARole(Invalid):
    code = "not_a_role"
    sentence = "Choose manager or contributor."


class TooManyInvitations(Invalid):
    code = "too_many_invitations"
    sentence = "You can send {limit} invitations in 24 hours. The next one can go tomorrow."


class SentJustNow(Refused):
    code = "sent_just_now"
    sentence = "That invitation was sent a moment ago. It can be sent again {minutes} minutes after the last time."


class InvitationClosed(Refused):
    code = "invitation_closed"
    sentence = "This invitation is {state}. Ask {seller} for a new one."


class InvitationOfAnother(NotAllowed):
    code = "invitation_of_another"
    sentence = (
        "This invitation was sent to {email}, and you are signed in as {yours}. "
        "Sign in with the invited address, or ask {seller} to invite this one."
    )


class AwayBackwards(Invalid):
    code = "away_backwards"
    sentence = "The day on which you are back has to come after the first day away."


class AwayIsOver(Invalid):
    code = "away_is_over"
    sentence = "That day has passed. Choose one from {today} on."


class AwayTooLong(Invalid):
    code = "away_too_long"
    sentence = "Choose at most {days} days. If you stay away longer, pause your gigs."


class NotAway(Refused):
    code = "not_away"
    sentence = "You are not away, and have not planned to be."
