"""One currency per order, from the operator's list; zero-decimal ones are charged to the unit, three-decimal refused.

100,000 yen policy limits; an order of 20,000 + 30,001 yen, 5 % fee, 10 % commission, half up.
"""

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.errors import CurrencyNotOffered
from accounts.models import User
from accounts.services import update_seller
from gigs.forms.browsing import BrowseForm
from gigs.models import Gig
from gigs.selectors.browsing import browse_gigs
from gigs.services.editing import create_gig
from marketplace.kernel import clock
from marketplace.kernel.currencies import offered
from milestones.checks import every_currency_has_a_policy
from milestones.errors import NoPolicyInForce
from milestones.services.policies import open_currencies, policies_in_force, policy_in_force
from payments.models import LedgerAccount
from tests.factories.gigs import make_gig
from tests.factories.milestones import put_currency_in_force
from tests.factories.payouts import onboard
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story, moving_clock, travel

YEN = {"gig_price_over": 10_000, "offer_total_over": 10_000, "milestone_min_price": 500}

__all__ = ["moving_clock"]


@pytest.fixture
def yen(settings: Settings, seller: User) -> User:
    """The operator offers dollars and yen, and the seller prices in yen."""
    settings.CURRENCIES = ["USD", "JPY"]
    put_currency_in_force("JPY", **YEN)
    profile = seller.seller
    update_seller(profile=profile, headline="I film", bio="", country="JP", currency="JPY")
    return seller


@pytest.mark.usefixtures("moving_clock")
def test_an_order_in_yen_from_offer_to_payout_to_the_unit(stripe: StripeDouble, buyer: User, yen: User) -> None:
    story = Story(stripe, buyer, yen, prices=[20_000, 30_001])
    assert (story.order.currency, str(story.order.total)) == ("JPY", "¥50,001")
    story.pay()
    (intent,) = stripe.objects("payment_intent")
    assert (intent["currency"], intent["amount"], intent["amount_received"]) == ("jpy", 21_000, 21_000)
    story.expect(captured=21_000, held=20_000, fee_held=1_000)
    story.deliver()
    story.accept_and_continue()
    story.expect(captured=21_000 + 31_501, held=30_001, fee_held=1_500, released=18_000, commission=2_000, fees=1_000)
    story.deliver()
    story.accept_and_finish()
    story.expect(captured=52_501, released=18_000 + 27_001, commission=2_000 + 3_000, fees=2_500)
    onboard(stripe, yen)
    travel(days=7.1)
    story.work()
    story.expect(captured=52_501, paid_out=18_000 + 27_001, commission=2_000 + 3_000, fees=2_500)
    sent = [(transfer["currency"], transfer["amount"]) for transfer in stripe.objects("transfer")]
    assert sent == [("jpy", 18_000), ("jpy", 27_001)]
    assert set(LedgerAccount.objects.values_list("currency", flat=True)) == {"JPY"}


@pytest.mark.usefixtures("moving_clock")
def test_odd_cents_are_rounded_half_up_and_add_up(stripe: StripeDouble, buyer: User, seller: User) -> None:
    """Of 50.05 the fee is 2.5025 and the commission 5.005; of 50.10 they are 2.505 and 5.01."""
    story = Story(stripe, buyer, seller, prices=[50_05, 50_10])
    story.pay()
    story.expect(captured=52_55, held=50_05, fee_held=2_50)
    story.deliver()
    story.accept_and_continue()
    story.expect(captured=105_16, released=45_04, commission=5_01, fees=2_50, held=50_10, fee_held=2_51)
    story.deliver()
    story.accept_and_finish()
    story.expect(captured=105_16, released=90_13, commission=10_02, fees=5_01)
    assert story.charged_at_stripe == 105_16


@pytest.mark.usefixtures("moving_clock")
def test_orders_of_two_currencies_never_mix(stripe: StripeDouble, buyer: User, yen: User) -> None:
    in_yen = Story(stripe, buyer, yen, prices=[20_000])
    update_seller(profile=yen.seller, headline="I film", bio="", country="JP", currency="USD")
    in_dollars = Story(stripe, buyer, yen, prices=[200_00])
    in_yen.pay()
    in_dollars.pay()
    in_yen.expect(captured=21_000, held=20_000, fee_held=1_000)
    in_dollars.expect(captured=210_00, held=200_00, fee_held=10_00)
    with connection.cursor() as cursor:
        cursor.execute("SELECT currency, sum(balance) FROM payments_ledgeraccount GROUP BY 1 ORDER BY 1")
        assert cursor.fetchall() == [("JPY", 0), ("USD", 0)]


def test_a_gig_keeps_the_currency_it_was_made_in(yen: User) -> None:
    gig = create_gig(seller=yen, title="I will make your film", subcategory=make_gig(yen).subcategory, tags=[])
    update_seller(profile=yen.seller, headline="I film", bio="", country="JP", currency="USD")
    assert Gig.objects.get(pk=gig.pk).currency == "JPY"


def test_each_currency_has_its_own_limits(yen: User) -> None:
    now = clock.now()
    assert policy_in_force(now=now).gig_price_over == 100_00
    assert policy_in_force(now=now, currency="JPY").gig_price_over == 10_000
    assert sorted(policies_in_force(now=now)) == ["JPY", "USD"]
    assert open_currencies(now=now) == ["USD", "JPY"]


def test_nothing_is_sold_in_a_currency_without_a_policy(settings: Settings, db: None) -> None:
    settings.CURRENCIES = ["USD", "EUR"]
    assert open_currencies(now=clock.now()) == ["USD"]
    assert [warning.msg for warning in every_currency_has_a_policy(databases=["default"])] == [
        "No policy is in force for EUR: nothing can be sold in it."
    ]
    with pytest.raises(NoPolicyInForce, match="Nothing can be sold in EUR yet"):
        policy_in_force(now=clock.now(), currency="EUR")


def test_a_currency_that_is_not_on_the_list_is_refused(seller: User) -> None:
    with pytest.raises(CurrencyNotOffered, match=r"Prices in EUR are not offered here\. Choose one of USD\."):
        update_seller(profile=seller.seller, headline="x", bio="", country="", currency="EUR")


def test_prices_are_compared_within_one_currency(yen: User) -> None:
    make_gig(yen)
    policies = policies_in_force(now=clock.now())
    priced = {"least": "1"}
    assert browse_gigs(BrowseForm(priced | {"currency": "JPY"}).filters(), policies=policies).count() == 1
    assert browse_gigs(BrowseForm(priced).filters(), policies=policies).count() == 0  # the first of the list: dollars
    assert browse_gigs(BrowseForm({}).filters(), policies=policies).count() == 1


@pytest.mark.parametrize("listed", [["BHD"], ["USD", "KWD"], ["XXX"], ["usd"], []])
def test_currencies_that_can_not_be_charged_right_are_refused(listed: list[str]) -> None:
    with pytest.raises(ValueError, match=r"not offered|at least one"):
        offered(listed)


def test_the_operators_list_keeps_its_order() -> None:
    assert offered(["EUR", "USD", "EUR", "JPY"]) == ["EUR", "USD", "JPY"]
