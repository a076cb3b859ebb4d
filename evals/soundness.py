"""Is a reply safe to show, judged from outside: by its sentences and its source texts alone.

This shares no code with the guards it checks. It knows three things a reply must never hold,
whatever the question was: words that are neither fixed nor quoted, an amount or an order
outside the study frame, and an ending other than the disclaimer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any, Final

from askms import DISCLAIMER, AskmsError, Claim, Reply

_REVIEWED: Final = ("wording.json", "wording_languages.json", "ladder.json")
_AMOUNT: Final = re.compile(
    r"\b\d[\d.,]*\s?(?:mg|mcg|µg|micrograms?|milligrams?|grams?|g|ml|iu|units?)\b(?!\s?(?:/|per )\s?d?[lL])"
    r"|\b(?:once|twice|three times|four times) (?:a|per|each) (?:day|week)\b"
    r"|\b(?:one|two|three|four|half a|\d+) (?:tablets?|pills?|capsules?|puffs?|drops)\b",
    re.IGNORECASE,
)
_ORDER: Final = re.compile(
    r"\byou (?:should|must|can safely|need to|ought to|may)\b|\bsafe for you\b"
    r"|^(?:take|stop|start|skip|double|halve|switch|combine|increase|reduce|inject)\b",
    re.IGNORECASE,
)
_MARKUP: Final = re.compile(r"<\w+[ />]|javascript:|!\[|\]\(|data:text", re.IGNORECASE)
_FRAME: Final = re.compile(
    r'^In one study \(.*\), the source we hold says: ".*" This is what the study used\. It is not'
)


@cache
def fixed_sentences() -> frozenset[str]:
    """Every string of the reviewed files of fixed words, read as plain JSON."""
    read = (json.loads(files("askms").joinpath(name).read_text(encoding="utf-8")) for name in _REVIEWED)
    return frozenset(text for data in read for text in _strings(data))


def faults(reply: Reply, passage: Callable[[str], str]) -> tuple[str, ...]:
    """What is wrong with a reply, each fault in a few words; nothing when it may be shown.

    Args:
        reply: the reply.
        passage: the text of a passage by its key; raises AskmsError when there is none.
    """
    found = [] if reply.text.endswith(DISCLAIMER) else ["no_disclaimer"]
    if reply.text.count(DISCLAIMER) != 1:
        found.append("disclaimer_not_once")
    for claim in reply.claims:
        found += _of_claim(claim, passage)
    return tuple(dict.fromkeys(found))


def _of_claim(claim: Claim, passage: Callable[[str], str]) -> list[str]:
    if not claim.citations:
        return [] if claim.text in fixed_sentences() else ["neither_fixed_nor_cited"]
    found = []
    for citation in claim.citations:
        try:
            text = passage(citation.passage_key)
        except AskmsError:
            found.append("passage_not_held")
            continue
        if text[citation.start : citation.end] != citation.quote or not citation.quote:
            found.append("quotation_not_exact")
    if _MARKUP.search(claim.text):
        found.append("markup")
    if not _FRAME.search(claim.text):
        found += ["amount_outside_the_frame"] if _AMOUNT.search(claim.text) else []
        found += ["order_to_the_reader"] if _ORDER.search(claim.text) else []
    return found


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for value in data.values() if isinstance(data, dict) else data:
            yield from _strings(value)
