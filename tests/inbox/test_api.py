"""`/api/v1/conversations/`."""

import pytest
from django.test import Client

from accounts.models import User
from inbox.models import Block, Conversation, Message, Participant, QuickAnswer, Report
from notifications.selectors import unread_count
from tests.factories.accounts import make_user
from tests.factories.inbox import make_answer, make_conversation, picture_file, say, text_file

BASE = "/api/v1/conversations/"


@pytest.fixture
def conversation(buyer: User, seller: User) -> Conversation:
    return make_conversation(buyer, seller)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_conversations_come_with_the_other_the_unread_and_the_latest(
    conversation: Conversation, buyer: User, seller: User
) -> None:
    say(conversation, buyer, "Hello\nthere")
    (found,) = as_(seller).get(BASE).json()["results"]
    assert found["id"] == conversation.public_id
    assert found["other"] == {"id": buyer.public_id, "name": "Bruno Buyer"}
    assert (found["unread"], found["latest"]) == (1, "Hello")


def test_r_ofr_1_strangers_get_404(conversation: Conversation, buyer: User, stranger: User) -> None:
    say(conversation, buyer)
    outside, one = as_(stranger), f"{BASE}{conversation.public_id}/"
    assert outside.get(BASE).json()["results"] == []
    assert outside.get(one).status_code == 404
    assert outside.get(f"{one}messages/").status_code == 404
    for path in ("messages/", "read/"):
        assert outside.post(one + path, {"body": "Hi"}, "application/json").status_code == 404
    assert Message.objects.count() == 1


def test_visitors_are_refused(client: Client, conversation: Conversation) -> None:
    assert client.get(BASE).status_code == 401
    assert client.get(f"{BASE}{conversation.public_id}/messages/").status_code == 401


def test_messages_are_written_and_read_the_latest_first(conversation: Conversation, buyer: User) -> None:
    path = f"{BASE}{conversation.public_id}/messages/"
    for words in ("One", "Two"):
        assert as_(buyer).post(path, {"body": words}, "application/json").status_code == 201
    assert [message["body"] for message in as_(buyer).get(path).json()["results"]] == ["Two", "One"]


def test_a_message_with_a_file_comes_as_multipart(conversation: Conversation, buyer: User) -> None:
    path = f"{BASE}{conversation.public_id}/messages/"
    answer = as_(buyer).post(path, {"body": "", "attachments": [text_file()]})
    assert answer.status_code == 201
    (file,) = answer.json()["attachments"]
    assert (file["name"], file["size"]) == ("notes.txt", 29)


def test_nothing_written_is_a_problem_beside_its_field(conversation: Conversation, buyer: User) -> None:
    answer = as_(buyer).post(f"{BASE}{conversation.public_id}/messages/", {"body": " "}, "application/json")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == "body"


def test_reading_is_said_by_a_post(conversation: Conversation, buyer: User, seller: User) -> None:
    say(conversation, buyer)
    assert as_(seller).post(f"{BASE}{conversation.public_id}/read/").status_code == 204
    assert Participant.objects.get(user=seller).read_version == 1
    assert unread_count(seller) == 0


def test_r_ofr_1_programs_search_and_leave_out_what_is_read(
    conversation: Conversation, buyer: User, seller: User, stranger: User
) -> None:
    say(conversation, buyer, "A walnut handle")
    ada = make_user("Ada Lind")
    say(make_conversation(seller, ada), seller, "Hello")
    (found,) = as_(seller).get(f"{BASE}search/", {"q": "wallnut"}).json()
    assert (found["conversation"], found["sequence"], found["body"]) == (conversation.public_id, 1, "A walnut handle")
    assert as_(stranger).get(f"{BASE}search/", {"q": "walnut"}).json() == []
    shown = as_(seller).get(BASE, {"show": "unread"}).json()["results"]
    assert [one["other"]["name"] for one in shown] == ["Bruno Buyer"]
    assert as_(seller).get(BASE, {"show": "offers"}).json()["results"] == []
    assert len(as_(seller).get(BASE, {"show": "nonsense"}).json()["results"]) == 2


def test_r_ofr_1_programs_block_and_unblock(
    conversation: Conversation, buyer: User, seller: User, stranger: User
) -> None:
    path = f"{BASE}{conversation.public_id}/block/"
    assert as_(seller).post(path).status_code == 204
    refused = as_(buyer).post(f"{BASE}{conversation.public_id}/messages/", {"body": "Hi"}, "application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "conversation_closed")
    assert as_(stranger).post(path).status_code == as_(stranger).delete(path).status_code == 404
    as_(buyer).delete(path)
    assert Block.objects.count() == 1
    assert as_(seller).delete(path).status_code == 204
    assert not Block.objects.exists()


def test_r_ofr_1_programs_report(conversation: Conversation, buyer: User, seller: User, stranger: User) -> None:
    say(conversation, seller, "Pay me elsewhere")
    path, report = f"{BASE}{conversation.public_id}/reports/", {"reason": "scam", "words": "See this.", "message": 1}
    assert as_(buyer).post(path, report, "application/json").status_code == 201
    assert Report.objects.get().message == Message.objects.get()
    assert as_(buyer).post(path, report | {"message": 9}, "application/json").status_code == 404
    assert as_(buyer).post(path, report | {"words": " "}, "application/json").status_code == 422
    assert as_(stranger).post(path, report, "application/json").status_code == 404
    assert Report.objects.count() == 1


def test_r_ofr_1_programs_keep_quick_answers_of_their_own(seller: User, buyer: User) -> None:
    base = "/api/v1/quick-answers/"
    made = as_(seller).post(base, {"title": "Thanks", "text": "Thank you, {name}"}, "application/json")
    assert made.status_code == 201
    one = f"{base}{made.json()['id']}/"
    make_answer(buyer, "Mine")
    assert [answer["title"] for answer in as_(seller).get(base).json()["results"]] == ["Thanks"]
    for method in ("get", "delete"):
        assert getattr(as_(buyer), method)(one).status_code == 404
    assert as_(buyer).put(one, {"title": "x", "text": "x"}, "application/json").status_code == 404
    changed = as_(seller).put(one, {"title": "Thanks", "text": ""}, "application/json")
    assert changed.json()["errors"][0]["field"] == "text"
    assert as_(seller).put(one, {"title": "Many thanks", "text": "Hi"}, "application/json").json()["text"] == "Hi"
    assert as_(seller).delete(one).status_code == 204
    assert QuickAnswer.objects.get().owner == buyer


def test_a_picture_has_a_preview_and_other_files_have_none(conversation: Conversation, buyer: User) -> None:
    path = f"{BASE}{conversation.public_id}/messages/"
    answer = as_(buyer).post(path, {"body": "", "attachments": [picture_file(), text_file()]}).json()
    previews = [file["preview"] for file in answer["attachments"]]
    assert previews[0].endswith("/small.webp")
    assert previews[1] == ""
