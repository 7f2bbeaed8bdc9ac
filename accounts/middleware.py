"""The door to the support desk."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect


class SupportDoorMiddleware:
    """The admin is signed in to like every page: with allauth's rate limits and second step, which agents must have.

    A person who is no agent gets the same 404 as for any address that is not theirs.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.app_name != "admin":
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_staff:
            raise Http404
        if settings.STAFF_MFA_REQUIRED and not is_mfa_enabled(request.user):
            messages.warning(request, "Support agents sign in with a second step. Set it up first.")
            return redirect("mfa_activate_totp")
        return None
