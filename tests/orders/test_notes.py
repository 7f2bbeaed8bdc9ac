"""Notes on an order (R-ORD-15): shared by both sides or private to one, written and changed by their author alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import TeamMember, User
from accounts.services.team import remove_member
from marketplace.kernel import clock
from notifications.models import Notification
from orders import errors
from orders.enums import Role
from orders.models import Milestone, Order, OrderNote, TimelineEntry
from orders.selectors import notes_of
from orders.services.noting import MOST_NOTES, delete_note, edit_note, write_note
from tests.factories.order_states import STATES, at_work
from tests.factories.team import make_contributor, make_manager, make_member
from tests.payments.simulator_fixtures import StripeDouble
from tests.support.conftest import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    return at_work(stripe, buyer, seller)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def write(order: Order, actor: User, body: str = "Look", *, shared: bool = False) -> OrderNote:
    return write_note(order=order, actor=actor, body=body, is_shared=shared)


def page_of(order: Order, reader: User) -> str:
    return as_(reader).get(reverse("orders:order", args=[order.public_id])).text


def path(name: str, *args: object) -> str:
    return reverse(f"orders:{name}", args=args)


def fill(order: Order, author: User, side: Role, number: int) -> None:
    OrderNote.objects.bulk_create(
        OrderNote(order=order, author=author, side=side, body=str(index), written_at=clock.now())
        for index in range(number)
    )


# --- Who reads what ---------------------------------------------------------------------------------------------------
def test_r_ord_15_each_side_reads_its_own_notes_and_the_shared_ones_and_others_none(
    order: Order, buyer: User, seller: User, stranger: User, agent: User
) -> None:
    mila, cleo, gone = make_manager(seller), make_contributor(seller), make_manager(seller, "Greta Gone")
    for author in (buyer, seller, mila, gone):
        write(order, author, f"{author.first_name} keeps")
        write(order, author, f"{author.first_name} shares", shared=True)
    remove_member(seller=seller, public_id=TeamMember.objects.get(user=gone).public_id, now=clock.now())
    shared = {"Bruno shares", "Selma shares", "Mila shares", "Greta shares"}
    sellers = shared | {"Selma keeps", "Mila keeps", "Greta keeps"}
    expected = {buyer: shared | {"Bruno keeps"}, seller: sellers, mila: sellers}
    for reader, notes in expected.items():
        page = page_of(order, reader)
        assert {note for note in sellers | {"Bruno keeps"} if f"<p>{note}</p>" in page} == notes, reader
    for reader in (stranger, agent, cleo, gone):
        answer = as_(reader).get(path("order", order.public_id))
        assert (answer.status_code, "keeps" in answer.text, "shares" in answer.text) == (404, False, False), reader
    assert {note.body for note in notes_of(order, Role.SUPPORT)} == shared


def test_r_ord_15_a_private_note_is_on_no_page_answer_or_file_of_the_other_side(
    order: Order, buyer: User, seller: User
) -> None:
    written = {buyer: "What the buyer hides", seller: "What the seller hides"}
    for author, body in written.items():
        write(order, author, body)
    for reader, theirs in ((buyer, written[seller]), (seller, written[buyer])):
        client = as_(reader)
        addresses = [
            path("list"),
            path("order", order.public_id),
            path("money", order.public_id),
            path("timeline", order.public_id, "csv"),
            path("timeline", order.public_id, "json"),
            f"/api/v1/orders/{order.public_id}/",
            f"/api/v1/orders/{order.public_id}/timeline/",
            "/notifications/",
        ]
        for address in addresses:
            answer = client.get(address)
            assert (answer.status_code, theirs in answer.text) == (200, False), (reader, address)
    assert not Notification.objects.filter(kind="note_shared").exists()


def test_r_ord_15_a_buyer_in_the_sellers_team_stays_the_buyer(order: Order, buyer: User, seller: User) -> None:
    make_member(seller, user=buyer)
    write(order, seller, "Between us")
    mine = write(order, buyer, "Mine")
    assert (mine.side, "Between us" in page_of(order, buyer), "Mine" in page_of(order, seller)) == (
        Role.BUYER,
        False,
        False,
    )


def test_r_sup_1_support_reads_the_shared_notes_alone(order: Order, buyer: User, seller: User, agent: User) -> None:
    write(order, seller, "For both to read", shared=True)
    for author in (buyer, seller):
        write(order, author, "Of one side")
    page = Desk(agent).open(order)
    assert ("For both to read" in page, "Of one side" in page) == (True, False)


def test_r_ord_15_badges_names_and_buttons_are_the_readers(order: Order, buyer: User, seller: User) -> None:
    mila = make_manager(seller)
    kept, shared = write(order, mila, "Ours"), write(order, mila, "For both", shared=True)
    own = write(order, buyer, "Mine")
    sellers, managers, buyers = (page_of(order, reader) for reader in (seller, mila, buyer))
    for page, badges, name in (
        (sellers, {"Only your side", "Shared"}, "Mila Manager for Selma"),
        (managers, {"Only your side", "Shared"}, "You"),
        (buyers, {"Only you", "Shared"}, "Mila Manager for Selma"),
    ):
        card = page.partition('id="notes"')[2].partition("</section>")[0]
        assert {badge for badge in ("Only your side", "Only you", "Shared") if f"{badge}</span>" in card} == badges
        assert f"{name} · " in card
    links = {note: path("note", order.public_id, note.public_id) for note in (kept, shared, own)}
    assert [[link in page for link in links.values()] for page in (sellers, managers, buyers)] == [
        [False, False, False],
        [True, True, False],
        [False, False, True],
    ]


# --- Who writes what --------------------------------------------------------------------------------------------------
def test_r_ord_15_nobody_else_writes_changes_or_deletes(
    order: Order, buyer: User, seller: User, stranger: User, agent: User
) -> None:
    mila, cleo, gone = make_manager(seller), make_contributor(seller), make_manager(seller, "Greta Gone")
    notes = [write(order, author, shared=shared) for author in (buyer, seller, gone) for shared in (False, True)]
    remove_member(seller=seller, public_id=TeamMember.objects.get(user=gone).public_id, now=clock.now())
    before = list(OrderNote.objects.values())
    for person in (stranger, agent, cleo, gone):
        with pytest.raises(errors.OrderUnknown):
            write(order, person)
        assert as_(person).post(path("write_note", order.public_id), typed("x")).status_code == 404
    for person in (buyer, seller, mila, stranger, agent, cleo, gone):
        for note in notes:
            if person == note.author and person != gone:
                continue
            with pytest.raises((errors.OrderUnknown, errors.NoteUnknown)):
                edit_note(note=note, actor=person, body="Not mine")
            with pytest.raises((errors.OrderUnknown, errors.NoteUnknown)):
                delete_note(note=note, actor=person)
    for person in (buyer, mila, cleo):
        client, address = as_(person), path("note", order.public_id, notes[3].public_id)
        answers = [client.get(address), client.post(address, {"body": "Not mine"}), client.post(f"{address}delete/")]
        assert [answer.status_code for answer in answers] == [404, 404, 404], person
    assert list(OrderNote.objects.values()) == before


def test_r_ord_15_notes_move_nothing_and_are_no_part_of_the_record(order: Order, buyer: User, seller: User) -> None:
    def rows() -> list[object]:
        return [list(Order.objects.values()), list(Milestone.objects.values()), list(TimelineEntry.objects.values())]

    before = rows()
    for author in (buyer, seller):
        note = write(order, author, shared=True)
        edit_note(note=note, actor=author, body="Changed")
        delete_note(note=note, actor=author)
    assert (rows(), OrderNote.objects.count()) == (before, 0)


@pytest.mark.parametrize("state", ["unpaid", "finished", "stopped", "cancelled", "abandoned"])
def test_r_ord_15_notes_are_written_in_every_state_also_at_the_end(
    state: str, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = STATES[state](stripe, buyer, seller)
    for author in (buyer, seller):
        assert as_(author).post(path("write_note", order.public_id), typed("Kept")).status_code == 303
        assert "<p>Kept</p>" in page_of(order, author)


def test_r_ord_15_an_edited_note_says_so_and_the_same_words_are_no_edit(
    order: Order, buyer: User, seller: User
) -> None:
    note = write(order, seller, "Blue", shared=True)
    assert edit_note(note=note, actor=seller, body=" Blue ").edited_at is None
    assert "edited" not in page_of(order, buyer).partition('id="notes"')[2].partition("</section>")[0]
    edited = edit_note(note=note, actor=seller, body="Green")
    assert edited.edited_at is not None
    assert edited.edited_at > note.written_at
    page = page_of(order, buyer)
    assert ("<p>Green</p>" in page, "<p>Blue</p>" in page, "· edited " in page) == (True, False, True)
    delete_note(note=edited, actor=seller)
    with pytest.raises(errors.NoteUnknown):
        edit_note(note=edited, actor=seller, body="Red")


# --- Telling the other side -------------------------------------------------------------------------------------------
def told() -> set[str]:
    return {notice.recipient.first_name for notice in Notification.objects.filter(kind="note_shared")}


def test_r_ord_15_a_shared_note_tells_the_other_side_once_and_a_private_one_nobody(
    order: Order, buyer: User, seller: User
) -> None:
    mila = make_manager(seller)
    make_contributor(seller)
    for author in (buyer, seller, mila):
        write(order, author)
    assert told() == set()
    note = write(order, mila, "Read   this", shared=True)
    edit_note(note=note, actor=mila, body="Read that")
    notice = Notification.objects.get(kind="note_shared")
    assert (notice.recipient, notice.url) == (buyer, path("order", order.public_id) + "#notes")
    assert notice.data == {"author": "Mila Manager", "order": order.title, "excerpt": "Read this"}
    page_of(order, buyer)
    notice.refresh_from_db()
    assert notice.read_at is not None
    Notification.objects.filter(kind="note_shared").delete()
    write(order, buyer, shared=True)
    assert told() == {"Selma", "Mila"}


# --- Limits -----------------------------------------------------------------------------------------------------------
def test_r_ord_15_a_note_has_2000_characters_and_a_side_100_notes(order: Order, buyer: User, seller: User) -> None:
    note = write(order, seller, "x" * 2000)
    assert len(edit_note(note=note, actor=seller, body="y" * 2000).body) == 2000
    for body, error, sentence in (
        ("x" * 2001, errors.WordsTooLong, "Up to 2000 characters fit here; this has 2001."),
        (" \n ", errors.NoteNeedsWords, "Write the note first."),
    ):
        with pytest.raises(error) as refused:
            write(order, seller, body)
        with pytest.raises(error) as again:
            edit_note(note=note, actor=seller, body=body)
        for refusal in (refused.value, again.value):
            assert (refusal.field, refusal.message) == ("body", sentence)
    fill(order, seller, Role.SELLER, MOST_NOTES - 2)
    last = write(order, make_manager(seller))
    with pytest.raises(errors.TooManyNotes) as full:
        write(order, seller)
    assert (full.value.field, OrderNote.objects.count(), MOST_NOTES) == ("body", 100, 100)
    write(order, buyer, "The other side’s limit is its own")
    delete_note(note=last, actor=last.author)
    write(order, seller)


def typed(body: str, readers: str = "private") -> dict[str, str]:
    return {"note-body": body, "note-is_shared": readers}


def test_r_ord_15_the_page_takes_the_longest_note_and_keeps_what_it_refuses(order: Order, buyer: User) -> None:
    client, address = as_(buyer), path("write_note", order.public_id)
    for data, field, sentence in (
        (typed("x" * 2001, "shared"), "body", "Ensure this value has at most 2000 characters (it has 2001)."),
        (typed("  "), "body", "Write the note first."),
        ({"note-body": "Hm"}, "is_shared", "This field is required."),
    ):
        refused = client.post(address, data)
        form = refused.context["note_form"]
        assert (refused.status_code, form.errors) == (422, {field: [sentence]})
        assert (form["body"].value(), refused.text.count(sentence)) == (data["note-body"], 2), "above and beside"
    assert client.post(address, typed("x" * 2000, "shared")).status_code == 303
    fill(order, buyer, Role.BUYER, MOST_NOTES - 2)
    assert client.post(address, typed("The last")).status_code == 303
    refused = client.post(address, typed("One too many"))
    assert (refused.status_code, OrderNote.objects.count()) == (422, 100)
    assert refused.context["note_form"].errors == {
        "body": ["Your side has up to 100 notes on an order. Delete some that nobody needs."]
    }
    assert "One too many" in refused.text


def test_r_ord_15_the_pages_write_share_change_and_delete(order: Order, buyer: User, seller: User) -> None:
    client, page = as_(seller), path("order", order.public_id)
    for readers, shared in (("private", False), ("shared", True)):
        answer = client.post(path("write_note", order.public_id), typed(f"Is {readers}", readers))
        assert (answer.status_code, answer["Location"]) == (303, f"{page}#notes")
        assert OrderNote.objects.get(body=f"Is {readers}").is_shared is shared
    note = OrderNote.objects.get(is_shared=True)
    address = path("note", order.public_id, note.public_id)
    assert "It is shared: both sides read it" in client.get(address).text
    for body in (" ", "x" * 2001):
        refused = client.post(address, {"body": body})
        assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["body"])
    assert client.post(address, {"body": "Now this"}).status_code == 303
    note.refresh_from_db()
    assert (note.body, note.is_shared) == ("Now this", True)
    assert client.get(f"{address}delete/").status_code == 405
    assert client.post(f"{address}delete/")["Location"] == f"{page}#notes"
    assert not OrderNote.objects.filter(is_shared=True).exists()


def test_r_ord_15_what_is_typed_after_the_session_has_ended_is_there_again(order: Order, seller: User) -> None:
    """In the note's form alone: the form of the delivery beside it stays as it was."""
    client = Client()
    answer = client.post(path("write_note", order.public_id), typed("Typed in vain", "shared"))
    assert answer["Location"].endswith(f"?next={path('order', order.public_id)}")
    client.force_login(seller)
    page = client.get(path("order", order.public_id))
    form = page.context["note_form"]
    assert (form["body"].value(), form["is_shared"].value(), form.errors) == ("Typed in vain", "shared", {})
    assert not page.context["deliver_form"].is_bound
    assert client.post(path("write_note", order.public_id), typed("Typed again")).status_code == 303
    assert not client.get(path("order", order.public_id)).context["note_form"].is_bound


# --- The card ---------------------------------------------------------------------------------------------------------
def test_r_ord_15_the_newest_five_show_and_the_rest_on_request_at_no_more_queries(
    order: Order, buyer: User, seller: User
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page_of(order, buyer)
        return len(asked)

    now = clock.now()
    write_note(order=order, actor=make_manager(seller), body="Note 0", is_shared=True, now=now)
    queries()
    at_one = queries()
    for number in range(1, 7):
        later = now + timedelta(minutes=number)
        write_note(order=order, actor=(buyer, seller)[number % 2], body=f"Note {number}", is_shared=True, now=later)
    queries()
    assert queries() == at_one
    head, _, tail = page_of(order, buyer).partition("Show all 7 notes")
    shown = [[f"<p>Note {number}</p>" in part for number in range(7)] for part in (head, tail)]
    assert shown == [[False] * 2 + [True] * 5, [True] * 2 + [False] * 5]
    assert head.index("Note 6") < head.index("Note 2")
