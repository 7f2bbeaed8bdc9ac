"""What sellers type about being paid."""

from django import forms

from accounts.countries import COUNTRIES


class PayoutCountryForm(forms.Form):
    """The country of a seller's bank account: asked for once, before Stripe's page."""

    country = forms.ChoiceField(
        label="The country that you are paid in",
        choices=lambda: [("", "Choose a country"), *COUNTRIES.items()],
        help_text="Where you live, or where your company is. It can’t be changed afterwards.",
    )
