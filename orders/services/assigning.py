"""Tasks on milestones, private to the seller's side (R-ORD-15). No task moves an order, its money or its clocks.

The seller and their managers decide what is to be done and by whom; whoever has a task ticks it and writes notes.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from accounts.enums import Ability
from accounts.models import User
from accounts.selectors import may, role_in
from notifications.services import notify
from orders import errors
from orders.models import Milestone, Order, Task, TaskNote
from orders.notices import TASK_GIVEN
from orders.rules import check_widths
from orders.selectors import task_for
from orders.services.delivering import FileInput

MOST_TASKS = 100  # of one order; more than anybody reads


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDraft:
    """What is to be done; `assignee` None leaves it to be taken on later."""

    title: str
    detail: str = ""
    assignee: User | None = None
    due_on: date | None = None


@transaction.atomic
def add_task(*, milestone: Milestone, actor: User, draft: TaskDraft, now: datetime) -> Task:
    """Raises OrderUnknown but for the seller and their managers, TaskNeedsTitle, WordsTooLong, NotInTheTeam,
    TooManyTasks.
    """
    order = Order.objects.select_for_update(of=("self",)).select_related("seller").get(pk=milestone.order_id)
    _check_assigns(order, actor)
    _check_draft(order, draft)
    if Task.objects.filter(milestone__order=order).count() >= MOST_TASKS:
        raise errors.TooManyTasks(limit=MOST_TASKS)
    task = Task(milestone=milestone, created_by=actor, created_at=now)
    _write(task, draft)
    _tell_assignee(task, actor, now)
    return task


@transaction.atomic
def edit_task(*, task: Task, actor: User, draft: TaskDraft, now: datetime) -> Task:
    """Change what, by whom, until when. Raises as `add_task`, TaskUnknown."""
    task = _lock(task, actor)
    order = task.milestone.order
    _check_assigns(order, actor)
    _check_draft(order, draft)
    handed_on = draft.assignee is not None and draft.assignee.pk != task.assignee_id
    _write(task, draft)
    if handed_on:
        _tell_assignee(task, actor, now)
    return task


@transaction.atomic
def delete_task(*, task: Task, actor: User) -> None:
    """With its notes, for good. Raises OrderUnknown, TaskUnknown."""
    task = _lock(task, actor)
    _check_assigns(task.milestone.order, actor)
    task.delete()


@transaction.atomic
def tick_task(*, task: Task, actor: User, done: bool, now: datetime) -> Task:
    """Done, or not done after all; by whoever has it, the seller or a manager. Raises TaskUnknown."""
    task = _lock(task, actor)
    if (task.done_at is not None) != done:
        task.done_at, task.done_by = (now, actor) if done else (None, None)
        task.save(update_fields=["done_at", "done_by"])
    return task


@transaction.atomic
def note_task(*, task: Task, actor: User, body: str, file: FileInput | None = None, now: datetime) -> TaskNote:
    """Words, a file or both. Raises TaskUnknown, NoteEmpty, WordsTooLong."""
    task = _lock(task, actor)
    if not body.strip() and file is None:
        raise errors.NoteEmpty(field="body")
    note = TaskNote(task=task, author=actor, body=body.strip(), at=now)
    check_widths(note, "body")
    if file is not None:
        note.file, note.file_name = file.upload, file.name
    note.save()
    return note


def free_tasks(*, seller: User, assignee: User) -> int:
    """Somebody has left the team: what they had open waits for somebody else."""
    theirs = Task.objects.filter(milestone__order__seller=seller, assignee=assignee, done_at=None)
    return theirs.update(assignee=None)


def _lock(task: Task, actor: User) -> Task:
    """Raises TaskUnknown unless `actor` has the task or gives out tasks."""
    found = task_for(actor, task.public_id)
    locked = Task.objects.select_for_update(of=("self",)).select_related("milestone__order__seller")
    still_there = locked.filter(pk=found.pk).first()
    if still_there is None:
        raise errors.TaskUnknown
    return still_there


def _check_assigns(order: Order, actor: User) -> None:
    if actor.pk == order.buyer_id or not may(actor, order.seller, Ability.ASSIGN_TASKS):
        raise errors.OrderUnknown


def _check_draft(order: Order, draft: TaskDraft) -> None:
    if not draft.title.strip():
        raise errors.TaskNeedsTitle(field="title")
    person = draft.assignee
    if person is not None and (person.pk == order.buyer_id or role_in(person, order.seller) is None):
        raise errors.NotInTheTeam(field="assignee", name=person.display_name)


def _write(task: Task, draft: TaskDraft) -> None:
    task.title, task.detail = draft.title.strip(), draft.detail.strip()
    task.assignee, task.due_on = draft.assignee, draft.due_on
    check_widths(task, "title", "detail")
    task.save()


def _tell_assignee(task: Task, actor: User, now: datetime) -> None:
    if task.assignee is None or task.assignee == actor:
        return
    notify(
        recipient=task.assignee,
        kind=TASK_GIVEN,
        data={
            "task": task.title,
            "who": actor.display_name,
            "milestone": task.milestone.name,
            "order": task.milestone.order.title,
            "due": f"{task.due_on.day} {task.due_on:%b %Y}" if task.due_on else "",
        },
        url=reverse("orders:task", args=[task.public_id]),
        dedupe_key=f"task:{task.public_id}:{now.isoformat()}",
        now=now,
    )
