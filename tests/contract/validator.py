"""Holds requests and answers to Stripe's own description of its API (`stripe_contract.json`, see NOTICE.md).

Five overlays make it a plain JSON Schema that says what we need:

1. `nullable` becomes `anyOf … null` (OpenAPI 3.0 is not JSON Schema there).
2. In requests every nested object is closed: as shipped, a misspelt nested parameter passes.
3. `allowed_payment_method_types` of checkout sessions is newer than the description.
4. The properties *named* `description` were pruned away together with the prose.
5. Listing a transfer's reversals was pruned away: its answer is the list inside a transfer, its filters are a list's.
"""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft202012Validator

from payments.simulator.wire import Request, Response

Json = dict[str, Any]
CONTRACT = Path(__file__).parent / "stripe_contract.json"
FORM = "application/x-www-form-urlencoded"
TEXT: Json = {"type": "string"}
NUMBER: Json = {"type": "integer"}
LISTED: Json = {
    "ending_before": TEXT,
    "expand": {"type": "array", "items": TEXT},
    "limit": NUMBER,
    "starting_after": TEXT,
}
REVERSALS = "/v1/transfers/{id}/reversals"
DESCRIBED = {"/v1/customers", "/v1/customers/{customer}", "/v1/payment_intents", "/v1/payment_intents/{intent}"}


def problems_of(request: Request, response: Response) -> list[str]:
    """What Stripe's description has against this exchange; empty when nothing. Broken replies aren't looked at."""
    found = [f"request {problem}" for problem in request_problems(request)] if response.status == 200 else []
    if response.raw is None:
        found += [f"response {problem}" for problem in response_problems(request, response)]
    return [f"{request.target}: {problem}" for problem in found]


def request_problems(request: Request) -> list[str]:
    method = request.method.lower()
    return form_problems(method, template_of(method, request.path), request.params)


def form_problems(method: str, template: str, params: Json) -> list[str]:
    """For the parameters of an operation, as a form has them: every leaf is a string."""
    schema, validator = _request_validator(method, template)
    return _messages(validator, coerced(params, schema))


def described_request(method: str, template: str) -> tuple[Json, Json]:
    """The JSON Schema of an operation's parameters, and the definitions that it refers to (none)."""
    return _request_validator(method, template)[0], {}


def described_answer(method: str, template: str) -> tuple[Json, Json]:
    """The JSON Schema of an operation's answer, and the definitions that it refers to."""
    schema: Json = dict(_response_validator(method, template).schema)  # type: ignore[arg-type]
    return schema, schema["components"]["schemas"]


def response_problems(request: Request, response: Response) -> list[str]:
    method = request.method.lower()
    template = template_of(method, request.path) if response.status == 200 else ""
    return _messages(_response_validator(method, template), response.body)


def object_problems(thing: Json) -> list[str]:
    """For a whole object, by its kind."""
    return _messages(_object_validator(thing["object"]), thing)


def coerced(value: Any, schema: Json) -> Any:
    """The strings of a form as the numbers and booleans that the schema wants, where they can be."""
    for option in schema.get("anyOf", []):
        attempt = coerced(value, option)
        if Draft202012Validator(option).is_valid(attempt):
            return attempt
    if isinstance(value, dict):
        known, others = schema.get("properties", {}), schema.get("additionalProperties")
        fallback = others if isinstance(others, dict) else {}
        return {name: coerced(each, known.get(name, fallback)) for name, each in value.items()}
    if isinstance(value, list):
        return [coerced(each, schema.get("items", {})) for each in value]
    if schema.get("type") == "integer" and value.lstrip("-").isdigit():
        return int(value)
    if schema.get("type") == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


@cache
def contract() -> Json:
    whole: Json = json.loads(CONTRACT.read_text())
    listed = whole["schemas"]["transfer"]["properties"]["reversals"]
    reversals = {
        "parameters": [{"in": "query", "name": name, "schema": schema} for name, schema in LISTED.items()],
        "responses": {"200": {"content": {"application/json": {"schema": listed}}}},
    }
    whole["paths"][REVERSALS]["get"] = reversals
    return whole


@cache
def _components() -> Json:
    return {"schemas": _without_nullable(contract()["schemas"])}


def template_of(method: str, path: str) -> str:
    """The contract's path for an address, literal segments before variables."""
    candidates: list[str] = [
        template
        for template, operations in contract()["paths"].items()
        if method in operations and _fits(template, path)
    ]
    assert candidates, f"{method} {path} is not in the contract"
    return min(candidates, key=lambda template: template.count("{"))


def _fits(template: str, path: str) -> bool:
    wanted, given = template.split("/"), unquote(path).split("/")
    return len(wanted) == len(given) and all(
        part == actual or part.startswith("{") for part, actual in zip(wanted, given, strict=True)
    )


@cache
def _request_validator(method: str, template: str) -> tuple[Json, Draft202012Validator]:
    operation = contract()["paths"][template][method]
    if method == "get":
        query = [each for each in operation["parameters"] if each["in"] == "query"]
        schema: Json = {"type": "object", "properties": {each["name"]: each["schema"] for each in query}}
    else:
        schema = copy.deepcopy(operation["requestBody"]["content"][FORM]["schema"])
        _restore(template, schema["properties"])
    schema = _closed(_without_nullable(schema))
    return schema, Draft202012Validator(schema)


def _restore(template: str, properties: Json) -> None:
    if template in DESCRIBED:
        properties["description"] = TEXT
    if template == "/v1/checkout/sessions":
        properties["allowed_payment_method_types"] = {"type": "array", "items": TEXT}
        properties["payment_intent_data"]["properties"]["description"] = TEXT
        product = properties["line_items"]["items"]["properties"]["price_data"]["properties"]["product_data"]
        product["properties"]["description"] = TEXT


@cache
def _object_validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{kind}", "components": _components()})


@cache
def _response_validator(method: str, template: str) -> Draft202012Validator:
    """For the answer of an operation; for an error when `template` is empty."""
    schema: Json = {"$ref": "#/components/schemas/error"}
    if template:
        answers = contract()["paths"][template][method]["responses"]
        schema = _without_nullable(answers["200"]["content"]["application/json"]["schema"])
    return Draft202012Validator({**schema, "components": _components()})


def _messages(validator: Draft202012Validator, value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(value)]


def _without_nullable(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_nullable(each) for each in node]
    if not isinstance(node, dict):
        return node
    rest = {name: _without_nullable(each) for name, each in node.items() if name != "nullable" or each is not True}
    return {"anyOf": [rest, {"type": "null"}]} if node.get("nullable") is True else rest


def _closed(node: Any) -> Any:
    if isinstance(node, list):
        return [_closed(each) for each in node]
    if not isinstance(node, dict):
        return node
    closed = {name: _closed(each) for name, each in node.items()}
    if isinstance(closed.get("properties"), dict) and closed.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed
