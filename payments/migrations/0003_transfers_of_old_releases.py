"""Charges that were released before there were transfers get one, so that their sellers are paid.

They clear the shipped seven days after their release; what is due goes out with the first sweep.
"""

from django.db import migrations

RELEASED = """
    UPDATE payments_charge c SET released_at = e.at
    FROM payments_journalentry e WHERE e.source = 'released:' || c.public_id AND c.released_at IS NULL
"""
TRANSFERS = """
    INSERT INTO payments_transfer (public_id, charge_id, payee_id, "group", amount, netted, currency, clears_at, state,
                                   idempotency_key, failure, tries, due_at, created_at)
    SELECT 'trf_' || substr(c.public_id, 5), c.id, c.payee_id, c."group", -p.amount, 0, c.currency,
           e.at + interval '168 hours', 'waiting', 'transfer:trf_' || substr(c.public_id, 5) || ':0', '', 0,
           e.at + interval '168 hours', e.at
    FROM payments_charge c
    JOIN payments_journalentry e ON e.source = 'released:' || c.public_id
    JOIN payments_posting p ON p.entry_id = e.id
    JOIN payments_ledgeraccount a ON a.id = p.account_id AND a.kind = 'seller_payable'
    WHERE NOT EXISTS (SELECT 1 FROM payments_transfer t WHERE t.charge_id = c.id)
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_money")]
    operations = [
        migrations.RunSQL(RELEASED, migrations.RunSQL.noop),
        migrations.RunSQL(TRANSFERS, migrations.RunSQL.noop),
    ]
