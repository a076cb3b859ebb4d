"""One contract for retrieval, whatever the fusion and the engine: limited, sorted, varied, the same every time."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from askms.assistant import Assistant
from askms.build import build_index
from askms.chunks import embedded_text
from askms.embedding import Embedder
from askms.errors import IndexStale
from askms.index import (
    LiveIndex,
    NearestVectors,
    Snapshot,
    live_snapshot_folder,
    load_snapshot,
    open_vectors,
    push_vectors,
)
from askms.precedents import Precedents
from askms.retrieval import Fusion, HybridRetriever, Retriever
from askms.retrieval.hybrid import CANDIDATES, DUPLICATE, LEAST, highest
from askms.settings import Settings
from askms.terms import terms
from askms.testing import FakeEmbedder, corpus_file, small_index
from tests.precedented import precedents_of

QUESTIONS = (
    "Why does heat make fatigue worse?",
    "ketamine",
    "What is a relapse of MS?",
    "",
    "zebra crossing",
    "MS " * 300,
)
OF_TWO = "Did ketamine change fatigue, or does heat slow it?"


@pytest.fixture(scope="module")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Milvus Lite in a file of its own, filled by the first test that uses it."""
    pytest.importorskip("milvus_lite")
    return f"milvus:{tmp_path_factory.mktemp('milvus') / 'vectors.db'}"


@pytest.fixture
def precedents(embedder: FakeEmbedder, tmp_path: Path) -> Precedents:
    """What readers found to answer two questions, one of which is about more than its answer."""
    heat = ("heat", "Heat slows signals in nerves that MS has damaged.")
    return precedents_of(tmp_path / "graded", embedder, {OF_TWO: heat, "What does heat do?": heat})


@pytest.fixture(
    params=[*((fusion, "faiss", False) for fusion in Fusion), *((Fusion.SCORE, e, True) for e in ("faiss", "milvus"))],
    ids=str,
)
def retriever(
    request: pytest.FixtureRequest, snapshot: Snapshot, embedder: FakeEmbedder, precedents: Precedents
) -> HybridRetriever:
    """A retriever over the small index: once for each fusion, and once over each engine with precedents."""
    fusion, engine, has_precedents = request.param
    return HybridRetriever(
        snapshot,
        embedder,
        fusion=fusion,
        vectors=_vectors(request, engine, snapshot),
        precedents=precedents if has_precedents else None,
    )


def _vectors(request: pytest.FixtureRequest, engine: str, snapshot: Snapshot) -> NearestVectors:
    if engine == "milvus":
        engine = request.getfixturevalue("milvus")
    try:
        return open_vectors(engine, "", snapshot)
    except IndexStale:
        push_vectors(engine, "", snapshot)
        return open_vectors(engine, "", snapshot)


@pytest.fixture
def many(tmp_path: Path, embedder: FakeEmbedder) -> Snapshot:
    """Two sources of eight passages each on heat; the second repeats a passage of the first."""
    words = "nerve bladder sleep walking vision memory speech balance".split()
    for source, start in (("alpha", ""), ("beta", "In winter, ")):
        sections = [
            f"## How does heat act on {word}?\n\n{start}Heat harms {word} in MS {i}.\n" for i, word in enumerate(words)
        ]
        sections.append("## What about heat?\n\nHeat and fatigue are twins.\n")
        corpus_file(tmp_path / "many", source, "\n".join(sections), plain_title="Heat", topics=["heat"])
    build_index(tmp_path / "many", tmp_path / "many-index", embedder)
    return load_snapshot(live_snapshot_folder(tmp_path / "many-index"))


@given(
    st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0, 2.5]), max_size=4 * CANDIDATES),
    st.lists(st.floats(-1, 3, width=32), max_size=4 * CANDIDATES),
)
def test_the_highest_are_those_of_a_whole_order(equal: list[float], others: list[float]) -> None:
    scores = np.array(equal + others, dtype=np.float32)
    ordered = np.argsort(-scores, kind="stable")[:CANDIDATES]

    assert highest(scores) == {int(row) for row in ordered if scores[row] > 0}


def test_hybrid_retriever_is_a_retriever(retriever: HybridRetriever) -> None:
    assert isinstance(retriever, Retriever)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("limit", [0, 1, 2, 100])
def test_limit_is_kept(retriever: HybridRetriever, question: str, limit: int) -> None:
    assert len(retriever.retrieve(question, limit=limit)) <= limit


@pytest.mark.parametrize("question", QUESTIONS)
def test_hits_are_sorted_best_first(retriever: HybridRetriever, question: str) -> None:
    fused = [hit.fused for hit in retriever.retrieve(question, limit=100)]

    assert fused == sorted(fused, reverse=True)
    assert all(0 <= score <= 1 + 1e-6 for score in fused)


@pytest.mark.parametrize("question", QUESTIONS)
def test_same_question_finds_the_same(retriever: HybridRetriever, question: str) -> None:
    assert retriever.retrieve(question, limit=5) == retriever.retrieve(question, limit=5)


