"""What sellers type about being paid."""

from django import forms
from django.conf import settings

from accounts.countries import COUNTRIES
from payments.errors import PayoutCountryNotOffered


class PayoutCountryForm(forms.Form):
    """The country of a seller's bank account: asked for once, before Stripe's page."""

    country = forms.ChoiceField(
        label="The country that you are paid in",
        choices=lambda: [("", "Choose a country"), *_offered()],
        help_text="Where you live, or where your company is. It can’t be changed afterwards. Stripe lets us pay to "
        "those that are listed.",
        error_messages={
            "invalid_choice": PayoutCountryNotOffered.sentence,
            "required": "Choose the country of your bank account.",
        },
    )


def _offered() -> list[tuple[str, str]]:
    return [(code, name) for code, name in COUNTRIES.items() if code in settings.PAYOUT_COUNTRIES]
