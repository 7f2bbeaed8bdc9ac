"""What Stripe decides about a seller, on demand: the buttons of the onboarding and of the seller's dashboard."""

from dataclasses import dataclass

from payments.simulator.desk import Desk
from payments.simulator.wire import Json

_DOCUMENT = ("individual.verification.document",)
DOCUMENT_SECONDS = 14 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`capability` is of transfers; `due` is what Stripe wants to know."""

    name: str
    label: str
    hint: str
    capability: str
    due: tuple[str, ...] = ()
    disabled_reason: str | None = None


DECISIONS: dict[str, Decision] = {
    decision.name: decision
    for decision in (
        Decision(
            name="in_order",
            label="Everything is in order",
            hint="Milepost can send earnings, and Stripe pays them on to the bank.",
            capability="active",
        ),
        Decision(
            name="document",
            label="Identity document still wanted",
            hint="No earnings can be sent until a document is there.",
            capability="pending",
            due=_DOCUMENT,
            disabled_reason="requirements.past_due",
        ),
        Decision(
            name="refused",
            label="Refuse the account",
            hint="Stripe will not pay this seller.",
            capability="inactive",
            disabled_reason="rejected.other",
        ),
    )
}


def decide(desk: Desk, account_id: str, name: str) -> Json:
    """Returns the account; KeyError when there is no such decision."""
    decision, account = DECISIONS[name], desk.find("account", account_id)
    before = account["capabilities"].get("transfers")
    in_order = decision.capability == "active"
    account |= {
        "capabilities": account["capabilities"] | {"transfers": decision.capability},
        "details_submitted": True,
        "payouts_enabled": in_order,
    }
    account["requirements"] |= {
        "current_deadline": desk.now + DOCUMENT_SECONDS if decision.due else None,
        "currently_due": list(decision.due),
        "disabled_reason": decision.disabled_reason,
        "eventually_due": list(decision.due),
        "past_due": list(decision.due),
    }
    account["tos_acceptance"]["date"] = account["tos_acceptance"]["date"] or desk.now
    desk.emit("account.updated", desk.save(account), account=account_id)
    if before != decision.capability:
        desk.emit("capability.updated", _capability(account), account=account_id)
    return account


def deauthorize(desk: Desk, account_id: str) -> Json:
    """The seller, or Stripe, ends our access: from now on the account is none of ours."""
    account = desk.find("account", account_id)
    desk.store.put("deauthorized", account_id, True)
    application = {"id": "ca_simulator", "object": "application", "name": "Milepost"}
    desk.emit("account.application.deauthorized", application, account=account_id)
    return account


def reachable(desk: Desk, account_id: str) -> bool:
    return desk.store.get("deauthorized", account_id) is None


def _capability(account: Json) -> Json:
    return {
        "id": "transfers",
        "object": "capability",
        "account": account["id"],
        "requested": True,
        "requested_at": account["created"],
        "requirements": account["requirements"],
        "status": account["capabilities"]["transfers"],
    }
