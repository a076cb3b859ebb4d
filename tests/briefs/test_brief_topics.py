"""The file of topics is whole, and every part of it has words to stand under."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

import pytest

from askms.briefs import topics
from askms.briefs.topics import TopicsError, parse
from askms.types import EvidenceLevel
from askms.wording import wording

RAW = files("askms.briefs").joinpath("topics.json").read_text(encoding="utf-8")


def test_ketamine_esketamine_and_the_main_medicines_and_symptoms_have_a_brief() -> None:
    kinds = {kind: {one.id for one in topics().values() if one.kind == kind} for kind in ("medicine", "symptom")}

    assert {"ketamine", "esketamine", "natalizumab", "ocrelizumab", "fingolimod", "fumarates"} <= kinds["medicine"]
    assert {"fatigue", "spasticity", "pain", "bladder", "depression", "cognition"} <= kinds["symptom"]


@pytest.mark.parametrize("topic", topics().values(), ids=lambda topic: topic.id)
def test_a_topic_can_be_an_address_and_names_what_its_title_names(topic: Any) -> None:
    assert re.fullmatch(r"[a-z-]+", topic.id)
    assert topic.named.search(topic.title)
    assert all(part.asks for part in topic.parts)


@pytest.mark.parametrize("topic", topics().values(), ids=lambda topic: topic.id)
def test_every_part_has_a_heading_and_every_kind_has_questions(topic: Any) -> None:
    words = wording().brief

    assert [part.id for part in topic.parts] == list(words.headings[topic.kind])
    assert len(words.questions[topic.kind]) >= 5


def test_opinions_and_stories_are_too_weak_for_any_brief() -> None:
    assert all(topic.too_weak == {EvidenceLevel.OPINION, EvidenceLevel.ANECDOTE} for topic in topics().values())


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("topics", 0, "kind"), "remedy", "remedy"),
        (("topics", 0, "parts", "price"), {"asks": []}, "no part"),
        (("topics", 0, "named"), "(", "unterminated"),
        (("kinds", "medicine", "order"), ["what"], "order"),
        (("kinds", "medicine", "parts", "what", "levels"), ["hearsay"], "hearsay"),
        (("kinds", "medicine", "parts", "what", "sayings"), "x", "unknown field"),
        (("too_weak",), None, "topics.json"),
    ],
)
def test_a_damaged_file_is_refused_by_name(path: tuple[Any, ...], value: object, says: str) -> None:
    data = json.loads(RAW)
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value

    with pytest.raises(TopicsError, match=re.escape(says)):
        parse(json.dumps(data))


def test_a_file_that_is_not_json_is_refused() -> None:
    with pytest.raises(TopicsError):
        parse("{")
