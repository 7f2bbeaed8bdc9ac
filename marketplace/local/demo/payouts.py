"""Where the demo's sellers are paid: most have told Stripe, one has not, and Stripe wants a paper from another."""

from django.conf import settings

from accounts.models import User
from marketplace.kernel import clock
from marketplace.local.demo.people import person
from marketplace.local.demo.travelling import control
from orders.models import Order
from payments.models import ConnectedAccount
from payments.services.onboarding import begin_onboarding, refresh_account
from support.services import hold_order

NOT_YET = ("leo@milepost.example",)
PAPER_WANTED = ("hanna@milepost.example",)
ELSEWHERE = "US"  # where those have their bank whose own country Stripe doesn't pay to
HOME = "http://127.0.0.1:8000/payouts/"


def onboard_sellers() -> None:
    """Everyone but NOT_YET goes to Stripe's page and fills it in."""
    for seller in User.objects.filter(seller__isnull=False).exclude(email__in=NOT_YET).select_related("seller"):
        country = seller.seller.country if seller.seller.country in settings.PAYOUT_COUNTRIES else ELSEWHERE
        begin_onboarding(user=seller, country=country, return_url=HOME, refresh_url=HOME, now=clock.now())
        account = ConnectedAccount.objects.get(user=seller)
        decision = "document" if seller.email in PAPER_WANTED else "in_order"
        control("onboard", account=account.stripe_id, decision=decision)
        refresh_account(account_id=account.pk)


def hold_back(order: Order) -> None:
    """Support looks at an order before its money is sent."""
    reason = "The buyer says that one of the pictures was made by someone else."
    hold_order(order=order, agent=person("support@milepost.example"), reason=reason, now=clock.now())
