"""People at the support desk: found by any agent, given powers by superusers alone (R-SUP-5)."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.models import SellerProfile, User
from accounts.selectors import sides_of

POWERS = ("is_active", "is_staff", "is_superuser", "groups")


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """Read by agents. An e-mail address or a password is never changed here: that would be taking over an account."""

    list_display = ("email", "name", "is_staff", "is_active", "joined_at")
    list_filter = ("is_staff", "is_active")
    search_fields = ("email", "name", "public_id")
    search_help_text = "A name, an e-mail address or a usr_… id"
    date_hierarchy = "joined_at"
    fields = ("public_id", "email", "name", "timezone", "language", "joined_at", "last_login", *POWERS)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        locked = () if request.user.is_superuser and obj != request.user else POWERS
        return ("public_id", "email", "name", "timezone", "language", "joined_at", "last_login", *locked)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False


class SellerProfileForm(forms.ModelForm[SellerProfile]):
    """Switches milestones off with the reason that the seller reads, or on again by clearing it (R-POL-4)."""

    class Meta:
        model = SellerProfile
        fields = ("milestones_blocked_reason",)

    def clean_milestones_blocked_reason(self) -> str:
        reason = str(self.cleaned_data["milestones_blocked_reason"]).strip()
        if reason and len(reason.split()) < 3:
            raise ValidationError("Say why in a sentence: the seller reads it.")
        return reason


@admin.register(SellerProfile)
class SellerProfileAdmin(admin.ModelAdmin[SellerProfile]):
    form = SellerProfileForm
    list_display = ("user", "headline", "country", "milestones_blocked_reason")
    list_select_related: ClassVar = ["user"]
    search_fields = ("user__email", "user__name", "user__public_id")
    readonly_fields = ("user", "headline", "bio", "country", "languages", "created_at")
    fields = (*readonly_fields, "milestones_blocked_reason")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SellerProfile | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SellerProfile | None = None) -> bool:
        """Nobody switches for themselves, nor for whom they work or worked (R-SUP-5)."""
        own = obj is not None and obj.user_id in sides_of(cast(User, request.user))
        return not own and super().has_change_permission(request, obj)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: SellerProfile | None = None,
    ) -> Any:
        if obj is not None and obj.user_id in sides_of(cast(User, request.user)):
            messages.info(request, "Your own side is in this: another agent switches milestones off or on here.")
        return super().render_change_form(request, context, add, change, form_url, obj)

    def log_change(self, request: HttpRequest, obj: SellerProfile, message: Any) -> LogEntry:
        """The audit trail keeps the reason itself."""
        reason = obj.milestones_blocked_reason
        said = f"Milestones switched off: {reason}" if reason else "Milestones switched on"
        return super().log_change(request, obj, said)
