"""Signing in to the API with `Authorization: Bearer mp_…`."""

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.services import use_token
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
