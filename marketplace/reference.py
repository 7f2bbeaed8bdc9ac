"""The API's reference as a page of our own, drawn from the schema: no script, no stranger's style."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

WRITES = {"post", "put", "patch", "delete"}


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a table: a parameter, or a field of what is sent or answered."""

    name: str
    kind: str
    required: bool
    note: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    method: str
    path: str
    title: str
    note: str
    parameters: tuple[Field, ...]
    sent: tuple[Field, ...]
    answered: tuple[Field, ...]

    @property
    def writes(self) -> bool:
        return self.method.lower() in WRITES


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/api.html", {"groups": groups()})


@cache
def groups() -> dict[str, list[Endpoint]]:
    """Endpoints by the first word of their path. The code decides them, so they are reckoned once."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    found: dict[str, list[Endpoint]] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            found.setdefault(path.split("/")[3], []).append(read_operation(schema, method, path, operation))
    return found


def read_operation(schema: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> Endpoint:
    title, _, note = operation.get("description", "").partition("\n")
    answers: dict[str, dict[str, Any]] = operation["responses"]
    good = next((answer for status, answer in answers.items() if status.startswith("2")), {})
    return Endpoint(
        method=method.upper(),
        path=path,
        title=title,
        note=note.strip(),
        parameters=tuple(read_parameter(parameter) for parameter in operation.get("parameters", ())),
        sent=tuple(read_body(schema, operation.get("requestBody", {}))),
        answered=tuple(read_body(schema, good)),
    )


def read_parameter(parameter: dict[str, Any]) -> Field:
    return Field(
        name=parameter["name"],
        kind=f"{parameter['in']}, {kind_of(parameter['schema'])}",
        required=parameter.get("required", False),
        note=parameter.get("description", ""),
    )


def read_body(schema: dict[str, Any], body: dict[str, Any]) -> Iterator[Field]:
    """The fields of the first way in which the body can be written."""
    for content in body.get("content", {}).values():
        shape = resolve(schema, content["schema"])
        for name, field in shape.get("properties", {}).items():
            needed = name in shape.get("required", ())
            yield Field(name=name, kind=kind_of(field), required=needed, note=field.get("description", ""))
        return


def resolve(schema: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    """Follows one reference to a component."""
    name = shape.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = schema["components"]["schemas"][name] if name else shape
    return found


def kind_of(shape: dict[str, Any]) -> str:
    """In a word or two: "string", "list of StageOut", "MoneyOut"."""
    if "$ref" in shape:
        return str(shape["$ref"].rpartition("/")[2])
    if inner := shape.get("allOf") or shape.get("oneOf"):
        return " or ".join(kind_of(part) for part in inner)
    if shape.get("type") == "array":
        return f"list of {kind_of(shape['items'])}"
    return str(shape.get("format") or shape.get("type") or "anything")
