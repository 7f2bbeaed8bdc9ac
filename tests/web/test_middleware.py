"""What every request passes through: refusals, messages, the reader's time zone, headers."""

import pytest
from django.test import Client

from accounts.models import User
from tests.factories.accounts import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.urls")]
HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/refused/", 409, "That didn’t happen"),
        ("/invalid/", 422, "That can’t be done."),
        ("/not-allowed/", 403, "You can’t do that here."),
        ("/unknown/", 404, "There is nothing at this address"),
        ("/denied/", 403, "This page is for somebody else."),
        ("/suspicious/", 400, "We couldn’t read that request"),
        ("/nowhere/", 404, "There is nothing at this address"),
    ],
)
def test_a_refusal_is_a_page_with_its_status(client: Client, address: str, status: int, words: str) -> None:
    response = client.get(address)
    assert response.status_code == status
    assert words in response.content.decode()
    assert b"<html" in response.content


def test_a_refusal_says_its_sentence_and_its_rule_as_text(client: Client) -> None:
    html = client.get("/refused/").content.decode()
    assert "‘&lt;b&gt;Animatic&lt;/b&gt;’ counted as accepted on 27 Nov." in html
    assert "Rule R-ORD-8" in html


@pytest.mark.parametrize(
    ("referer", "back"),
    [("http://testserver/orders/x/", "http://testserver/orders/x/"), ("https://evil.example/", "/"), ("", "/")],
)
def test_the_way_back_leads_to_a_page_of_ours(client: Client, referer: str, back: str) -> None:
    html = client.get("/refused/", headers={"Referer": referer}).content.decode()
    assert f'<a href="{back}" class="btn"' in html


@pytest.mark.parametrize(("address", "status"), [("/refused/", 409), ("/invalid/", 422), ("/unknown/", 404)])
def test_htmx_gets_a_note_for_the_messages(client: Client, address: str, status: int) -> None:
    response = client.post(address, headers=HTMX)
    assert response.status_code == status
    assert response["HX-Retarget"] == "#messages"
    assert response["HX-Reswap"] == "innerHTML"
    assert b"<html" not in response.content
    assert b'role="alert"' in response.content


def test_a_fault_of_ours_is_a_page_without_details(client: Client) -> None:
    client.raise_request_exception = False
    response = client.get("/broken/")
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()
    assert b"ZeroDivision" not in response.content


def test_a_message_left_for_a_fragment_comes_with_it(client: Client) -> None:
    html = client.get("/says-saved/", headers=HTMX).content.decode()
    assert html.startswith("<p>part</p>")
    assert '<div id="messages"' in html
    assert 'hx-swap-oob="true"' in html
    assert "Saved." in html
    assert "Saved." not in client.get("/help/").content.decode()


def test_a_message_waits_for_the_next_page_when_there_is_no_fragment(client: Client) -> None:
    assert client.get("/says-saved/").content == b"<p>part</p>"
    html = client.get("/help/").content.decode()
    assert "Saved." in html
    assert "hx-swap-oob" not in html


@pytest.mark.parametrize(("zone", "shown"), [("Asia/Tokyo", "Asia/Tokyo"), ("Atlantis/Capital", "UTC"), ("", "UTC")])
def test_times_are_in_the_persons_zone(client: Client, zone: str, shown: str) -> None:
    person: User = make_user(timezone=zone)
    client.force_login(person)
    assert client.get("/zone/").content.decode() == shown


def test_times_are_in_utc_for_visitors(client: Client) -> None:
    assert client.get("/zone/").content == b"UTC"


def test_every_page_is_guarded(client: Client) -> None:
    response = client.get("/help/")
    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == "'self'"
    assert policy["base-uri"] == policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert "unsafe" not in response["Content-Security-Policy"]
    nonce = policy["script-src"].removeprefix("'self' 'nonce-").removesuffix("'")
    assert f'nonce="{nonce}"' in response.content.decode()
    assert response["Permissions-Policy"].startswith("camera=()")
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("address", ["/help/", "/styleguide/", "/accounts/login/", "/support/login/", "/broken/"])
def test_no_page_has_inline_script_or_style(client: Client, address: str) -> None:
    client.raise_request_exception = False
    html = client.get(address, follow=True).content.decode()
    assert " style=" not in html
    assert "<style" not in html
    assert " onclick=" not in html
    assert "javascript:" not in html
    assert all("src=" in tag for tag in html.split("<script")[1:])
