"""Forms about one's own account."""

from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.conf import settings
from django.http import HttpRequest

from accounts import timezones
from accounts.countries import COUNTRIES
from accounts.languages import LANGUAGES
from accounts.limits import ADDRESS_LINES, tidy_address
from accounts.models import ApiToken, BillingDetails, SellerProfile, User
from accounts.roles import INVITED
from accounts.selectors import is_paid_to


class SignupForm(AllauthSignupForm):  # type: ignore[misc]
    """E-mail, password and the name that others see."""

    name = forms.CharField(
        label="Your name",
        max_length=80,
        help_text="Buyers and sellers see it.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    timezone = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-time-zone": ""}))
    field_order = ("name", "email", "password1", "timezone")

    def clean_timezone(self) -> str:
        """What the browser's script found; anything else is UTC, and the settings page can change it."""
        zone = str(self.cleaned_data["timezone"])
        return zone if timezones.is_time_zone(zone) else "UTC"

    def signup(self, request: HttpRequest, user: User) -> None:  # noqa: ARG002 allauth’s signature
        """Called by allauth once the user is saved."""
        user.name, user.timezone = self.cleaned_data["name"], self.cleaned_data["timezone"]
        user.save(update_fields=["name", "timezone"])


class PersonForm(forms.ModelForm[User]):
    timezone = forms.ChoiceField(
        label="Time zone", choices=timezones.choices, help_text="Deadlines and mails are shown in it."
    )

    class Meta:
        model = User
        fields = ("name", "timezone")
        labels = {"name": "Your name"}  # noqa: RUF012 Django’s Meta
        help_texts = {"name": "Buyers and sellers see it."}  # noqa: RUF012
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}  # noqa: RUF012

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["name"].required = True


class SellerForm(forms.ModelForm[SellerProfile]):
    country = forms.ChoiceField(choices=lambda: [("", "Choose a country"), *_countries()])
    languages = forms.MultipleChoiceField(
        label="Languages that you work in",
        choices=list(LANGUAGES.items()),
        required=False,
        help_text="Choose all that buyers can write to you in.",
        widget=forms.CheckboxSelectMultiple,
    )
    currency = forms.ChoiceField(
        label="Your prices are in",
        choices=lambda: [(code, code) for code in settings.CURRENCIES],
        help_text="For new gigs and offers. Those that you have keep their currency.",
    )

    class Meta:
        model = SellerProfile
        fields = ("headline", "bio", "country", "languages", "currency")
        labels = {"headline": "What you do, in one line", "bio": "About you"}  # noqa: RUF012
        help_texts = {  # noqa: RUF012
            "headline": "For example: “I build desktop apps for small teams”.",
            "bio": "What buyers should know before they order from you.",
        }
        widgets = {"bio": forms.Textarea(attrs={"rows": 5})}  # noqa: RUF012

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["headline"].required = True
        chosen = self.instance.languages or ["en"]
        self.fields["languages"].choices = sorted(LANGUAGES.items(), key=lambda item: item[0] not in chosen)  # type: ignore[attr-defined]
        if len(settings.CURRENCIES) == 1:
            del self.fields["currency"]
        if any(not is_paid_to(code) for code in COUNTRIES):
            self.fields["country"].help_text = (
                "Stripe doesn’t let us pay to banks in every country; those where it does stand first. From any other "
                "you can sell too, if you or your company have a bank account in one of them."
            )


def _countries() -> list[tuple[str, Any]]:
    """Those where a seller's bank can be paid before the others, so that nobody finds out after the work (R-PAY-5)."""
    paid = [(code, name) for code, name in COUNTRIES.items() if is_paid_to(code)]
    unpaid = [(code, name) for code, name in COUNTRIES.items() if not is_paid_to(code)]
    return [("We can pay to banks here", paid), ("We can’t pay to banks here", unpaid)] if unpaid else [*paid]


class AwayForm(forms.Form):
    """Two days of the seller's own calendar; the rules are in `services.away`."""

    first = forms.DateField(label="First day away", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    back = forms.DateField(
        label="Back on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="From the first minute of this day on your gigs can be ordered again, by themselves.",
    )
    message = forms.CharField(
        label="What buyers read",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For example: “I answer messages in the evening.”",
    )


class BillingForm(forms.ModelForm[BillingDetails]):
    class Meta:
        model = BillingDetails
        fields = ("name", "address", "tax_id")
        labels = {"name": "Name or company", "address": "Address", "tax_id": "Tax number"}  # noqa: RUF012
        help_texts = {  # noqa: RUF012
            "name": "As it should stand on your invoices. Empty, they say your own name.",
            "address": f"Up to {ADDRESS_LINES} lines, with the country.",
            "tax_id": "A VAT or other tax number, if you have one.",
        }
        widgets = {  # noqa: RUF012
            "name": forms.TextInput(attrs={"autocomplete": "organization"}),
            "address": forms.Textarea(attrs={"rows": 4, "autocomplete": "street-address"}),
        }

    def clean_address(self) -> str:
        try:
            return tidy_address(self.cleaned_data["address"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class TokenForm(forms.ModelForm[ApiToken]):
    class Meta:
        model = ApiToken
        fields = ("name",)
        labels = {"name": "What is it for?"}  # noqa: RUF012
        widgets = {"name": forms.TextInput(attrs={"placeholder": "Nightly report"})}  # noqa: RUF012


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "off"}), max_length=254
    )
    role = forms.ChoiceField(
        label="Role", choices=lambda: [(role.value, role.label) for role in INVITED], widget=forms.RadioSelect
    )
