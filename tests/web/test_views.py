import re
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db


def test_alive_and_ready(client: Client) -> None:
    for address in ("/healthz", "/readyz"):
        response = client.get(address)
        assert (response.status_code, response.content) == (200, b"ok\n")
        assert "no-store" in response["Cache-Control"]


def test_alive_but_not_ready_without_the_database(client: Client) -> None:
    with mock.patch("marketplace.web.views.connection.cursor", side_effect=OperationalError):
        assert client.get("/healthz").status_code == 200
        response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"the database does not answer\n")


def test_the_style_guide_is_no_page_of_a_real_marketplace(client: Client, settings: Settings) -> None:
    settings.DEMO = settings.DEBUG = True
    assert client.get("/styleguide/").status_code == 200
    settings.DEMO = settings.DEBUG = False
    assert client.get("/styleguide/").status_code == 404


def test_the_icon_is_where_browsers_look_for_it(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"].endswith("img/icon.svg")


@pytest.mark.parametrize("address", ["/help/", "/how-milestones-work/", "/accounts/login/", "/accounts/signup/"])
def test_a_page_has_one_main_heading_a_title_and_a_way_past_the_navigation(client: Client, address: str) -> None:
    html = client.get(address).content.decode()
    assert html.count("<h1") == 1
    assert "<title>" in html
    assert html.index('<a class="skip" href="#main">') < html.index("<nav")
    assert '<html lang="en">' in html


def test_the_help_page_says_where_support_can_be_reached(client: Client, settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Milepost <desk@example.com>"
    assert '<a href="mailto:desk@example.com">desk@example.com</a>' in client.get("/help/").content.decode()


@pytest.mark.parametrize("template", ["header", "account_menu", "footer"])
def test_every_link_of_the_frame_leads_somewhere(template: str) -> None:
    """The frame leaves out links to pages that do not exist; none may go missing unnoticed."""
    text = (Path(settings.ROOT) / f"templates/partials/{template}.html").read_text()
    names = re.findall(r'to="([\w:]+)"', text) + re.findall(r"{% url [\"']([\w:]+)[\"']", text)
    assert names
    for name in names:
        assert reverse(name)


def test_pages_for_visitors_read_no_rows(client: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        client.get("/help/")
