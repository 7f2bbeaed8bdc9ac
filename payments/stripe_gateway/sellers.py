"""Connected accounts: who the seller is, is Stripe's to find out; we read whether money can go there."""

import stripe
from stripe.params import AccountCreateParams

from payments.gateway import SellerAccount, StateConflict
from payments.stripe_gateway.calling import Calling
from payments.stripe_gateway.snapshots import seller_account


class SellerCalls(Calling):
    def create_seller(self, *, seller_ref: str, email: str, country: str, idempotency_key: str) -> SellerAccount:
        """Stripe asks the seller for papers on its own pages; its fees and losses are ours. `country` may be empty."""
        params: AccountCreateParams = {
            "email": email,
            "controller": {
                "fees": {"payer": "application"},
                "losses": {"payments": "application"},
                "requirement_collection": "stripe",
                "stripe_dashboard": {"type": "express"},
            },
            "capabilities": {"transfers": {"requested": True}},
            "metadata": {"seller_ref": seller_ref},
        }
        if country:
            params["country"] = country
        with self._calling() as v1:
            account = v1.accounts.create(params=params, options={"idempotency_key": idempotency_key})
            return seller_account(account.to_dict())

    def seller_onboarding_url(self, account_id: str, *, return_url: str, refresh_url: str) -> str:
        """Good for one visit within minutes: ask for it when the seller presses the button, never store it."""
        with self._calling() as v1:
            link = v1.account_links.create(
                params={
                    "account": account_id,
                    "type": "account_onboarding",
                    "return_url": return_url,
                    "refresh_url": refresh_url,
                }
            )
            return link.url

    def seller_dashboard_url(self, account_id: str) -> str:
        """StateConflict `onboarding_incomplete` as long as Stripe has no dashboard for the seller."""
        with self._calling() as v1:
            try:
                return v1.accounts.login_links.create(account_id).url
            except stripe.InvalidRequestError as error:
                if error.http_status == 404 or error.code:
                    raise
                raise StateConflict("onboarding_incomplete", str(error)) from error

    def get_seller(self, account_id: str) -> SellerAccount:
        with self._calling() as v1:
            return seller_account(v1.accounts.retrieve(account_id).to_dict())
