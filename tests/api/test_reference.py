"""The reference page shows every operation of the schema."""

import pytest
from rest_framework.test import APIClient

from marketplace.reference import groups, kind_of

pytestmark = pytest.mark.django_db


def test_every_operation_is_on_the_page(anonymous: APIClient) -> None:
    schema = anonymous.get("/api/v1/schema.json").json()
    operations = {(method.upper(), path) for path, methods in schema["paths"].items() for method in methods}

    assert {(endpoint.method, endpoint.path) for group in groups().values() for endpoint in group} == operations
    page = anonymous.get("/api/v1/")
    assert page.status_code == 200
    assert all(path in page.content.decode() for _, path in operations)


def test_an_operation_says_what_goes_in_and_comes_out() -> None:
    (sign_in,) = [endpoint for endpoint in groups()["tokens"] if endpoint.method == "POST"]

    assert {field.name: field.required for field in sign_in.sent} == {
        "email": True,
        "password": True,
        "code": False,
        "name": False,
    }
    assert "token" in {field.name for field in sign_in.answered}
    assert sign_in.writes


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ({"type": "string"}, "string"),
        ({"type": "string", "format": "date-time"}, "date-time"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/StageOut"}}, "list of StageOut"),
        ({"allOf": [{"$ref": "#/components/schemas/MoneyOut"}]}, "MoneyOut"),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, "string or integer"),
        ({}, "anything"),
    ],
)
def test_kinds_are_words(shape: dict[str, object], kind: str) -> None:
    assert kind_of(shape) == kind
