"""No secret in the logs, and no live key beside the switches of the demo."""

import os
import subprocess
import sys

import pytest
import structlog.testing
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "logged"),
    [
        ("/accounts/password/reset/key/1-secretkey/", "GET /accounts/password/reset/key/…"),
        ("/accounts/confirm-email/secretkey/", "GET /accounts/confirm-email/…"),
        ("/calendar/secretkey.ics", "GET /calendar/…"),
        ("/gigs/?q=secretkey", "GET /gigs/"),
    ],
)
def test_the_logs_hold_no_key_of_a_mailed_link_and_no_query(client: Client, address: str, logged: str) -> None:
    with structlog.testing.capture_logs() as lines:
        client.get(address)
    assert [line["request"] for line in lines if line["event"].startswith("request_")] == [logged, logged]
    assert "secretkey" not in str(lines)


@pytest.mark.parametrize(("key", "starts"), [("sk_live_x", False), ("rk_live_x", False), ("sk_test_x", True)])
def test_the_demo_does_not_start_with_a_live_key(key: str, starts: bool) -> None:
    env = {**os.environ, "DEMO": "1", "SECRET_KEY": "x", "STRIPE_SECRET_KEY": key, "STRIPE_API_BASE": ""}
    run = subprocess.run([sys.executable, "-c", "import marketplace.settings"], env=env, capture_output=True, text=True)
    assert (run.returncode == 0, "no live key" in run.stderr) == (starts, not starts)
