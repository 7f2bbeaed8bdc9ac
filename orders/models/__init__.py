"""Tables of orders: their run (`orders`), and what a seller's team has to do for them (`tasks`)."""

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
    "new_step_id",
    "new_task_id",
]
