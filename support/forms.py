"""What an agent fills in before money moves."""

from typing import Any

from django import forms

from orders.enums import CancelReason

END, CONTINUE = "end", "continue"


class CancelForm(forms.Form):
    """A reason from the list, a note for the record, and what happens to the rest (R-SUP-2).

    `rests` are the ways that are open now, each with its words. Either is taken when posted: if the order has moved,
    the service says why it can't be.
    """

    reason = forms.ChoiceField(
        choices=[("", "Choose a reason"), *CancelReason.choices], help_text="The buyer and the seller read this."
    )
    note = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text="What happened and what you have seen. Only support reads this.",
    )
    rest = forms.ChoiceField(
        label="What happens to the rest",
        choices=[(END, "End the order"), (CONTINUE, "Go on with the next milestone")],
        widget=forms.RadioSelect,
        initial=END,
    )

    def __init__(self, *args: Any, rests: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rest"].widget = forms.RadioSelect(choices=rests)

    @property
    def reason_given(self) -> CancelReason:
        return CancelReason(self.cleaned_data["reason"])

    @property
    def continue_after(self) -> bool:
        return bool(self.cleaned_data["rest"] == CONTINUE)


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
