"""R-OFR-2: a buyer asks a seller for an offer."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from inbox.errors import TooManyFiles
from inbox.models import Conversation, Message
from marketplace.kernel import clock
from marketplace.kernel.errors import Unknown
from marketplace.kernel.money import Money
from notifications.models import Notification
from offers import selectors, services
from offers.errors import BudgetTooLow, DateHasPassed, NotASeller, RequestNeedsBrief, TooLong
from offers.models import OfferRequest
from tests.factories.gigs import make_gig
from tests.factories.inbox import make_conversation, text_file
from tests.factories.offers import draft_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


@pytest.fixture
def conversation(buyer: User, seller: User) -> Conversation:
    return make_conversation(buyer, seller, now=NOW)


def ask(
    conversation: Conversation,
    buyer: User,
    *,
    brief: str = "A film",
    budget: int | None = 120000,
    needed_by: date | None = TODAY,
    files: int = 1,
) -> OfferRequest:
    return services.ask_for_offer(
        conversation=conversation,
        buyer=buyer,
        brief=brief,
        budget=None if budget is None else Money(budget, "USD"),
        needed_by=needed_by,
        currency="USD",
        files=[text_file("grinder.step") for _ in range(files)],
        now=NOW,
    )


def test_r_ofr_2_a_request_stands_in_the_conversation_with_its_files(
    conversation: Conversation, buyer: User, seller: User
) -> None:
    request = ask(conversation, buyer)
    card = Message.objects.get()
    assert (card.kind, card.reference, card.body) == ("request", request.public_id, "Asks for an offer: A film")
    assert card.attachments.get().name == "grinder.step"
    notice = Notification.objects.get()
    assert (notice.recipient, notice.kind) == (seller, "offer_requested")
    assert (notice.data["budget"], notice.data["needed_by"]) == ({"amount": 120000, "currency": "USD"}, "2 Mar 2026")


def test_budget_and_date_may_be_left_open(conversation: Conversation, buyer: User) -> None:
    request = ask(conversation, buyer, budget=None, needed_by=None)
    assert (request.budget, request.needed_by) == (None, None)


def test_a_request_says_what_is_needed_within_reason(conversation: Conversation, buyer: User) -> None:
    with pytest.raises(RequestNeedsBrief):
        ask(conversation, buyer, brief=" ")
    with pytest.raises(TooLong, match=r"Up to 3000 characters fit here; this has 3001\."):
        ask(conversation, buyer, brief="x" * 3001)
    with pytest.raises(BudgetTooLow):
        ask(conversation, buyer, budget=0)
    with pytest.raises(DateHasPassed):
        ask(conversation, buyer, needed_by=TODAY - timedelta(days=1))
    assert not OfferRequest.objects.exists()
    assert ask(conversation, buyer, brief="x" * 3000, budget=1, needed_by=TODAY)


NEEDED = "Say what you need, so that the seller can make an offer."
MOST = "Ensure this value has at most 3000 characters (it has 3001)."
BUDGET = "A budget is more than zero. Leave it empty if you have none yet."
PASSED = "That day has passed. Choose a later one, or leave it empty."
FILES = "Up to 10 files go with one message. Send the others with the next."


@pytest.mark.parametrize(
    ("field", "last", "refused", "sentence"),
    [
        ("brief", "x", " ", NEEDED),
        ("brief", "x" * 3000, "x" * 3001, MOST),
        ("budget", "0.01", "0", BUDGET),
        ("budget", "", "0.00", BUDGET),
        ("needed_by", "2026-03-02", "2026-03-01", PASSED),
        ("attachments", 10, 11, FILES),
    ],
)
def test_r_ofr_2_the_page_asks_with_the_last_value_and_refuses_the_next(
    conversation: Conversation, buyer: User, monkeypatch: pytest.MonkeyPatch, field: str, last: object, refused: object,
    sentence: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(clock, "now", lambda: NOW)
    client, page = Client(), reverse("offers:ask", args=[conversation.public_id])
    client.force_login(buyer)

    def typed(value: object) -> dict[str, object]:
        files = [text_file(f"{number}.txt") for number in range(value)] if isinstance(value, int) else value
        return {"brief": "A film", "budget": "1,200", "needed_by": "", field: files}

    answer = client.post(page, typed(refused))
    assert (answer.status_code, answer.context["form"].errors) == (422, {field: [sentence]})
    assert not OfferRequest.objects.exists()
    assert client.post(page, typed(last)).status_code == 302
    assert OfferRequest.objects.count() == 1


def test_r_ofr_2_ten_files_go_with_a_request_and_eleven_do_not(conversation: Conversation, buyer: User) -> None:
    with pytest.raises(TooManyFiles) as refusal:
        ask(conversation, buyer, files=11)
    assert (refusal.value.field, refusal.value.message) == ("attachments", FILES)
    assert not OfferRequest.objects.exists()
    ask(conversation, buyer, files=10)
    assert Message.objects.get().attachments.count() == 10


def test_only_sellers_are_asked_and_only_by_whom_they_talk_with(
    conversation: Conversation, buyer: User, seller: User, stranger: User
) -> None:
    with pytest.raises(NotASeller, match="Bruno"):
        ask(conversation, seller)
    with pytest.raises(Unknown):
        ask(conversation, stranger)


def test_an_offer_answers_the_latest_open_request(conversation: Conversation, buyer: User, seller: User) -> None:
    first, second = ask(conversation, buyer), ask(conversation, buyer)
    find = selectors.request_to_answer
    assert find(conversation=conversation, seller=seller) == second
    draft = services.save_draft(
        seller=seller, conversation=conversation, draft=draft_of(make_gig(seller)), request=second, now=NOW
    )
    drawn = Message.objects.get(reference=second.public_id).revised
    services.send_offer(offer=draft, seller=seller)
    assert find(conversation=conversation, seller=seller) == first
    assert find(conversation=conversation, seller=seller, public_id=second.public_id) == second
    assert find(conversation=conversation, seller=buyer, public_id=second.public_id) is None
    assert Message.objects.get(reference=second.public_id).revised > drawn


def test_an_offer_answers_no_request_of_another_conversation(
    conversation: Conversation, buyer: User, seller: User, stranger: User
) -> None:
    elsewhere = make_conversation(stranger, seller)
    with pytest.raises(Unknown):
        services.save_draft(
            seller=seller,
            conversation=elsewhere,
            draft=draft_of(make_gig(seller)),
            request=ask(conversation, buyer),
            now=NOW,
        )
