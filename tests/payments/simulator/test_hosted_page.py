"""The hosted page, as text: what it shows, what it never has, and where it leads."""

from html.parser import HTMLParser

import pytest

from payments.simulator.cards import SCENARIOS
from payments.simulator.hosted_page import HostedPage
from payments.simulator.look import asset
from tests.payments.simulator.asking import SHOP, Asker


@pytest.fixture
def page(asker: Asker) -> HostedPage:
    return HostedPage(simulator=asker.simulator, merchant="Milepost & Sons")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def tags(content: bytes) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(content.decode())
    return parser.seen


def test_it_shows_the_merchant_the_sum_and_what_is_paid(asker: Asker, page: HostedPage) -> None:
    shown = page.show(asker.page()["id"])
    text = shown.content.decode()
    assert shown.status == 200
    for words in (
        "Milepost &amp; Sons",
        "$105.00",
        "Rough cut",
        "Simulated payment page: no real money",
        f'href="{SHOP}/cancel"',
    ):
        assert words in text


def test_r_pay_1_keeping_the_card_is_said_in_words_where_it_is_kept(asker: Asker, page: HostedPage) -> None:
    words = "By paying, you allow Milepost &amp; Sons to charge you for future payments"
    assert words in page.show(asker.page()["id"]).content.decode()
    assert words not in page.show(asker.page(payment_intent_data={})["id"]).content.decode()
    own = asker.page(custom_text={"submit": {"message": "We keep <it> for later."}})
    assert own["custom_text"]["submit"] == {"message": "We keep <it> for later."}
    shown = page.show(own["id"]).content.decode()
    assert "We keep &lt;it&gt; for later." in shown
    assert words not in shown


def test_r_pay_1_it_has_a_button_per_scenario_and_no_place_for_a_card_number(asker: Asker, page: HostedPage) -> None:
    seen = tags(page.show(asker.page()["id"]).content)
    buttons = [attributes["value"] for tag, attributes in seen if tag == "button"]
    assert sorted(map(str, buttons)) == sorted(SCENARIOS)
    assert not [tag for tag, _ in seen if tag in ("input", "textarea", "select", "script", "style", "iframe")]
    assert not [name for _, attributes in seen for name in attributes if name == "style" or name.startswith("on")]


def test_its_policy_lets_nothing_in_and_forms_lead_only_home_or_to_the_shop(asker: Asker, page: HostedPage) -> None:
    policy = page.show(asker.page()["id"]).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert f"form-action 'self' {SHOP}" in policy


def test_a_paid_page_leads_back_with_its_id(asker: Asker, page: HostedPage) -> None:
    session = asker.page()
    gone = page.press(session["id"], "works")
    assert (gone.status, gone.headers["Location"]) == (303, f"{SHOP}/back?session={session['id']}")


def test_a_refusal_comes_back_to_the_page_and_says_why(asker: Asker, page: HostedPage) -> None:
    session = asker.page()
    back = page.press(session["id"], "insufficient_funds")
    assert (back.status, back.headers["Location"]) == (303, f"/c/{session['id']}")
    shown = page.show(session["id"]).content.decode()
    assert 'role="alert"' in shown
    assert "Your card has insufficient funds." in shown


def test_a_second_press_on_a_paid_page_says_that_it_is_done(asker: Asker, page: HostedPage) -> None:
    session = asker.page()
    page.press(session["id"], "works")
    again = page.press(session["id"], "works")
    assert again.status == 410
    assert "This payment is done" in again.content.decode()
    assert f'href="{SHOP}/back?session={session["id"]}"' in again.content.decode()


def test_an_expired_page_says_that_nothing_was_charged(asker: Asker, page: HostedPage) -> None:
    session = asker.page()
    asker.clock.advance(hours=24)
    shown = page.show(session["id"])
    assert shown.status == 410
    assert "Nothing was charged" in shown.content.decode()
    assert f'href="{SHOP}/cancel"' in shown.content.decode()


def test_what_is_no_page_or_card_is_said_plainly(asker: Asker, page: HostedPage) -> None:
    assert page.show("cs_none").status == 404
    assert page.press(asker.page()["id"], "gold").status == 400


def test_names_from_outside_are_escaped(asker: Asker, page: HostedPage) -> None:
    line = {
        "price_data": {"currency": "usd", "unit_amount": "100", "product_data": {"name": "<script>alert(1)</script>"}}
    }
    shown = page.show(asker.page(line_items=[line], cancel_url='https://x.example/"><script>')["id"]).content
    assert "script" not in [tag for tag, _ in tags(shown)]


@pytest.mark.parametrize("path", ["/static/css/site.css", "/static/img/icon.svg", "/pages/hosted.css"])
def test_it_wears_the_look_of_milepost(path: str) -> None:
    found = asset(path)
    assert found is not None
    assert found.content


@pytest.mark.parametrize(
    "path",
    [
        "/static/../manage.py",
        "/pages/../../../static/css/site.css",
        "/static/../static/../manage.py",
        "/pages/frame.html",
        "/static/css",
        "/static/none.css",
        "/secret/x.css",
    ],
)
def test_nothing_else_is_served(path: str) -> None:
    assert asset(path) is None
