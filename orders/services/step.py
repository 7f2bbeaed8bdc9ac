"""A transition that has been allowed and is being made, under the order's lock."""

from dataclasses import dataclass, field
from datetime import datetime

from orders.actors import Actor
from orders.guards import Facts
from orders.models import Milestone, Order
from orders.rows import OrderTransition
from payments.models import SavedMethod


@dataclass
class Step:
    """`milestone` was under way when the door opened, `following` is the next planned; `data` goes on record.

    `method` is the saved card that the buyer chose for the charge of this step; None leaves it to the order.
    """

    facts: Facts
    row: OrderTransition
    actor: Actor
    milestone: Milestone
    following: Milestone | None
    data: dict[str, object] = field(default_factory=dict)
    method: SavedMethod | None = None

    @property
    def order(self) -> Order:
        return self.facts.order

    @property
    def now(self) -> datetime:
        return self.facts.now
