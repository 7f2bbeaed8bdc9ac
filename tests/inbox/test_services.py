"""R-OFR-1: one conversation for two people, messages with attachments, unread counts."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from inbox import services
from inbox.errors import CannotWriteToYourself, MessageTooLong, NothingWritten, TooManyFiles
from inbox.limits import BODY_LIMIT
from inbox.models import Attachment, Conversation, Message, Participant
from inbox.selectors import conversations_of
from marketplace.kernel.errors import Unknown
from marketplace.web.errors import FileEmpty
from notifications.models import Notification
from tests.factories.accounts import make_user
from tests.factories.inbox import make_conversation, say, text_file


def test_r_ofr_1_two_people_have_one_conversation_whoever_begins(buyer: User, seller: User, now: datetime) -> None:
    first = services.open_conversation(starter=buyer, other=seller, now=now)
    again = services.open_conversation(starter=seller, other=buyer, now=now)
    assert first == again
    assert Conversation.objects.count() == 1
    assert set(Participant.objects.values_list("user", flat=True)) == {buyer.pk, seller.pk}


def test_r_ofr_1_nobody_talks_to_themselves(buyer: User, now: datetime) -> None:
    with pytest.raises(CannotWriteToYourself):
        services.open_conversation(starter=buyer, other=buyer, now=now)
    assert not Conversation.objects.exists()


def test_the_database_refuses_a_second_conversation_of_a_pair_and_a_turned_one(
    buyer: User, seller: User, now: datetime
) -> None:
    make_conversation(buyer, seller, now=now)
    first, second = sorted((buyer, seller), key=lambda user: user.pk)
    for pair in ((first, second), (second, first)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Conversation.objects.create(first=pair[0], second=pair[1], started_at=now, active_at=now)


def test_a_message_stands_in_its_conversation_with_its_time(buyer: User, seller: User, now: datetime) -> None:
    conversation = make_conversation(buyer, seller, now=now)
    message = say(conversation, buyer, "  Hi Selma!  ", now=now)
    conversation.refresh_from_db()
    assert (message.body, message.sequence, message.at) == ("Hi Selma!", 1, now)
    assert (conversation.latest, conversation.version, conversation.active_at) == (message, 1, now)


def test_a_stranger_can_not_write(buyer: User, seller: User, stranger: User, now: datetime) -> None:
    conversation = make_conversation(buyer, seller)
    with pytest.raises(Unknown):
        say(conversation, stranger, "Let me in", now=now)
    with pytest.raises(Unknown):
        services.post_card(
            conversation=conversation, author=stranger, kind="offer", reference="x", summary="An offer", now=now
        )
    with pytest.raises(Unknown):
        services.mark_read(conversation=conversation, reader=stranger, now=now)
    assert not Message.objects.exists()


def test_a_message_says_something_or_brings_a_file(buyer: User, seller: User) -> None:
    conversation = make_conversation(buyer, seller)
    with pytest.raises(NothingWritten):
        say(conversation, buyer, " \n ")
    message = say(conversation, buyer, "", files=[text_file()])
    assert message.body == ""
    assert message.attachments.count() == 1


def test_a_message_of_the_longest_length_is_taken_and_one_more_is_refused(buyer: User, seller: User) -> None:
    conversation = make_conversation(buyer, seller)
    assert len(say(conversation, buyer, "x" * BODY_LIMIT).body) == BODY_LIMIT
    with pytest.raises(MessageTooLong):
        say(conversation, buyer, "x" * (BODY_LIMIT + 1))


def test_ten_files_go_with_a_message_and_eleven_do_not(buyer: User, seller: User) -> None:
    conversation = make_conversation(buyer, seller)
    assert say(conversation, buyer, files=[text_file() for _ in range(10)]).attachments.count() == 10
    with pytest.raises(TooManyFiles):
        say(conversation, buyer, files=[text_file() for _ in range(11)])


def test_a_file_keeps_its_clean_name_and_loses_it_on_the_disk(buyer: User, seller: User) -> None:
    conversation = make_conversation(buyer, seller)
    say(conversation, buyer, files=[text_file("../../etc/grinder v7.step", b"steel")])
    kept = Attachment.objects.get()
    assert (kept.name, kept.size) == ("grinder v7.step", 5)
    assert "grinder" not in str(kept.file.name)


def test_an_empty_file_refuses_the_whole_message(buyer: User, seller: User) -> None:
    conversation = make_conversation(buyer, seller)
    with pytest.raises(FileEmpty) as refusal:
        say(conversation, buyer, "Here it is", files=[text_file(), text_file("nothing.txt", b"")])
    assert refusal.value.field == "attachments"
    assert not Message.objects.exists()


def test_r_ofr_1_unread_counts_only_what_the_other_said_since(buyer: User, seller: User, now: datetime) -> None:
    conversation = make_conversation(buyer, seller)
    for words in ("One", "Two"):
        say(conversation, buyer, words)
    assert conversations_of(seller).get().unread == 2
    assert conversations_of(buyer).get().unread == 0
    conversation.refresh_from_db()
    services.mark_read(conversation=conversation, reader=seller, now=now)
    assert conversations_of(seller).get().unread == 0
    say(conversation, buyer, "Three")
    assert conversations_of(seller).get().unread == 1


def test_reading_never_goes_back(buyer: User, seller: User, now: datetime) -> None:
    conversation = make_conversation(buyer, seller)
    say(conversation, buyer, "One")
    stale = Conversation.objects.get()
    say(conversation, buyer, "Two")
    conversation.refresh_from_db()
    services.mark_read(conversation=conversation, reader=seller, now=now)
    services.mark_read(conversation=stale, reader=seller, now=now + timedelta(minutes=1))
    reader = Participant.objects.get(user=seller)
    assert (reader.read_version, reader.last_read_at) == (2, now)


def test_the_other_is_told_once_until_they_read(buyer: User, seller: User, now: datetime) -> None:
    conversation = make_conversation(buyer, seller)
    for words in ("One", "Two", "Three"):
        say(conversation, buyer, words, now=now)
    assert Notification.objects.filter(recipient=seller, kind="message_received").count() == 1
    assert not Notification.objects.filter(recipient=buyer).exists()
    conversation.refresh_from_db()
    services.mark_read(conversation=conversation, reader=seller, now=now)
    say(conversation, buyer, "Four", now=now)
    say(conversation, buyer, "Five", now=now)
    assert Notification.objects.filter(recipient=seller, kind="message_received").count() == 2


def test_a_card_is_not_told_of_by_the_inbox(buyer: User, seller: User, now: datetime) -> None:
    conversation = make_conversation(buyer, seller)
    services.post_card(
        conversation=conversation, author=seller, kind="offer", reference="off_1", summary="An offer", now=now
    )
    assert not Notification.objects.exists()
    assert conversations_of(buyer).get().unread == 1


def test_a_changed_card_raises_the_version_and_keeps_its_place(buyer: User, seller: User, now: datetime) -> None:
    conversation = make_conversation(buyer, seller)
    services.post_card(
        conversation=conversation, author=seller, kind="offer", reference="off_1", summary="An offer", now=now
    )
    say(conversation, buyer, "Thanks")
    services.refresh_card(kind="offer", reference="off_1")
    card = Message.objects.get(kind="offer")
    assert (card.sequence, card.revised) == (1, 3)
    assert Conversation.objects.get().version == 3


def test_one_card_stands_once(buyer: User, seller: User, now: datetime) -> None:
    conversation = make_conversation(buyer, seller)
    card = {"conversation": conversation, "author": seller, "kind": "offer", "reference": "off_1", "now": now}
    services.post_card(**card, summary="An offer")  # type: ignore[arg-type]
    with pytest.raises(IntegrityError), transaction.atomic():
        services.post_card(**card, summary="An offer")  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_messages_sent_at_once_get_numbers_of_their_own() -> None:
    buyer, seller = make_user("Bruno Buyer"), make_user("Selma Seller")
    conversation = make_conversation(buyer, seller)
    ready = threading.Barrier(6)

    def write(author: User) -> None:
        ready.wait()
        try:
            say(conversation, author, "At once")
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(author,)) for author in (buyer, seller) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(Message.objects.order_by("sequence").values_list("sequence", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert Conversation.objects.get().version == 6


@pytest.mark.django_db(transaction=True)
def test_two_who_begin_at_once_begin_one_conversation() -> None:
    buyer, seller = make_user("Bruno Buyer"), make_user("Selma Seller")
    ready = threading.Barrier(2)

    def begin(starter: User, other: User) -> None:
        ready.wait()
        try:
            make_conversation(starter, other)
        finally:
            connection.close()

    threads = [threading.Thread(target=begin, args=pair) for pair in ((buyer, seller), (seller, buyer))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Conversation.objects.count() == 1
    assert Participant.objects.count() == 2