@pytest.mark.parametrize("question", QUESTIONS)
def test_smaller_limit_gives_the_head_of_the_larger(retriever: HybridRetriever, question: str) -> None:
    assert retriever.retrieve(question, limit=1) == retriever.retrieve(question, limit=3)[:1]


def test_a_passage_that_readers_found_to_answer_rises(
    snapshot: Snapshot, embedder: FakeEmbedder, precedents: Precedents
) -> None:
    def fused(known: Precedents | None) -> dict[str, float]:
        hits = HybridRetriever(snapshot, embedder, precedents=known).retrieve(OF_TWO, limit=9)
        return {hit.passage.source_id: hit.fused for hit in hits}

    before, after = fused(None), fused(precedents)
    assert before.keys() == after.keys()
    assert after["heat"] / after["fatigue"] > 1.05 * before["heat"] / before["fatigue"]


@pytest.mark.parametrize("question", ["zebra crossing", "", "?!", "the of and"])
def test_question_about_nothing_held_finds_nothing(retriever: HybridRetriever, question: str) -> None:
    assert retriever.retrieve(question, limit=8) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.text(max_size=200))
def test_no_question_breaks_the_search(retriever: HybridRetriever, question: str) -> None:
    assert len(retriever.retrieve(question, limit=3)) <= 3


def test_passage_about_the_question_comes_first(retriever: HybridRetriever) -> None:
    assert retriever.retrieve("Does ketamine help fatigue?", limit=8)[0].passage.source_id == "fatigue"


def test_scores_are_the_cosine_and_the_keyword_score(
    retriever: HybridRetriever, snapshot: Snapshot, embedder: FakeEmbedder
) -> None:
    question = "Does ketamine help fatigue?"
    by_words = snapshot.keywords.scores(terms(question))

    for hit in retriever.retrieve(question, limit=8):
        row = snapshot.row_of[hit.passage.stable_id]
        assert hit.dense == pytest.approx(float(snapshot.passage_vectors[row] @ embedder.embed_question(question)))
        assert hit.keyword == pytest.approx(float(by_words[row]))
        assert hit.asked == hit.dense
        assert hit.dense >= LEAST or hit.keyword > 0


def test_a_passage_is_found_by_a_question_that_it_answers_in_other_words(tmp_path: Path) -> None:
    heading = "Why does heat make MS worse?"
    heat = {"body": f"## {heading}\n\nA warm body slows signals in damaged nerves.\n"}
    known = {"asked_as": {heading: ["my legs go wobbly after a hot bath"]}}
    bath = {"body": "## What is a bath chair?\n\nA seat in a bath.\n"}
    asked = small_index(tmp_path / "asked", {"heat": {**heat, **known}, "bath": bath})
    plain = small_index(tmp_path / "plain", {"heat": heat, "bath": bath})

    hit = asked.hits("legs are wobbly from a hot bath")[0]

    assert hit.passage.source_id == "heat"
    assert hit.asked > 0.8 > hit.dense
    assert all(hit.passage.source_id != "heat" for hit in plain.hits("legs are wobbly from a hot bath"))


def test_what_the_conversation_spoke_of_comes_first_among_equals(tmp_path: Path) -> None:
    same = "Heat makes {} tired in MS.\n"
    sources = {
        name: {"body": f"## What does heat do to {name}?\n\n{same.format(name)}", "plain_title": "Heat"}
        for name in ("women", "men")
    }
    small = small_index(tmp_path, sources)
    retriever = HybridRetriever(small.snapshot, small.embedder)
    spoken_of = small.snapshot.sources_quoted({"Heat makes men tired in MS.", "Nobody said this."})

    def order(spoken_of: frozenset[str]) -> list[str]:
        hits = retriever.retrieve("Who is tired from heat?", limit=2, spoken_of=spoken_of)
        return [hit.passage.source_id for hit in hits]

    assert spoken_of == {"men"}
    assert order(spoken_of) == ["men", "women"]
    assert order(frozenset({"women"})) == ["women", "men"]


def test_the_nearest_of_several_known_questions_counts(tmp_path: Path) -> None:
    two = {"asked_as": {"Why does heat make MS worse?": ["sauna and numb feet", "blurred eyes on the beach"]}}
    small = small_index(
        tmp_path,
        {"heat": {"body": "## Why does heat make MS worse?\n\nHeat slows nerves.\n", **two}, "other": {}},
    )
    vector = small.embedder.embed_question("blurred eyes on the beach")

    by_source = dict(zip((p.source_id for p in small.snapshot.passages), small.snapshot.asked(vector), strict=True))

    assert by_source["heat"] == pytest.approx(1)
    assert by_source["other"] == 0


@pytest.mark.parametrize("fusion", Fusion)
@pytest.mark.parametrize("most", [1, 3])
def test_one_source_gives_no_more_than_its_share(
    many: Snapshot, embedder: FakeEmbedder, fusion: Fusion, most: int
) -> None:
    hits = HybridRetriever(many, embedder, fusion=fusion, passages_per_source=most).retrieve("heat in MS", limit=50)

    assert Counter(hit.passage.source_id for hit in hits) == {"alpha": most, "beta": most}


