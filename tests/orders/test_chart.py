"""The process page in the docs says what the table says."""

from django.conf import settings

from orders.chart import render


def test_docs_order_process_is_not_stale() -> None:
    page = settings.ROOT / "docs" / "order-process.md"
    assert page.read_text(encoding="utf-8") == render(), "run: .venv/bin/python manage.py order_process"
