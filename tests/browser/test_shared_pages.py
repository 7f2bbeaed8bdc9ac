"""The pages that belong to no story: what visitors see, sign-in, settings, errors, the admin's door."""

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.conftest import PageFor
from tests.browser.look import check_page, complaints_expected, complaints_of
from tests.factories.accounts import PASSWORD

PUBLIC = {
    "home": "/",
    "how": "/how-milestones-work/",
    "fees": "/fees/",
    "help": "/help/",
    "styleguide": "/styleguide/",
    "login": "/accounts/login/",
    "signup": "/accounts/signup/",
    "password-reset": "/accounts/password/reset/",
}
OWN = {
    "account-email": "/accounts/email/",
    "account-password": "/accounts/password/change/",
    "account-two-step": "/accounts/2fa/",
    "account-sessions": "/accounts/sessions/",
    "account-sign-out": "/accounts/logout/",
}


@pytest.mark.parametrize("name", PUBLIC)
def test_a_visitor_sees(name: str, visitor: Page) -> None:
    visitor.goto(PUBLIC[name])
    check_page(visitor, name)


@pytest.mark.parametrize("name", OWN)
def test_a_signed_in_person_sees(name: str, page_for: PageFor, buyer: User) -> None:
    page = page_for(buyer)
    page.goto(OWN[name])
    check_page(page, name)


def test_a_page_that_is_not_there(visitor: Page) -> None:
    with complaints_expected(visitor):
        visitor.goto("/nothing/here/")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("There is nothing at this address")
    check_page(visitor, "error-404")


def test_signing_up_says_beside_the_field_what_is_wrong(visitor: Page) -> None:
    visitor.goto("/accounts/signup/")
    visitor.get_by_label("Your name").fill("Ada Novak")
    visitor.get_by_label("Email").fill("ada@example.com")
    visitor.get_by_label("Password").fill("short")
    visitor.get_by_role("button", name="Create my account").click()
    field = visitor.get_by_label("Password")
    expect(field).to_have_attribute("aria-invalid", "true")
    described = (field.get_attribute("aria-describedby") or "").split()
    assert any("too short" in visitor.locator(f"#{part}").inner_text() for part in described)
    check_page(visitor, "signup-errors")


def test_signing_in_and_out_without_scripts(page_for: PageFor, buyer: User) -> None:
    browser = page_for(None).context.browser
    assert browser
    base = page_for(None)
    base.goto("/")
    context = browser.new_context(base_url=base.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(buyer.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator("details.menu > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Join")).to_be_visible()
    context.close()


def test_the_theme_is_kept_and_does_not_flash(visitor: Page) -> None:
    visitor.emulate_media(color_scheme="light")
    visitor.goto("/help/")
    visitor.get_by_role("button", name="Switch between light and dark").click()
    expect(visitor.locator("html")).to_have_attribute("data-theme", "dark")
    visitor.add_init_script(
        "document.addEventListener('DOMContentLoaded', () => { window.seen = document.documentElement.dataset.theme })"
    )
    visitor.goto("/")
    assert visitor.evaluate("window.seen") == "dark"


def test_setting_up_two_step_sign_in(page_for: PageFor, buyer: User) -> None:
    page = page_for(buyer)
    page.goto("/accounts/2fa/totp/activate/")
    page.get_by_label("Password").fill(PASSWORD)
    check_page(page, "account-is-it-you")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_alt_text("QR code of the key below")).to_be_visible()
    check_page(page, "account-totp")
    secret = page.locator("code").inner_text()
    page.get_by_label("Authenticator code").fill(
        format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    )
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    check_page(page, "account-recovery-codes")


def test_the_admin_works_under_the_same_policy(page_for: PageFor, agent: User) -> None:
    """Its look is held elsewhere; here, that no rule of the policy breaks it."""
    page = page_for(agent)
    page.goto("/support/")
    page.goto("/support/accounts/user/")
    assert page.evaluate("typeof window.django.jQuery") == "function"
    assert complaints_of(page) == []
