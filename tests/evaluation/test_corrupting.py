"""The mutation test itself: it sees what changed, what should have and did not, and what should not have and did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from askms.settings import Settings
from askms.testing import FakeEmbedder, corpus_file, document
from askms.types import Document
from evals.corrupting import Became, Outcome, Question, Trial, outcome, report, run, share
from evals.corruptions import Corruption, Words, choose, write
from evals.responses import Found, Quoted, Response, Said

RELAPSE = "A relapse is a new symptom of MS that lasts longer than 24 hours."
LONGER = Corruption(kind="number", source="relapse", old=RELAPSE, new=RELAPSE.replace("24", "94"))
GONE = Corruption(kind="deleted", source="relapse")
QUESTIONS = (
    Question("relapse", "What is a relapse?"),
    Question("heat", "Why does heat make MS worse?"),
    Question("cup", "Who won the cup?"),
)


def silent(items: Iterable[Any], what: str, total: int) -> Iterator[Any]:
    return iter(items)


def tried(corpus: Path, index: Path, *corruptions: Corruption) -> dict[str, Outcome]:
    def chosen(cited: Iterable[Words], documents: Mapping[str, Document]) -> Sequence[Corruption]:
        assert ("relapse", RELAPSE) in set(cited)
        assert set(documents) == {"fatigue", "heat", "relapse"}
        return corruptions

    settings = Settings(corpus_dir=corpus, index_dir=index)
    trial = run(QUESTIONS, settings, FakeEmbedder(), silent, chosen)
    assert trial.corruptions == corruptions
    return {one.id: one for one in trial.outcomes}


def became(outcomes: Mapping[str, Outcome]) -> dict[str, Became]:
    return {name: one.became for name, one in outcomes.items()}


def bytes_of(*folders: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def reply(*quotes: Words, found: Sequence[Words] = (), error: str = "") -> Response:
    said = tuple(Said(text=words, citations=(Quoted(source=s, passage=words, quote=words),)) for s, words in quotes)
    return Response(
        text=" ".join(words for _, words in quotes),
        said=said,
        found=tuple(Found(source=source, passage=words) for source, words in (*quotes, *found)),
        answered=bool(quotes),
        confidence=0.75,
        error=error,
    )


def test_a_reply_follows_its_source_and_the_others_stay_and_nothing_real_is_written(corpus: Path, index: Path) -> None:
    real = bytes_of(corpus, index)

    outcomes = tried(corpus, index, LONGER)

    assert became(outcomes) == {"relapse": Became.FOLLOWS, "heat": Became.SAME, "cup": Became.SAME}
    assert [one.cited for one in outcomes.values()] == [{"number"}, frozenset(), frozenset()]
    assert bytes_of(corpus, index) == real


def test_without_its_source_a_question_is_not_answered(corpus: Path, index: Path) -> None:
    outcomes = tried(corpus, index, GONE)

    assert became(outcomes) == {"relapse": Became.ABSTAINS, "heat": Became.SAME, "cup": Became.SAME}


def test_no_corruption_changes_nothing(corpus: Path, index: Path) -> None:
    assert set(became(tried(corpus, index)).values()) == {Became.SAME}


@pytest.mark.parametrize(
    ("corruption", "after", "expected"),
    [
        (LONGER, reply(("relapse", RELAPSE)), Became.STALE),
        (LONGER, reply(("relapse", LONGER.new), found=[("relapse", f"{RELAPSE} More.")]), Became.STALE),
        (LONGER, Response(text=RELAPSE, answered=True), Became.STALE),
        (LONGER, reply(("relapse", LONGER.new)), Became.FOLLOWS),
        (LONGER, reply(("heat", LONGER.new)), Became.ELSEWHERE),
        (LONGER, reply(), Became.ABSTAINS),
        (GONE, reply(("relapse", "Other words of it.")), Became.STALE),
        (GONE, reply(found=[("relapse", "Other words of it.")]), Became.STALE),
        (GONE, reply(("heat", RELAPSE)), Became.ELSEWHERE),
        (GONE, reply(), Became.ABSTAINS),
    ],
)
def test_what_becomes_of_a_reply_that_cited_what_was_corrupted(
    corruption: Corruption, after: Response, expected: Became
) -> None:
    found = outcome("one", reply(("relapse", RELAPSE)), after, [corruption])

    assert found.became is expected
    assert found.cited == {corruption.kind}
    if expected is Became.ELSEWHERE:
        assert found.why.startswith(f"confidence 0.75 to {after.confidence}; ")
    else:
        assert found.why == (f"relapse ({corruption.kind})" if expected is Became.STALE else "")


@pytest.mark.parametrize(
    ("before", "after", "weighed", "why"),
    [
        ((), [("relapse", LONGER.new)], True, "quotes corrupted words: relapse (number); "),
        ([("relapse", RELAPSE)], (), True, "found corrupted passages: relapse (number); "),
        ([("heat", "Words.")], (), False, "found nothing corrupted, only scores moved; "),
    ],
)
def test_a_reply_that_should_have_stayed_is_diagnosed(
    before: Sequence[Words], after: Sequence[Words], weighed: bool, why: str
) -> None:
    found = outcome("one", reply(("heat", "Heat."), found=before), reply(*after), [LONGER])

    assert (found.became, found.cited, found.weighed) == (Became.CHANGED, frozenset(), weighed)
    assert found.why.startswith(why)
    assert "confidence 0.75 to 0.75; lost ['Heat.'], gained" in found.why


def test_the_other_sentences_of_an_affected_reply_are_followed() -> None:
    before = reply(("relapse", RELAPSE), ("heat", "Kept."), ("heat", "Lost."))

    found = outcome("one", before, reply(("relapse", LONGER.new), ("heat", "Kept.")), [LONGER])

    assert (found.became, found.stayed) == (Became.FOLLOWS, (True, False))


def test_the_same_words_from_another_source_or_in_another_order_are_a_change() -> None:
    two = (("heat", "One."), ("heat", "Two."))

    for other in (two[::-1], (("cold", "One."), ("heat", "Two."))):
        found = outcome("one", reply(*two), reply(*other), [LONGER])
        assert found.became is Became.CHANGED
        assert found.why.endswith("same sentences, in another order or from elsewhere")


def test_a_failure_is_counted_apart_before_and_after() -> None:
    right, failed = reply(("relapse", RELAPSE)), reply(error="IndexMissing: gone")

    outcomes = [outcome("a", failed, right, [LONGER]), outcome("b", right, failed, [LONGER])]

    assert [(one.became, one.why) for one in outcomes] == [(Became.UNSCORED, "IndexMissing: gone")] * 2
    assert share(outcomes, Became.SAME) == (0, 0)


def test_the_report_counts_by_kind_and_lists_what_is_wrong() -> None:
    def one(name: str, became: Became, *cited: str, **fields: Any) -> Outcome:
        return Outcome(
            **{"id": name, "cited": frozenset(cited), "answered": True, "weighed": False, **fields}, became=became
        )

    outcomes = (
        one("a", Became.FOLLOWS, "number", "deleted", stayed=(True, False)),
        one("b", Became.STALE, "number", why="relapse (number)"),
        one("c", Became.ABSTAINS, "deleted"),
        one("d", Became.SAME),
        one("f", Became.SAME, answered=False),
        one("e", Became.CHANGED, weighed=True, why="scores"),
    )
    printed = StringIO()
    console = Console(file=printed, width=200)
    for part in report(Trial(corruptions=(LONGER, GONE), outcomes=outcomes, kept_out=("heat: odd",))):
        console.print(part)
    lines = [" ".join(line.replace("│", " ").split()) for line in printed.getvalue().splitlines()]

    assert lines[0] == "Corrupted: 1 number, 0 negation, 1 deleted."
    # Wilson's 95% interval of 1 of 2 is 9.5% to 90.5%, of 2 of 2 it begins at 34.2%, of 2 of 3 it is 20.8% to 93.9%.
    assert "number 1/2 (9.5% to 90.5%) 1 0 0" in lines
    assert "deleted 2/2 (34.2% to 100.0%) 1 0 1" in lines
    assert "any 2/3 (20.8% to 93.9%) 1 0 1" in lines
    assert "Other sentences that those replies quoted and still do: 1/2 (9.5% to 90.5%)." in lines
    assert "answered, found a corrupted passage 0/1 (0.0% to 79.3%)" in lines
    assert "answered, found none 1/1 (20.7% to 100.0%)" in lines
    assert "quoted nothing 1/1 (20.7% to 100.0%)" in lines
    assert lines.count("any 2/3 (20.8% to 93.9%)") == 1
    assert lines[-3:] == [
        "b still shows the old words: relapse (number)",
        "e changed: scores",
        "in quarantine since it was corrupted: heat: odd",
    ]


def many() -> dict[str, Document]:
    """Forty sources of two sentences, one of which has no number and no verb to negate."""
    return {
        f"s{i}": document(f"s{i}", f"## How many?\n\nThere were {i + 200} people in group {i}.\nMyelin covers {i}b.\n")
        for i in range(40)
    }


def all_of(documents: Mapping[str, Document]) -> list[Words]:
    return [(d.id, line) for d in documents.values() for line in d.body.splitlines() if line.endswith(".")]


def test_twelve_numbers_twelve_negations_and_four_sources_are_chosen_each_once_and_always_the_same() -> None:
    documents = many()

    chosen = choose(all_of(documents), documents)

    assert [c.kind for c in chosen] == ["number"] * 12 + ["negation"] * 12 + ["deleted"] * 4
    assert len({c.source for c in chosen}) == 28
    assert all(c.old in documents[c.source].body and c.new not in ("", c.old) for c in chosen[:24])
    assert all(" were not " in c.new for c in chosen[12:24])
    assert chosen == choose(reversed(all_of(documents)), documents)


def test_what_other_sources_lean_on_and_what_stands_twice_stays() -> None:
    heat, cold = "Heat was worse in 12 people.", "Cold was worse in 13 people."
    twice = "It was seen in 14 people."
    body = "## What?\n\n{}\n" + twice + "\n"
    answer = {"sentence": heat, "why": "no", "answered_by": [{"source": "cold", "sentence": cold}]}
    documents = {
        "heat": document("heat", body.format(heat), disputed_by=[answer]),
        "cold": document("cold", body.format(cold)),
        "rival": document("rival", "## What?\n\nRivals were 15 in all.\n"),
        "other": document("other", "## What?\n\nOthers go on.\n", conflicts_with=[{"source": "rival", "on": "all"}]),
    }

    chosen = choose([("cold", cold), ("cold", twice), ("rival", "Rivals were 15 in all.")], documents)
    assert [(c.kind, c.source, c.old) for c in chosen] == [("number", "rival", "Rivals were 15 in all.")]

    assert [(c.kind, c.source) for c in choose([("heat", heat)], documents)] == [("deleted", "heat")]
    leaning = {"more": document("more", "## What?\n\nMore.\n", conflicts_with=[{"source": "heat", "on": "all"}])}
    assert choose([("heat", heat)], documents | leaning) == ()


def test_a_sentence_is_changed_in_the_body_even_where_its_line_breaks(tmp_path: Path) -> None:
    broken = RELAPSE.replace("that ", "that\n")
    path = corpus_file(tmp_path, "relapse", f"## What?\n\n{broken}\nMore.\n", limits=RELAPSE)
    front = path.read_text("utf-8").partition("\n---\n")[0]
    kept = corpus_file(tmp_path, "heat").read_bytes()

    write([LONGER], tmp_path)

    assert path.read_text("utf-8") == f"{front}\n---\n\n## What?\n\n{LONGER.new}\nMore.\n"
    assert (tmp_path / "heat.md").read_bytes() == kept


def test_a_deleted_source_alone_is_gone(tmp_path: Path) -> None:
    corpus_file(tmp_path, "relapse")
    corpus_file(tmp_path, "heat")

    write([GONE], tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["heat.md"]


@pytest.mark.parametrize(("body", "times"), [("Nothing.", 0), (f"{RELAPSE} {RELAPSE}", 2)])
def test_a_sentence_that_does_not_stand_there_once_is_refused(tmp_path: Path, body: str, times: int) -> None:
    corpus_file(tmp_path, "relapse", f"## What?\n\n{body}\n", limits=RELAPSE)

    with pytest.raises(ValueError, match=f"stands {times} times in relapse.md; choose another sentence"):
        write([LONGER], tmp_path)
