"""Stripe's pages for sellers, as text: which links open them, how often, and what their buttons do."""

from html.parser import HTMLParser

import pytest

from payments.simulator.look import Page
from payments.simulator.onboarding import DECISIONS
from payments.simulator.seller_pages import SellerPages
from payments.simulator.wire import Json
from tests.payments.simulator.asking import SHOP, Asker


@pytest.fixture
def pages(asker: Asker) -> SellerPages:
    return SellerPages(simulator=asker.simulator, merchant="Milepost & Sons")


class Buttons(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.names: list[str | None] = []
        self.tags: set[str] = set()
        self.feed(page.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "button":
            self.names.append(dict(attrs)["value"])


def onboarding_link(asker: Asker, account_id: str) -> str:
    params = {
        "account": account_id, "type": "account_onboarding",
        "return_url": f"{SHOP}/back", "refresh_url": f"{SHOP}/again",
    }  # fmt: skip
    answer = asker.post("/v1/account_links", params).body
    assert answer["expires_at"] - answer["created"] == 300
    return str(answer["url"]).rsplit("/", 1)[-1]


def login_link(asker: Asker, account_id: str) -> str:
    return str(asker.post(f"/v1/accounts/{account_id}/login_links").body["url"]).rsplit("/", 1)[-1]


def opened(pages: SellerPages, token: str) -> str:
    gone = pages.show(token)
    assert gone.status == 303
    return gone.headers["Location"].removeprefix("/sellers/")


def account_of(asker: Asker, account_id: str) -> Json:
    return asker.get(f"/v1/accounts/{account_id}").body


def test_the_onboarding_asks_for_nothing_and_has_a_button_per_decision(asker: Asker, pages: SellerPages) -> None:
    page = pages.show(opened(pages, onboarding_link(asker, asker.seller())))
    buttons = Buttons(page)
    assert sorted(map(str, buttons.names)) == sorted(DECISIONS)
    assert not buttons.tags & {"input", "textarea", "select", "script", "style", "iframe"}
    text = page.content.decode()
    assert "Simulated page for sellers: no real papers" in text
    assert "Milepost &amp; Sons" in text
    assert f'href="{SHOP}/back"' in text
    assert f"form-action 'self' {SHOP}" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("decision", sorted(DECISIONS))
def test_a_button_decides_and_leads_back_to_the_site(asker: Asker, pages: SellerPages, decision: str) -> None:
    account_id = asker.seller()
    visit = opened(pages, onboarding_link(asker, account_id))
    gone = pages.press(visit, decision)
    assert (gone.status, gone.headers["Location"]) == (303, f"{SHOP}/back")
    account = account_of(asker, account_id)
    assert account["details_submitted"]
    assert account["capabilities"] == {"transfers": DECISIONS[decision].capability}
    assert account["requirements"]["currently_due"] == list(DECISIONS[decision].due)
    assert account["requirements"]["disabled_reason"] == DECISIONS[decision].disabled_reason


def test_a_link_opens_once_and_then_asks_the_site_for_another(asker: Asker, pages: SellerPages) -> None:
    token = onboarding_link(asker, asker.seller())
    visit = opened(pages, token)
    again = pages.show(token)
    assert (again.status, again.headers["Location"]) == (303, f"{SHOP}/again")
    assert pages.show(visit).status == 200  # but who is on the page may reload it


@pytest.mark.parametrize(("seconds", "place"), [(299, "/sellers/visit_"), (300, f"{SHOP}/again")])
def test_a_link_is_good_for_five_minutes(asker: Asker, pages: SellerPages, seconds: int, place: str) -> None:
    token = onboarding_link(asker, asker.seller())
    asker.clock.advance(seconds=seconds)
    assert pages.show(token).headers["Location"].startswith(place)


def test_a_visit_ends_after_an_hour(asker: Asker, pages: SellerPages) -> None:
    account_id = asker.seller()
    visit = opened(pages, onboarding_link(asker, account_id))
    asker.clock.advance(hours=1)
    assert [pages.show(visit).status, pages.press(visit, "in_order").status] == [410, 410]
    assert not account_of(asker, account_id)["details_submitted"]


@pytest.mark.parametrize("token", ["link_none", "visit_none", "nonsense"])
def test_what_was_never_given_out_opens_nothing(pages: SellerPages, token: str) -> None:
    assert [pages.show(token).status, pages.press(token, "in_order").status] == [410, 410]


def test_a_link_is_no_visit(asker: Asker, pages: SellerPages) -> None:
    account_id = asker.seller()
    assert pages.press(onboarding_link(asker, account_id), "in_order").status == 410
    assert not account_of(asker, account_id)["details_submitted"]


def test_there_is_no_other_button(asker: Asker, pages: SellerPages) -> None:
    visit = opened(pages, onboarding_link(asker, asker.seller()))
    assert pages.press(visit, "gold").status == 400


def test_the_dashboard_shows_what_came_and_takes_the_capability_away_and_gives_it_back(
    asker: Asker, pages: SellerPages
) -> None:
    account_id, paid = asker.seller(), asker.paid()
    pages.press(opened(pages, onboarding_link(asker, account_id)), "in_order")
    sent = {"amount": "9000", "currency": "usd", "destination": account_id, "source_transaction": paid["latest_charge"]}
    assert asker.post("/v1/transfers", sent).status == 200
    visit = opened(pages, login_link(asker, account_id))
    page = pages.show(visit)
    assert "$90.00" in page.content.decode()
    assert "Earnings can be sent" in page.content.decode()
    assert Buttons(page).names == ["document", "refused"]  # what would change nothing is not offered
    gone = pages.press(visit, "document")
    assert gone.headers["Location"] == f"/sellers/{visit}"
    assert account_of(asker, account_id)["capabilities"] == {"transfers": "pending"}
    assert "Earnings wait for a document" in pages.show(visit).content.decode()
    pages.press(visit, "in_order")
    assert account_of(asker, account_id)["capabilities"] == {"transfers": "active"}


def test_a_link_to_the_dashboard_opens_once_too(asker: Asker, pages: SellerPages) -> None:
    account_id = asker.seller()
    pages.press(opened(pages, onboarding_link(asker, account_id)), "in_order")
    token = login_link(asker, account_id)
    opened(pages, token)
    assert pages.show(token).status == 410


def test_there_is_no_dashboard_before_the_onboarding(asker: Asker) -> None:
    answer = asker.post(f"/v1/accounts/{asker.seller()}/login_links")
    assert (answer.status, "code" in answer.body["error"]) == (400, False)


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"type": "account_update"}, "type"),
        ({"account": "acct_none"}, "account"),
        ({"return_url": ""}, "return_url"),
        ({"refresh_url": ""}, "refresh_url"),
    ],
)
def test_a_link_wants_an_account_and_two_ways_back(asker: Asker, changes: Json, param: str) -> None:
    params = {
        "account": asker.seller(), "type": "account_onboarding", "return_url": SHOP, "refresh_url": SHOP,
    }  # fmt: skip
    assert asker.post("/v1/account_links", params | changes).body["error"]["param"] == param


@pytest.mark.parametrize("params", [{"type": "express"}, {"country": "US"}])
def test_an_account_is_described_by_its_controller(asker: Asker, params: Json) -> None:
    assert asker.post("/v1/accounts", params).status == 400


def test_names_from_outside_are_escaped(asker: Asker, pages: SellerPages) -> None:
    account = asker.post("/v1/accounts", {"email": "<script>", "controller": {}}).body
    page = pages.show(opened(pages, onboarding_link(asker, account["id"])))
    assert "script" not in Buttons(page).tags
