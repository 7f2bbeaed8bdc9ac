"""Telling those who look after the books: whoever may see what an audit found."""

from datetime import datetime

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import User
from notifications.services import notify
from payments.models import ConnectedAccount


def watchers() -> QuerySet[User]:
    """Staff who may see an audit of the books."""
    seen = Permission.objects.filter(codename="view_audit", content_type__app_label="payments")
    may = Q(is_superuser=True) | Q(groups__permissions__in=seen) | Q(user_permissions__in=seen)
    return User.objects.filter(may, is_active=True, is_staff=True).distinct()


def alert(*, what: str, public_id: str, group: str, reason: str, now: datetime, payee: User | None = None) -> None:
    """Something of a payment has to be looked at, and `reason` says why: one notice for each watcher a day.

    It leads to the order, or to the account of the seller `payee` that the money was for.
    """
    account = ConnectedAccount.objects.filter(user=payee).first() if payee else None
    url = f"{reverse('admin:orders_order_changelist')}?q={group}"
    if account is not None:
        url = reverse("admin:payments_connectedaccount_change", args=[account.pk])
    for person in watchers():
        notify(
            recipient=person,
            kind="money_needs_a_person",
            data={"what": what, "public_id": public_id, "reason": reason},
            url=url,
            dedupe_key=f"needs_a_person:{public_id}:{now:%Y-%m-%d}",
            now=now,
        )
