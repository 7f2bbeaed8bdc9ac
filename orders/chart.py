"""docs/order-process.md, made from the transition table: the diagram and one line per transition."""

from orders.rows import OrderTransition
from orders.transitions import PROCESS

INTRODUCTION = """# The order's process

Made by `manage.py order_process` from `orders/transitions.py`; a test fails when this page is stale. A node is where an
order stands: its own state and, behind the two underscores, that of the milestone under way. Each milestone passes the
loop in the middle once; at most one is under way.
"""


def render() -> str:
    """The whole page as Markdown."""
    lines = [
        INTRODUCTION,
        "```mermaid",
        PROCESS.mermaid(),
        "```",
        "",
        "| transition | who | from | to | milestone becomes | deadline | conditions | money |",
        "|---|---|---|---|---|---|---|---|",
        *(_line(row) for row in PROCESS),
        "",
    ]
    return "\n".join(lines)


def _line(row: OrderTransition) -> str:
    target = f"{row.target.order} ({row.completion})" if row.completion else str(row.target.order)
    sources = ", ".join(sorted(f"{source.order}/{source.milestone}" for source in row.sources))
    actors = ", ".join(sorted(row.actors))
    return (
        f"| `{row.name}` ({row.t}) | {actors} | {sources} | {target} | {row.becomes} | {row.timer or ''} "
        f"| {', '.join(row.guards)} | {', '.join(row.money)} |"
    )
