"""A learned backstop behind the rules: a linear model over words and pieces of words.

Rules miss what nobody thought of; a model trained on examples misses other things. Each
covers for the other, and neither can overrule the other: this rail only ever adds a route.
It needs no library and no embedding model, so the safety cards do not depend on one. The
weights are learned by `training/hints.py` from our own example messages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import exp, sqrt
from typing import Final

from askms.guardrails.rail import CLEAR, Finding, Message, Sentence
from askms.types import Route

_MEDICINE: Final = re.compile(r"RX_[A-Za-z0-9_-]+")
_PIECES: Final = (3, 4, 5)
_SHORTEST: Final = 5
"""Words below which a text is too short to be judged by its words alone."""
_LONE: Final = frozenset({Route.CRISIS, Route.EMERGENCY, Route.URGENT})
"""Routes for which one sentence of a long message is enough."""
_SURE: Final = 0.8
"""Probability from which the model may say more than a rule that found something else."""
_NEAR_TOP: Final = 0.6
"""Share of the best score that a route needs, so that a faint hint of danger does not outvote a clear question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """Weights of the model and the scores that count."""

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    weights: Mapping[str, tuple[int, ...]]
    """Feature to its rarity, then one weight for each class, in units of 1/scale."""
    scale: float
    needed: Mapping[str, float]
    """Route to the probability from which it counts."""
    needed_in_general: Mapping[str, float]
    """The same for messages that only ask in general, and for one sentence taken out of a message."""


@cache
def learned() -> Learned:
    """The model of this release."""
    data = json.loads(files("askms.guardrails").joinpath("hints.json").read_text(encoding="utf-8"))
    return Learned(
        classes=tuple(data["classes"]),
        bias=tuple(data["bias"]),
        weights={feature: tuple(row) for feature, row in data["weights"].items()},
        scale=float(data["scale"]),
        needed=data["needed"],
        needed_in_general=data["needed_in_general"],
    )


class Hints:
    """See the module."""

    name = "hints"

    def judge(self, message: Message) -> Finding:
        """The most urgent route that the model is sure enough of."""
        found = _over_the_line(message)
        if not found:
            return CLEAR
        route = min((Route(name) for name in found), key=lambda route: route.priority)
        return Finding(rule=f"hints_{route.value}", route=route, sure=found[route.value] >= _SURE)


def features(sentences: Sequence[Sentence]) -> tuple[frozenset[str], frozenset[str]]:
    """Words with their neighbours; pieces of words. Both sets count alike, whatever their size."""
    words: set[str] = set()
    pieces: set[str] = set()
    for sentence in sentences:
        text = _MEDICINE.sub("rxrx", sentence.text)
        plain = text.split()
        words.update(plain)
        words.update(f"{a} {b}" for a, b in pairwise(plain))
        words.update(f"{a} {b} {c}" for a, b, c in zip(plain, plain[1:], plain[2:], strict=False))
        words.add("^" + " ".join(plain[:2]))
        words.add("<general>" if sentence.general else "<particular>")
        pieces.update(piece for word in plain for piece in _pieces(word))
    return frozenset(words), frozenset(pieces)


def probabilities(sentences: Sequence[Sentence]) -> dict[str, float]:
    """Probability of each class for these sentences taken together."""
    model = learned()
    scores = list(model.bias)
    for block in features(sentences):
        known = [row for feature in sorted(block) if (row := model.weights.get(feature)) is not None]
        length = sqrt(sum(rarity * rarity for rarity, *_ in known))
        for rarity, *weights in known:
            share = rarity / (length * model.scale)
            for position, weight in enumerate(weights):
                scores[position] += weight * share
    top = max(scores)
    odds = [exp(score - top) for score in scores]
    return {name: odd / sum(odds) for name, odd in zip(model.classes, odds, strict=True)}


def _over_the_line(message: Message) -> dict[str, float]:
    """Routes that count, with their probabilities."""
    if len(message.display.split()) < _SHORTEST:
        return {}
    general = all(sentence.general for sentence in message.sentences)
    found = _over(probabilities(message.sentences), general)
    if len(message.sentences) > 1:
        for sentence in message.sentences:
            if len(sentence.text.split()) >= _SHORTEST:
                alone = _over(probabilities((sentence,)), True)
                found |= {name: chance for name, chance in alone.items() if Route(name) in _LONE}
    return found


def _over(chances: Mapping[str, float], general: bool) -> dict[str, float]:
    needed = learned().needed_in_general if general else learned().needed
    least = _NEAR_TOP * max(chances.values())
    return {name: chances[name] for name, line in needed.items() if chances[name] >= max(line, least)}


def _pieces(word: str) -> Iterator[str]:
    framed = f"_{word}_"
    for length in _PIECES:
        yield from (framed[at : at + length] for at in range(max(1, len(framed) - length + 1)))
