"""Forms about one's own account."""

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.http import HttpRequest

from accounts.models import User


class SignupForm(AllauthSignupForm):  # type: ignore[misc]
    """E-mail, password and the name that others see."""

    name = forms.CharField(
        label="Your name",
        max_length=80,
        help_text="Buyers and sellers see it.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("name", "email", "password1")

    def signup(self, request: HttpRequest, user: User) -> None:  # noqa: ARG002 allauth’s signature
        """Called by allauth once the user is saved."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
