"""The OpenAPI schema says how the API behaves."""

import json
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema(anonymous: APIClient) -> dict[str, Any]:
    answer = anonymous.get("/api/v1/schema.json")
    assert answer.status_code == 200
    body: dict[str, Any] = json.loads(answer.content)
    return body


def test_the_schema_is_valid_and_complete() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null")


def test_the_schema_is_offered_as_yaml_too(anonymous: APIClient) -> None:
    assert b"openapi: 3" in anonymous.get("/api/v1/schema/").content


def test_every_operation_can_answer_with_a_problem(schema: dict[str, Any]) -> None:
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    assert operations
    for operation in operations:
        assert "application/problem+json" in operation["responses"]["4XX"]["content"]
    assert schema["components"]["schemas"]["Problem"]["required"] == ["type", "title", "status", "detail", "code"]


def test_signing_in_needs_no_token_and_the_rest_does(schema: dict[str, Any]) -> None:
    tokens = schema["paths"]["/api/v1/tokens/"]
    assert "security" not in tokens["post"] or {} in tokens["post"]["security"]
    assert {"token": []} in tokens["get"]["security"]
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
