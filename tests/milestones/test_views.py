import pytest
from django.test import Client

from marketplace.kernel import clock
from milestones.services.policies import policy_in_force
from milestones.views import fee_example

pytestmark = pytest.mark.django_db


def test_r_pay_6_fees_stand_in_plain_words_with_the_policys_numbers(client: Client) -> None:
    html = client.get("/fees/").content.decode()
    for words in ("5\u00a0%", "10\u00a0%", "$200.00", "$10.00", "$210.00", "-$20.00", "$180.00", "7 days"):
        assert words in html, words


def test_r_pol_1_the_example_follows_the_policy(db: None) -> None:
    policy = policy_in_force(now=clock.now())
    policy.gig_price_over, policy.buyer_fee_bp, policy.commission_bp = 15_000, 250, 2_000
    example = fee_example(policy)
    assert example["price"] == 30_000
    assert example["buyer_total"] == {"label": "The buyer pays", "amount": 30_750}
    assert example["seller_total"] == {"label": "The seller earns", "amount": 24_000}
