"""Who gets to see which paper, on the pages and by the API; and what the sweep finds (R-PAY-6, R-API)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from payments.documents import documents_of
from payments.enums import DocumentKind
from payments.models import Charge, Document
from payments.services import invoicing
from payments.services.filing import sweep_documents
from payments.services.invoicing import issue_credit_note, issue_invoice
from payments.services.numbering import PREFIXES
from payments.services.refunding import request_refund
from payments.services.returning import submit_refund
from tests.factories.payments import NOW, make_charge, make_paid_charge
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("books_hold")]


@pytest.fixture
def charge(stripe: StripeDouble, buyer: User, seller: User) -> Charge:
    """80.00 and a fee of 4.00, paid."""
    return make_paid_charge(stripe, payer=buyer, payee=seller)


@pytest.fixture
def invoice(charge: Charge) -> Document:
    issued = issue_invoice(charge_id=charge.pk)
    assert issued is not None
    return issued


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_r_pay_6_an_invoice_says_what_the_charge_says_when_nobody_knows_more(charge: Charge, invoice: Document) -> None:
    assert (invoice.total, invoice.currency, invoice.person) == (8_400, "USD", charge.payer)
    assert [(line["name"], line["cells"]) for line in invoice.content["tables"][0]["lines"]] == [
        ("Rough cut", [8_000]),
        ("Service fee", [400]),
    ]
    assert invoice.content["stones"] == []
    assert invoice.content["sum_words"] == "paid with Visa ending 4242"


def test_r_pay_6_a_charge_that_did_not_succeed_has_no_invoice() -> None:
    assert issue_invoice(charge_id=make_charge().pk) is None
    assert sweep_documents() == 0
    assert not Document.objects.exists()


def test_r_pay_6_the_sweep_finds_what_no_nudge_did_and_one_bad_row_does_not_hold_up_others(
    stripe: StripeDouble, charge: Charge, buyer: User, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_paid_charge(stripe, payer=buyer, payee=seller, group="ord_2")
    write = invoicing._write_invoice
    monkeypatch.setattr(invoicing, "_write_invoice", lambda each: 1 // 0 if each == charge else write(each))
    assert sweep_documents() == 2
    assert [(paper.number[-6:], paper.charge) for paper in Document.objects.all()] == [("000001", other)]
    monkeypatch.undo()
    assert sweep_documents() == 1
    assert sweep_documents() == 0
    assert set(Document.objects.values_list("charge", flat=True)) == {charge.pk, other.pk}


def test_r_pay_6_a_refund_has_a_credit_note_once_it_arrived_and_the_invoice_before_it(
    stripe: StripeDouble, charge: Charge
) -> None:
    """The invoice that it corrects is issued first, should it be missing."""
    refund = request_refund(charge=charge, amount=2_100, reason="Agreed", now=NOW)
    assert issue_credit_note(refund_id=refund.pk) is None
    submit_refund(refund_id=refund.pk)
    note = issue_credit_note(refund_id=refund.pk)
    assert note is not None
    assert (note.total, note.content["tables"][0]["total"]["cells"]) == (2_100, [2_100])
    assert [paper.kind for paper in documents_of(charge.payer).order_by("pk")] == ["invoice", "credit_note"]


@pytest.mark.parametrize("who", ["seller", "stranger", "agent"])
def test_r_pay_6_an_invoice_is_the_buyers_alone(
    who: str, invoice: Document, request: pytest.FixtureRequest, buyer: User
) -> None:
    client = as_user(request.getfixturevalue(who))
    pages = ("payments:document", "payments:document_pdf", "api:document", "api:document_pdf")
    assert {client.get(reverse(page, args=[invoice.number])).status_code for page in pages} == {404}
    assert client.get(reverse("api:documents")).json()["results"] == []
    assert {as_user(buyer).get(reverse(page, args=[invoice.number])).status_code for page in pages} == {200}


def test_r_api_papers_are_listed_whole_and_as_pdf(invoice: Document, buyer: User) -> None:
    client = as_user(buyer)
    (row,) = client.get(reverse("api:documents"), {"kind": "invoice"}).json()["results"]
    assert row == {
        "number": invoice.number, "kind": "invoice", "side": "buyer", "title": "Rough cut",
        "total": {"amount": 8_400, "currency": "USD"}, "order": "ord_1", "month": None, "replaces": None,
        "replaced_by": None, "issued_at": row["issued_at"],
        "pdf": f"http://testserver/api/v1/documents/{invoice.number}/pdf/",
    }  # fmt: skip
    assert client.get(reverse("api:documents"), {"kind": "statement"}).json()["results"] == []
    whole: dict[str, Any] = client.get(reverse("api:document", args=[invoice.number])).json()
    assert whole["content"] == invoice.content
    pdf = client.get(row["pdf"])
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf["Content-Disposition"] == f'attachment; filename="{invoice.number}.pdf"'
    assert b"".join(pdf.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]


def test_r_sup_5_support_reads_papers_at_the_desk_and_changes_none(invoice: Document, agent: User) -> None:
    desk = as_user(agent)
    address = reverse("admin:payments_document_change", args=[invoice.pk])
    assert invoice.number in desk.get(reverse("admin:payments_document_changelist")).content.decode()
    assert desk.get(address).status_code == 200
    assert desk.post(address, {"total": 1}).status_code == 403


def test_every_kind_has_its_prefix() -> None:
    assert set(PREFIXES) == set(DocumentKind)
    assert len(set(PREFIXES.values())) == len(DocumentKind)
