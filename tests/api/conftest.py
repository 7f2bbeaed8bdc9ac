"""Programs that speak to the API."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import issue_token
from marketplace.kernel import clock

Program = Callable[[User], APIClient]


@pytest.fixture
def anonymous() -> APIClient:
    return APIClient(enforce_csrf_checks=True)


@pytest.fixture
def program() -> Program:
    """A client with a token of the given person."""

    def make(user: User) -> APIClient:
        _, secret = issue_token(user=user, name="Test", now=clock.now())
        client = APIClient(enforce_csrf_checks=True)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        return client

    return make
