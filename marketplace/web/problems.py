"""Failures of the API as RFC 9457 problem details, with the sentence that the pages show and the rule's number.

`type` is a name by `code`, for programs; docs/api.md lists the general ones.
`errors` lists what is wrong field by field: {"field", "code", "detail", "rule"}.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.fields import get_error_detail
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import set_rollback

from marketplace.kernel.errors import DomainError, ManyInvalid

CONTENT_TYPE = "application/problem+json"
TYPE = "urn:milepost:problem:{code}"

Problem = dict[str, Any]
OF_DJANGO = {
    Http404: (404, "not_found", "We can’t find that."),
    PermissionDenied: (403, "not_allowed", "You can’t do that here."),
    RequestDataTooBig: (413, "too_large", "The body is too large. Files go as multipart, where an address takes them."),
}


class ProblemRenderer(JSONRenderer):
    media_type = CONTENT_TYPE


def handle(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. None lets an unforeseen error be a 500 and reach the logs."""
    problem = describe(exc)
    if problem is None:
        return None
    set_rollback()
    if request := context.get("request"):
        request.accepted_renderer, request.accepted_media_type = ProblemRenderer(), CONTENT_TYPE
    return Response(problem, status=problem["status"], content_type=CONTENT_TYPE, headers=headers_of(exc))


def describe(exc: Exception) -> Problem | None:
    """The problem that `exc` is for the caller; None when it is a fault of ours."""
    match exc:
        case DomainError():
            return of_domain(exc)
        case ValidationError():
            return of_validation(exceptions.ValidationError(get_error_detail(exc)))
        case exceptions.ValidationError():
            return of_validation(exc)
        case exceptions.PermissionDenied():
            return make(status=403, code="not_allowed", detail=str(exc.detail))
        case exceptions.APIException():
            return make(status=exc.status_code, code=str(exc.get_codes()), detail=str(exc.detail))
    known = next((known for kind, known in OF_DJANGO.items() if isinstance(exc, kind)), None)
    return make(status=known[0], code=known[1], detail=known[2]) if known else None


def of_domain(exc: DomainError) -> Problem:
    failures = exc.errors if isinstance(exc, ManyInvalid) else [exc] if exc.field else []
    errors = [item(field=one.field, code=one.code, detail=one.message, rule=one.rule) for one in failures]
    return make(status=exc.status, code=exc.code, detail=exc.message, rule=exc.rule, errors=errors)


def of_validation(exc: exceptions.ValidationError) -> Problem:
    """Input that has the wrong shape is 422, as input that breaks a rule is."""
    errors = list(flatten(exc.detail))
    return make(status=422, code="invalid", detail="Some of what was sent can’t be accepted.", errors=errors)


def flatten(detail: object, path: str = "") -> Iterator[Problem]:
    """DRF's nested details as a list, with paths such as "milestones.2.price"."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            own = "" if key in {"non_field_errors", "__all__"} else str(key)
            yield from flatten(value, ".".join(filter(None, [path, own])))
    elif isinstance(detail, list | tuple):
        for position, value in enumerate(detail):
            nested = isinstance(value, Mapping | list)
            yield from flatten(value, ".".join(filter(None, [path, str(position)])) if nested else path)
    else:
        yield item(field=path, code=str(getattr(detail, "code", "invalid")), detail=str(detail))


def item(*, field: str, code: str, detail: str, rule: str = "") -> Problem:
    return {"field": field, "code": code, "detail": detail} | ({"rule": rule} if rule else {})


def make(*, status: int, code: str, detail: str, rule: str = "", errors: list[Problem] | None = None) -> Problem:
    return {
        "type": TYPE.format(code=code),
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
        **({"rule": rule} if rule else {}),
        **({"errors": errors} if errors else {}),
    }


def headers_of(exc: Exception) -> dict[str, str]:
    """What HTTP wants beside the status: how to sign in, when to come back."""
    headers = {}
    if getattr(exc, "status_code", getattr(exc, "status", 0)) == 401:
        headers["WWW-Authenticate"] = str(getattr(exc, "auth_header", 'Bearer realm="api"'))
    if (wait := getattr(exc, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait))
    return headers


def not_found(request: HttpRequest, *_: object, **__: object) -> JsonResponse:
    """For addresses under /api/ that are nothing."""
    problem = make(status=404, code="not_found", detail=f"There is nothing at {request.path}.")
    return JsonResponse(problem, status=404, content_type=CONTENT_TYPE)
