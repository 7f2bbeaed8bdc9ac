"""Connected accounts: made by us, filled in by the seller on Stripe's own pages, read by us."""

from payments.simulator import objects
from payments.simulator.desk import Desk, new_id, required
from payments.simulator.errors import ApiError, invalid
from payments.simulator.onboarding import reachable
from payments.simulator.wire import Json

LINK_SECONDS = 5 * 60
WANTED_AT_FIRST = (
    "business_profile.product_description",
    "external_account",
    "individual.dob.day",
    "individual.first_name",
    "individual.last_name",
    "tos_acceptance.date",
)


def create(desk: Desk) -> Json:
    params = desk.request.params
    if "type" in params:
        raise invalid("`type` is not simulated: describe the account by `controller`.", param="type")
    controller = required(params, "controller")
    wanted = [name for name, asked in params.get("capabilities", {}).items() if asked.get("requested") == "true"]
    account = objects.blank("account", prefix="acct", now=desk.now)
    account |= {
        "capabilities": dict.fromkeys(wanted, "inactive"),
        "controller": account["controller"] | controller,
        "country": params.get("country", "US"),
        "email": params.get("email"),
        "metadata": params.get("metadata", {}),
    }
    account["external_accounts"]["url"] = f"/v1/accounts/{account['id']}/external_accounts"
    account["requirements"] |= {
        "currently_due": list(WANTED_AT_FIRST),
        "disabled_reason": "requirements.past_due",
        "eventually_due": list(WANTED_AT_FIRST),
        "past_due": list(WANTED_AT_FIRST),
    }
    return desk.save(account)


def retrieve(desk: Desk, account_id: str) -> Json:
    return _ours(desk, account_id)


def link(desk: Desk) -> Json:
    """The address of the onboarding: good for one visit, within minutes."""
    params = desk.request.params
    account = _ours(desk, required(params, "account"))
    if required(params, "type") != "account_onboarding":
        raise invalid("Only account links of type `account_onboarding` are simulated.", param="type")
    visit = {
        "kind": "onboarding",
        "account": account["id"],
        "expires_at": desk.now + LINK_SECONDS,
        "refresh_url": required(params, "refresh_url"),
        "return_url": required(params, "return_url"),
    }
    return _link(desk, "account_link", visit) | {"expires_at": visit["expires_at"]}


def login(desk: Desk, account_id: str) -> Json:
    account = _ours(desk, account_id)
    if not account["details_submitted"]:
        raise ApiError(400, "Cannot create a login link for an account that has not completed onboarding.")
    return _link(
        desk, "login_link", {"kind": "dashboard", "account": account_id, "expires_at": desk.now + LINK_SECONDS}
    )


def _ours(desk: Desk, account_id: str) -> Json:
    account = desk.find("account", account_id, param="account")
    if not reachable(desk, account_id):
        raise ApiError(
            403,
            f"The provided key does not have access to account '{account_id}' (or that account does not exist). "
            "Application access may have been revoked.",
            code="account_invalid",
        )
    return account


def _link(desk: Desk, kind: str, visit: Json) -> Json:
    token = new_id("link")
    desk.store.put("visit", token, visit | {"opened": False})
    return {"object": kind, "created": desk.now, "url": f"{desk.public_url}/sellers/{token}"}
