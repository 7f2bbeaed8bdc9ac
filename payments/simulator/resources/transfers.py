"""Transfers to connected accounts and their reversals: never more than the charge, or the balance, has."""

from payments.simulator import objects
from payments.simulator.desk import Desk, integer, new_id, page_of, required
from payments.simulator.errors import ApiError, conflict, invalid, missing
from payments.simulator.faults import Kind
from payments.simulator.onboarding import reachable
from payments.simulator.resources.payment_intents import known_currency
from payments.simulator.resources.records import available
from payments.simulator.wire import Json

# Where a platform in the United States can send transfers: so far as Stripe pays across borders.
REGION = frozenset((
    "AT", "BE", "BG", "CA", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU",
    "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK", "US",
))  # fmt: skip
_EMBEDDED = 10
_REVERSAL = "transfer_reversal"


def create(desk: Desk) -> Json:
    params = desk.request.params
    amount, currency = integer(params, "amount"), known_currency(params)
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", param="amount")
    account = desk.find("account", required(params, "destination"), param="destination")
    if not reachable(desk, account["id"]):
        raise missing("destination", account["id"], param="destination")
    if account["capabilities"].get("transfers") != "active":
        raise conflict(
            "Your destination account needs to have at least one of the following capabilities enabled: transfers, "
            "crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    if account["country"] not in REGION:
        raise invalid(
            f"Funds can't be sent to accounts located in {account['country']} when the account is under the `full` "
            "service agreement. To learn more, see https://stripe.com/docs/connect/service-agreement-types."
        )
    if desk.struck(Kind.NO_BALANCE):
        raise _too_little()
    transfer = objects.blank("transfer", prefix="tr", now=desk.now) | {
        "amount": amount,
        "currency": currency,
        "destination": account["id"],
        "destination_payment": new_id("py"),
        "metadata": params.get("metadata", {}),
        "source_transaction": params.get("source_transaction"),
        "transfer_group": params.get("transfer_group"),
    }
    transfer["reversals"]["url"] = f"/v1/transfers/{transfer['id']}/reversals"
    available_on = _from_charge(desk, transfer) if transfer["source_transaction"] else _from_balance(desk, transfer)
    line = objects.balance_transaction(
        now=desk.now, source=transfer, amount=-amount, kind="transfer", available_on=available_on
    )
    transfer["balance_transaction"] = desk.save(line)["id"]
    desk.emit("transfer.created", desk.save(transfer))
    return transfer


def retrieve(desk: Desk, transfer_id: str) -> Json:
    return desk.find("transfer", transfer_id)


def find_all(desk: Desk) -> Json:
    params = desk.request.params
    wanted = {name: params[name] for name in ("transfer_group", "destination") if name in params}
    return page_of(
        desk, "transfer", "/v1/transfers", lambda transfer: all(transfer[name] == wanted[name] for name in wanted)
    )


def reverse(desk: Desk, transfer_id: str) -> Json:
    """Take back from the connected account; with our losses ours, its balance may go below zero."""
    params = desk.request.params
    transfer = desk.find("transfer", transfer_id)
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = integer(params, "amount", default=left)
    if not 1 <= amount <= left:
        raise invalid(f"Amount ({amount}) is greater than unreversed amount on transfer ({left})", param="amount")
    if desk.struck(Kind.NO_BALANCE):
        raise conflict(
            "Your destination account has insufficient funds to cover this reversal.", code="balance_insufficient"
        )
    reversal = objects.blank(_REVERSAL, prefix="trr", now=desk.now) | {
        "amount": amount,
        "currency": transfer["currency"],
        "destination_payment_refund": new_id("pyr"),
        "metadata": params.get("metadata", {}),
        "transfer": transfer_id,
    }
    line = objects.balance_transaction(
        now=desk.now,
        source=reversal,
        amount=amount,
        kind="transfer_refund",
        category="transfer_reversal",
        available_on=desk.now,
    )
    reversal["balance_transaction"] = desk.save(line)["id"]
    desk.save(reversal)
    transfer |= {
        "amount_reversed": transfer["amount_reversed"] + amount,
        "reversals": _embedded(transfer["reversals"], reversal),
        "reversed": amount == left,
    }
    desk.emit("transfer.reversed", desk.save(transfer))
    desk.emit("transfer.updated", transfer)
    return reversal


def find_reversals(desk: Desk, transfer_id: str) -> Json:
    transfer = desk.find("transfer", transfer_id)
    return page_of(
        desk, _REVERSAL, transfer["reversals"]["url"], lambda reversal: bool(reversal["transfer"] == transfer_id)
    )


def _embedded(reversals: Json, newest: Json) -> Json:
    """The list inside a transfer holds the ten newest."""
    all_of_them = [newest, *reversals["data"]]
    return reversals | {"data": all_of_them[:_EMBEDDED], "has_more": len(all_of_them) > _EMBEDDED}


def _from_charge(desk: Desk, transfer: Json) -> int:
    """When the money of its charge is there; ApiError when the charge has not got that much left to send."""
    charge = desk.find("charge", transfer["source_transaction"], param="source_transaction")
    if charge["status"] != "succeeded" or not charge["balance_transaction"]:
        raise invalid("The source transaction has not succeeded.", param="source_transaction")
    if charge["currency"] != transfer["currency"]:
        raise invalid("The currency of source_transaction's balance transaction differs.", param="currency")
    sent = sum(each["amount"] for each in desk.store.each("transfer") if each["source_transaction"] == charge["id"])
    if sent + transfer["amount"] > charge["amount_captured"]:
        raise invalid(
            f"Transfers using this transaction as a source must not exceed the source amount of "
            f"{charge['amount_captured']}. (There is already {sent} transferred.)",
            param="amount",
        )
    return max(desk.now, int(desk.find("balance_transaction", charge["balance_transaction"])["available_on"]))


def _from_balance(desk: Desk, transfer: Json) -> int:
    if available(desk, transfer["currency"]) < transfer["amount"]:
        raise _too_little()
    return desk.now


def _too_little() -> ApiError:
    return conflict(
        "You have insufficient available funds in your Stripe account. Try adding funds directly to your available "
        "balance.",
        code="balance_insufficient",
    )
