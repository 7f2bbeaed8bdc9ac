"""Everything about an order is on one page, and reading it costs the same however much has happened (R-SUP-1)."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from marketplace.kernel import clock
from orders.models import Order
from orders.services.requirements import Answer, answer_requirements
from payments.models import ChargeAttempt, Refund
from support.selectors import desk_of
from tests.factories.accounts import make_user
from tests.factories.inbox import make_conversation, say, text_file
from tests.factories.order_states import STATES, in_revision, payment_failed, questions
from tests.factories.orders import accept_and_pay_next, again, cancel, deliver_current, make_order, pay_first
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import sweep_payments
from tests.support.conftest import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(stripe: StripeDouble, buyer: User, seller: User, agent: User) -> Order:
    """One accepted, the second cancelled and refunded; files, a revision, and words between the two."""
    order = in_revision(stripe, buyer, seller)
    deliver_current(order, files=1)
    order = cancel(accept_and_pay_next(order), agent)
    sweep_payments()
    talk = make_conversation(buyer, seller)
    say(talk, buyer, "Is the handle walnut?", files=[text_file("sketch.txt")])
    say(talk, seller, "Yes, oiled.")
    return again(order)


def test_r_sup_1_the_whole_order_is_on_one_page(desk: Desk, told: Order) -> None:
    page = desk.open(told)
    attempt = ChargeAttempt.objects.filter(charge__group=told.public_id).latest("pk")
    refund = Refund.objects.get()
    for words in (
        told.number, told.title, "Bruno Buyer", "buyer@example.com", "Selma Seller", "Ended by support", "standard v",
        "Step 1", "Step 3", "Accepted", "Cancelled", "Not started",  # milestones
        "Slower, please.", "preview-1.txt", "original-1.txt", "https://example.com/work",  # deliveries
        "Is the handle walnut?", "Yes, oiled.", "sketch.txt",  # conversation
        "Bruno accepted ‘Step 1’", "Support ended the order", "accept_and_continue", "end_order",  # timeline
        "$210.00", "$126.00", "$84.00", "$108.00", attempt.payment_id, refund.provider_id,  # 126 + 84 paid, 84 back
        "Charged to the buyer", "Released to the seller", "Refunded to the buyer",  # ledger
        "They asked for it.", "Agnes Agent", "Both sides agree to end it",  # the note, for support only
    ):  # fmt: skip
        assert str(words) in page, words


def test_the_ledger_on_the_page_balances(told: Order) -> None:
    books = desk_of(told, now=clock.now()).books

    assert sum(line.debit.amount for line in books if line.debit) > 0
    assert sum(line.debit.amount for line in books if line.debit) == sum(
        line.credit.amount for line in books if line.credit
    )
    assert all((line.debit is None) != (line.credit is None) for line in books)


def test_answers_to_the_sellers_questions_are_shown(
    desk: Desk, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = questions(stripe, buyer, seller)
    first, second = order.requirements.all()
    answer_requirements(
        order=order,
        actor=buyer,
        answers={
            first.pk: Answer(text="A kettle of brushed steel."),
            second.pk: Answer(text="See the file.", file=ContentFile(b"x", name="brief.txt"), file_name="brief.txt"),
        },
    )
    page = desk.open(order)

    assert first.question in page
    assert "A kettle of brushed steel." in page
    assert "brief.txt" in page


def test_a_decline_says_what_the_bank_said(desk: Desk, stripe: StripeDouble, buyer: User, seller: User) -> None:
    page = desk.open(payment_failed(stripe, buyer, seller))

    assert "The bank said:" in page
    assert "Attempt 1: saved method, off-session" in page


@pytest.mark.parametrize("state", STATES)
def test_the_desk_opens_in_every_state(
    state: str, agent: User, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = STATES[state](stripe, buyer, seller)
    desk = Desk(agent)
    page = desk.open(order)

    assert order.number in page
    link = f"/support/orders/order/{order.pk}/cancel/"
    assert (link in page) == (order.state in ("awaiting_requirements", "active", "awaiting_next_payment"))


def test_the_desk_asks_as_often_for_much_as_for_little(
    desk: Desk, stripe: StripeDouble, buyer: User, seller: User, told: Order
) -> None:
    def queries(order: Order) -> int:
        with CaptureQueriesContext(connection) as asked:
            desk.open(order)
        return len(asked)

    other = make_user("Oona Other")
    little = in_revision(stripe, other, seller)
    say(make_conversation(other, seller), other, "Hello", files=[text_file()])
    cancel(little)
    sweep_payments()
    queries(little)

    much = pay_first(make_order(buyer=buyer, seller=seller, parts=(12000, 8000, 6000, 5000, 4000)), stripe)
    for _ in range(3):
        deliver_current(much, files=3, originals=2)
        much = accept_and_pay_next(much)
    cancel(much)
    for number in range(5):
        say(make_conversation(buyer, seller), buyer, f"Message {number}", files=[text_file(), text_file("b.txt")])
    sweep_payments()

    assert queries(much) == queries(little)


@pytest.mark.parametrize(
    ("kept_from", "hidden"),
    [
        ("view_message", "Is the handle walnut?"),
        ("view_charge", "Paid by the buyer in all"),
        ("view_journalentry", "Refunded to the buyer"),
        ("view_deliveryfile", "/files/delivery/"),
        ("view_attachment", "/files/message/"),
    ],
)
def test_r_sup_5_an_agent_sees_what_they_may(helper: User, told: Order, kept_from: str, hidden: str) -> None:
    whole = Desk(helper).open(told)
    helper.groups.clear()
    helper.user_permissions.set(Permission.objects.filter(codename__startswith="view_").exclude(codename=kept_from))
    page = Desk(User.objects.get(pk=helper.pk)).open(told)

    assert hidden not in page
    assert hidden in whole
    assert told.number in page
