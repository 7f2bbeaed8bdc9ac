"""The policy that rules what is new, and the making of its next version (R-POL-1)."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from milestones.errors import NoPolicyInForce, PolicyChanged, PolicyFieldUnknown
from milestones.models import MilestonePolicy

_NEWEST = ("-effective_from", "-version", "-pk")
_OWN = frozenset({"id", "name", "version", "pinned_at", "effective_from"})


def policy_in_force(*, now: datetime, currency: str = "") -> MilestonePolicy:
    """The newest policy in `currency` (the operator's first) whose `effective_from` has passed.

    Raises NoPolicyInForce: nothing is sold in a currency whose limits nobody has set.
    """
    code = currency or settings.CURRENCY
    in_force = MilestonePolicy.objects.filter(effective_from__lte=now, currency=code)
    policy = in_force.order_by(*_NEWEST).first()
    if policy is None:
        raise NoPolicyInForce(currency=code)
    return policy


def policies_in_force(*, now: datetime) -> dict[str, MilestonePolicy]:
    """The policy in force of each currency that has one."""
    newest = MilestonePolicy.objects.filter(effective_from__lte=now).order_by("currency", *_NEWEST).distinct("currency")
    return {policy.currency: policy for policy in newest}


def open_currencies(*, now: datetime) -> list[str]:
    """The operator's currencies in which something can be sold now, in the operator's order."""
    ready = policies_in_force(now=now)
    return [code for code in settings.CURRENCIES if code in ready]


@transaction.atomic
def next_version(
    *, policy: MilestonePolicy, changes: Mapping[str, object], effective_from: datetime | None
) -> MilestonePolicy:
    """A new row with `changes` applied; `policy` itself stays as it is, and so do the orders that keep it.

    `effective_from` None ships it without putting it in force. Raises PolicyFieldUnknown.
    """
    values = {field: getattr(policy, field) for field in limit_names()}
    for name, value in changes.items():
        if name not in values:
            raise PolicyFieldUnknown(field=name, name=name)
        values[name] = value
    # Every version of the name is locked in one order, so that two agents at once make versions 2 and 3, not 2 twice.
    versions = MilestonePolicy.objects.filter(name=policy.name)
    list(versions.select_for_update().order_by("pk").values_list("pk"))
    latest = versions.aggregate(latest=Max("version"))["latest"]
    return MilestonePolicy.objects.create(name=policy.name, version=latest + 1, effective_from=effective_from, **values)


@transaction.atomic
def pin_policy(*, policy: MilestonePolicy, now: datetime) -> None:
    """Make `policy` immutable, because a sent offer or an order is about to refer to it. Idempotent.

    Raises PolicyChanged when the stored limits are no longer those that `policy` was read with.
    """
    stored = MilestonePolicy.objects.get(pk=policy.pk)
    if stored.pinned_at is None:  # a pinned row can't change any more, so that orders need not queue for its lock
        stored = lock_policy(policy=policy)
    if any(getattr(stored, field) != getattr(policy, field) for field in limit_names()):
        raise PolicyChanged
    if stored.pinned_at is None:
        stored.pinned_at = now
        stored.save(update_fields=["pinned_at"])
    policy.pinned_at = stored.pinned_at


def lock_policy(*, policy: MilestonePolicy) -> MilestonePolicy:
    """The stored row, locked until the transaction ends: nobody pins or edits it meanwhile."""
    return MilestonePolicy.objects.select_for_update(no_key=True).get(pk=policy.pk)


def limit_names() -> list[str]:
    """The fields of a policy that a version may change (R-POL-2)."""
    return [field.name for field in MilestonePolicy._meta.concrete_fields if field.name not in _OWN]
