"""The LangChain baseline retrieves, replies and reports as any target does."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.messages import BaseMessage

from askms import Turn
from askms.errors import ProviderError
from askms.testing import FakeEmbedder, document
from evals.targets import open_target
from evals.targets.chain import PASSAGES, Chain, SameModel

HEAT = "Heat slows signals in damaged nerves. It wears off when the body cools."
OTHERS = ("Spasticity is stiffness.", "Vision may blur.", "Bladder urgency is common.", "Ataxia is clumsiness.")
SEEN: list[list[BaseMessage]] = []


class Listening(FakeListChatModel):
    """Keeps what it was asked."""

    def _call(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> str:
        SEEN.append(messages)
        return super()._call(messages, *args, **kwargs)


class Broken(FakeListChatModel):
    """Fails at every call."""

    def _call(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> str:
        raise ConnectionError("no route to host")


def chain(model: BaseChatModel | None = None) -> Chain:
    bodies = {"heat": HEAT, **{f"other-{at}": body for at, body in enumerate(OTHERS)}}
    documents = [document(name, body=f"## What is known?\n\n{body}\n") for name, body in bodies.items()]
    return Chain(documents, SameModel(FakeEmbedder(dimension=256)), model, "fake:model")


def test_without_a_model_the_best_passage_is_the_reply_and_each_sentence_quotes_it() -> None:
    response = chain().ask("Why does heat slow nerves?")

    assert response.error == ""
    assert response.text == f"## What is known?\n\n{HEAT}"
    assert [said.text for said in response.said] == [
        "Heat slows signals in damaged nerves.",
        "It wears off when the body cools.",
    ]
    for said in response.said:
        (quoted,) = said.citations
        assert quoted.source == "heat"
        assert quoted.passage[quoted.start : quoted.end] == quoted.quote == said.text
    assert response.answered
    assert response.ms > 0
    assert len(response.found) == PASSAGES
    assert response.found[0].source == "heat"


def test_a_model_is_given_the_passages_and_the_conversation_and_its_sentences_point_at_all_of_them() -> None:
    SEEN.clear()
    history = [Turn(role="user", content="what is heat"), Turn(role="assistant", content="Warmth.")]

    response = chain(Listening(responses=["It slows nerves. It passes."])).ask("And heat in MS?", history)

    ((system, first, second, question),) = SEEN
    assert "Heat slows signals" in str(system.content)
    assert (first.type, second.type, question.content) == ("human", "ai", "And heat in MS?")
    assert [said.text for said in response.said] == ["It slows nerves.", "It passes."]
    assert {quoted.source for quoted in response.said[1].citations} == {found.source for found in response.found}
    assert all(quoted.quote == "" for said in response.said for quoted in said.citations)


def test_a_model_that_says_that_it_does_not_know_has_not_answered() -> None:
    assert not chain(FakeListChatModel(responses=["I do not know."])).ask("Does ginger help?").answered


def test_a_failure_comes_back_as_an_error() -> None:
    response = chain(Broken(responses=["never said"])).ask("Does heat slow nerves?")

    assert response.error == "ConnectionError: no route to host"
    assert (response.text, response.said, response.answered) == ("", (), False)


def test_the_name_tells_who_writes() -> None:
    assert chain().name.endswith("best passage")
    assert chain(FakeListChatModel(responses=["x"])).name.endswith("fake:model")


def test_a_model_that_cannot_be_opened_is_named() -> None:
    with pytest.raises(ProviderError, match=r"'nobody:small' cannot be opened"):
        open_target("langchain:nobody:small")
