"""Tables of orders: their run (`orders`), what is noted about them (`notes`), and a seller's team's `tasks`."""

from orders.models.notes import OrderNote, new_order_note_id
from orders.models.orders import (
    Cancellation,
    Delivery,
    DeliveryFile,
    DeliveryLink,
    Milestone,
    Order,
    OrderHold,
    OrderRequirement,
    ProgressStep,
    Revision,
    StepFile,
    TimelineEntry,
    new_file_id,
    new_milestone_id,
    new_order_id,
    new_step_id,
)
from orders.models.tasks import Task, TaskNote, new_note_id, new_task_id

__all__ = [
    "Cancellation",
    "Delivery",
    "DeliveryFile",
    "DeliveryLink",
    "Milestone",
    "Order",
    "OrderHold",
    "OrderNote",
    "OrderRequirement",
    "ProgressStep",
    "Revision",
    "StepFile",
    "Task",
    "TaskNote",
    "TimelineEntry",
    "new_file_id",
    "new_milestone_id",
    "new_note_id",
    "new_order_id",
    "new_order_note_id",
    "new_step_id",
    "new_task_id",
]
