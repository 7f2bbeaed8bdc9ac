"""Forms about one's own account."""

from allauth.account.forms import BaseSignupForm


class SignupForm(BaseSignupForm):  # type: ignore[misc]
    pass
