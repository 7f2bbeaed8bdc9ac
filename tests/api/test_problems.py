"""Every failure is one shape: RFC 9457 problem details, with the rule's number."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient, APIRequestFactory
from rest_framework.views import APIView

from marketplace.kernel.errors import Invalid, ManyInvalid, NotAllowed, Refused, Unknown
from marketplace.web.problems import CONTENT_TYPE, describe


class TooLate(Refused):
    code = "too_late"
    sentence = "The offer ended {when}."
    rule = "R-OFR-5"


class TooCheap(Invalid):
    code = "too_cheap"
    sentence = "A milestone costs at least {least}."
    rule = "R-POL-3"


class Anyone(APIView):
    """Raises what a test gives it."""

    permission_classes = ()
    authentication_classes = ()
    failure: Exception = Http404()

    def get(self, request: Request) -> Response:
        raise self.failure


def answer_to(failure: Exception) -> Response:
    view = Anyone.as_view(failure=failure)
    response: Response = view(APIRequestFactory().get("/")).render()
    return response


def test_a_refusal_names_its_sentence_code_and_rule() -> None:
    answer = answer_to(TooLate(when="yesterday"))

    assert answer.status_code == 409
    assert answer.headers["Content-Type"] == CONTENT_TYPE == "application/problem+json"
    assert answer.data == {
        "type": "urn:milepost:problem:too_late",
        "title": "Too late",
        "status": 409,
        "detail": "The offer ended yesterday.",
        "code": "too_late",
        "rule": "R-OFR-5",
    }


def test_what_breaks_a_rule_in_a_field_is_named_with_the_field() -> None:
    answer = answer_to(TooCheap(field="milestones.1.price", least="$10.00"))

    assert answer.status_code == 422
    assert answer.data["errors"] == [
        {
            "field": "milestones.1.price",
            "code": "too_cheap",
            "detail": "A milestone costs at least $10.00.",
            "rule": "R-POL-3",
        }
    ]


def test_several_failures_are_listed_each_with_its_field() -> None:
    answer = answer_to(ManyInvalid([TooCheap(field="a", least="$1"), TooCheap(field="b", least="$2")]))

    assert (answer.status_code, answer.data["code"]) == (422, "invalid")
    assert [(error["field"], error["detail"]) for error in answer.data["errors"]] == [
        ("a", "A milestone costs at least $1."),
        ("b", "A milestone costs at least $2."),
    ]


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (Unknown(), 404, "not_found"),
        (Http404("secret reason"), 404, "not_found"),
        (exceptions.NotFound(), 404, "not_found"),
        (NotAllowed(), 403, "not_allowed"),
        (PermissionDenied("secret reason"), 403, "not_allowed"),
        (exceptions.PermissionDenied(), 403, "not_allowed"),
        (exceptions.ParseError(), 400, "parse_error"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.UnsupportedMediaType("text/csv"), 415, "unsupported_media_type"),
        (exceptions.ValidationError({"name": ["x"]}), 422, "invalid"),
        (ValidationError("x"), 422, "invalid"),
    ],
)
def test_other_failures_have_the_same_shape(failure: Exception, status: int, code: str) -> None:
    answer = answer_to(failure)

    assert (answer.status_code, answer.data["status"], answer.data["code"]) == (status, status, code)
    assert set(answer.data) <= {"type", "title", "status", "detail", "code", "rule", "errors"}
    assert "secret" not in answer.data["detail"]


def test_a_stranger_cannot_tell_hidden_from_missing() -> None:
    assert answer_to(Unknown()).data == answer_to(Http404()).data


def test_nested_input_is_named_by_path() -> None:
    detail: Any = {
        "title": ["Too long."],
        "milestones": [{}, {"price": [exceptions.ErrorDetail("Not a number.", code="number")]}],
        "non_field_errors": ["All wrong."],
    }

    assert answer_to(exceptions.ValidationError(detail)).data["errors"] == [
        {"field": "title", "code": "invalid", "detail": "Too long."},
        {"field": "milestones.1.price", "code": "number", "detail": "Not a number."},
        {"field": "", "code": "invalid", "detail": "All wrong."},
    ]


def test_djangos_own_validation_is_named_by_field() -> None:
    failure = ValidationError({"name": [ValidationError("%(n)s is too many.", code="many", params={"n": 3})]})

    assert answer_to(failure).data["errors"] == [{"field": "name", "code": "many", "detail": "3 is too many."}]


def test_too_many_requests_say_when_to_come_back() -> None:
    answer = answer_to(exceptions.Throttled(wait=17.2))

    assert (answer.status_code, answer.data["code"], answer.headers["Retry-After"]) == (429, "throttled", "18")


def test_an_unforeseen_error_is_no_problem_of_the_callers() -> None:
    assert describe(ZeroDivisionError()) is None
    with pytest.raises(ZeroDivisionError):
        answer_to(ZeroDivisionError())


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/", "/api/v1/nothing/", "/api/v2/me/", "/api/v1/me/more/"])
def test_addresses_that_are_nothing_answer_with_a_problem(anonymous: APIClient, path: str) -> None:
    answer = anonymous.get(path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, CONTENT_TYPE)
    assert answer.json()["code"] == "not_found"


@pytest.mark.django_db
def test_a_visitor_is_told_how_to_sign_in(anonymous: APIClient) -> None:
    answer = anonymous.get("/api/v1/me/")

    assert (answer.status_code, answer.headers["Content-Type"]) == (401, CONTENT_TYPE)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'
    assert answer.json()["code"] == "not_authenticated"
