"""Requests and responses of the API, and Stripe's nested form encoding (`a[b][0][c]=v`)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

Json = dict[str, Any]
_PART = re.compile(r"[^\[\]]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    method: str
    path: str
    params: Json
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case

    @property
    def idempotency_key(self) -> str:
        """Only writes have one."""
        return self.headers.get("idempotency-key", "") if self.method == "POST" else ""

    @property
    def target(self) -> str:
        """What faults are aimed at: "POST /v1/refunds"."""
        return f"{self.method} {self.path}"


@dataclass(slots=True, kw_only=True)
class Response:
    status: int
    body: Json
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None  # instead of the body: a page of a proxy
    truncated: bool = False  # the reply breaks off half-way
    delay: float = 0.0  # seconds that it took

    @property
    def content(self) -> bytes:
        whole = self.raw if self.raw is not None else json.dumps(self.body).encode()
        return whole[: len(whole) // 2] if self.truncated else whole


class ConnectionLost(Exception):
    """The client gets no reply; whether there was an effect is not to be seen from outside."""


def decode_form(text: str) -> Json:
    """Stripe's form encoding as nested dictionaries and lists; every leaf is a string."""
    tree: Json = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        *parents, leaf = _PART.findall(name) or [""]
        node = tree
        for part in parents:
            node = node.setdefault(part, {})
        node[leaf] = value
    return {name: _with_lists(node) for name, node in tree.items()}


def _with_lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    children = {name: _with_lists(child) for name, child in node.items()}
    if children and all(name.isdigit() for name in children):
        return [children[name] for name in sorted(children, key=int)]
    return children