@pytest.mark.parametrize("fusion", Fusion)
def test_passage_that_says_the_same_as_a_better_one_is_left_out(
    many: Snapshot, embedder: FakeEmbedder, fusion: Fusion
) -> None:
    hits = HybridRetriever(many, embedder, fusion=fusion, passages_per_source=50).retrieve("twins of heat", limit=50)

    assert [hit.passage.text for hit in hits].count("Heat and fatigue are twins.") == 1
    vectors = np.stack([many.passage_vectors[many.row_of[hit.passage.stable_id]] for hit in hits])
    assert float((vectors @ vectors.T - np.eye(len(hits))).max()) <= DUPLICATE + 1e-5


@pytest.mark.parametrize("fusion", Fusion)
@pytest.mark.parametrize(
    ("question", "source_id"),
    [
        ("Does ketamine help MS fatigue?", "fitzgerald-2021-ketamine-fatigue"),
        ("NCT03500289", "nct03500289-ketamine-fatigue"),
        ("Who can I call when I want to end my life?", "us-988-lifeline"),
    ],
)
def test_real_question_finds_its_source_among_the_first_five(
    real_snapshot: Snapshot, real_embedder: Embedder, fusion: Fusion, question: str, source_id: str
) -> None:
    hits = HybridRetriever(real_snapshot, real_embedder, fusion=fusion).retrieve(question, limit=5)

    assert source_id in {hit.passage.source_id for hit in hits}


@pytest.mark.parametrize("status", ["retracted", "superseded"])
def test_a_withdrawn_source_is_kept_back_and_found_only_when_asked_for(tmp_path: Path, status: str) -> None:
    small = small_index(tmp_path, {"gone": {"status": status}, "old": {"status": "outdated"}})
    retriever = HybridRetriever(small.snapshot, small.embedder)

    found = retriever.retrieve("Does ketamine help MS fatigue?", limit=12)
    kept_back = retriever.withdrawn("Does ketamine help MS fatigue?", limit=12)

    assert {hit.passage.source_id for hit in found} == {"old"}
    assert {hit.passage.source_id for hit in kept_back} == {"gone"}


def test_a_quarantined_passage_is_not_found_and_the_next_best_takes_its_place(
    snapshot: Snapshot, embedder: FakeEmbedder
) -> None:
    question = "Does ketamine help fatigue?"
    best, *others = HybridRetriever(snapshot, embedder).retrieve(question, limit=3)

    def quarantined(text: str) -> str | None:
        return "attack" if text == embedded_text(best.passage) else None

    guarded = HybridRetriever(snapshot, embedder, quarantined=quarantined)

    assert guarded.retrieve(question, limit=len(others)) == others


def test_a_withdrawn_source_is_checked_too(tmp_path: Path) -> None:
    small = small_index(tmp_path, {"gone": {"status": "retracted"}, "old": {"status": "outdated"}})
    guarded = HybridRetriever(small.snapshot, small.embedder, quarantined=lambda text: "attack")

    assert guarded.withdrawn("Does ketamine help MS fatigue?", limit=12) == []


def test_a_quarantine_that_fails_keeps_everything_back(
    snapshot: Snapshot, embedder: FakeEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(text: str) -> str | None:
        raise RuntimeError(text)

    assert HybridRetriever(snapshot, embedder, quarantined=broken).retrieve("ketamine", limit=5) == []
    assert "RuntimeError" in caplog.text
    assert "ketamine" not in caplog.text


def test_the_quarantine_is_asked_of_no_more_than_what_may_be_returned(
    snapshot: Snapshot, embedder: FakeEmbedder
) -> None:
    asked: list[str] = []
    guarded = HybridRetriever(snapshot, embedder, quarantined=asked.append)

    hits = guarded.retrieve("Does ketamine help fatigue?", limit=2)

    assert asked == [embedded_text(hit.passage) for hit in hits]


def test_replies_are_the_same_from_either_engine(index: Path, milvus: str, snapshot: Snapshot) -> None:
    push_vectors(milvus, "", snapshot)
    here, there = (
        Assistant(Settings(index_dir=index, vectors=engine, min_confidence=0), FakeEmbedder(), LiveIndex(index))
        for engine in ("faiss", milvus)
    )

    for question in QUESTIONS[:3]:
        assert there.ask(question).text == here.ask(question).text
    assert there.answer(QUESTIONS[2]).receipt.settings["vectors"] == "milvus"
    assert "vectors" not in here.answer(QUESTIONS[2]).receipt.settings


def test_cards_need_no_engine_and_questions_say_what_to_do(index: Path, tmp_path: Path) -> None:
    pytest.importorskip("milvus_lite")
    settings = Settings(index_dir=index, vectors=f"milvus:{tmp_path / 'empty.db'}")
    assistant = Assistant(settings, FakeEmbedder(), LiveIndex(index))

    assert assistant.ask("my face has dropped and I can't speak properly").cards
    with pytest.raises(IndexStale, match="Run: askms index push"):
        assistant.ask(QUESTIONS[2])
