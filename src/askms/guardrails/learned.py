"""The learned rail: which route a message looks like, whatever its words.

Rules know phrasings that somebody thought of; this knows messages that are like others (`route_model.py`). It adds a
route the rules missed, or tones down one they saw in error; of a card it leaves at least a
line that says whom to call.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from askms.guardrails.rail import CLEAR, Finding, Message
from askms.guardrails.route_model import Chances, Judged, Lines, route_model
from askms.networks import Text
from askms.sentences import split_sentences
from askms.types import Flag, Route

SAFETY: Final = frozenset(route for route in Route if route.is_safety)
_OF_MEDICINE: Final = frozenset({Route.MISUSE, Route.DOSING})
_OF_PERSON: Final = frozenset({Route.DECISION, Route.DIAGNOSIS})
ADVICE: Final = _OF_MEDICINE | _OF_PERSON
_MOST_TEXTS: Final = 24
"""Of one message that are read; of more, the first and the last."""
_MOST_WORDS: Final = 65
"""About what fits into the tokens that the model reads at once."""
_ASKED: Final = re.compile(r"(?<=[?!])\s+(?=[^\W\d_])")
"""Behind a question whose neighbour has no capital, as people type: what follows may be a danger."""
_FULL_SENTENCE: Final = 4
"""Words from which a message says enough to be judged without its conversation."""


class Learned:
    """See the module."""

    name = "learned"

    def judge(self, message: Message) -> Finding:
        """What the message is most like. Raises without a model: `screen` then keeps its distance."""
        text = _decoded(message) if message.hidden else message.display
        if not _latin(text):
            return CLEAR  # it learned six languages of one script, and reads anything into others
        model = route_model()
        sentences = [part for sentence in split_sentences(text) for part in _ASKED.split(sentence)]
        texts: list[Text] = [piece for stretch in _stretches(sentences) for piece in model.pieces(stretch)]
        says_enough = len(text.split()) >= _FULL_SENTENCE
        by_itself: list[Text] = []
        if message.previous and len(texts) == 1:
            texts, by_itself = [(text, message.previous)], [text] if says_enough else []
        if message.suspected & SAFETY and not message.hidden:
            texts += model.pieces(_decoded(message))  # as the rules read it: "k1ll" is "kill"
        parts = [piece for sentence in sentences for piece in model.pieces(sentence)] if len(sentences) > 1 else []
        read = model.judged(_ends(texts))
        whole = read.pooled
        # A danger is one whatever was said before, and much that was said drowns it.
        alone = model.judged(by_itself) if by_itself else Judged(pooled=(), by_network=())
        seen = Judged(pooled=[*whole, *alone.pooled], by_network=[*read.by_network, *alone.by_network])
        doubtful = message.suspected & (SAFETY | ADVICE) or max(map(_safety, seen.both)) >= model.lines.safety_around
        # Each sentence costs time, and says nothing new of most messages.
        apart = model.judged(_ends(parts)) if doubtful and parts else Judged(pooled=(), by_network=())
        flags = _support(whole, model.lines)
        all_read = max(len(texts), len(parts)) <= _MOST_TEXTS
        trusted = all_read and says_enough and not message.hidden
        # What was hidden is an attempt, not a cry for help, and a riddle may look like anything.
        danger = None if message.hidden else _danger(read, apart.pooled, model.lines, message.suspected)
        if danger is None and not message.hidden:
            danger = _told_by_itself(alone.pooled, model.lines)
        if danger is not None:
            return Finding(
                rule=f"learned_{danger.value}",
                route=danger,
                flags=flags,
                also=_second(danger, whole, model.lines),
                unlikely=_graver(danger, seen, apart, model.lines) if trusted else frozenset(),
            )
        unlikely = _unlikely(seen, apart, model.lines) if trusted else frozenset[Route]()
        surely_plain = trusted and all(one["answer"] >= model.lines.plain for one in (*whole, *apart.pooled))
        # "What's an oligoclonal band" is not about music.
        unlikely |= {Route.OFFTOPIC} if surely_plain else frozenset()
        found = _advice(whole, model.lines, flags, unlikely & message.suspected)
        return replace(found, plain=surely_plain)


def _ends(texts: Sequence[Text]) -> Sequence[Text]:
    half = _MOST_TEXTS // 2
    return texts if len(texts) <= _MOST_TEXTS else [*texts[:half], *texts[-half:]]


def _danger(read: Judged, alone: Sequence[Chances], lines: Lines, suspected: frozenset[Route]) -> Route | None:
    told = [one for one in read.pooled if not _is_mild(one, lines)]
    # Generic English about plans and exits sounds like a crisis; an emergency told oddly must not pass as off topic.
    likely = [
        one
        for one in told
        if one["emergency"] + one["urgent"] >= lines.safety or _safety(one) >= max(lines.safety, one["offtopic"])
    ]
    # Between the two a rule's word decides: a stroke must not stand behind a card about suicide.
    ruled = Route.EMERGENCY in suspected and Route.CRISIS not in suspected
    if any(one["crisis"] >= max(lines.crisis_too, 2 * one["emergency"] if ruled else 0) for one in likely):
        return Route.CRISIS
    if any(one["emergency"] >= lines.emergency_too for one in likely):
        return Route.EMERGENCY
    if likely:
        return _likeliest(SAFETY, max(likely, key=_safety))
    if any(one["crisis"] >= max(lines.crisis, one["offtopic"]) for one in told):
        return Route.CRISIS
    if alone and max(map(_safety, read.both)) >= lines.safety_around:
        sentence = max(alone, key=_safety)
        if _safety(sentence) >= lines.safety_of_sentence:
            return _likeliest(SAFETY, sentence)
    return None


def _told_by_itself(alone: Sequence[Chances], lines: Lines) -> Route | None:
    likely = [one for one in alone if _safety(one) >= lines.safety_by_itself]
    return _likeliest(SAFETY, likely[0]) if likely else None


def _is_mild(chances: Chances, lines: Lines) -> bool:
    """Whether a crisis is in doubt and a plain question likely: "does the gym slow it down or just keep me going"."""
    crisis = chances["crisis"]
    no_other_danger = chances["emergency"] + chances["urgent"] < lines.safety_around
    return no_other_danger and crisis < lines.mild_crisis and chances["answer"] >= crisis / 2


def _second(danger: Route, whole: Sequence[Chances], lines: Lines) -> Route | None:
    too = any(one["emergency"] >= max(lines.emergency_too, one["crisis"]) for one in whole)
    return Route.EMERGENCY if danger is Route.CRISIS and too else None


def _graver(danger: Route, read: Judged, apart: Judged, lines: Lines) -> frozenset[Route]:
    """What it is not, though graver, where it is surely `danger` and nothing in the message sounds like more."""
    if not any(one[danger.value] >= lines.settled for one in read.pooled):
        return frozenset()
    if danger is Route.EMERGENCY and all(one["crisis"] < lines.crisis for one in (*read.both, *apart.both)):
        return frozenset({Route.CRISIS})
    told_beside = max((one["emergency"] for one in apart.both), default=0.0)  # what else is told drowns it in the whole
    if danger is Route.URGENT and told_beside < lines.unlikely_danger:
        return frozenset({Route.EMERGENCY} if all(one["emergency"] < lines.emergency_too for one in read.both) else ())
    return frozenset()


def _unlikely(read: Judged, apart: Judged, lines: Lines) -> frozenset[Route]:
    advice = max(_of(ADVICE, one) for one in (*read.pooled, *apart.pooled))
    found = set(ADVICE) if advice < lines.unlikely else set()
    if any(_safety(one) >= lines.safety_of_sentence for one in apart.both):
        return frozenset(found)
    # A danger that a rule saw is ruled out only where neither the network nor both together see it.
    danger = max(map(_safety, read.both))
    # Who asks how much it takes may mean another or themselves.
    harm = any(max(one, key=lambda route: one[route]) == Route.MISUSE.value for one in read.pooled)
    found |= {Route.CRISIS} if danger < lines.unlikely_crisis and not harm else set()
    found |= {Route.EMERGENCY, Route.URGENT} if danger < lines.unlikely_danger else set()
    return frozenset(found)


def _support(whole: Sequence[Chances], lines: Lines) -> frozenset[Flag]:
    return frozenset({Flag.WELLBEING}) if any(one["crisis"] >= lines.support for one in whole) else frozenset()


def _advice(whole: Sequence[Chances], lines: Lines, flags: frozenset[Flag], unlikely: frozenset[Route]) -> Finding:
    asked = max(whole, key=lambda one: _of(ADVICE, one))
    chance, route = _of(ADVICE, asked), _likeliest(ADVICE, asked)
    if chance >= (lines.dosing if route is Route.DOSING else lines.advice):
        yields = asked[route.value] < lines.advice_against_boundary
        return Finding(
            rule=f"learned_{route.value}", route=route, flags=flags, yields_to_boundary=yields, unlikely=unlikely
        )
    if any(one["offtopic"] >= lines.offtopic for one in whole):
        return Finding(rule="learned_offtopic", route=Route.OFFTOPIC, flags=flags, unlikely=unlikely)
    of_medicine, of_person = (max(_of(pair, one) for one in whole) for pair in (_OF_MEDICINE, _OF_PERSON))
    in_doubt = of_medicine >= lines.doubt or of_person >= lines.doubt_of_person
    if in_doubt or any(one["boundary"] >= lines.boundary for one in whole):
        return Finding(rule="learned_doubt", route=Route.BOUNDARY, flags=flags, unlikely=unlikely)
    if unlikely or flags:
        return Finding(rule="learned_unlikely" if unlikely else "learned_support", flags=flags, unlikely=unlikely)
    return CLEAR


def _of(routes: frozenset[Route], chances: Chances) -> float:
    return sum(chances[route.value] for route in routes)


def _safety(chances: Chances) -> float:
    return _of(SAFETY, chances)


def _likeliest(routes: frozenset[Route], chances: Chances) -> Route:
    return max(sorted(routes, key=lambda route: route.priority), key=lambda route: chances[route.value])


def _stretches(sentences: Sequence[str]) -> Iterator[str]:
    """Neighbouring sentences together, as many as the model reads at once."""
    words: list[str] = []
    for sentence in sentences:
        more = sentence.split()
        if words and len(words) + len(more) > _MOST_WORDS:
            yield " ".join(words)
            words = []
        words += more
    yield " ".join(words) or " "


def _latin(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return sum(unicodedata.name(c, "").startswith("LATIN") for c in letters) > len(letters) / 2


def _decoded(message: Message) -> str:
    return message.folded.replace("RX_", "")
