"""A write sent twice with one key is done once (R-API)."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from django.urls import path
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.idempotency import IdempotentWrites
from accounts.models import IdempotentRequest, User
from accounts.services.replaying import IN_FLIGHT, KEPT, Fingerprint, prune_answers, reserve
from accounts.tasks import prune_idempotent_requests
from marketplace.kernel.errors import Refused
from tests.api.conftest import Program


class OutOfStock(Refused):
    code = "out_of_stock"
    sentence = "There are none left."
    rule = "R-TEST-1"


class NotJustNow(Refused):
    code = "not_just_now"
    sentence = "Somebody we need does not answer. Try again in a minute."
    status = 503


class Counter(IdempotentWrites):
    """Counts how often it really worked."""

    parser_classes = (JSONParser, MultiPartParser)
    worked: ClassVar[list[Any]] = []
    mood: ClassVar[str] = "well"
    meeting: ClassVar[threading.Barrier | None] = None

    def post(self, request: Request, **_: object) -> Response:
        file = request.FILES.get("file")
        Counter.worked.append(file.read() if file else request.data)
        if Counter.meeting:
            Counter.meeting.wait()
            Counter.meeting.wait()
        if Counter.mood == "refuses":
            raise OutOfStock
        if Counter.mood == "waits":
            raise NotJustNow
        if Counter.mood == "breaks":
            raise ZeroDivisionError
        return Response({"count": len(Counter.worked)}, status=201)

    delete = put = patch = get = post


class Paying(Counter):
    idempotency_required = True


urlpatterns = [path("count/", Counter.as_view()), path("other/", Counter.as_view()), path("pay/", Paying.as_view())]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    Counter.worked, Counter.mood, Counter.meeting = [], "well", None
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def client(program: Program, buyer: User) -> APIClient:
    return program(buyer)


def send(client: APIClient, key: str | None = "k1", *, to: str = "/count/", body: object = None, **more: Any) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(to, {"a": 1} if body is None else body, format="json", headers=headers, **more)


def test_the_same_request_again_gets_the_first_answer(client: APIClient) -> None:
    first, again = send(client), send(client)

    assert (first.status_code, first.json()) == (again.status_code, again.json()) == (201, {"count": 1})
    assert first.headers["Content-Type"] == again.headers["Content-Type"]
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    assert len(Counter.worked) == 1


def test_another_key_is_another_request(client: APIClient) -> None:
    assert send(client, "k1").json() == {"count": 1}
    assert send(client, "k2").json() == {"count": 2}


def test_two_people_may_use_the_same_key(client: APIClient, program: Program, seller: User) -> None:
    assert send(client).json() == {"count": 1}
    assert send(program(seller)).json() == {"count": 2}


def test_without_a_key_every_request_works(client: APIClient) -> None:
    assert send(client, None).json() == {"count": 1}
    assert send(client, None).json() == {"count": 2}
    assert not IdempotentRequest.objects.exists()


@pytest.mark.parametrize("change", [{"body": {"a": 2}}, {"to": "/other/"}, {"to": "/count/?x=1"}])
def test_the_same_key_for_another_request_is_a_mistake(client: APIClient, change: dict[str, Any]) -> None:
    send(client)
    answer = send(client, **change)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:milepost:problem:idempotency_key_reused",
        "title": "Idempotency key reused",
        "status": 422,
        "detail": "This Idempotency-Key was used for another request. Use a new key for a new request.",
        "code": "idempotency_key_reused",
        "rule": "R-API",
    }
    assert len(Counter.worked) == 1


def test_the_same_key_with_another_method_is_a_mistake(client: APIClient) -> None:
    send(client)
    answer = client.put("/count/", {"a": 1}, format="json", headers={"Idempotency-Key": "k1"})

    assert answer.json()["code"] == "idempotency_key_reused"


def test_a_refusal_is_an_answer_too(client: APIClient) -> None:
    Counter.mood = "refuses"
    first = send(client)
    Counter.mood = "well"
    again = send(client)

    assert first.status_code == again.status_code == 409
    assert first.json() == again.json()
    assert again.json()["rule"] == "R-TEST-1"
    assert again.headers["Content-Type"] == "application/problem+json"
    assert again.headers["Idempotent-Replayed"] == "true"


def test_after_a_fault_of_ours_the_key_works_again(client: APIClient) -> None:
    Counter.mood = "breaks"
    client.raise_request_exception = False
    assert send(client).status_code == 500
    Counter.mood = "well"

    assert send(client).status_code == 201


def test_not_now_is_no_answer_so_the_key_works_again(client: APIClient) -> None:
    Counter.mood = "waits"
    assert send(client).status_code == 503
    Counter.mood = "well"

    assert send(client).status_code == 201


def test_reading_takes_no_key(client: APIClient) -> None:
    for _ in range(2):
        client.get("/count/", headers={"Idempotency-Key": "k1"})

    assert len(Counter.worked) == 2


def test_what_moves_money_needs_a_key(client: APIClient) -> None:
    answer = send(client, None, to="/pay/")

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
    assert Counter.worked == []
    assert send(client, "k", to="/pay/").status_code == 201


@pytest.mark.parametrize(("length", "status"), [(255, 201), (256, 400)])
def test_a_key_has_at_most_255_characters(client: APIClient, length: int, status: int) -> None:
    assert send(client, "k" * length).status_code == status


def test_nobody_is_remembered_before_signing_in(anonymous: APIClient) -> None:
    assert send(anonymous).status_code == 401
    assert not IdempotentRequest.objects.exists()


def test_the_same_file_in_another_envelope_is_the_same_request(client: APIClient) -> None:
    def upload(content: bytes) -> Any:
        file = SimpleUploadedFile("cut.txt", content)
        return client.post("/count/", {"a": "1", "file": file}, headers={"Idempotency-Key": "k1"})

    assert upload(b"one").json() == upload(b"one").json() == {"count": 1}
    assert upload(b"two").json()["code"] == "idempotency_key_reused"


def test_the_view_still_reads_the_whole_file_after_it_was_hashed(client: APIClient) -> None:
    client.post("/count/", {"file": SimpleUploadedFile("cut.txt", b"one")}, headers={"Idempotency-Key": "k1"})

    assert Counter.worked == [b"one"]


FINGERPRINT = Fingerprint(route="r", body="b")


def test_a_request_in_flight_makes_the_second_wait_with_409(client: APIClient, buyer: User) -> None:
    send(client)
    IdempotentRequest.objects.update(status=None, response="")
    answer = send(client)

    assert (answer.status_code, answer.json()["code"]) == (409, "request_in_flight")
    assert len(Counter.worked) == 1


def test_a_request_whose_process_died_can_be_sent_again_after_three_minutes(buyer: User) -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    first = reserve(user=buyer, key="k", fingerprint=FINGERPRINT, now=start)
    second = reserve(user=buyer, key="k", fingerprint=FINGERPRINT, now=start + IN_FLIGHT)

    assert (first.pk, first.attempt, second.attempt) == (second.pk, 1, 2)


def test_answers_are_forgotten_after_a_day(buyer: User, now: datetime) -> None:
    reserve(user=buyer, key="k", fingerprint=FINGERPRINT, now=now)

    assert prune_answers(now=now + KEPT) == 0
    assert prune_answers(now=now + KEPT + timedelta(seconds=1)) == 1


def test_the_task_forgets_what_is_old(buyer: User) -> None:
    with time_machine.travel("2026-03-02T00:00:00Z"):
        reserve(user=buyer, key="k", fingerprint=FINGERPRINT, now=datetime(2026, 3, 1, 23, 0, tzinfo=UTC))
        prune_idempotent_requests()
        assert IdempotentRequest.objects.exists()
    with time_machine.travel("2026-03-03T00:00:00Z"):
        prune_idempotent_requests()
    assert not IdempotentRequest.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_work_once(program: Program, buyer: User) -> None:
    Counter.meeting = threading.Barrier(2, timeout=20)
    slow, quick = program(buyer), program(buyer)
    answers: list[Any] = []

    def work() -> None:
        try:
            answers.append(send(slow))
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    Counter.meeting.wait()  # the first one is inside the view now
    meanwhile = send(quick)
    Counter.meeting.wait()
    thread.join(20)

    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "request_in_flight")
    assert answers[0].status_code == 201
    assert len(Counter.worked) == 1
    assert send(quick).json() == answers[0].json()
