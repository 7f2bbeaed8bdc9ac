"""Every write of gigs, templates, inbox, offers, teams, tasks and notes, by everybody for whom it is not.

Each method and each button of an address: by a visitor, a stranger, a contributor of the seller's team and the buyer
(R-GIG-2, R-OFR-1, R-OFR-2, R-OFR-5, R-ORD-15). After all of them every row of the database is as it was. What
test_urls tries by a stranger and test_team by a contributor is not tried twice.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from accounts.models import User
from gigs.enums import Tab
from marketplace.web import middleware
from orders.views.tasks import ACTIONS
from tests.factories.offers import begin_counter, counter, make_offer
from tests.factories.team import make_contributor
from tests.payments.simulator_fixtures import StripeDouble
from tests.security.test_team import rows_of_the_seller
from tests.security.test_urls import BODY, read_table
from tests.security.world import build_world

# By hand: visitor, stranger, contributor, buyer; "-" is where the buyer may.
WRITES = """
# Gigs and templates
POST   /gigs/{gig}/edit/overview/                                302 404 404 404
POST   /gigs/{draft_gig}/edit/pricing/                           302 404 404 404
POST   /gigs/{draft_gig}/edit/description/                       302 404 404 404
POST   /gigs/{draft_gig}/edit/requirements/                      302 404 404 404
POST   /gigs/{draft_gig}/edit/gallery/                           302 404 404 404
POST   /gigs/{draft_gig}/edit/publish/                           302 404 404 404
POST   /gigs/{gig}/pause/                                        302 404 404 404
POST   /gigs/{gig}/archive/                                      302 404 404 404
POST   /gigs/{gig}/bring-back/                                   302 404 404 404
POST   /gigs/{gig}/duplicate/                                    302 404 404 404
POST   /gigs/templates/{template}/rename/                        302 404 404 404
POST   /gigs/templates/{template}/copy/                          302 404 404 404
POST   /gigs/templates/{template}/delete/                        302 404 404 404
PATCH  /api/v1/templates/{template}/                             401 404 404 404
DELETE /api/v1/templates/{template}/                             401 404 404 404
POST   /api/v1/templates/{template}/copy/                        401 404 404 404
# The inbox
POST   /inbox/{conversation}/                                    302 404 404 -
POST   /inbox/{conversation}/block/                              302 404 404 -
POST   /inbox/{conversation}/report/                             302 404 404 -
POST   /inbox/blocked/{buyer}/lift/                              302 404 404 404
POST   /inbox/answers/{answer}/                                  302 404 404 404
POST   /inbox/answers/{answer}/delete/                           302 404 404 404
PUT    /api/v1/quick-answers/{answer}/                           401 404 404 404
DELETE /api/v1/quick-answers/{answer}/                           401 404 404 404
POST   /api/v1/conversations/{conversation}/messages/            401 404 404 -
POST   /api/v1/conversations/{conversation}/read/                401 404 404 -
POST   /api/v1/conversations/{conversation}/block/               401 404 404 -
DELETE /api/v1/conversations/{conversation}/block/               401 404 404 -
POST   /api/v1/conversations/{conversation}/reports/             401 404 404 -
# Offers: the seller’s, a draft, the buyer’s counter-offer and its draft, the buyer’s request
POST   /offers/new/{conversation}/                               302 404 404 403
POST   /offers/ask/{conversation}/                               302 404 404 -
POST   /offers/{draft}/edit/                                     302 404 404 404
POST   /offers/{draft}/discard/                                  302 404 404 404
POST   /offers/{offer}/revise/                                   302 404 404 403
POST   /offers/{offer}/withdraw/                                 302 404 404 403
POST   /offers/{offer}/remind/                                   302 404 404 403
POST   /offers/{offer}/keep/                                     302 404 404 403
POST   /offers/{offer}/decline/                                  302 404 404 -
POST   /offers/{offer}/counter/                                  302 404 404 -
POST   /orders/new/offer/{offer}/                                302 404 404 -
POST   /offers/{counter}/agree/                                  302 404 404 403
POST   /offers/{counter}/decline/                                302 404 404 403
POST   /offers/{counter}/withdraw/                               302 404 404 -
POST   /offers/{counter}/revise/                                 302 404 404 403
POST   /offers/{begun}/edit/                                     302 404 404 -
POST   /offers/{begun}/discard/                                  302 404 404 -
POST   /offers/requests/{request}/decline/                       302 404 404 403
POST   /api/v1/offers/{offer}/withdraw/                          401 404 404 403
POST   /api/v1/offers/{offer}/remind/                            401 404 404 403
POST   /api/v1/offers/{offer}/decline/                           401 404 404 -
POST   /api/v1/offers/{offer}/counter/                           401 404 404 -
POST   /api/v1/offers/{offer}/accept/                            401 404 404 -
POST   /api/v1/offers/{counter}/agree/                           401 404 404 403
POST   /api/v1/offers/{counter}/decline/                         401 404 404 403
POST   /api/v1/offers/requests/{request}/decline/                401 404 404 403
# The team and its tasks
POST   /settings/team/{member}/role/                             302 404 404 404
POST   /settings/team/{member}/remove/                           302 404 404 404
POST   /settings/team/{member}/leave/                            302 404 404 404
POST   /settings/invitations/{invitation}/resend/                302 404 404 404
POST   /settings/invitations/{invitation}/withdraw/              302 404 404 404
POST   /team/work-for/                                           302 404 404 404
POST   /team/join/{join}/                                        302 403 403 403
POST   /orders/{order}/tasks/                                    302 404 404 404
POST   /orders/tasks/{task}/tick/                                302 404 404 404
POST   /orders/tasks/{task}/untick/                              302 404 404 404
POST   /orders/tasks/{task}/edit/                                302 404 404 404
POST   /orders/tasks/{task}/note/                                302 404 404 404
POST   /orders/tasks/{task}/delete/                              302 404 404 404
# Notes on an order: one of the seller’s, private
POST   /orders/{order}/notes/                                    302 404 404 -
POST   /orders/{order}/notes/{order_note}/                       302 404 404 404
POST   /orders/{order}/notes/{order_note}/delete/                302 404 404 404
# One’s own calendar, which anybody may make; the address that shows it takes nothing
POST   /settings/calendar/make/                                  302 - - -
POST   /settings/calendar/renew/                                 302 404 404 -
POST   /settings/calendar/stop/                                  302 302 302 -
POST   /calendar/{calendar}.ics                                  405 405 405 405
"""
# What programs write by another method than POST and only of themselves or of orders, which have tables of their own.
ELSEWHERE = {
    ("DELETE", "api/v1/tokens/<str:public_id>/"),
    ("PATCH", "api/v1/me/"),
    ("PUT", "api/v1/me/away/"),
    ("DELETE", "api/v1/me/away/"),
    ("PATCH", "api/v1/me/billing/"),
    ("DELETE", "api/v1/payment-methods/<str:stripe_id>/"),
    ("PUT", "api/v1/orders/<str:public_id>/review/"),
}
OURS = (
    "accounts",
    "gigs",
    "milestones",
    "inbox",
    "offers",
    "orders",
    "payments",
    "notifications",
    "reviews",
    "support",
)
TRIED = {
    "stranger": {row.address for row in read_table()},
    "contributor": {row.address for row in rows_of_the_seller()},
}
KEPT_BY_THE_API = "idempotentrequest"  # every answer, refusals too


def table() -> Iterator[tuple[str, str, list[str]]]:
    for line in WRITES.strip().splitlines():
        if not line.startswith("#"):
            method, address, *expected = line.split()
            yield method, address, expected


def test_the_table_has_every_tab_action_and_method() -> None:
    addresses = {address for _, address, _ in table()}
    tabs = {address.partition("/edit/")[2] for address in addresses if address.startswith("/gigs/")}
    assert {f"{tab}/" for tab in Tab.values} <= tabs
    assert {f"/orders/tasks/{{task}}/{action}/" for action in ACTIONS} <= addresses
    known = {(method, str(resolve(address).route)) for method, address, _ in table()}
    assert set(other_methods(get_resolver())) - known - ELSEWHERE == set()


def other_methods(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, str]]:
    """What programs may send beside GET and POST."""
    for entry in resolver.url_patterns:
        here = before + str(entry.pattern).removeprefix("^")
        if isinstance(entry, URLResolver):
            yield from other_methods(entry, here)
        elif isinstance(entry, URLPattern) and (view := getattr(entry.callback, "cls", None)):
            yield from ((method, here) for method in ("PUT", "PATCH", "DELETE") if hasattr(view, method.lower()))


def send(client: Client, method: str, address: str, body: dict[str, Any]) -> int:
    if not address.startswith("/api/"):
        return client.post(address, body).status_code
    headers = {"Idempotency-Key": f"{method}{address}"[-200:]}
    return client.generic(
        method, address, json.dumps(body), content_type="application/json", headers=headers
    ).status_code


@pytest.fixture
def _refusals_in_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The status alone: the page around a refusal is drawn in other tests."""

    def draw(*_: object, status: int = 404, **__: object) -> HttpResponse:
        return HttpResponse(status=status)

    monkeypatch.setattr(middleware, "render", draw)
    monkeypatch.setattr(URLResolver, "resolve_error_handler", lambda _, __: draw)


