"""The OpenAPI schema is valid, and the application keeps to it whatever is sent."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from askms.api import create_app
from askms.assistant import Assistant
from askms.reply import DISCLAIMER

OPERATIONS = (
    "POST /v1/ask",
    "POST /v1/ask/stream",
    "GET /v1/passages/{passage_key}",
    "GET /v1/sources/{source_id}",
    "GET /v1/brief/{topic}",
    "POST /v1/chat/completions",
    "GET /v1/models",
    "GET /v1/models/{model}",
    "GET /v1/conversations/{conversation}",
    "DELETE /v1/conversations/{conversation}",
    "POST /v1/feedback",
    "GET /healthz",
    "GET /readyz",
)


@pytest.fixture(scope="module")
def application(assistant: Assistant) -> FastAPI:
    """The application over the small index."""
    return create_app(assistant)


@pytest.fixture(scope="module")
def api(application: FastAPI) -> Any:
    """Its schema, as a stranger reads it."""
    return schemathesis.openapi.from_asgi("/openapi.json", application)


def test_the_schema_is_valid_and_names_every_operation(api: Any) -> None:
    api.validate()

    assert {result.ok().label for result in api.get_all_operations()} == set(OPERATIONS)


@pytest.mark.fuzz
@pytest.mark.parametrize(
    ("label", "mode"),
    [(label, GenerationMode.POSITIVE) for label in OPERATIONS]
    + [(label, GenerationMode.NEGATIVE) for label in OPERATIONS if label.startswith("POST") or "source" in label],
)
def test_whatever_is_sent_the_schema_is_kept(api: Any, label: str, mode: GenerationMode) -> None:
    operation = api.find_operation_by_label(label)

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(suppress_health_check=list(HealthCheck), database=None)
    def send(case: schemathesis.Case[Any]) -> None:
        response = case.call()
        if response.status_code != 413:  # schemathesis does not count it as a refusal
            case.validate_response(response)

        if response.status_code >= 400:
            assert response.json()["text"].endswith(f"\n\n{DISCLAIMER}")

    send()
