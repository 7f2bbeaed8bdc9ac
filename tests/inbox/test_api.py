"""`/api/v1/conversations/`."""

import pytest
from django.test import Client

from accounts.models import User
from inbox.models import Conversation, Message, Participant
from tests.factories.inbox import make_conversation, say, text_file

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
