"""What an operator should know before people find out (`manage.py check --database default`)."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connection

from marketplace.kernel import clock
from milestones.models import MilestonePolicy


@register(Tags.database)
def every_currency_has_a_policy(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """A listed currency without a policy in force can't be sold in (R-POL-1)."""
    if not databases or MilestonePolicy._meta.db_table not in connection.introspection.table_names():
        return []  # before the first migration
    # One column only: this also runs before a migration that adds some.
    ready = set(MilestonePolicy.objects.filter(effective_from__lte=clock.now()).values_list("currency", flat=True))
    hint = "Add a policy with this currency in the admin, or take it out of CURRENCIES."
    return [
        Warning(f"No policy is in force for {code}: nothing can be sold in it.", hint=hint, id="milestones.W001")
        for code in settings.CURRENCIES
        if code not in ready
    ]
