"""What is handed over, answered and taken home, through HTTP (R-ORD-2, R-ORD-5, R-ORD-14)."""

import csv
import io
import json

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from gigs.enums import RequirementKind
from orders.enums import MilestoneState
from orders.models import Delivery, DeliveryFile, Order
from orders.services import deciding
from orders.views.page import harmless
from tests.factories.gigs import picture
from tests.factories.order_states import at_work, delivered, questions, stopped
from tests.factories.orders import again, current, deliver_current, make_order, pay_first, states, without_file
from tests.payments.simulator_fixtures import StripeDouble

M = MilestoneState
HTMX = {"hx-request": "true"}


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(order: Order, tail: str = "") -> str:
    return f"/orders/{order.public_id}/{tail}"


def text_file(name: str = "notes.txt", content: bytes = b"What I made.") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


# --- Delivering -------------------------------------------------------------------------------------------------------
def test_r_ord_5_a_delivery_has_words_files_originals_and_links(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order, client = at_work(stripe, buyer, seller), as_(seller)
    answer = client.post(
        url(order, "deliver/"),
        {
            "message": "The first cut.",
            "files": [SimpleUploadedFile("frame.png", picture().getvalue()), text_file()],
            "originals": [text_file("film.mov")],
            "links": "https://example.com/review The review page\nexample.com/plain\n",
        },
    )
    assert (answer.status_code, answer["Location"]) == (303, url(order))
    delivery = Delivery.objects.get()
    assert (delivery.message, delivery.is_final) == ("The first cut.", False)
    files = [(file.name, file.content_type, file.held_back) for file in delivery.files.order_by("pk")]
    assert files == [
        ("frame.png", "image/png", False),
        ("notes.txt", "text/plain", False),
        ("film.mov", "text/plain", True),
    ]
    links = [(link.url, link.label) for link in delivery.links.order_by("pk")]
    assert links == [("https://example.com/review", "The review page"), ("https://example.com/plain", "")]
    html = as_(buyer).get(url(order)).content.decode()
    assert "Originals unlock when you accept." in html
    assert 'rel="nofollow noopener noreferrer"' in html


def test_nothing_typed_is_lost_when_a_delivery_is_refused(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order, client = at_work(stripe, buyer, seller), as_(seller)
    typed = {"message": "Half a delivery", "links": "not a link at all"}
    answer = client.post(url(order, "deliver/"), typed)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Half a delivery" in html
    assert "not a link at all" in html
    assert "“not a link at all” is not a link." in html
    assert states(order)[0] == M.IN_PROGRESS
    only_words = client.post(url(order, "deliver/"), {"message": "Only words"})
    assert (only_words.status_code, "Add at least one file or link." in only_words.content.decode()) == (422, True)


def test_htmx_swaps_in_the_errors_alone_so_that_chosen_files_stay_chosen(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order, client = at_work(stripe, buyer, seller), as_(seller)
    refused = client.post(url(order, "deliver/"), {"message": "", "files": [text_file()]}, headers=HTMX)
    assert refused.status_code == 422
    assert "Write a few words about what you deliver." in refused.content.decode()
    assert "<html" not in refused.content.decode()
    done = client.post(url(order, "deliver/"), {"message": "Here", "files": [text_file()]}, headers=HTMX)
    assert done["HX-Redirect"] == url(order)


def test_r_ord_5_the_last_delivery_wants_the_full_project_confirmed(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = pay_first(make_order(buyer=buyer, seller=seller, parts=(26000,)), stripe)
    client, typed = as_(seller), {"message": "All of it", "links": "https://example.com/all"}
    refused = client.post(url(order, "deliver/"), typed)
    assert refused.status_code == 422
    assert "Confirm that it holds the full project." in refused.content.decode()
    assert client.post(url(order, "deliver/"), typed | {"is_full_project": "on"}).status_code == 303
    assert Delivery.objects.get().is_final


def test_an_empty_file_is_refused_by_name(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = at_work(stripe, buyer, seller)
    typed = {"message": "Here", "files": [SimpleUploadedFile("empty.txt", b"")]}
    answer = as_(seller).post(url(order, "deliver/"), typed)
    assert answer.status_code == 422
    assert "is empty" in answer.content.decode()


# --- Answering --------------------------------------------------------------------------------------------------------
def ask(order: Order) -> None:
    """Besides the two in words, a choice and a file."""
    order.requirements.create(
        position=3, question="Which colour?", kind=RequirementKind.CHOICE, options=["Red", "Blue"]
    )
    order.requirements.create(position=4, question="Your logo?", kind=RequirementKind.FILE, required=False)


def test_r_ord_2_the_buyer_answers_in_words_by_choice_and_with_a_file(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order, client = questions(stripe, buyer, seller), as_(buyer)
    ask(order)
    first, second, colour, logo = (f"answer_{r.position}" for r in order.requirements.all())
    assert "Which colour?" in client.get(url(order)).content.decode()
    incomplete = client.post(url(order, "answers/"), {first: "Kept words", colour: "Red"})
    html = incomplete.content.decode()
    assert incomplete.status_code == 422
    assert "Kept words" in html
    assert "The seller needs this to begin." in html
    forged = client.post(url(order, "answers/"), {first: "a", second: "b", colour: "Green"})
    assert forged.status_code == 422
    typed = {first: "For work", second: "Weekly", colour: "Blue", logo: text_file("logo.svg")}
    assert client.post(url(order, "answers/"), typed).status_code == 303
    assert again(order).state == "active"
    answers = [(r.answer, r.file_name) for r in order.requirements.all()]
    assert answers == [("For work", ""), ("Weekly", ""), ("Blue", ""), ("", "logo.svg")]
    assert "Blue" in as_(seller).get(url(order)).content.decode()
    file = fetch(seller, url(order, "answers/4/"))
    assert file["Content-Disposition"] == 'attachment; filename="logo.svg"'
    assert as_(seller).get(url(order, "answers/1/")).status_code == 404


def test_r_ord_2_the_seller_may_begin_without_answers(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = questions(stripe, buyer, seller)
    assert as_(seller).post(url(order, "waive_requirements/")).status_code == 303
    assert (again(order).state, states(order)[0]) == ("active", M.IN_PROGRESS)


# --- Taking home ------------------------------------------------------------------------------------------------------
def files_of(order: Order) -> tuple[DeliveryFile, DeliveryFile]:
    preview, original = DeliveryFile.objects.filter(delivery__milestone__order=order).order_by("pk")
    return preview, original


def fetch(user: User, path: str) -> HttpResponse:
    """The answer of a file's address."""
    answer: HttpResponse = without_file(as_(user).get(path))
    return answer


def test_r_ord_5_originals_are_the_buyers_on_acceptance(
    stripe: StripeDouble, buyer: User, seller: User, stranger: User
) -> None:
    order = delivered(stripe, buyer, seller)
    preview, original = files_of(order)
    assert fetch(buyer, url(order, f"files/{preview.public_id}/")).status_code == 200
    for tail in (f"files/{original.public_id}/", f"files/{original.public_id}/picture/"):
        assert fetch(buyer, url(order, tail)).status_code == 404
        assert fetch(seller, url(order, tail)).status_code == 200
        assert fetch(stranger, url(order, tail)).status_code == 404
    assert url(order, f"files/{original.public_id}/") not in as_(buyer).get(url(order)).content.decode()
    deciding.accept_and_stop(order=order, actor=buyer)
    assert fetch(buyer, url(order, f"files/{original.public_id}/")).status_code == 200
    assert url(order, f"files/{original.public_id}/") in as_(buyer).get(url(order)).content.decode()


def test_files_leave_as_attachments_of_unknown_type(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = delivered(stripe, buyer, seller)
    preview, _ = files_of(order)
    for tail in (f"files/{preview.public_id}/", f"files/{preview.public_id}/picture/"):
        answer = fetch(buyer, url(order, tail))
        assert answer["Content-Disposition"] == 'attachment; filename="preview-1.txt"'
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]


def test_a_file_is_found_under_its_own_order_alone(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order, other = delivered(stripe, buyer, seller), delivered(stripe, buyer, seller)
    preview, _ = files_of(order)
    assert fetch(buyer, url(other, f"files/{preview.public_id}/")).status_code == 404


def test_earlier_deliveries_stay_on_the_page(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = delivered(stripe, buyer, seller)
    deciding.request_revision(order=order, actor=buyer, message="Slower.")
    deliver_current(order)
    html = as_(buyer).get(url(order)).content.decode()
    assert "Earlier deliveries (1)" in html
    assert "Slower." in html
    assert current(order).deliveries.count() == 2


# --- What has happened ------------------------------------------------------------------------------------------------
def test_r_ord_14_the_timeline_is_a_table_and_json(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = stopped(stripe, buyer, seller)
    table = as_(seller).get(url(order, "timeline.csv"))
    assert table["Content-Disposition"] == f'attachment; filename="{order.number}-timeline.csv"'
    rows = list(csv.DictReader(io.StringIO(table.content.decode())))
    assert [row["what"] for row in rows] == ["place", "fund", "begin_at_once", "deliver", "accept_and_stop"]
    assert rows[-1]["in_words"] == "Bruno accepted ‘Step 1’ and stopped there. Reason: “The budget is gone”."
    assert rows[-1]["who"] == "Bruno Buyer"
    found = json.loads(as_(buyer).get(url(order, "timeline.json")).content)
    assert found["order"] == order.number
    assert found["timeline"][0]["in_words"] == "You placed the order."
    assert as_(buyer).get(url(order, "timeline.xml")).status_code == 404


def test_a_spreadsheet_gets_no_formulas() -> None:
    assert harmless("=1+1") == "'=1+1"
    assert harmless("@here") == "'@here"
    assert harmless("plain") == "plain"
