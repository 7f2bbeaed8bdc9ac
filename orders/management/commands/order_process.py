"""Writes docs/order-process.md from the transition table."""

from django.conf import settings
from django.core.management.base import BaseCommand

from orders.chart import render


class Command(BaseCommand):
    help = "Write docs/order-process.md from the transition table."

    def handle(self, *args: object, **options: object) -> None:
        page = settings.ROOT / "docs" / "order-process.md"
        page.write_text(render(), encoding="utf-8")
        self.stdout.write(f"Wrote {page.name}.")
