"""How a brief is put together: what belongs where, in which order, and what never gets in."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from askms.assistant import Assistant
from askms.briefs import Brief, Part, PartPlan, Tell, Topic, topics
from askms.briefs.writing import write
from askms.engine import Engine
from askms.errors import IndexMissing, UnknownSource
from askms.index import LiveIndex
from askms.settings import Settings
from askms.testing import FakeEmbedder, small_index
from askms.types import Claim, Correction, EvidenceLevel
from askms.wording import wording
from tests.briefs.conftest import AMOUNT, DISPUTED, IMPROVED, IN_MICE, NO_CHANGE, SOURCES, assistant_over


def engine_of(assistant: Assistant) -> Engine:
    return Engine(assistant._settings, assistant._embedder, assistant.snapshot())


def plan(id: str, **changed: Any) -> PartPlan:
    made = replace(
        topics()["ketamine"].parts[2],
        id=id,
        asks=("What did trials of ketamine in MS find?", "What did ketamine do in mice?"),
        saying=None,
        never_saying=None,
        most=9,
        each=4,
        disagreements=(),
    )
    return replace(made, **changed)


def topic(*parts: PartPlan, order: Sequence[str] = ()) -> Topic:
    return replace(topics()["ketamine"], parts=parts, order=tuple(order) or tuple(part.id for part in parts))


def said(part: Part) -> list[str]:
    return [claim.text for claim in part.claims if claim.citations]


def test_strong_evidence_comes_before_weak_and_mice_come_framed(small: Assistant) -> None:
    (part,) = write(engine_of(small), topic(plan("studied", strongest_first=True))).parts

    levels = [quoted.source.evidence_level.rank for quoted in part.quoted]
    assert levels == sorted(levels)
    assert len(levels) >= 2
    mice = next(quoted for quoted in part.quoted if quoted.source.id == "mice")
    assert [claim.text for claim in mice.before] == ["This is from animals, not people."]
    assert [claim.text for claim in mice.sentences] == [IN_MICE]


def test_amounts_disputed_claims_and_opinions_are_never_quoted(small: Assistant) -> None:
    everything = plan("studied", levels=frozenset(EvidenceLevel))
    (part,) = write(engine_of(small), topic(everything)).parts

    assert NO_CHANGE in said(part)
    assert AMOUNT not in said(part)
    assert DISPUTED not in said(part)
    assert not any("one writer" in text for text in said(part))


def test_a_part_takes_only_what_it_asks_for(small: Assistant) -> None:
    brief = write(
        engine_of(small),
        topic(
            plan("what", saying=topics()["heat"].named),
            plan("studied", never_saying=topics()["fatigue"].named),
        ),
    )

    assert said(brief.parts[0]) == []
    assert all("fatigue" not in text for text in said(brief.parts[1]))


def test_a_part_that_finds_nothing_says_so(small: Assistant) -> None:
    (part,) = write(engine_of(small), topic(plan("what", saying=topics()["heat"].named))).parts

    assert part.note == Claim(text=wording().brief.nothing)
    assert part.claims == (part.note,)


def test_a_sentence_stands_once_and_the_part_that_lost_it_says_where_to_look(small: Assistant) -> None:
    same = {"saying": topics()["fatigue"].named}
    brief = write(engine_of(small), topic(plan("what", **same), plan("studied", **same), order=("studied", "what")))

    assert [part.id for part in brief.parts] == ["what", "studied"]
    assert NO_CHANGE in said(brief.parts[1])
    assert brief.parts[0].note == Claim(text=wording().brief.elsewhere)


def test_two_sides_stand_side_by_side_and_nowhere_else(small: Assistant) -> None:
    pair = (
        Correction(source_id="plan", sentence=IMPROVED),
        Correction(source_id="trial", sentence=NO_CHANGE),
    )
    (part,) = write(engine_of(small), topic(plan("studied", disagreements=(pair,)))).parts

    (sides,) = part.sides
    assert [sides.opening.text, sides.between.text] == ["Sources disagree:", "Another source says:"]
    assert (sides.one.source.id, sides.other.source.id) == ("trial", "plan")  # the stronger first
    assert said(part).count(NO_CHANGE) == 1


@pytest.mark.parametrize(
    "gone",
    [
        Correction(source_id="plan", sentence="The plan never said this."),
        Correction(source_id="nobody", sentence=IMPROVED),
        Correction(source_id="trial", sentence=AMOUNT),
        Correction(source_id="article", sentence=DISPUTED),
    ],
    ids=["sentence", "source", "amount", "disputed"],
)
def test_one_side_alone_is_not_shown_as_a_disagreement(small: Assistant, gone: Correction) -> None:
    pair = (gone, Correction(source_id="mice", sentence=IN_MICE))
    (part,) = write(engine_of(small), topic(plan("studied", disagreements=(pair,)))).parts

    assert part.sides == ()


def test_a_guard_that_fails_leaves_nothing(small: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise RuntimeError("guard down")

    monkeypatch.setattr("askms.engine.review", broken)
    pair = (Correction(source_id="plan", sentence=IMPROVED), Correction(source_id="trial", sentence=NO_CHANGE))

    brief = write(engine_of(small), topic(plan("studied", disagreements=(pair,))))

    assert not any(claim.citations for claim in brief.claims)


def test_the_same_snapshot_gives_the_same_brief(small: Assistant, tmp_path: Path) -> None:
    assert assistant_over(tmp_path).brief("ketamine").to_dict() == small.brief("ketamine").to_dict()


def test_a_brief_is_written_once_and_again_when_the_index_is_new(tmp_path: Path) -> None:
    embedder = FakeEmbedder(dimension=256, max_tokens=256)
    folder = small_index(tmp_path / "one", SOURCES).folder
    settings = Settings(index_dir=folder, min_confidence=0, ranker="none")
    assistant = Assistant(settings, embedder, LiveIndex(folder))

    first = assistant.brief("ketamine")
    assert assistant.brief("ketamine") is first

    fewer = {name: fields for name, fields in SOURCES.items() if name != "mice"}
    other = small_index(tmp_path / "two", fewer).folder
    for name in ("snapshots", "LIVE"):
        (folder / name).rename(tmp_path / name)
        (other / name).rename(folder / name)
    assert _says(first, IN_MICE)
    assert not _says(assistant.brief("ketamine"), IN_MICE)


def _says(brief: Brief, sentence: str) -> bool:
    return any(claim.text == sentence for claim in brief.claims)


def test_an_unknown_topic_is_refused_with_those_there_are(small: Assistant) -> None:
    with pytest.raises(UnknownSource, match=r"No brief 'zebra'\. Choose one of: ketamine, esketamine"):
        small.brief("zebra")


def test_without_an_index_there_is_no_brief(tmp_path: Path) -> None:
    settings = Settings(index_dir=tmp_path / "none")
    with pytest.raises(IndexMissing):
        Assistant(settings, FakeEmbedder(), LiveIndex(tmp_path / "none")).brief("ketamine")


def test_many_who_ask_at_once_get_one_brief_that_is_written_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []

    def counting(engine: Engine, topic: Topic, tell: Tell) -> Brief:
        written.append(topic.id)
        return write(engine, topic)

    monkeypatch.setattr("askms.briefs.keeping.write", counting)
    assistant = assistant_over(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        briefs = list(pool.map(assistant.brief, ["ketamine"] * 8))

    assert written == ["ketamine"]
    assert len(set(map(id, briefs))) == 1


def test_it_says_how_far_it_is_after_each_part(small: Assistant) -> None:
    told: list[tuple[int, int]] = []

    write(engine_of(small), topic(plan("what"), plan("risks")), lambda done, of: told.append((done, of)))

    assert told == [(1, 2), (2, 2)]
