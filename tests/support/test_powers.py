"""Agents get what their group allows; nobody edits a ledger row or a state by hand, superusers included (R-SUP-5)."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.db import DatabaseError, connection, transaction
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from milestones.models import MilestonePolicy
from notifications.models import Notification
from orders.models import Order, TimelineEntry
from payments.models import (
    Audit,
    Charge,
    ChargeAttempt,
    ConnectedAccount,
    Dispute,
    Document,
    JournalEntry,
    LedgerAccount,
    Posting,
    Refund,
    WebhookEvent,
)
from support.groups import AGENTS, ensure_groups
from tests.factories.order_states import cancelled, second_at_work
from tests.factories.orders import again
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import sweep_payments
from tests.support.conftest import Desk

pytestmark = pytest.mark.django_db

LOCKED = [
    Order,
    Audit,
    Charge,
    ConnectedAccount,
    Dispute,
    Document,
    Refund,
    JournalEntry,
    LedgerAccount,
    WebhookEvent,
    Notification,
]
OFF_THE_DESK = [TimelineEntry, Posting, ChargeAttempt, LogEntry]


def rows_of(model: Any) -> list[dict[str, Any]]:
    return list(model.objects.order_by("pk").values())


# --- Nobody edits what has happened -----------------------------------------------------------------------------------
@pytest.mark.parametrize("model", LOCKED)
def test_r_sup_5_a_superuser_has_no_button_to_change_it(model: Any, agent: User) -> None:
    request = RequestFactory().get("/")
    request.user = agent
    pages = admin.site._registry[model]

    assert pages.has_view_permission(request)
    assert not pages.has_add_permission(request)
    assert not pages.has_change_permission(request)
    assert not pages.has_delete_permission(request)
    assert pages.get_actions(request) == {}


def test_r_sup_5_a_superuser_s_posts_change_nothing(
    stripe: StripeDouble, buyer: User, seller: User, agent: User
) -> None:
    cancelled(stripe, buyer, seller)
    sweep_payments()
    client = Client()
    client.force_login(agent)
    for model in LOCKED:
        before = rows_of(model)
        for row in before[:1]:
            for name, form in (("change", {"state": "completed", "amount": "1"}), ("delete", {"post": "yes"})):
                url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=[row["id"]])
                assert client.post(url, form).status_code == 403, url
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert client.post(reverse(f"{base}_add"), {"state": "completed"}).status_code == 403
        client.post(
            reverse(f"{base}_changelist"),
            {"action": "delete_selected", "_selected_action": [row["id"] for row in before], "post": "yes"},
        )
        assert rows_of(model) == before


@pytest.mark.parametrize("model", OFF_THE_DESK)
def test_r_sup_5_the_timeline_and_the_audit_trail_have_no_form_at_all(model: Any) -> None:
    assert model not in admin.site._registry


def test_r_sup_5_no_inline_of_the_desk_writes_money_or_states(agent: User) -> None:
    request = RequestFactory().get("/")
    request.user = agent
    for model, pages in admin.site._registry.items():
        if model._meta.app_label not in ("orders", "payments"):
            continue
        assert model in LOCKED
        for inline in pages.get_inline_instances(request):
            assert not inline.has_add_permission(request, None)
            assert not inline.has_change_permission(request, None)
            assert not inline.has_delete_permission(request, None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_posting SET amount = amount + 1",
        "DELETE FROM payments_posting",
        "UPDATE payments_journalentry SET kind = 'refund_failed'",
        "DELETE FROM payments_journalentry",
        "UPDATE payments_ledgeraccount SET balance = 0 WHERE balance <> 0",
        "UPDATE payments_charge SET amount = amount + 1",
        "DELETE FROM payments_charge",
        "UPDATE orders_timelineentry SET name = 'deliver'",
        "DELETE FROM orders_timelineentry",
        "UPDATE orders_cancellation SET note = 'Nothing happened.'",
        "UPDATE orders_order SET state = 'active'",
        "UPDATE orders_milestone SET state = 'in_progress'",
    ],
)
def test_r_sup_5_the_database_refuses_it_whoever_asks(
    statement: str, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    cancelled(stripe, buyer, seller)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_how_a_person_signs_in_is_theirs_alone() -> None:
    """A verified address or a second step, made by a superuser, would open somebody's account."""
    registered = {model._meta.app_label for model in admin.site._registry}

    assert registered & {"account", "mfa", "usersessions"} == set()
    assert any(config.label == "mfa" for config in apps.get_app_configs())


# --- What the group allows --------------------------------------------------------------------------------------------
def test_the_group_reads_and_cancels_and_nothing_else() -> None:
    ensure_groups()
    permissions = Permission.objects.filter(group__name=AGENTS)
    doing = permissions.exclude(codename__startswith="view_")

    assert [(each.content_type.app_label, each.codename) for each in doing] == [("orders", "cancel")]
    assert {"view_order", "view_journalentry", "view_message", "view_milestonepolicy", "view_user"} <= set(
        permissions.values_list("codename", flat=True)
    )


