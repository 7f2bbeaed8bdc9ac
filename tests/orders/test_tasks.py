"""Tasks on milestones (R-ORD-15): private to the seller's side, ticked by whoever has them, moving nothing."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import TeamMember, User
from accounts.services.team import remove_member
from marketplace.kernel import clock
from notifications.models import Notification
from orders import errors
from orders.models import Milestone, Order, Task, TimelineEntry
from orders.selectors import open_tasks, task_for
from orders.services import assigning
from orders.services.assigning import MOST_TASKS, TaskDraft
from tests.factories.order_states import at_work
from tests.factories.orders import without_file
from tests.factories.team import make_contributor, make_manager, make_member
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db
ROUGH = TaskDraft(title="Rough cut", detail="Two minutes.")


@pytest.fixture
def order(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    return at_work(stripe, buyer, seller)


def first(order: Order) -> Milestone:
    return order.milestones.get(position=1)


def give(order: Order, actor: User, assignee: User | None, *, due_on: date | None = None, title: str = "Cut") -> Task:
    draft = TaskDraft(title=title, assignee=assignee, due_on=due_on)
    return assigning.add_task(milestone=first(order), actor=actor, draft=draft, now=clock.now())


def test_r_ord_15_the_seller_and_managers_give_tasks_and_the_assignee_is_told(order: Order, seller: User) -> None:
    mila, cleo = make_manager(seller), make_contributor(seller)
    for actor in (seller, mila):
        task = give(order, actor, cleo)
        notice = Notification.objects.get(recipient=cleo, kind="task_given", data__who=actor.display_name)
        assert notice.url == reverse("orders:task", args=[task.public_id])
    give(order, mila, mila)
    assert not Notification.objects.filter(recipient=mila, kind="task_given").exists()


def test_r_ord_15_nobody_else_gives_changes_or_deletes(
    order: Order, seller: User, buyer: User, stranger: User, now: datetime
) -> None:
    cleo, gone = make_contributor(seller), make_manager(seller, "Greta Gone")
    task = give(order, seller, cleo)
    remove_member(seller=seller, public_id=TeamMember.objects.get(user=gone).public_id, now=now)
    for person in (cleo, gone, buyer, stranger):
        with pytest.raises(errors.OrderUnknown):
            assigning.add_task(milestone=first(order), actor=person, draft=ROUGH, now=now)
        with pytest.raises((errors.OrderUnknown, errors.TaskUnknown)):
            assigning.edit_task(task=task, actor=person, draft=ROUGH, now=now)
        with pytest.raises((errors.OrderUnknown, errors.TaskUnknown)):
            assigning.delete_task(task=task, actor=person)
        if person != cleo:
            with pytest.raises(errors.TaskUnknown):
                assigning.tick_task(task=task, actor=person, done=True, now=now)
            with pytest.raises(errors.TaskUnknown):
                assigning.note_task(task=task, actor=person, body="Mine", now=now)
    assert Task.objects.get().done_at is None


def test_r_ord_15_a_contributor_ticks_their_own_alone_and_nothing_moves(
    order: Order, seller: User, now: datetime
) -> None:
    cleo, other = make_contributor(seller), make_contributor(seller, "Otto Other")
    task, theirs = give(order, seller, cleo), give(order, seller, other, title="Sound")
    before = list(Order.objects.values()), list(Milestone.objects.values()), TimelineEntry.objects.count()

    ticked = assigning.tick_task(task=task, actor=cleo, done=True, now=now)
    assert (ticked.done_at, ticked.done_by) == (now, cleo)
    again = assigning.tick_task(task=task, actor=seller, done=True, now=now + timedelta(hours=1))
    assert (again.done_at, again.done_by) == (now, cleo), "the first tick stands"
    with pytest.raises(errors.TaskUnknown):
        assigning.tick_task(task=theirs, actor=cleo, done=True, now=now)
    opened = assigning.tick_task(task=task, actor=cleo, done=False, now=now)
    assert (opened.done_at, opened.done_by) == (None, None)
    assert before == (list(Order.objects.values()), list(Milestone.objects.values()), TimelineEntry.objects.count())


def test_only_people_of_the_team_get_tasks_and_never_the_buyer(
    order: Order, seller: User, buyer: User, stranger: User
) -> None:
    for person in (stranger, buyer):
        with pytest.raises(errors.NotInTheTeam):
            give(order, seller, person)
    make_member(seller, user=buyer)
    with pytest.raises(errors.NotInTheTeam):
        give(order, seller, buyer)
    with pytest.raises(errors.OrderUnknown):
        give(order, buyer, seller)
    with pytest.raises(errors.TaskNeedsTitle):
        give(order, seller, seller, title="  ")


def test_an_order_has_at_most_so_many_tasks(order: Order, seller: User, now: datetime) -> None:
    Task.objects.bulk_create(
        Task(milestone=first(order), title=str(number), created_by=seller, created_at=now)
        for number in range(MOST_TASKS - 1)
    )
    give(order, seller, seller)
    with pytest.raises(errors.TooManyTasks, match=str(MOST_TASKS)):
        give(order, seller, seller)


def test_who_leaves_loses_the_open_tasks_and_keeps_the_name_on_those_done(
    order: Order, seller: User, now: datetime
) -> None:
    cleo = make_contributor(seller)
    done, left = give(order, seller, cleo), give(order, seller, cleo, title="Sound")
    assigning.tick_task(task=done, actor=cleo, done=True, now=now)
    remove_member(seller=seller, public_id=TeamMember.objects.get(user=cleo).public_id, now=now)

    done.refresh_from_db()
    left.refresh_from_db()
    assert (done.assignee, left.assignee) == (cleo, None)
    for task in (done, left):
        with pytest.raises(errors.TaskUnknown):
            task_for(cleo, task.public_id)


def test_open_tasks_are_the_next_due_first_on_orders_that_run(order: Order, seller: User, now: datetime) -> None:
    cleo = make_contributor(seller)
    today = timezone.localdate()
    none, late = give(order, seller, cleo, title="None"), give(order, seller, cleo, due_on=today - timedelta(days=1))
    soon = give(order, seller, cleo, due_on=today)
    assert list(open_tasks(cleo)) == [late, soon, none]
    assert [task.is_late(today) for task in (late, soon, none)] == [True, False, False]
    assert not late.is_late(today - timedelta(days=1))
    assert list(open_tasks(seller)) == []


WIDTHS = {"title": 120, "detail": 2000}


def worded(name: str, length: int) -> TaskDraft:
    words = "x" * length
    return replace(ROUGH, title=words) if name == "title" else replace(ROUGH, detail=words)


def test_r_ord_15_a_task_and_a_note_have_room_for_so_many_characters_and_no_more(
    order: Order, seller: User, now: datetime
) -> None:
    task, words = give(order, seller, None), "Up to {} characters fit here; this has {}."
    for name, limit in WIDTHS.items():
        longest, longer = (worded(name, length) for length in (limit, limit + 1))
        with pytest.raises(errors.WordsTooLong) as added:
            assigning.add_task(milestone=first(order), actor=seller, draft=longer, now=now)
        with pytest.raises(errors.WordsTooLong) as edited:
            assigning.edit_task(task=task, actor=seller, draft=longer, now=now)
        for refusal in (added.value, edited.value):
            assert (refusal.field, refusal.message) == (name, words.format(limit, limit + 1))
        assert Task.objects.get(pk=task.pk).title in ("Cut", "x" * WIDTHS["title"])
        assert assigning.add_task(milestone=first(order), actor=seller, draft=longest, now=now)
        assert assigning.edit_task(task=task, actor=seller, draft=longest, now=now)
    assert Task.objects.count() == 3
    with pytest.raises(errors.NoteEmpty):
        assigning.note_task(task=task, actor=seller, body=" ", now=now)
    with pytest.raises(errors.WordsTooLong) as noted:
        assigning.note_task(task=task, actor=seller, body="x" * 2001, now=now)
    assert (noted.value.field, noted.value.message) == ("body", words.format(2000, 2001))
    assert len(assigning.note_task(task=task, actor=seller, body="x" * 2000, now=now).body) == 2000


def test_r_ord_15_the_pages_take_the_longest_task_and_note_and_refuse_one_more(
    client: Client, order: Order, seller: User
) -> None:
    client.force_login(seller)
    page, words = (
        reverse("orders:tasks", args=[order.public_id]),
        "Ensure this value has at most {} characters (it has {}).",
    )
    typed = {"milestone_id": first(order).pk, "title": "Cut"}
    for name, limit in WIDTHS.items():
        refused = client.post(page, typed | {name: "x" * (limit + 1)})
        assert (refused.status_code, refused.context["form"].errors) == (422, {name: [words.format(limit, limit + 1)]})
    assert not Task.objects.exists()
    assert client.post(page, typed | {name: "x" * limit for name, limit in WIDTHS.items()}).status_code == 302
    task = Task.objects.get()
    assert {name: len(getattr(task, name)) for name in WIDTHS} == WIDTHS
    note = reverse("orders:act_on_task", args=[task.public_id, "note"])
    for body, sentence in ((" ", "Write something or choose a file."), ("x" * 2001, words.format(2000, 2001))):
        refused = client.post(note, {"body": body})
        assert (refused.status_code, refused.context["note_form"].errors) == (422, {"body": [sentence]})
    assert client.post(note, {"body": "x" * 2000}).status_code == 302


def test_r_ord_15_the_page_gives_a_hundred_tasks_of_this_order_to_its_people_alone(
    client: Client, order: Order, seller: User, buyer: User
) -> None:
    """The buyer gets none, though they are in the team by now; a milestone of another order has no place here."""
    make_member(seller, user=buyer)
    client.force_login(seller)
    page, typed = reverse("orders:tasks", args=[order.public_id]), {"milestone_id": first(order).pk, "title": "Cut"}
    wrong = {"title": " ", "assignee": buyer.public_id, "milestone_id": first(order).pk + 99, "due_on": "soon"}
    for name, value in wrong.items():
        refused = client.post(page, typed | {name: value})
        assert (refused.status_code, list(refused.context["form"].errors)) == (422, [name])
    many = [Task(milestone=first(order), title="x", created_by=seller, created_at=clock.now()) for _ in range(99)]
    Task.objects.bulk_create(many)
    assert client.post(page, typed).status_code == 302
    refused = client.post(page, typed)
    assert (refused.status_code, Task.objects.count()) == (409, 100)
    assert "An order has up to 100 tasks. Delete some that are done." in refused.text


def test_r_ord_15_by_page_a_contributor_ticks_and_notes_their_own_and_no_other_member_anything(
    client: Client, order: Order, seller: User, now: datetime
) -> None:
    cleo, otto, gone = (make_contributor(seller, name) for name in ("Cleo One", "Otto Other", "Greta Gone"))
    task = give(order, seller, cleo)
    remove_member(seller=seller, public_id=TeamMember.objects.get(user=gone).public_id, now=now)
    before = Task.objects.values().get()

    def status(action: str) -> int:
        typed = {"title": "Mine", "body": "Mine"}
        path = reverse("orders:act_on_task", args=[task.public_id, action])
        return client.post(path, typed, headers={"HX-Request": "true"}).status_code

    for person in (otto, gone):
        client.force_login(person)
        for action in ("tick", "untick", "edit", "note", "delete"):
            assert status(action) == 404, (person, action)
    client.force_login(cleo)
    listing = reverse("orders:tasks", args=[order.public_id])
    assert client.post(listing, {"milestone_id": first(order).pk, "title": "Mine"}).status_code == 404
    assert (status("edit"), status("delete")) == (404, 404)
    assert (Task.objects.values().get(), task.notes.count()) == (before, 0)
    assert (status("tick"), status("untick"), status("note")) == (302, 302, 302)


# --- Pages ------------------------------------------------------------------------------------------------------------
def test_r_ord_15_the_buyers_page_never_shows_a_task(client: Client, order: Order, buyer: User, seller: User) -> None:
    task = give(order, seller, seller, title="Buy a whisk")
    client.force_login(buyer)
    page = client.get(reverse("orders:order", args=[order.public_id])).content.decode()
    assert "Buy a whisk" not in page
    assert 'id="tasks"' not in page
    for name, args in (("tasks", [order.public_id]), ("task", [task.public_id])):
        assert client.get(reverse(f"orders:{name}", args=args)).status_code == 404
    client.force_login(seller)
    assert "Buy a whisk" in client.get(reverse("orders:order", args=[order.public_id])).content.decode()


def test_a_contributor_reads_the_work_without_price_or_address(
    client: Client, order: Order, seller: User, buyer: User
) -> None:
    cleo = make_contributor(seller)
    task = give(order, seller, cleo)
    client.force_login(cleo)
    mine = client.get(reverse("orders:my_tasks")).content.decode()
    page = client.get(reverse("orders:task", args=[task.public_id])).content.decode()
    assert "Cut" in mine
    assert first(order).name in page
    for secret in ("$", buyer.email, order.number, "Change the task"):
        assert secret not in mine + page
    for name, args in (("order", []), ("tasks", []), ("money", []), ("timeline", ["csv"])):
        assert client.get(reverse(f"orders:{name}", args=[order.public_id, *args])).status_code == 404


def test_the_pages_add_change_note_tick_and_delete(client: Client, order: Order, seller: User) -> None:
    cleo = make_contributor(seller)
    client.force_login(make_manager(seller))
    typed = {"milestone_id": first(order).pk, "title": "Cut", "assignee": cleo.public_id, "due_on": "2026-12-01"}
    listing = reverse("orders:tasks", args=[order.public_id])
    assert client.post(listing, {**typed, "title": ""}).status_code == 422
    assert client.post(listing, typed).status_code == 302
    task = Task.objects.get()
    assert (task.assignee, task.due_on) == (cleo, date(2026, 12, 1))

    def act(action: str, data: dict[str, object] | None = None) -> int:
        return client.post(reverse("orders:act_on_task", args=[task.public_id, action]), data or {}).status_code

    assert act("edit", {"title": "Fine cut", "assignee": ""}) == 302
    assert act("edit", {"title": ""}) == 422
    client.force_login(seller)
    assert act("note", {}) == 422
    assert act("note", {"body": "See this", "file": SimpleUploadedFile("cut.txt", b"words")}) == 302
    note = task.notes.get()
    shown = client.get(reverse("orders:task", args=[task.public_id])).content.decode()
    assert "See this" in shown
    assert "cut.txt" in shown
    assert without_file(client.get(reverse("orders:note_file", args=[note.public_id]))).status_code == 200
    assert act("tick") == 302
    assert act("nonsense") == 404
    assert act("delete") == 302
    assert not Task.objects.exists()


def test_a_note_file_is_for_who_sees_the_task(
    client: Client, order: Order, seller: User, buyer: User, stranger: User, now: datetime
) -> None:
    cleo, other = make_contributor(seller), make_contributor(seller, "Otto Other")
    task = give(order, seller, cleo)
    client.force_login(cleo)
    client.post(
        reverse("orders:act_on_task", args=[task.public_id, "note"]), {"file": SimpleUploadedFile("a.txt", b"words")}
    )
    address = reverse("orders:note_file", args=[task.notes.get().public_id])
    expected = {cleo: 200, seller: 200, other: 404, buyer: 404, stranger: 404}
    for person, status in expected.items():
        client.force_login(person)
        assert without_file(client.get(address)).status_code == status, person
