"""Who sits at the desk: an agent of the group, a clerk without any right; and the desk as they use it."""

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import User
from orders.models import Order
from support.groups import AGENTS, ensure_groups
from tests.factories.accounts import make_user

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


class Desk:
    """The pages of the desk, signed in as one agent."""

    def __init__(self, agent: User) -> None:
        self.agent, self.client = agent, Client()
        self.client.force_login(agent)

    def find(self, words: str = "", **filters: str) -> list[str]:
        """The numbers in the list that a search gives."""
        page = self.client.get(reverse("admin:orders_order_changelist"), {"q": words, **filters})
        assert page.status_code == 200
        return [order.number for order in page.context["cl"].result_list]

    def open(self, order: Order) -> str:
        page = self.client.get(reverse("admin:orders_order_change", args=[order.pk]))
        assert page.status_code == 200
        return page.content.decode()

    def cancelling(self, order: Order, **fields: str) -> Any:
        """The cancel page; with fields, what posting them answers."""
        url = reverse("admin:orders_order_cancel", args=[order.pk])
        return self.client.post(url, fields) if fields else self.client.get(url)

    def preview(self, order: Order, **fields: str) -> Any:
        filled = {"reason": "both_agree", "note": "Both wrote that they want it.", "rest": "end", "preview": "1"}
        return self.cancelling(order, **(filled | fields))

    def confirm(self, order: Order, previewed: Any, **changes: str) -> Any:
        """Press the button of the page that was shown, with what it holds and nothing else."""
        return self.cancelling(order, confirm="1", **(hidden_of(previewed) | changes))

    def file(self, order: Order, kind: str, key: object) -> Any:
        return self.client.get(reverse("admin:orders_order_file", args=[order.pk, kind, key]))


def hidden_of(page: Any) -> dict[str, str]:
    found = {name: unescape(value) for name, value in HIDDEN.findall(page.content.decode())}
    found.pop("csrfmiddlewaretoken", None)
    return found


@pytest.fixture
def helper(db: None) -> User:
    """An agent who may do what the group may, and no more."""
    ensure_groups()
    user = make_user("Hal Helper", email="helper@example.com", staff=True)
    user.groups.add(Group.objects.get(name=AGENTS))
    return user


@pytest.fixture
def clerk(db: None) -> User:
    """Staff without a single permission."""
    return make_user("Carl Clerk", email="clerk@example.com", staff=True)


@pytest.fixture
def desk(helper: User) -> Desk:
    return Desk(helper)