def test_a_right_given_to_the_group_by_hand_is_taken_back_by_the_next_migration() -> None:
    ensure_groups()
    group = Group.objects.get(name=AGENTS)
    group.permissions.add(Permission.objects.get(codename="change_milestonepolicy"))

    ensure_groups()

    assert not group.permissions.filter(codename="change_milestonepolicy").exists()


def test_r_sup_5_an_agent_reads_every_list(desk: Desk, stripe: StripeDouble, buyer: User, seller: User) -> None:
    second_at_work(stripe, buyer, seller)
    for model in [*LOCKED, User, MilestonePolicy]:
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert desk.client.get(url).status_code == 200, url


def test_r_sup_5_an_agent_of_the_group_cancels(desk: Desk, stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = second_at_work(stripe, buyer, seller)

    assert desk.confirm(order, desk.preview(order)).status_code == 302
    assert again(order).completion == "ended_by_support"


def test_r_sup_5_an_agent_does_not_make_policies_or_agents(desk: Desk, helper: User, buyer: User) -> None:
    policy = MilestonePolicy.objects.get(name="standard")
    for name, pk in (("milestones_milestonepolicy", policy.pk), ("accounts_user", helper.pk)):
        url = reverse(f"admin:{name}_change", args=[pk])
        assert desk.client.get(url).status_code == 200
        assert (
            desk.client.post(url, {"review_days": "1", "is_superuser": "on", "reason": "I want it so"}).status_code
            == 403
        )
    for name in ("milestones_milestonepolicy", "auth_group"):
        assert desk.client.get(reverse(f"admin:{name}_add")).status_code == 403
    group = Group.objects.get(name=AGENTS)
    assert desk.client.get(reverse("admin:auth_group_change", args=[group.pk])).status_code == 403
    helper.refresh_from_db()
    assert not helper.is_superuser
    assert MilestonePolicy.objects.get(name="standard").review_days == 8


# --- Who comes in -----------------------------------------------------------------------------------------------------
def pages_of(order: Order) -> list[str]:
    charge = Charge.objects.filter(group=order.public_id)[0]
    return [
        reverse("admin:orders_order_changelist"),
        reverse("admin:orders_order_change", args=[order.pk]),
        reverse("admin:orders_order_cancel", args=[order.pk]),
        reverse("admin:orders_order_compare", args=[order.pk, charge.pk]),
        reverse("admin:orders_order_file", args=[order.pk, "delivery", "fil_x"]),
    ]


@pytest.mark.parametrize("who", ["buyer", "seller", "stranger"])
def test_r_sup_5_for_people_who_are_no_agents_the_desk_is_not_there(
    who: str, stripe: StripeDouble, buyer: User, seller: User, request: pytest.FixtureRequest
) -> None:
    order = second_at_work(stripe, buyer, seller)
    client = Client()
    client.force_login(request.getfixturevalue(who))
    for url in pages_of(order):
        assert client.get(url).status_code == 404, url
        assert client.post(url, {"confirm": "1", "reason": "fraud", "note": "x", "rest": "end"}).status_code == 404, url
    assert again(order).state == "active"


def test_visitors_are_led_to_sign_in(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = second_at_work(stripe, buyer, seller)
    for url in pages_of(order):
        answer = Client().post(url, {"confirm": "1"})
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, reverse("account_login"))
    assert again(order).state == "active"


def test_r_sup_5_staff_without_permission_see_and_do_nothing(
    clerk: User, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = second_at_work(stripe, buyer, seller)
    client = Client()
    client.force_login(clerk)
    for url in pages_of(order):
        expected = 405 if "compare" in url else 403
        assert client.get(url).status_code == expected, url
    for url in pages_of(order)[2:4]:
        assert client.post(url, {"confirm": "1", "reason": "fraud", "note": "x", "rest": "end"}).status_code == 403
    assert again(order).state == "active"


@pytest.mark.parametrize("codename", ["view_order", "cancel"])
def test_r_sup_5_seeing_is_not_cancelling_and_cancelling_needs_seeing(
    codename: str, clerk: User, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = second_at_work(stripe, buyer, seller)
    clerk.user_permissions.add(Permission.objects.get(content_type__app_label="orders", codename=codename))
    desk = Desk(User.objects.get(pk=clerk.pk))

    assert desk.cancelling(order).status_code == 403
    assert desk.preview(order).status_code == 403
    assert again(order).state == "active"


def test_r_sup_5_an_agent_who_has_left_does_nothing(
    desk: Desk, helper: User, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = second_at_work(stripe, buyer, seller)
    previewed = desk.preview(order)
    User.objects.filter(pk=helper.pk).update(is_staff=False)

    assert desk.confirm(order, previewed).status_code == 404
    assert again(order).state == "active"


def test_nothing_is_cancelled_by_a_link(desk: Desk, stripe: StripeDouble, buyer: User, seller: User) -> None:
    """GET changes nothing, and a POST from another site is refused."""
    order = second_at_work(stripe, buyer, seller)
    fields = {"confirm": "1", "reason": "fraud", "note": "x", "rest": "end"}
    url = reverse("admin:orders_order_cancel", args=[order.pk])
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(desk.agent)

    assert desk.client.get(url, fields).status_code == 200
    assert strict.post(url, fields).status_code == 403
    assert again(order).state == "active"
