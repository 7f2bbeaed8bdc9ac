"""Having the statements of ended orders issued; payments writes them from its books (R-PAY-6)."""

from django.db.models import OuterRef, Q

from orders.models import Order
from payments.documents import has_money_moved, has_statement, overtaken_groups
from payments.services.filing import each
from payments.services.stating import issue_statements

BATCH = 200


def state_ended_orders() -> int:
    """Orders that ended without a statement, and those whose money moved after it. Returns how many were looked at."""
    group = OuterRef("public_id")
    missing = Q(has_money_moved(group)) & ~Q(has_statement(group))
    ended = Order.objects.filter(ended_at__isnull=False)
    orders = ended.filter(missing | Q(public_id__in=overtaken_groups())).order_by("-ended_at", "-pk")
    return each(orders.values_list("pk", flat=True)[:BATCH], lambda row_id: state_order(order_id=row_id))


def state_order(*, order_id: int) -> None:
    """Issue both sides' statements unless they stand; nothing while the order runs. Safe to call twice."""
    order = Order.objects.get(pk=order_id)
    if order.ended_at is not None:
        issue_statements(group=order.public_id)
