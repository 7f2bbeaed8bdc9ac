"""What the seller's side has to do for a milestone (R-ORD-15). The buyer never sees it, and it never moves an order."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from marketplace.kernel.identifiers import new_public_id
from marketplace.web.files import RandomName
from orders.models.orders import Milestone


def new_task_id() -> str:
    return new_public_id("tsk")


def new_note_id() -> str:
    return new_public_id("tno")


class Task(models.Model):
    """A piece of work on a milestone, given to the seller or somebody of their team, or to nobody yet."""

    public_id = models.CharField(max_length=32, unique=True, default=new_task_id, editable=False)
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="tasks")
    title = models.CharField(max_length=120)
    detail = models.TextField(blank=True, max_length=2000)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="tasks")
    due_on = models.DateField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["milestone__position", "created_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="task_done_by_somebody",
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
            )
        ]
        indexes: ClassVar = [models.Index(fields=["assignee", "due_on"], condition=Q(done_at=None), name="task_open")]

    def __str__(self) -> str:
        return self.title

    def is_late(self, today: date) -> bool:
        """Open, and its day is over."""
        return self.done_at is None and self.due_on is not None and self.due_on < today


class TaskNote(models.Model):
    """Words or a file on a task, kept between the seller and the team."""

    public_id = models.CharField(max_length=32, unique=True, default=new_note_id, editable=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(blank=True, max_length=2000)
    file = models.FileField(upload_to=RandomName("tasks"), blank=True, max_length=200)
    file_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return self.body[:60] or self.file_name
