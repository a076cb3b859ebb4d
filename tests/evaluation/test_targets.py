"""Targets are opened by name, and a wrong name says which there are."""

from __future__ import annotations

import pytest

from evals.targets import open_target
from evals.targets.declining import declines
from evals.targets.endpoint import Endpoint


@pytest.mark.parametrize("spec", ["", "gpt", "askms:x", "langchain:", "langchain:openai", "langchain:openai:", "chain"])
def test_an_unknown_target_is_named_with_the_choices(spec: str) -> None:
    with pytest.raises(ValueError, match=r"no target .*askms, langchain, .* endpoint:URL#MODEL") as told:
        open_target(spec)

    assert repr(spec) in str(told.value)


def test_an_endpoint_is_opened_without_asking_it_anything() -> None:
    target = open_target("endpoint:https://models.example/v1#small")

    assert isinstance(target, Endpoint)
    assert target.name == "small at models.example"


@pytest.mark.parametrize(
    "spec",
    [
        "endpoint:",
        "endpoint:https://models.example/v1",
        "endpoint:models.example#small",
        "endpoint:https://#small",
        "endpoint:https://models.example:port/v1#small",
    ],
)
def test_an_endpoint_without_address_or_model_is_refused(spec: str) -> None:
    with pytest.raises(ValueError, match="endpoint:https://host/v1#model"):
        open_target(spec)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("I don't know.", True),
        ("Sorry, I do not know whether ginger helps.", True),
        ("The context provided does not mention ginger.", True),
        ("I'm not sure about that.", True),
        ("Ketamine is not approved for MS.", False),
        ("Researchers do not know what causes MS, but smoking raises the risk.", False),
        ("Rest helps. " * 20 + "I don't know about ginger.", False),
    ],
)
def test_a_reply_declines_by_its_first_words(reply: str, expected: bool) -> None:
    assert declines(reply) is expected
