"""What a bank's no means for the buyer (R-PAY-2): one row per code, the network's advice, and what nobody is told."""

import pytest

from payments.stripe_gateway.declines import NO_REASON, ROWS, SENSITIVE, decline_of, told_code

CASES = {
    "insufficient_funds": ("retry_later", "There is not enough money on this card. Add money or use another card."),
    "processing_error": ("retry_later", "Something went wrong at the bank. No money was taken. Try again later."),
    "card_velocity_exceeded": ("retry_later", "This card has reached its limit. Try again later or use another card."),
    "do_not_honor": ("retry_later", NO_REASON),
    "generic_decline": ("retry_later", NO_REASON),
    "expired_card": ("new_card", "This card has expired. Use another card."),
    "incorrect_cvc": ("new_card", "The security code of the card is not right. Enter the card again."),
    "currency_not_supported": ("new_card", "This card can’t pay in this currency. Use another card."),
    "testmode_decline": ("new_card", "This is a test card, which can’t pay here. Use a real card."),
    "authentication_required": ("authenticate", "Your bank wants you to confirm this payment yourself."),
    "lost_card": ("stop", NO_REASON),
    "stolen_card": ("stop", NO_REASON),
    "pickup_card": ("stop", NO_REASON),
    "fraudulent": ("stop", NO_REASON),
    "merchant_blacklist": ("stop", NO_REASON),
    "do_not_try_again": ("stop", "Your bank asks not to try this card again. Use another card."),
    "a_code_of_next_year": ("retry_later", NO_REASON),
}


@pytest.mark.parametrize("code", CASES)
def test_r_pay_2_each_code_has_an_action_and_a_sentence(code: str) -> None:
    decline = decline_of(code="card_declined", decline_code=code)
    assert (decline.action, decline.message) == CASES[code]


@pytest.mark.parametrize("code", ["expired_card", "incorrect_cvc", "processing_error", "incorrect_number"])
def test_an_error_without_a_decline_code_is_read_by_its_own(code: str) -> None:
    assert decline_of(code=code).message == ROWS[code][1]


def test_the_banks_decline_code_says_more_than_the_error() -> None:
    assert decline_of(code="card_declined", decline_code="expired_card").action == "new_card"


@pytest.mark.parametrize("code", sorted(ROWS))
def test_do_not_try_again_stops_whatever_the_code(code: str) -> None:
    assert decline_of(code="card_declined", decline_code=code, advice_code="do_not_try_again").action == "stop"


@pytest.mark.parametrize(
    ("code", "advice", "action", "message"),
    [
        ("do_not_honor", "confirm_card_data", "new_card",
         "The details of this card are not what the bank has. Enter the card again, or use another."),
        ("insufficient_funds", "confirm_card_data", "new_card", CASES["insufficient_funds"][1]),
        ("lost_card", "confirm_card_data", "stop", NO_REASON),
        ("lost_card", "try_again_later", "stop", NO_REASON),
        ("expired_card", "try_again_later", "new_card", CASES["expired_card"][1]),
        ("authentication_required", "try_again_later", "authenticate", CASES["authentication_required"][1]),
        ("do_not_honor", "try_again_later", "retry_later", NO_REASON),
        ("generic_decline", "do_not_try_again", "stop", CASES["do_not_try_again"][1]),
    ],
)  # fmt: skip
def test_the_networks_advice_is_followed(code: str, advice: str, action: str, message: str) -> None:
    decline = decline_of(code="card_declined", decline_code=code, advice_code=advice)
    assert (decline.action, decline.message) == (action, message)


def test_nobody_learns_that_a_card_is_lost_stolen_or_thought_fraudulent() -> None:
    assert {ROWS[code] for code in SENSITIVE} == {("stop", NO_REASON)}
    assert {told_code(code) for code in SENSITIVE} == {"generic_decline"}
    assert told_code("insufficient_funds") == "insufficient_funds"


def test_every_sentence_is_short_calm_and_whole() -> None:
    for action, message in ROWS.values():
        assert 20 < len(message) < 130, message
        assert message.endswith("."), message
        assert "!" not in message
        assert action in ("retry_later", "new_card", "authenticate", "stop")
