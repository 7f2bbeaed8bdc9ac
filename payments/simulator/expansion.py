"""`expand[]`: references replaced by their objects, along dotted paths."""

from typing import Any

from payments.simulator.errors import invalid
from payments.simulator.store import Store
from payments.simulator.wire import Json

_KINDS = {
    "balance_transaction": "balance_transaction",
    "charge": "charge",
    "customer": "customer",
    "destination": "account",
    "latest_charge": "charge",
    "payment_intent": "payment_intent",
    "payment_method": "payment_method",
    "source_transaction": "charge",
}
_DEEPEST = 4


def expand(store: Store, thing: Json, paths: list[str]) -> Json:
    """`thing` with the references along `paths` ("data.latest_charge.balance_transaction") replaced."""
    for path in paths:
        parts = path.split(".")
        if len(parts) > _DEEPEST:
            raise invalid(f"You cannot expand more than 4 levels of a property. Property: {path}", param="expand")
        _walk(store, thing, parts, path)
    return thing


def _walk(store: Store, node: Any, parts: list[str], path: str) -> None:
    if isinstance(node, list):
        for each in node:
            _walk(store, each, parts, path)
        return
    if not parts:
        return
    name, *rest = parts
    if not isinstance(node, dict) or name not in node:
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    if name in _KINDS and isinstance(node[name], str):
        node[name] = store.get(_KINDS[name], node[name])
    elif not isinstance(node[name], dict | list | None):
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    if node[name] is not None:
        _walk(store, node[name], rest, path)
