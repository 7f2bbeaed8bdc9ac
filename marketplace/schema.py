"""What the OpenAPI schema says of every operation: how to sign in, idempotency keys, problems."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import SAFE_METHODS

from accounts.idempotency import HEADER, LONGEST_KEY, IdempotentWrites
from marketplace.web.problems import CONTENT_TYPE

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for the person"},
        "code": {"type": "string", "description": "Stable, for programs"},
        "rule": {"type": "string", "description": "The rule of the business that refused, such as R-ORD-6"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ProblemItem"}},
    },
}
PROBLEM_ITEM = {
    "type": "object",
    "required": ["field", "code", "detail"],
    "properties": {name: {"type": "string"} for name in ("field", "code", "detail", "rule")},
}


class BearerToken(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:  # noqa: ARG002
        return {"type": "http", "scheme": "bearer", "description": "A token of yours: mp_…"}


class Operation(AutoSchema):
    """Adds the Idempotency-Key header to the writes that understand it."""

    def get_override_parameters(self) -> list[Any]:
        own = list(super().get_override_parameters())
        if self.method in SAFE_METHODS or not isinstance(self.view, IdempotentWrites):
            return own
        key = OpenApiParameter(
            HEADER,
            type={"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
            location=OpenApiParameter.HEADER,
            required=self.view.idempotency_required,
            description="Any string of yours, new for each new request. Sent again, the first answer comes back.",
        )
        return [*own, key]


def add_problems(result: dict[str, Any], **_: object) -> dict[str, Any]:
    """A hook of drf-spectacular: every operation can answer with a problem."""
    result.setdefault("components", {}).setdefault("schemas", {}).update(
        {"Problem": PROBLEM, "ProblemItem": PROBLEM_ITEM}
    )
    answer = {
        "description": "A problem: refused, not found, not signed in, too many requests",
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["4XX"] = answer
    return result
