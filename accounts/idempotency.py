"""`Idempotency-Key` on writes of the API, for views that inherit IdempotentWrites (before APIView)."""

import hashlib
import json
from typing import Any, ClassVar, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.datastructures import MultiValueDict
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.errors import IdempotencyKeyMissing, IdempotencyKeyTooLong
from accounts.models import IdempotentRequest, User
from accounts.services.replaying import Fingerprint, give_up, keep_answer, reserve
from marketplace.kernel import clock
from marketplace.web.problems import ProblemRenderer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
LONGEST_KEY = 255


class Replay(Exception):
    """Ends the request with the answer that was given before."""

    def __init__(self, row: IdempotentRequest) -> None:
        self.row = row


class IdempotentWrites(APIView):
    """A write sent again with the same key gets the first answer and does nothing.

    Every answer below 500 is kept, refusals too; after an unforeseen error the key can be used again.
    `idempotency_required` makes the key compulsory, as for everything that moves money.
    """

    idempotency_required: ClassVar[bool] = False
    reservation: IdempotentRequest | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except BaseException:
            if self.reservation is not None:
                give_up(row=self.reservation)
            raise

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After signing in, permissions and throttles, which are never remembered."""
        super().initial(request, *args, **kwargs)
        if request.method in SAFE_METHODS or not isinstance(request.user, User):
            return
        key = read_key(request, required=self.idempotency_required)
        if key:
            row = reserve(user=request.user, key=key, fingerprint=fingerprint(request), now=clock.now())
            if row.status is not None:
                raise Replay(row)
            self.reservation = row

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Replay):
            return replay(self.request, exc.row)
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        if self.reservation is not None:
            settle(self.reservation, final)
            self.reservation = None
        return final


def read_key(request: Request, *, required: bool) -> str:
    key = request.headers.get(HEADER, "")
    if not key and required:
        raise IdempotencyKeyMissing
    if len(key) > LONGEST_KEY:
        raise IdempotencyKeyTooLong
    return key


def fingerprint(request: Request) -> Fingerprint:
    route = f"{request.method} {request.get_full_path()}"
    return Fingerprint(route=hashlib.sha256(route.encode()).hexdigest(), body=hash_body(request))


def hash_body(request: Request) -> str:
    """Of the bytes as they came; of fields and file contents for multipart, whose boundary differs each time."""
    if not (request.content_type or "").startswith("multipart/"):
        return hashlib.sha256(request.body).hexdigest()
    sha = hashlib.sha256()
    fields = cast("MultiValueDict[str, Any]", request.data)
    for name in sorted(fields):
        for value in fields.getlist(name):
            sha.update(repr((name, getattr(value, "name", value))).encode())
            for chunk in value.chunks() if hasattr(value, "chunks") else ():
                sha.update(chunk)
            if hasattr(value, "seek"):
                value.seek(0)
    return sha.hexdigest()


def settle(row: IdempotentRequest, response: Response) -> None:
    """Keep the answer; one that says "not now" (503) leaves the key free, as docs/api.md promises."""
    if response.status_code >= 500:
        give_up(row=row)
        return
    response.render()
    keep_answer(
        row=row,
        status=response.status_code,
        content_type=response.headers.get("Content-Type", ""),
        response=response.content.decode(),
    )


def replay(request: Request, row: IdempotentRequest) -> Response:
    if row.content_type.startswith(ProblemRenderer.media_type):
        request.accepted_renderer, request.accepted_media_type = ProblemRenderer(), ProblemRenderer.media_type
    data = json.loads(row.response) if row.response else None
    return Response(data, status=row.status, content_type=row.content_type or None, headers={REPLAYED: "true"})
