"""What one person sees of their conversations, in a constant number of queries."""

from datetime import datetime

import pytest
from django.http import Http404
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from inbox import selectors, services
from inbox.models import Conversation
from tests.factories.accounts import make_user
from tests.factories.inbox import make_conversation, say, text_file


def test_the_list_takes_one_query_at_one_and_at_many(
    seller: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    say(make_conversation(seller, make_user("Ada One")), seller)
    with django_assert_num_queries(1):
        assert len(selectors.list_lines(viewer=seller).lines) == 1
    for name in ("Bea Two", "Cleo Three", "Dora Four"):
        say(make_conversation(seller, make_user(name)), seller)
    with django_assert_num_queries(1):
        assert len(selectors.list_lines(viewer=seller).lines) == 4


def test_a_thread_takes_the_same_queries_at_one_and_at_many_messages(
    buyer: User, seller: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    conversation = make_conversation(buyer, seller)
    say(conversation, buyer, files=[text_file()])
    with django_assert_num_queries(4):
        selectors.thread_page(conversation=conversation, viewer=seller)
    for _ in range(5):
        say(conversation, seller, files=[text_file(), text_file()])
    with django_assert_num_queries(4):
        assert len(selectors.thread_page(conversation=conversation, viewer=seller).entries) == 6


def test_the_latest_active_stands_first_and_the_silent_not_at_all(seller: User) -> None:
    ada, bea, silent = make_user("Ada One"), make_user("Bea Two"), make_user("Cleo Silent")
    make_conversation(seller, silent)
    say(make_conversation(seller, ada), ada)
    say(make_conversation(seller, bea), bea)
    say(make_conversation(seller, ada), ada, "Once more")
    assert [line.other for line in selectors.list_lines(viewer=seller).lines] == [ada, bea]


def test_the_badge_counts_conversations_and_not_messages(seller: User) -> None:
    for name in ("Ada One", "Bea Two"):
        other = make_user(name)
        for words in ("One", "Two"):
            say(make_conversation(seller, other), other, words)
    assert selectors.unread_conversations(seller) == 2


def test_r_ofr_1_a_stranger_finds_nothing(buyer: User, seller: User, stranger: User) -> None:
    conversation = make_conversation(buyer, seller)
    sent = say(conversation, buyer, files=[text_file()]).attachments.get()
    for viewer in (buyer, seller):
        assert selectors.conversation_for(viewer=viewer, public_id=conversation.public_id) == conversation
        assert selectors.attachment_for(viewer=viewer, public_id=sent.public_id) == sent
    with pytest.raises(Http404):
        selectors.conversation_for(viewer=stranger, public_id=conversation.public_id)
    with pytest.raises(Http404):
        selectors.attachment_for(viewer=stranger, public_id=sent.public_id)
    assert selectors.list_lines(viewer=stranger).lines == []


def test_the_page_shows_the_latest_and_leads_to_the_earlier(buyer: User, seller: User) -> None:
    conversation = make_conversation(buyer, seller)
    for number in range(1, 6):
        say(conversation, buyer, f"Message {number}")
    latest = selectors.thread_page(conversation=conversation, viewer=seller, size=2)
    assert [entry.message.body for entry in latest.entries] == ["Message 4", "Message 5"]
    earlier = selectors.thread_page(conversation=conversation, viewer=seller, size=3, before=latest.earlier)
    assert [entry.message.body for entry in earlier.entries] == ["Message 1", "Message 2", "Message 3"]
    assert earlier.earlier == 0


def test_news_are_what_came_after_and_what_changed(buyer: User, seller: User, now: datetime) -> None:
    conversation = make_conversation(buyer, seller)
    services.post_card(
        conversation=conversation, author=seller, kind="offer", reference="off_1", summary="An offer", now=now
    )
    say(conversation, buyer, "Seen before")
    before = selectors.reading_of(conversation=conversation, viewer=buyer)
    say(conversation, seller, "New")
    services.refresh_card(kind="offer", reference="off_1")
    news = selectors.thread_news(conversation=conversation, viewer=buyer, after=before.version)
    assert [entry.message.body for entry in news.entries] == ["New"]
    assert [entry.message.reference for entry in news.changed] == ["off_1"]
    assert news.reading.version == 4


def test_seen_is_said_of_ones_own_last_words_once_the_other_has_read(buyer: User, seller: User, now: datetime) -> None:
    conversation = make_conversation(buyer, seller)
    say(conversation, buyer, "Hello?")

    def seen() -> bool:
        return selectors.thread_page(conversation=conversation, viewer=buyer).seen

    assert not seen()
    services.mark_read(conversation=Conversation.objects.get(), reader=seller, now=now)
    assert seen()
    say(conversation, seller, "Hello!")
    assert not seen()


def test_the_tag_changes_by_a_message_and_by_anybodys_reading(buyer: User, seller: User, now: datetime) -> None:
    conversation = make_conversation(buyer, seller)

    def tag() -> str:
        return selectors.reading_of(conversation=conversation, viewer=buyer).tag

    tags = [tag()]
    say(conversation, buyer)
    tags.append(tag())
    services.mark_read(conversation=Conversation.objects.get(), reader=seller, now=now)
    tags.append(tag())
    services.mark_read(conversation=Conversation.objects.get(), reader=buyer, now=now)
    tags.append(tag())
    assert len(set(tags)) == 4
    services.mark_read(conversation=Conversation.objects.get(), reader=buyer, now=now)
    assert tag() == tags[-1]
