"""What an agent fills in before money moves."""

from django import forms

from orders.enums import CancelReason


class CancelForm(forms.Form):
    """A reason from the list, a note for the record, and what happens to the rest (R-SUP-2)."""

    reason = forms.ChoiceField(choices=[("", "Choose a reason"), *CancelReason.choices])
    note = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text="What happened and what you have seen. Only support reads this.",
    )
    rest = forms.ChoiceField(
        label="What happens to the rest",
        choices=[
            ("end", "End the order: later milestones never start"),
            ("continue", "Go on with the next milestone, if the buyer pays for it"),
        ],
        widget=forms.RadioSelect,
        initial="end",
    )

    @property
    def continue_after(self) -> bool:
        return bool(self.cleaned_data["rest"] == "continue")


class ReasonForm(forms.Form):
    """Why an agent does something that is not cancelling; audited."""

    reason = forms.CharField(max_length=300, label="Why")
