"""`manage.py check_ledger`: every invariant of the money, each by one SQL. Exit 1 when one doesn't hold."""

from typing import Any

from django.core.management.base import BaseCommand

from payments.invariants import violations
from payments.services.reconciling import check_books

SHOWN = 20


class Command(BaseCommand):
    help = "Checks that the ledger balances and agrees with charges, refunds and payouts. Corrects nothing."

    def handle(self, *_: Any, **__: Any) -> None:
        audit = check_books()
        for violation in violations() if audit.findings else []:
            self.stderr.write(f"{violation.invariant.name}: {violation.invariant.sentence}")
            for row in violation.rows[:SHOWN]:
                self.stderr.write(f"  {' | '.join(str(cell) for cell in row)}")
            if len(violation.rows) > SHOWN:
                self.stderr.write(f"  … and {len(violation.rows) - SHOWN} more")
        if audit.findings:
            raise SystemExit(1)
        self.stdout.write(f"{audit.compared} invariants hold.")
