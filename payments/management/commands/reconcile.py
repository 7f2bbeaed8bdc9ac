"""`manage.py reconcile`: our books against every line of our balance at Stripe. Exit 1 when they differ."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from payments.services.reconciling import reconcile


def _day(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)


class Command(BaseCommand):
    help = "Compares the ledger with Stripe's balance transactions, one by one. Corrects nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=_day, metavar="YYYY-MM-DD", help="from this day on, UTC (default: 7 days)")

    def handle(self, *_: Any, since: datetime | None, **__: Any) -> None:
        audit = reconcile(since=since)
        if audit.error:
            raise CommandError(f"Stripe could not be asked: {audit.error}")
        for finding in audit.findings:
            self.stderr.write("{what}: {way} {source_id} {currency}, ours {ours}, theirs {theirs}".format_map(finding))
        if audit.findings:
            raise SystemExit(1)
        self.stdout.write(f"{audit.compared} movements since {audit.since:%Y-%m-%d %H:%M} UTC agree to the cent.")
