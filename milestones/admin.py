"""Policies at the support desk. A pinned one is never changed: saving it makes its next version (R-POL-1, R-SUP-4)."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from marketplace.kernel import clock
from milestones.models import MilestonePolicy
from milestones.services.policies import limit_names, lock_policy, next_version


class PolicyForm(forms.ModelForm[MilestonePolicy]):
    """The limits, and why they change: the reason goes into the audit trail."""

    reason = forms.CharField(
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Why the limits change. Kept with the change for everyone at the desk.",
    )

    class Meta:
        model = MilestonePolicy
        fields = ("name", "effective_from", *limit_names())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if moment := self.fields.get("effective_from"):  # read-only for who may not change it
            for part, name in zip(moment.widget.widgets, ("date", "time"), strict=True):
                part.attrs["aria-label"] = f"Effective from, {name}"

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"]).strip()
        if len(reason.split()) < 3:
            raise ValidationError("Say why in a sentence.")
        return reason

    def clean_effective_from(self) -> datetime | None:
        """What was agreed under the old limits stays so: nothing comes into force in the past."""
        moment: datetime | None = self.cleaned_data["effective_from"]
        if "effective_from" in self.changed_data and moment and moment < clock.now():
            raise ValidationError("Choose a time that has not passed yet, or leave it as it was.")
        return moment


@admin.register(MilestonePolicy)
class MilestonePolicyAdmin(admin.ModelAdmin[MilestonePolicy]):
    form = PolicyForm
    list_display = ("__str__", "currency", "effective_from", "pinned_at", "commission_bp", "buyer_fee_bp")
    list_filter = ("name", "currency")
    readonly_fields = ("pinned_at",)
    save_as = False

    def get_readonly_fields(self, request: HttpRequest, obj: MilestonePolicy | None = None) -> tuple[str, ...]:
        return ("pinned_at", "name") if obj else ("pinned_at",)

    def has_delete_permission(self, request: HttpRequest, obj: MilestonePolicy | None = None) -> bool:
        """Policies are kept: an order may name any of them."""
        return False

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: MilestonePolicy | None = None,
    ) -> Any:
        if obj and obj.pinned_at and request.method == "GET":
            messages.info(request, "Orders refer to this policy, so it stays as it is. Saving makes its next version.")
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> MilestonePolicy:
        """The row that is saved and logged: the policy itself, or its successor when it is pinned.

        The admin calls this inside the transaction of the request, so the lock holds until the change is logged.
        """
        edited: MilestonePolicy = form.save(commit=False)
        if not change or lock_policy(policy=edited).pinned_at is None:
            return edited
        # The date of the pinned version has passed or is its own; unless another was chosen, the next begins now.
        moved = "effective_from" in form.changed_data
        successor = next_version(
            policy=MilestonePolicy.objects.get(pk=edited.pk),
            changes={name: form.cleaned_data[name] for name in form.changed_data if name in limit_names()},
            effective_from=edited.effective_from if moved else _at_once(edited),
        )
        messages.success(request, f"Made {successor}. Orders that refer to the old version keep it.")
        return successor

    def response_change(self, request: HttpRequest, obj: MilestonePolicy) -> HttpResponse:
        """Back to the list: the address of this page names the old version when a new one was made."""
        messages.success(request, f"{obj} is stored.")
        return redirect("admin:milestones_milestonepolicy_changelist")

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        fields = ", ".join(name for name in form.changed_data if name != "reason") or "nothing"
        return f"{form.cleaned_data['reason']} (changed: {fields})"

    def log_change(self, request: HttpRequest, obj: MilestonePolicy, message: Any) -> LogEntry:
        return super().log_change(request, obj, f"{obj}: {message}")


def _at_once(policy: MilestonePolicy) -> datetime | None:
    """When the next version comes into force: now if this one is or was, never if it was only shipped."""
    return clock.now() if policy.effective_from else None
