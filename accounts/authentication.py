"""Signing in to the API: with `Authorization: Bearer mp_…`, or once with a password to get such a token."""

from allauth.account.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, Throttled
from rest_framework.request import Request

from accounts.errors import CodeNeeded, WrongCredentials
from accounts.models import ApiToken, User
from accounts.services.tokens import use_token
from marketplace.kernel import clock

SCHEME = "Bearer"


class TokenAuthentication(BaseAuthentication):
    """A person's own token. It needs no CSRF token, as no browser sends it by itself."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """None when the header is for another scheme; AuthenticationFailed for a token not in use."""
        scheme, _, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        token = use_token(secret=secret.strip(), now=clock.now())
        if token is None:
            raise AuthenticationFailed("This token is not valid, or it was revoked.")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 DRF’s signature
        return f'{SCHEME} realm="api"'


def signed_in(request: Request) -> User:
    """Who makes the request; NotAuthenticated for nobody, whatever the view's permissions let through."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


def check_password(*, request: HttpRequest, email: str, password: str, code: str) -> User:
    """Who signs in with these. WrongCredentials, CodeNeeded, or Throttled after allauth's number of failures."""
    try:
        user = get_adapter().authenticate(request, email=email, password=password)
    except ValidationError as error:
        raise Throttled(detail=" ".join(error.messages)) from error
    if not isinstance(user, User) or not user.is_active:
        raise WrongCredentials
    if is_mfa_enabled(user):
        check_second_step(user=user, code=code)
    return user


def check_second_step(*, user: User, code: str) -> None:
    """A code of the authenticator app or a recovery code; each is good for one use."""
    if not code:
        raise CodeNeeded(field="code")
    if not AuthenticateForm(data={"code": code}, user=user).is_valid():
        raise WrongCredentials
