"""A real chat model behind the real assistant: what it said once, replayed; with `make test-llm`, what it says now."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from askms.assistant import Assistant
from askms.embedding import Embedder
from askms.guardrails.showing import unshowable
from askms.reply import Reply
from askms.sentences import split_sentences

if TYPE_CHECKING:
    from tests.answering.hostile import (
        RECORDED,
        Prompt,
        Told,
        assistant_with,
        check,
        cited,
        open_gates,
        questions,
        reworded,
        with_best_quotes,
    )
    from tests.answering.smollm2 import AS_ASKED, STYLES, WEIGHTS, SmolLM2, missing
else:
    from hostile import (
        RECORDED,
        Prompt,
        Told,
        assistant_with,
        check,
        cited,
        open_gates,
        questions,
        reworded,
        with_best_quotes,
    )
    from smollm2 import AS_ASKED, STYLES, WEIGHTS, SmolLM2, missing

AT_ONCE: Final = 5
"""Sentences that the writer reads of one output."""
READ: Final = RECORDED.with_name("read.jsonl")
"""Sentences in the model's own words that may be shown: somebody read them beside what they quote."""


@cache
def recording() -> list[dict[str, Any]]:
    return [json.loads(row) for row in RECORDED.read_text(encoding="utf-8").splitlines()]


def recorded(style: str) -> dict[str, str]:
    """What the model said in a style, by question."""
    return {row["question"]: row["output"] for row in recording()[1:] if row["style"] == style}


@cache
def read_by_a_person() -> frozenset[str]:
    return frozenset(json.loads(row)["sentence"] for row in READ.read_text(encoding="utf-8").splitlines())


@dataclass
class Share:
    """How much of what a model wrote was shown."""

    written: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    def add(self, sentences: Iterable[str], reply: Reply) -> None:
        texts = {claim.text for claim in cited(reply)}
        for sentence in (" ".join(s.split()) for s in sentences):
            self.written.append(sentence)
            self.shown += [sentence] * (sentence in texts)

    @property
    def dropped(self) -> float:
        return 1 - len(self.shown) / len(self.written) if self.written else 1.0

    def __str__(self) -> str:
        bad = sum(unshowable(sentence) for sentence in self.written)
        return (
            f"{len(self.written)} sentences written, {bad} of them with an amount or a directive; "
            f"{len(self.shown)} shown, {self.dropped:.1%} dropped"
        )


@pytest.fixture(scope="module")
def model() -> Told:
    return Told(says=lambda prompt: "")


@pytest.fixture(scope="module")
def assistant(model: Told, real_index: Path, real_embedder: Embedder) -> Iterator[Assistant]:
    """Asks the model everything, and checks what it says."""
    with pytest.MonkeyPatch.context() as patch:
        opened = assistant_with(model, real_index, real_embedder, patch)
        open_gates(opened, patch)
        yield opened


def quoting(sentences: list[str], most: int) -> Callable[[Prompt], str]:
    return lambda prompt: with_best_quotes(sentences, prompt, most)


def test_the_recording_says_what_it_is_and_is_whole() -> None:
    made = recording()[0]["made_with"]

    assert made["model"] == WEIGHTS
    assert made["styles"] == STYLES
    assert len(made["sha256"]) == 64
    assert made["date"] >= "2026-11-21"
    for style in STYLES:
        assert list(recorded(style)) == questions()


@pytest.mark.parametrize("most", [1, 2, 3])
@pytest.mark.parametrize("style", STYLES)
def test_of_what_it_said_only_what_sources_say_is_shown(
    assistant: Assistant, model: Told, style: str, most: int
) -> None:
    """Each of its sentences rests on the one, two or three real ones that share most words with it."""
    snapshot, share, unread = assistant.snapshot(), Share(), []
    for question, said in recorded(style).items():
        sentences = split_sentences(said)
        for at in range(0, len(sentences), AT_ONCE):
            model.says = quoting(sentences[at : at + AT_ONCE], most)
            reply = assistant.ask(question)
            check(reply, snapshot)
            share.add(sentences[at : at + AT_ONCE], reply)
            unread += [(claim.text, claim.citations[0].quote) for claim in reworded(reply)]

    assert [(sentence, quote) for sentence, quote in unread if sentence not in read_by_a_person()] == []
    assert len(share.written) > 200, share
    assert share.dropped > 0.8, share
    assert not any(unshowable(sentence) for sentence in share.shown)


def test_as_shipped_its_words_change_no_promise(
    real_index: Path, real_embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Routes, abstention and the preference for quotations as they are."""
    model = Told(says=lambda prompt: "")
    assistant = assistant_with(model, real_index, real_embedder, monkeypatch)
    for question, said in recorded("seller").items():
        model.says = quoting(split_sentences(said), 2)
        reply = assistant.ask(question)
        check(reply, assistant.snapshot())
        assert {claim.text for claim in reworded(reply)} <= read_by_a_person()


@pytest.mark.llm
@pytest.mark.skipif(missing() is not None, reason=missing() or "")
@pytest.mark.parametrize("style", [*STYLES, AS_ASKED])
def test_of_what_it_says_now_only_what_sources_say_is_shown(
    real_index: Path,
    real_embedder: Embedder,
    monkeypatch: pytest.MonkeyPatch,
    pytestconfig: pytest.Config,
    capsys: pytest.CaptureFixture[str],
    style: str,
) -> None:
    if "llm" not in str(pytestconfig.getoption("markexpr")):
        pytest.skip("takes an hour or more: make test-llm")
    model, share = SmolLM2(style=style), Share()
    assistant = assistant_with(model, real_index, real_embedder, monkeypatch, timeout=300)
    open_gates(assistant, monkeypatch)

    for question in questions() if style != AS_ASKED else questions()[::10]:
        reply = assistant.ask(question)
        check(reply, assistant.snapshot())
        share.add(split_sentences(model.said[-1])[:AT_ONCE], reply)

    with capsys.disabled():
        sys.stdout.write(f"\nSmolLM2, {style}: {share}\n")
    assert not any(unshowable(sentence) for sentence in share.shown)
