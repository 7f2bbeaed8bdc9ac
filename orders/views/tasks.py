"""Tasks: one's own, those of an order, and one with its notes (R-ORD-15). Nothing here is for buyers."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.kernel import clock
from marketplace.kernel.errors import Invalid
from marketplace.web.files import download_response
from marketplace.web.forms import add_domain_error
from notifications.services.reading import mark_read_about
from orders.errors import OrderUnknown
from orders.forms import NoteForm, TaskForm
from orders.models import Order, Task
from orders.selectors import assigns_tasks, note_file_for, open_tasks, people_for_tasks, task_for, tasks_of
from orders.services import assigning
from orders.views.showing import find_order, signed_in


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What one has to do, the next due first."""
    context = {"tasks": open_tasks(signed_in(request)), "today": timezone.localdate()}
    return render(request, "orders/my_tasks.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def of_order(request: HttpRequest, public_id: str) -> HttpResponse:
    """All tasks of an order by milestone, and a form for another; 404 for its buyer."""
    order = _order_to_assign(request, public_id)
    form = TaskForm(request.POST or None, people=people_for_tasks(order), milestones=list(order.milestones.all()))
    if request.method == "POST" and form.is_valid():
        try:
            assigning.add_task(milestone=form.milestone, actor=signed_in(request), draft=form.draft(), now=clock.now())
        except Invalid as refused:
            add_domain_error(form, refused)
        else:
            messages.success(request, "The task is added.")
            return redirect("orders:tasks", public_id)
    context = {"order": order, "tasks": tasks_of(order), "form": form, "today": timezone.localdate()}
    return render(request, "orders/tasks.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    return _show(request, task_for(signed_in(request), public_id))


@login_required
@require_POST
def act(request: HttpRequest, public_id: str, action: str) -> HttpResponse:
    task = task_for(signed_in(request), public_id)
    if action not in ACTIONS:
        raise Http404
    return ACTIONS[action](request, task)


@login_required
@require_safe
def note_file(request: HttpRequest, public_id: str) -> FileResponse:
    note = note_file_for(signed_in(request), public_id)
    return download_response(note.file.open("rb"), note.file_name)


def _order_to_assign(request: HttpRequest, public_id: str) -> Order:
    order = find_order(request, public_id)
    if not assigns_tasks(signed_in(request), order):
        raise OrderUnknown
    return order


def _show(
    request: HttpRequest, task: Task, *, form: TaskForm | None = None, note_form: NoteForm | None = None
) -> HttpResponse:
    order, person = task.milestone.order, signed_in(request)
    mark_read_about(reader=person, pages=[reverse("orders:task", args=[task.public_id])], shown_at=clock.now())
    context = {
        "task": task,
        "notes": task.notes.select_related("author"),
        "note_form": note_form or NoteForm(),
        "form": form or (TaskForm.of(task, people_for_tasks(order)) if assigns_tasks(person, order) else None),
        "order": order,
        "late": task.is_late(timezone.localdate()),
    }
    return render(request, "orders/task.html", context, status=422 if form or note_form else 200)


def _tick(request: HttpRequest, task: Task, *, done: bool) -> HttpResponse:
    assigning.tick_task(task=task, actor=signed_in(request), done=done, now=clock.now())
    messages.success(request, f"“{task.title}” is done." if done else f"“{task.title}” is open again.")
    return redirect("orders:my_tasks" if done else "orders:task", *([] if done else [task.public_id]))


def _edit(request: HttpRequest, task: Task) -> HttpResponse:
    order = task.milestone.order
    if not assigns_tasks(signed_in(request), order):
        raise OrderUnknown
    form = TaskForm(request.POST, people=people_for_tasks(order))
    try:
        if form.is_valid():
            assigning.edit_task(task=task, actor=signed_in(request), draft=form.draft(), now=clock.now())
            messages.success(request, "The task is changed.")
            return redirect("orders:task", task.public_id)
    except Invalid as refused:
        add_domain_error(form, refused)
    return _show(request, task, form=form)


def _note(request: HttpRequest, task: Task) -> HttpResponse:
    form = NoteForm(request.POST, request.FILES)
    try:
        if form.is_valid():
            assigning.note_task(task=task, actor=signed_in(request), **form.cleaned_data, now=clock.now())
            return redirect("orders:task", task.public_id)
    except Invalid as refused:
        add_domain_error(form, refused)
    return _show(request, task, note_form=form)


def _delete(request: HttpRequest, task: Task) -> HttpResponse:
    assigning.delete_task(task=task, actor=signed_in(request))
    messages.success(request, f"“{task.title}” is deleted.")
    return redirect("orders:tasks", task.milestone.order.public_id)


ACTIONS: dict[str, Callable[[HttpRequest, Task], HttpResponse]] = {
    "tick": lambda request, task: _tick(request, task, done=True),
    "untick": lambda request, task: _tick(request, task, done=False),
    "edit": _edit,
    "note": _note,
    "delete": _delete,
}
