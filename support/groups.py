"""The groups that agents get, kept by every migration: what a group may do is here and nowhere else (R-SUP-5)."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

AGENTS = "Support agents"
_READ = ("orders", "payments", "milestones", "gigs", "inbox", "offers", "accounts", "notifications", "reviews")


def ensure_groups(**_signal: object) -> None:
    """Agents see everything of an order and may cancel; limits and eligibility are for whoever manages them too."""
    group, _ = Group.objects.get_or_create(name=AGENTS)
    group.permissions.set(
        Permission.objects.filter(
            Q(content_type__app_label__in=_READ, codename__startswith="view_")
            | Q(content_type__app_label="orders", codename="cancel")
        )
    )
