"""What papers an order leaves behind, and that they agree with the books to the cent (R-PAY-6)."""

import pytest

from accounts.models import User
from orders import tasks as order_tasks
from payments import tasks as payment_tasks
from payments.documents import documents_for
from payments.selectors import group_balances
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("moving_clock")]


def papers(story: Story, person: User) -> list[tuple[str, int]]:
    """Kind and sum of a person's papers about the order, after every sweep has run twice."""
    for _ in range(2):
        payment_tasks.sweep_documents()
        order_tasks.state_ended_orders()
    return [(document.kind, document.total) for document in documents_for(person, story.order.public_id)]


def test_r_pay_6_a_finished_order(stripe: StripeDouble, buyer: User, seller: User) -> None:
    story = Story(stripe, buyer, seller, prices=[60_00, 80_00])
    story.pay()
    assert papers(story, buyer) == [("invoice", 63_00)]
    story.deliver()
    story.accept_and_continue()
    assert papers(story, buyer) == [("invoice", 63_00), ("invoice", 84_00)]
    assert papers(story, seller) == []
    story.deliver()
    story.accept_and_finish()
    story.work()
    assert papers(story, buyer) == [("invoice", 63_00), ("invoice", 84_00), ("statement", 147_00)]
    assert papers(story, seller) == [("statement", 126_00)]
    balances = group_balances(story.order.public_id)
    assert balances.captured == 147_00
    assert balances.released == 126_00
