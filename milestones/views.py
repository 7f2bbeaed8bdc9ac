"""What it costs, in plain words and the policy's own numbers (R-PAY-6)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from marketplace.kernel import clock
from marketplace.kernel.money import basis_points
from milestones.models import MilestonePolicy
from milestones.services.policies import policy_in_force

Line = dict[str, object]


@require_safe
def fees(request: HttpRequest) -> HttpResponse:
    policy = policy_in_force(now=clock.now())
    return render(request, "pages/fees.html", {"policy": policy, "example": fee_example(policy)})


def fee_example(policy: MilestonePolicy) -> dict[str, int | Line | list[Line]]:
    """A milestone of twice the least price of a gig with milestones, as buyer and seller see it; minor units."""
    price = 2 * policy.gig_price_over
    fee, commission = basis_points(price, policy.buyer_fee_bp), basis_points(price, policy.commission_bp)
    return {
        "price": price,
        "buyer_lines": [{"label": "The milestone", "amount": price}, {"label": "Service fee", "amount": fee}],
        "buyer_total": {"label": "The buyer pays", "amount": price + fee},
        "seller_lines": [
            {"label": "The milestone", "amount": price},
            {"label": "Commission", "amount": -commission},
        ],
        "seller_total": {"label": "The seller earns", "amount": price - commission},
    }
