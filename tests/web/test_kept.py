"""What was typed into a form after the session had ended comes back after signing in (R-GIG-3)."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from gigs.models import Gig
from marketplace.kernel import clock
from marketplace.web.kept import KEY, MOST_CHARACTERS, MOST_FORMS
from orders.models import Delivery
from tests.factories.accounts import PASSWORD
from tests.factories.gigs import make_draft, subcategory
from tests.factories.order_states import at_work, delivered
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db

NOTE = "You had been signed out. Everything you typed is here; save it."


@pytest.fixture
def draft(seller: User) -> Gig:
    return make_draft(seller)


def address(gig: Gig, tab: str = "overview") -> str:
    return reverse("gigs:edit", args=[gig.public_id, tab])


def words(text: str) -> dict[str, str]:
    return {"title": text, "subcategory": str(subcategory().pk), "tags": "", "csrfmiddlewaretoken": "secret"}


def sign_in(client: Client, user: User, to: str) -> str:
    """Sign in as a person does; returns the page that they land on."""
    data = {"login": user.email, "password": PASSWORD}
    response = client.post(f"{reverse('account_login')}?next={to}", data, follow=True)
    assert response.redirect_chain[-1][0] == to
    return response.content.decode()


def test_r_gig_3_what_was_typed_is_there_after_signing_in(client: Client, seller: User, draft: Gig) -> None:
    response = client.post(address(draft), words("Typed far too late"))
    assert response["Location"] == f"{reverse('account_login')}?next={address(draft)}"
    text = sign_in(client, seller, address(draft))
    assert NOTE in text
    assert "Files could not be kept" not in text
    assert 'value="Typed far too late"' in text
    assert Gig.objects.get(pk=draft.pk).title == draft.title
    assert "Typed far too late" in client.get(address(draft)).content.decode()
    assert client.post(address(draft), words("Typed far too late")).status_code == 302
    assert NOTE not in client.get(address(draft)).content.decode()


def test_rows_come_back_as_they_were(client: Client, seller: User, draft: Gig) -> None:
    data = {"description": "Words", "faq-TOTAL_FORMS": "1", "faq-0-question": "Why?", "stages-TOTAL_FORMS": "1"}
    data |= {"stages-0-name": "Rough cut", "stages-0-in_basic": "on"}
    client.post(address(draft, "description"), data)
    text = sign_in(client, seller, address(draft, "description"))
    assert 'value="Why?"' in text
    assert 'value="Rough cut"' in text


def test_it_can_be_thrown_away(client: Client, seller: User, draft: Gig) -> None:
    client.post(address(draft), words("Typed far too late"))
    text = sign_in(client, seller, address(draft))
    assert f'<a href="{address(draft)}?typed=drop">Throw it away</a>' in text
    assert "Typed far too late" not in client.get(address(draft), {"typed": "drop"}).content.decode()
    assert "Typed far too late" not in client.get(address(draft)).content.decode()


def test_nothing_secret_is_kept(client: Client, draft: Gig) -> None:
    client.post(address(draft), words("Typed far too late") | {"password": "hunter2"})
    assert "secret" not in client.session[KEY][address(draft)]["text"]
    assert "hunter2" not in client.session[KEY][address(draft)]["text"]


def test_files_are_not_kept_and_that_is_said(client: Client, seller: User, draft: Gig) -> None:
    client.post(address(draft), words("Words") | {"file": SimpleUploadedFile("a.txt", b"content")})
    assert "Files could not be kept: choose them again." in sign_in(client, seller, address(draft))


@pytest.mark.parametrize(("length", "kept"), [(MOST_CHARACTERS - 100, True), (MOST_CHARACTERS, False)])
def test_what_is_kept_is_bounded(client: Client, seller: User, draft: Gig, length: int, kept: bool) -> None:
    client.post(address(draft), {"title": "x" * length})
    text = sign_in(client, seller, address(draft))
    assert (NOTE in text) is kept
    assert ("too long to keep here" in text) is not kept
    assert "too long to keep here" not in client.get(address(draft)).content.decode()


def test_the_newest_forms_are_kept(client: Client, seller: User) -> None:
    gigs = [make_draft(seller) for _ in range(MOST_FORMS + 1)]
    for gig in gigs:
        client.post(address(gig), words(gig.title))
    assert list(client.session[KEY]) == [address(gig) for gig in gigs[1:]]


@pytest.mark.parametrize(("hours", "kept"), [(23, True), (25, False)])
def test_it_is_forgotten_after_a_day(client: Client, seller: User, draft: Gig, hours: int, kept: bool) -> None:
    client.post(address(draft), words("Typed far too late"))
    entries = client.session[KEY]
    entries[address(draft)]["at"] = (clock.now() - timedelta(hours=hours)).isoformat()
    session = client.session
    session[KEY] = entries
    session.save()
    assert ("Typed far too late" in sign_in(client, seller, address(draft))) is kept


def test_a_stranger_who_signs_in_gets_404(client: Client, stranger: User, draft: Gig) -> None:
    client.post(address(draft), words("Typed far too late"))
    client.force_login(stranger)
    assert client.get(address(draft)).status_code == 404


def test_an_autosave_is_told_instead_of_being_sent_to_sign_in(client: Client, draft: Gig) -> None:
    headers = {"HX-Request": "true", "X-Autosave": "1"}
    response = client.post(address(draft), words("Typed") | {"action": "keep"}, headers=headers)
    assert response.status_code == 401
    assert response["HX-Retarget"] == "#messages"
    text = response.content.decode()
    assert "Sign in in another tab; your text stays here." in text
    assert f'href="{reverse("account_login")}"' in text
    assert "<form" not in text


def test_a_button_of_htmx_is_led_over_the_sign_in(client: Client, seller: User, draft: Gig) -> None:
    response = client.post(address(draft), words("Typed far too late"), headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == f"{reverse('account_login')}?next={address(draft)}"
    assert "Typed far too late" in sign_in(client, seller, address(draft))


def test_htmx_of_somebody_signed_in_is_left_alone(client: Client, seller: User, draft: Gig) -> None:
    client.force_login(seller)
    response = client.post(address(draft), words("Typed") | {"action": "keep"}, headers={"HX-Request": "true"})
    assert response.status_code == 200


def test_a_new_gig_is_kept_too(client: Client, seller: User) -> None:
    client.post(reverse("gigs:new"), words("My first gig"))
    assert 'value="My first gig"' in sign_in(client, seller, reverse("gigs:new"))


def test_what_was_typed_with_a_delivery_is_on_the_order_page(
    client: Client, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = at_work(stripe, buyer, seller)
    page = reverse("orders:order", args=[order.public_id])
    data = {"message": "Here is the work.", "files": SimpleUploadedFile("a.txt", b"content")}
    response = client.post(reverse("orders:deliver", args=[order.public_id]), data)
    assert response["Location"] == f"{reverse('account_login')}?next={page}"
    text = sign_in(client, seller, page)
    assert "Files could not be kept: choose them again." in text
    assert "Here is the work.</textarea>" in text
    assert not Delivery.objects.exists()


def test_what_was_typed_for_a_step_is_in_its_form(
    client: Client, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = delivered(stripe, buyer, seller)
    step = reverse("orders:step", args=[order.public_id, "request_revision"])
    client.post(step, {"message": "The settings window stays closed."})
    assert "The settings window stays closed." in sign_in(client, buyer, step)
