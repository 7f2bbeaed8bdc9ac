"""The two policies that ship (R-POL-3). Amounts are cents; `classic` waits without a date to come into force."""

from datetime import UTC, datetime

from django.db import migrations

BOTH = {
    "version": 1,
    "currency": "USD",
    "gig_price_over": 10_000,
    "offer_min_milestones": 2,
    "offer_total_over": 10_000,
    "milestone_min_price": 500,
    "milestone_max_days": 30,
    "review_reminder_hours": [72, 24, 2],
    "charge_retry_days": [1, 3, 5],
    "payment_grace_days": 10,
    "offer_validity_days": 14,
    "unpaid_order_hours": 24,
    "clearance_days": 7,
    "extra_review_days": 4,
    "max_hold_days": 75,
    "commission_bp": 1_000,
    "buyer_fee_bp": 500,
}
POLICIES = [
    {
        "name": "standard",
        "effective_from": datetime(2020, 1, 1, tzinfo=UTC),
        "gig_min_milestones": 2,
        "gig_max_milestones": 5,
        "offer_max_milestones": 6,
        "review_days": 8,
        "revision_scope": "milestone",
        "payout_release": "milestone",
    },
    {
        "name": "classic",
        "effective_from": None,
        "gig_min_milestones": 0,
        "gig_max_milestones": 0,
        "offer_max_milestones": 3,
        "review_days": 5,
        "revision_scope": "order",
        "payout_release": "order",
    },
]


def ship_policies(apps, schema_editor):
    policies = apps.get_model("milestones", "MilestonePolicy")
    for values in POLICIES:
        policies.objects.get_or_create(name=values["name"], version=1, defaults={**BOTH, **values})


class Migration(migrations.Migration):
    dependencies = [("milestones", "0001_initial")]
    operations = [migrations.RunPython(ship_policies, migrations.RunPython.noop)]
