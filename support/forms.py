"""What an agent fills in before money moves."""

from typing import Any

from django import forms

from marketplace.kernel.money import Money
from marketplace.web.forms import MoneyField
from orders.enums import CancelReason

END, CONTINUE = "end", "continue"


class DividingForm(forms.Form):
    """A reason from the list, a note for the record, and how much goes back (R-SUP-2)."""

    back = MoneyField(required=False, label="Goes back to the buyer, fee included")
    reason = forms.ChoiceField(
        choices=[("", "Choose a reason"), *CancelReason.choices], help_text="The buyer and the seller read this."
    )
    note = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text="What happened and what you have seen. Only support reads this.",
    )

    def __init__(self, *args: Any, held: Money, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = MoneyField(
            currency=held.currency,
            required=False,
            label=f"Goes back to the buyer, of {held}",
            help_text="With the buyer’s fee in it. Leave it empty for all of it; what doesn’t go back is the seller’s.",
        )
        if held:
            self.fields["back"] = field
        else:
            del self.fields["back"]

    @property
    def reason_given(self) -> CancelReason:
        return CancelReason(self.cleaned_data["reason"])

    @property
    def goes_back(self) -> int | None:
        """Minor units; None: all of it."""
        amount: int | None = self.cleaned_data.get("back")
        return amount


class CancelForm(DividingForm):
    """Also what happens to the rest of the order (R-SUP-2).

    `rests` are the ways that are open now, each with its words. Either is taken when posted: if the order has moved,
    the service says why it can't be.
    """

    rest = forms.ChoiceField(
        label="What happens to the rest",
        choices=[(END, "End the order"), (CONTINUE, "Go on with the next milestone")],
        widget=forms.RadioSelect,
        initial=END,
    )

    def __init__(self, *args: Any, held: Money, rests: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, held=held, **kwargs)
        self.fields["rest"].widget = forms.RadioSelect(choices=rests)
        self.order_fields(["reason", "note", "back", "rest"])

    @property
    def continue_after(self) -> bool:
        return bool(self.cleaned_data["rest"] == CONTINUE)


class GiveBackForm(DividingForm):
    """Out of a milestone that is over."""

    def __init__(self, *args: Any, held: Money, **kwargs: Any) -> None:
        super().__init__(*args, held=held, **kwargs)
        if held:
            self.fields["back"].help_text = "With the buyer’s fee in it. Leave it empty for all that is left."


class HoldForm(forms.Form):
    """Put an order on hold, or lift a hold of support's, whose number `lift` is. Both sides read why it is placed."""

    reason = forms.CharField(max_length=300)
    lift = forms.IntegerField(required=False)


class EvidenceForm(forms.Form):
    """What an agent says beside the pack that is put together by itself."""

    summary = forms.CharField(
        required=False,
        max_length=5000,
        label="In your own words",
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="What happened, in order, and why the payment is owed. The bank reads this first.",
    )


class ReasonForm(forms.Form):
    """Why an agent does something that is not cancelling; audited."""

    reason = forms.CharField(max_length=300, label="Why")
