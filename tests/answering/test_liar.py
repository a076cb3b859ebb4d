"""A scripted liar behind the real assistant: thousands of lies about real passages, none of which may reach a reply."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from askms.assistant import Assistant
from askms.embedding import Embedder
from askms.guardrails.showing import unshowable
from askms.index import Snapshot
from askms.reply import Reply
from askms.types import Passage, Route
from askms.wording import line

if TYPE_CHECKING:
    from tests.answering.hostile import Prompt, Told, assistant_with, check, cited, open_gates, output, reworded
    from tests.answering.lies import Lie, bent, crooked, false_quotes, foreign, hidden
else:
    from hostile import Prompt, Told, assistant_with, check, cited, open_gates, output, reworded
    from lies import Lie, bent, crooked, false_quotes, foreign, hidden

PASSAGES: Final = 64
SEED: Final = 20261121


class Liar(Told):
    """Says what it is told to say next."""

    says: Callable[[Prompt], str] = lambda prompt: ""


@pytest.fixture(scope="module")
def liar() -> Liar:
    return Liar()


@pytest.fixture(scope="module")
def assistant(liar: Liar, real_index: Path, real_embedder: Embedder) -> Iterator[Assistant]:
    """Asks the liar everything, and checks what it says."""
    with pytest.MonkeyPatch.context() as patch:
        opened = assistant_with(liar, real_index, real_embedder, patch)
        open_gates(opened, patch)
        yield opened


@pytest.fixture(scope="module")
def passages(real_snapshot: Snapshot) -> list[Passage]:
    """One passage each of so many sources, the same as long as they are; some with amounts or directives first."""
    by_source: dict[str, Passage] = {}
    shuffled = sorted(real_snapshot.passages, key=lambda passage: sha256(f"{SEED} {passage.key}".encode()).digest())
    for passage in shuffled:
        if real_snapshot.document(passage.source_id).status.is_quotable:
            by_source.setdefault(passage.source_id, passage)
    held_back = [p for p in by_source.values() if any(unshowable(s) for s in sentences_of(p))]
    rest = [p for p in by_source.values() if p not in held_back]
    return [*held_back[: PASSAGES // 4], *rest][:PASSAGES]


def sentences_of(passage: Passage) -> list[str]:
    return [passage.sentence(at) for at in range(len(passage.sentences))]


def asked_of(passage: Passage, snapshot: Snapshot) -> str:
    """A question that finds the passage: the heading above it."""
    sections = snapshot.document(passage.source_id).sections
    return next(s.heading for s in sections if s.start <= passage.start < s.end)


def lies_about(passage: Passage, other: Passage) -> Iterator[Lie]:
    rng = Random(passage.key)  # noqa: S311 - to choose among lies
    sentences = sentences_of(passage)
    yield from bent(sentences, rng)
    yield from hidden([s for s in sentences if unshowable(s)], rng)
    yield from foreign(sentences[0], other.sentence(0), rng)
    yield from false_quotes(sentences[-1])


def found_with(assistant: Assistant, question: str, passage: Passage) -> Passage | None:
    """Another passage that the question finds; none when it does not find the first one."""
    hits = [hit.passage for hit in assistant.retriever().retrieve(question, limit=12)]
    others = [found for found in hits if found.source_id != passage.source_id]
    return others[-1] if passage.key in {found.key for found in hits} and others else None


def through(reply: Reply, snapshot: Snapshot) -> str | None:
    """What of a lie is in the reply: any sentence that no source holds word for word, or a broken promise."""
    try:
        check(reply, snapshot)
    except AssertionError as broken:
        return f"broken promise: {broken}"
    return next((claim.text for claim in reworded(reply)), None)


@pytest.mark.parametrize("number", range(PASSAGES))
def test_no_lie_about_a_real_passage_is_shown(
    assistant: Assistant, liar: Liar, real_snapshot: Snapshot, passages: list[Passage], number: int
) -> None:
    passage = passages[number]
    question = asked_of(passage, real_snapshot)
    other = found_with(assistant, question, passage)
    if other is None:
        pytest.skip(f"{question!r} does not find its own passage")

    shown = []
    for lie in lies_about(passage, other):
        liar.says = lie.said
        if (what := through(assistant.ask(question), real_snapshot)) is not None:
            shown.append((lie.kind, what, lie.quotes))

    assert shown == []


def test_there_are_thousands_of_lies_of_every_kind(passages: list[Passage]) -> None:
    pairs = zip(passages, [*passages[1:], passages[0]], strict=True)
    told = [lie for passage, other in pairs for lie in lies_about(passage, other)]

    assert len(told) > 5_000
    assert len({lie.kind.removesuffix(", on two quotations") for lie in told}) > 80


def test_the_truth_is_shown(assistant: Assistant, liar: Liar, real_snapshot: Snapshot, passages: list[Passage]) -> None:
    """Otherwise none of this would show anything."""
    missing, tried = [], 0
    for passage in passages:
        question, sentence = asked_of(passage, real_snapshot), passage.sentence(0)
        others = [real_snapshot.document(passage.source_id).disputed_by, unshowable(passage.text)]
        if found_with(assistant, question, passage) is None or any(others):
            continue
        liar.says = lambda prompt, s=sentence: output([(s, [(prompt.number(s), s)])])  # type: ignore[misc]
        tried += 1
        if sentence not in [claim.text for claim in cited(assistant.ask(question))]:
            missing.append(sentence)

    assert tried > PASSAGES / 2
    assert missing == []


@pytest.fixture(scope="module")
def crooked_lies(assistant: Assistant, passages: list[Passage], real_snapshot: Snapshot) -> tuple[str, list[Lie]]:
    for passage in passages:
        question = asked_of(passage, real_snapshot)
        if (other := found_with(assistant, question, passage)) is not None:
            return question, list(crooked(passage.sentence(0), other.sentence(0)))
    raise AssertionError("no passage is found by its own heading")


@pytest.mark.parametrize("number", range(28))
def test_crooked_output_shows_nothing_and_costs_little(
    assistant: Assistant, liar: Liar, real_snapshot: Snapshot, crooked_lies: tuple[str, list[Lie]], number: int
) -> None:
    question, lies = crooked_lies
    assert len(lies) == 28
    liar.says = lies[number].said
    started = time.monotonic()

    reply = assistant.ask(question)

    assert time.monotonic() - started < 10
    check(reply, real_snapshot)
    assert cited(reply) == []
    assert reply.route is Route.NO_EVIDENCE
    assert reply.note in (line("model_down"), line("model_unsupported"), None)


@pytest.mark.parametrize(
    "exception", [ConnectionError, TimeoutError, ValueError, KeyError, RecursionError, MemoryError]
)
def test_a_model_that_raises_is_put_aside(
    assistant: Assistant, liar: Liar, real_snapshot: Snapshot, exception: type[Exception]
) -> None:
    def says(prompt: Prompt) -> str:
        raise exception("You should take 40 mg")

    liar.says = says
    reply = assistant.ask("Does ketamine help MS fatigue?")

    check(reply, real_snapshot)
    assert cited(reply) == []
    assert reply.note == line("model_down")
    assert "40 mg" not in reply.text


def test_a_model_that_hangs_is_put_aside_in_time(
    real_index: Path, real_embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def says(prompt: Prompt) -> str:
        time.sleep(2)
        return ""

    assistant = assistant_with(Told(says=says), real_index, real_embedder, monkeypatch, timeout=0.2)
    open_gates(assistant, monkeypatch)
    assistant.retriever().retrieve("What is a relapse?", limit=12)
    started = time.monotonic()

    reply = assistant.ask("What is a relapse?")

    assert time.monotonic() - started < 1.9
    check(reply, assistant.snapshot())
    assert reply.note == line("model_down")
