"""Every brief over the real corpus keeps the promises of a reply; that on ketamine is right where articles err."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from askms.assistant import Assistant
from askms.briefs import Brief, topics
from askms.embedding import Embedder
from askms.guardrails import Screening, review
from askms.guardrails.showing import amount_in, directive_in
from askms.index import LiveIndex, Snapshot
from askms.reply import DISCLAIMER
from askms.settings import Settings
from askms.types import Flag, Route
from askms.wording import is_fixed

FOUNDING = ("love-2025-medreport-ketamine", "insightswarm-ketamine-safety")
"""The two articles that the project began from, with their mistakes."""
RIGHT = {
    "the score that stayed the same": "its score of Daily Fatigue Severity (DFS) measures fatigue, not mood",
    "the main result": "did not change daily fatigue over 7 days, which was the main result",
    "the later score": "was a secondary result of a trial in 18 people with MS, so it is a hint and not proof",
    "mouse research of 2004": "No mouse study of ketamine in an MS-like disease from 2004 was found",
    "the drug that mice got": "the mice with an MS-like disease got arketamine",
    "slowing MS": "Whether any form of ketamine slows MS in people is not known",
    "how many people": "for 110 people with MS",
    "thirty months": "are the time needed to enrol 110 people with MS, not how long one person is treated",
    "when results come": "No date for the results of INKLING-MS was seen",
    "the messenger": "is not a messenger of the brain; glutamate is the messenger",
    "other risks": "Known concerns with ketamine are abuse, psychiatric problems, raised blood pressure",
    "blood tests": "No rule made for people with MS about liver or kidney blood tests before ketamine was found",
    "kidneys": "No source was found up to November 2026 that calls for kidney blood tests with ketamine",
    "chronic pain": "found no clear evidence that ketamine or similar drugs relieve chronic pain",
    "MS drugs": "Nothing was found up to November 2026 about ketamine or esketamine together with MS disease-modifying",
}
"""What the founding articles have wrong or leave out, and the words of better sources on it."""

BriefOf = Callable[[str], Brief]


@pytest.fixture(scope="module")
def brief_of(real_index: Path, real_embedder: Embedder) -> BriefOf:
    """Briefs over the real corpus; each is written once."""
    return Assistant(Settings(index_dir=real_index), real_embedder, LiveIndex(real_index)).brief


@pytest.mark.parametrize("topic", topics())
def test_a_brief_keeps_the_promises_of_a_reply(brief_of: BriefOf, real_snapshot: Snapshot, topic: str) -> None:
    brief = brief_of(topic)

    quoted = [claim for claim in brief.claims if claim.citations]
    assert all(is_fixed(claim.text) for claim in brief.claims if not claim.citations)
    for claim in quoted:
        (citation,) = claim.citations
        passage = real_snapshot.passage(citation.passage_key)
        assert passage.source_id == citation.source_id
        assert claim.text == citation.quote == passage.text[citation.start : citation.end]
        assert amount_in(claim.text) is None
        assert directive_in(claim.text) is None
        assert topics()[topic].never.search(claim.text) is None
    passages = {c.passage_key: real_snapshot.passage(c.passage_key) for claim in quoted for c in claim.citations}
    answer = Screening(
        route=Route.ANSWER, flags=frozenset[Flag](), question="", medicines=(), variant=None, verdicts=()
    )
    assert review(brief.claims, passages, real_snapshot.documents, answer).kept == brief.claims
    assert brief.text.endswith(f"\n\n{DISCLAIMER}")


@pytest.mark.parametrize("topic", topics())
def test_a_topic_is_covered_well_enough_for_a_brief(brief_of: BriefOf, topic: str) -> None:
    answered = [part.id for part in brief_of(topic).parts if part.note is None]

    assert len(answered) >= 3
    assert set(answered) & {"studied", "risks"}


@pytest.mark.parametrize("topic", topics())
def test_no_sentence_is_quoted_twice_in_a_part_and_no_weak_or_disputed_one_at_all(
    brief_of: BriefOf, real_snapshot: Snapshot, topic: str
) -> None:
    disputed = {one.sentence for document in real_snapshot.documents.values() for one in document.disputed_by}
    for part in brief_of(topic).parts:
        said = [claim.text for quoted in part.quoted for claim in quoted.sentences]
        assert len(said) == len(set(said))
        assert not set(said) & disputed
        cited = {c.source_id for claim in part.claims for c in claim.citations}
        assert not {real_snapshot.document(one).evidence_level for one in cited} & topics()[topic].too_weak


@pytest.mark.parametrize("topic", topics())
def test_what_was_studied_is_in_order_of_strength(brief_of: BriefOf, topic: str) -> None:
    (studied,) = (part for part in brief_of(topic).parts if part.id == "studied")

    ranks = [quoted.source.evidence_level.rank for quoted in studied.quoted]
    assert ranks == sorted(ranks)


def test_every_disagreement_of_the_data_is_shown(brief_of: BriefOf) -> None:
    named = [(topic.id, plan.id, len(plan.disagreements)) for topic in topics().values() for plan in topic.parts]

    shown = [(topic, part.id, len(part.sides)) for topic in topics() for part in brief_of(topic).parts]

    assert shown == named
    assert sum(count for _, _, count in shown) >= 10


def test_the_ketamine_brief_corrects_what_the_founding_articles_have_wrong(brief_of: BriefOf) -> None:
    text = brief_of("ketamine").text

    assert {point: words for point, words in RIGHT.items() if words.lower() not in text.lower()} == {}


def test_the_ketamine_brief_repeats_no_mistake_of_the_founding_articles(
    brief_of: BriefOf, real_snapshot: Snapshot
) -> None:
    brief = brief_of("ketamine")
    said = [claim.text for claim in brief.claims]
    founding = [real_snapshot.document(source) for source in FOUNDING]
    mistakes = {one.sentence for document in founding for one in document.disputed_by}

    assert len(mistakes) >= 20
    assert not mistakes & set(said)
    assert not {c.source_id for claim in brief.claims for c in claim.citations} & set(FOUNDING)
    wrong = re.compile(r"\b2004\b(?! was found)|March 2026|100 (patients|people)|30-month")
    assert not [text for text in said if wrong.search(text)]
