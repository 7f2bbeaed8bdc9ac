"""Sellers' accounts at Stripe: made once, read from Stripe, gained and lost (R-PAY-5)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings
from structlog.testing import capture_logs

from accounts.models import User
from marketplace.kernel.errors import DomainError
from notifications.models import Notification
from payments.countries import TRANSFER_REGION, chosen
from payments.enums import HoldKind
from payments.errors import NotASeller, OnboardingUnavailable, PayoutCountryFixed, PayoutCountryNotOffered
from payments.gateway import Misconfigured
from payments.models import ConnectedAccount, WebhookEvent
from payments.presenters.payouts import account_page, state_of
from payments.requirements import OTHERWISE, WORDS, in_words, refusal_in_words
from payments.services.holding import place_payout_hold
from payments.services.onboarding import begin_onboarding, follow_account, open_dashboard, refresh_account
from payments.services.sweeping import sweep_accounts, sweep_events
from payments.simulator.onboarding import DECISIONS
from payments.simulator.resources.accounts import WANTED_AT_FIRST
from payments.simulator.resources.transfers import REGION
from tests.factories.accounts import make_seller
from tests.factories.payments import NOW
from tests.factories.payouts import PAGE, begin, make_transfer, onboard
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db

Pass = Callable[[timedelta], None]


def go(user: User, country: str = "US") -> str:
    return begin_onboarding(user=user, country=country, now=NOW, **PAGE)


def test_one_account_however_often_the_button_is_pressed(stripe: StripeDouble, seller: User) -> None:
    """The address is new each time: Stripe lets each be used once."""
    assert len({go(seller) for _ in range(3)}) == 3
    (account,) = stripe.objects("account")
    assert (account["country"], account["metadata"]) == ("US", {"seller_ref": seller.public_id})
    assert ConnectedAccount.objects.get().stripe_id == account["id"]


def test_a_lost_reply_makes_no_second_account(stripe: StripeDouble, seller: User) -> None:
    stripe.faults.add("lost_after", on="POST /v1/accounts", times=3)
    with pytest.raises(OnboardingUnavailable):
        go(seller)
    go(seller)
    assert len(stripe.objects("account")) == 1


def test_a_500_that_stripe_remembers_holds_a_seller_up_for_minutes_not_for_a_day(
    stripe: StripeDouble, seller: User
) -> None:
    stripe.faults.add("error_before", on="POST /v1/accounts")
    for _ in range(2):
        with pytest.raises(OnboardingUnavailable):
            go(seller)
    begin_onboarding(user=seller, country="US", now=NOW + timedelta(minutes=10), **PAGE)
    assert len(stripe.objects("account")) == 1


def test_only_sellers_are_paid(stripe: StripeDouble, buyer: User) -> None:
    with pytest.raises(NotASeller):
        go(buyer)


def test_the_country_is_chosen_once(stripe: StripeDouble, seller: User) -> None:
    stripe.faults.add("lost_before", on="POST /v1/accounts", times=3)
    with pytest.raises(OnboardingUnavailable):
        go(seller, "DE")
    go(seller, "US")  # nothing was made there yet
    with pytest.raises(PayoutCountryFixed):
        go(seller, "DE")


@pytest.mark.parametrize("country", ["MX", "JP", "AU", ""])
def test_r_pay_5_no_account_is_made_where_no_transfer_can_be_sent(
    stripe: StripeDouble, seller: User, country: str
) -> None:
    with pytest.raises(PayoutCountryNotOffered) as refused:
        go(seller, country)
    assert refused.value.field == "country"
    assert stripe.objects("account") == []
    assert not ConnectedAccount.objects.exists()


def test_r_pay_5_an_account_that_is_there_stays_when_its_country_is_no_longer_offered(
    stripe: StripeDouble, seller: User, settings: Settings, client: Client
) -> None:
    go(seller, "NO")
    settings.PAYOUT_COUNTRIES = ["US"]
    assert "/sellers/" in go(seller, "NO")
    client.force_login(seller)
    assert "/sellers/" in client.post(reverse("payments:payouts_begin"))["Location"]


def test_a_country_that_is_no_longer_offered_is_chosen_anew_where_no_account_was_made(
    stripe: StripeDouble, seller: User, settings: Settings
) -> None:
    stripe.faults.add("lost_before", on="POST /v1/accounts", times=3)
    with pytest.raises(OnboardingUnavailable):
        go(seller, "NO")
    settings.PAYOUT_COUNTRIES = ["US"]
    with pytest.raises(PayoutCountryNotOffered):
        go(seller, "NO")
    assert go(seller, "US")


def test_a_seller_whose_country_cant_be_paid_to_reads_what_to_do_until_an_account_is_made(
    stripe: StripeDouble, seller: User, settings: Settings, client: Client
) -> None:
    settings.PAYOUT_COUNTRIES = ["US"]
    client.force_login(seller)
    overview = reverse("selling:dashboard")
    assert "Stripe doesn’t let us pay to banks in France." in client.get(overview).content.decode()
    page = client.get(reverse("payments:payouts")).content.decode()
    assert "Stripe doesn’t let us pay to banks in France." in page
    assert f'<a href="{reverse("help")}#support">write to support</a> before you take an order' in page
    refused = client.post(reverse("payments:payouts_begin"), {"country": ""})
    assert "Choose the country of your bank account." in refused.content.decode()
    go(seller, "US")
    for address in (overview, reverse("payments:payouts")):
        assert "pay to banks in" not in client.get(address).content.decode()


def test_the_default_is_what_stripe_connects_across_borders(settings: Settings) -> None:
    assert set(settings.PAYOUT_COUNTRIES) == set(TRANSFER_REGION) == REGION
    assert len(TRANSFER_REGION) == 34


@pytest.mark.parametrize(("listed", "says"), [(["UK"], "'UK' is no country"), ([], "at least one")])
def test_a_list_of_countries_that_cannot_be_meant_is_refused_at_the_start(listed: list[str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        chosen(listed)


def test_a_list_of_countries_is_kept_in_order_without_repeats() -> None:
    assert chosen(["JP", "AU", "JP"]) == ["JP", "AU"]


@pytest.mark.parametrize(
    ("decision", "active", "banked", "state"),
    [("in_order", True, True, "ready"), ("document", False, False, "unfinished"), ("refused", False, False, "refused")],
)
def test_what_stripe_decides_is_written_down(
    stripe: StripeDouble, seller: User, decision: str, active: bool, banked: bool, state: str
) -> None:
    account = onboard(stripe, seller, decision)
    assert (account.transfers_active, account.payouts_enabled, account.details_submitted) == (active, banked, True)
    assert state_of(account) == state
    assert account.requirements_due == list(DECISIONS[decision].due)


def test_an_answer_that_was_asked_for_earlier_does_not_count(
    stripe: StripeDouble, seller: User, time_passes: Pass
) -> None:
    """Two workers asked; the one with the older answer writes last."""
    account = onboard(stripe, seller)
    ConnectedAccount.objects.update(refreshed_at=account.refreshed_at + timedelta(minutes=1))  # type: ignore[operator]
    stripe.onboard(account.stripe_id or "", "refused")
    refresh_account(account_id=account.pk)
    assert ConnectedAccount.objects.get().transfers_active
    time_passes(timedelta(minutes=2))
    refresh_account(account_id=account.pk)
    assert not ConnectedAccount.objects.get().transfers_active


def test_who_cuts_the_tie_is_paid_no_more(stripe: StripeDouble, seller: User) -> None:
    """`account.application.deauthorized`: Stripe lets us read the account no longer."""
    account = onboard(stripe, seller)
    make_transfer(stripe, seller)
    stripe.deauthorize(account.stripe_id or "")
    assert follow_account(stripe_id=account.stripe_id or "")
    now = ConnectedAccount.objects.get()
    assert (now.transfers_active, now.disabled_reason, state_of(now)) == (False, "deauthorized", "refused")
    assert Notification.objects.get(recipient=seller).kind == "payout_account_needs_you"


@pytest.mark.parametrize("kind", ["unauthorized", "forbidden"])
def test_r_pay_5_a_refusal_of_our_own_key_says_nothing_of_an_account(
    stripe: StripeDouble, seller: User, kind: str
) -> None:
    before = onboard(stripe, seller)
    stripe.faults.add(kind, on="GET /v1/accounts")
    with capture_logs() as logs, pytest.raises(Misconfigured):
        refresh_account(account_id=before.pk)
    assert [(each["log_level"], each["event"]) for each in logs] == [("critical", "provider_refuses_our_key")]
    after = ConnectedAccount.objects.get()
    assert (after.transfers_active, after.disabled_reason) == (True, "")
    assert after.refreshed_at == before.refreshed_at
    assert not Notification.objects.filter(recipient=seller).exists()


def test_r_pay_5_a_sweep_ends_at_the_first_refusal_of_our_key(
    stripe: StripeDouble, seller: User, time_passes: Pass
) -> None:
    for each in (seller, make_seller("Sten Seller"), make_seller("Suri Seller")):
        onboard(stripe, each)
    time_passes(timedelta(days=2))
    stripe.faults.add("unauthorized", on="GET /v1/accounts", times=9)
    assert sweep_accounts() == 0
    assert [fault.times for fault in stripe.faults.waiting()] == [8]
    stripe.faults.clear()
    assert sweep_accounts() == 3
    assert ConnectedAccount.objects.filter(transfers_active=True).count() == 3


def test_news_of_an_account_that_is_nobodys_here() -> None:
    assert not follow_account(stripe_id="acct_other")


def test_webhooks_of_accounts_come_by_their_own_door(stripe: StripeDouble, seller: User) -> None:
    account = begin(seller)
    stripe.onboard(account.stripe_id or "")
    stripe.deliver_webhooks()
    types = set(WebhookEvent.objects.exclude(account="").values_list("type", "account"))
    assert types == {("account.updated", account.stripe_id), ("capability.updated", account.stripe_id)}
    sweep_events()
    assert ConnectedAccount.objects.get().transfers_active


def test_a_lost_capability_is_told_once(stripe: StripeDouble, seller: User) -> None:
    account = onboard(stripe, seller)
    stripe.onboard(account.stripe_id or "", "document")
    sweep_accounts()
    assert ConnectedAccount.objects.get().transfers_active  # asked a moment ago: tomorrow, without a webhook
    for _ in range(3):
        refresh_account(account_id=account.pk)
    assert Notification.objects.filter(recipient=seller, kind="payout_account_needs_you").count() == 1


def test_no_dashboard_before_stripe_has_one(stripe: StripeDouble, seller: User) -> None:
    with pytest.raises(OnboardingUnavailable):
        open_dashboard(user=seller)
    begin(seller)
    with pytest.raises(OnboardingUnavailable):
        open_dashboard(user=seller)
    onboard(stripe, seller)
    assert open_dashboard(user=seller).startswith("http")


# --- Words ------------------------------------------------------------------------------------------------------------
def test_every_wish_of_the_simulator_has_its_own_words() -> None:
    wishes = {*WANTED_AT_FIRST, *(name for decision in DECISIONS.values() for name in decision.due)}
    assert OTHERWISE not in in_words(wishes)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["individual.verification.document"], ["A picture of your passport or identity card"]),
        (["individual.first_name", "individual.last_name"], ["Your name"]),
        (["individual.dob.day", "individual.dob.year"], ["Your date of birth"]),
        (["person_1N9.something", "odd"], [OTHERWISE]),
        ([], []),
    ],
)
def test_stripes_names_become_sentences_each_once(names: list[str], words: list[str]) -> None:
    assert in_words(names) == words


def test_no_two_wishes_hide_each_other() -> None:
    assert all(in_words([name]) == [words] for name, words in WORDS.items())


@pytest.mark.parametrize(
    ("reason", "begins"),
    [("rejected.fraud", "Stripe suspects"), ("rejected.new_one", "Stripe does not pay"), ("requirements.past_due", "")],
)
def test_why_stripe_refuses(reason: str, begins: str) -> None:
    assert refusal_in_words(reason).startswith(begins)
    assert bool(refusal_in_words(reason)) == bool(begins)


# --- The page ---------------------------------------------------------------------------------------------------------
def page(client: Client) -> str:
    return client.get(reverse("payments:payouts")).content.decode()


def test_r_pay_5_the_page_says_how_the_account_stands(stripe: StripeDouble, seller: User, client: Client) -> None:
    client.force_login(seller)
    make_transfer(stripe, seller)
    text = page(client)
    assert "Set up payouts with Stripe" in text
    assert "$72.00" in text
    begin(seller)
    onboard(stripe, seller, "document")
    assert "A picture of your passport or identity card" in page(client)
    onboard(stripe, seller)
    assert "You are set up" in page(client)
    onboard(stripe, seller, "refused")
    text = page(client)
    assert "Stripe does not pay to this account" in text
    assert "Go on with Stripe" not in text


def test_the_button_leads_to_stripe(stripe: StripeDouble, seller: User, client: Client) -> None:
    client.force_login(seller)
    response = client.post(reverse("payments:payouts_begin"), {"country": "US"})
    assert (response.status_code, "/sellers/" in response["Location"]) == (302, True)
    assert client.post(reverse("payments:payouts_begin"), {}).status_code == 302  # the country is known


def test_without_a_country_stripe_is_asked_nothing(stripe: StripeDouble, seller: User, client: Client) -> None:
    client.force_login(seller)
    response = client.post(reverse("payments:payouts_begin"), {"country": ""})
    assert response.status_code == 422
    assert stripe.objects("account") == []


def test_r_pay_5_the_page_offers_the_operators_countries_and_says_why_another_is_refused(
    stripe: StripeDouble, seller: User, client: Client
) -> None:
    client.force_login(seller)
    form = client.get(reverse("payments:payouts")).context["form"]
    offered = [code for code, _ in form.fields["country"].choices]
    assert (offered[0], len(offered), "MX" in offered, "FR" in offered) == ("", 35, False, True)
    response = client.post(reverse("payments:payouts_begin"), {"country": "MX"})
    assert response.status_code == 422
    assert response.context["form"].errors == {"country": [PayoutCountryNotOffered.sentence]}
    assert PayoutCountryNotOffered.sentence in response.content.decode()
    assert stripe.objects("account") == []


def test_coming_back_shows_what_stripe_says_and_proves_nothing(
    stripe: StripeDouble, seller: User, client: Client
) -> None:
    client.force_login(seller)
    account = begin(seller)
    client.get(reverse("payments:payouts_back"))
    assert not ConnectedAccount.objects.get().transfers_active
    stripe.onboard(account.stripe_id or "")
    assert "You are set up" in client.get(reverse("payments:payouts_back"), follow=True).content.decode()


def test_coming_back_while_stripe_is_silent_is_no_error(stripe: StripeDouble, seller: User, client: Client) -> None:
    client.force_login(seller)
    begin(seller)
    stripe.faults.add("lost_before", on="GET /v1/accounts", times=3)
    assert client.get(reverse("payments:payouts_back")).status_code == 302


def test_a_used_link_leads_back_to_the_button(stripe: StripeDouble, seller: User, client: Client) -> None:
    client.force_login(seller)
    assert (
        "Press the button for a new one" in client.get(reverse("payments:payouts_again"), follow=True).content.decode()
    )


def test_who_does_not_sell_is_led_to_selling(stripe: StripeDouble, buyer: User, client: Client) -> None:
    client.force_login(buyer)
    assert client.get(reverse("payments:payouts"))["Location"] == reverse("accounts:sell")
    with pytest.raises(DomainError):
        go(buyer)


def test_a_hold_by_support_is_said(stripe: StripeDouble, seller: User) -> None:
    assert not account_page(seller, now=NOW).held
    place_payout_hold(payee=seller, kind=HoldKind.SUPPORT, reason="A look at the papers", now=NOW)
    assert account_page(seller, now=NOW).held