def everything() -> dict[str, list[Any]]:
    """Every row of ours."""
    models = [model for model in apps.get_models() if model._meta.app_label in OURS]
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in models
        if model._meta.model_name != KEPT_BY_THE_API
    }


@pytest.mark.usefixtures("_refusals_in_short")
def test_r_ofr_1_r_ofr_5_r_ord_15_who_may_not_write_changes_nothing(
    stripe: StripeDouble, buyer: User, seller: User, stranger: User
) -> None:
    world = build_world(stripe, buyer, seller)
    world |= {"counter": counter(make_offer(seller, buyer)).public_id}
    world |= {"begun": begin_counter(make_offer(seller, buyer)).public_id}
    people = {"stranger": stranger, "contributor": make_contributor(seller), "buyer": buyer}
    clients = {"visitor": Client()} | {role: Client() for role in people}
    for role, person in people.items():
        clients[role].force_login(person)
    before, wrong = everything(), []
    body = BODY | {"seller": world["seller"], "role": "contributor", "action": "save", "answer": "accept"}
    body |= {"title": "Mine", "text": "Mine", "words": "Mine", "brief": "Mine", "milestones": []}
    for method, template, expected in table():
        for role, status in zip(clients, expected, strict=True):
            tried = method == "POST" and template in TRIED.get(role, ())
            if (
                status != "-"
                and not tried
                and (got := send(clients[role], method, template.format(**world), body)) != int(status)
            ):
                wrong.append(f"{role} {method} {template}: {got}, not {status}")
    assert wrong == []
    after = everything()
    assert {name for name in before if before[name] != after[name]} == set()
