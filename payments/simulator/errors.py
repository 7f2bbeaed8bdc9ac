"""Errors in the shape of Stripe's, and how each treats the idempotency key."""

from payments.simulator.wire import Json, Response

DOCS = "https://stripe.com/docs/error-codes"


class ApiError(Exception):
    """An error that the API answers with.

    `executed`: the request got as far as running, so that its key remembers the answer. `keeps`: what it changed stays
    (a declined payment leaves its failed charge).
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str = "",
        param: str = "",
        executed: bool = False,
        keeps: bool = False,
        more: Json | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.executed, self.keeps = status, executed or keeps, keeps
        fields = {"type": kind, "message": message, "code": code, "param": param} | (more or {})
        self.body: Json = {name: value for name, value in fields.items() if value}
        if code:
            self.body["doc_url"] = f"{DOCS}/{code.replace('_', '-')}"

    def response(self) -> Response:
        return Response(status=self.status, body={"error": self.body})


def missing(kind: str, object_id: str, *, param: str = "id") -> ApiError:
    return ApiError(404, f"No such {kind}: '{object_id}'", code="resource_missing", param=param)


def invalid(message: str, *, param: str = "", code: str = "") -> ApiError:
    return ApiError(400, message, param=param, code=code)


def conflict(message: str, *, code: str, more: Json | None = None) -> ApiError:
    """The object's state forbids it."""
    return ApiError(400, message, code=code, executed=True, more=more)


def server_error() -> ApiError:
    return ApiError(500, "An unknown error occurred", kind="api_error", executed=True)
