"""The learned backstop with better eyes: words and meaning together.

The word model of `hints` knows what was said, the sentence embedding knows what was meant;
on messages that neither had seen, their average saw more than either. Used wherever the
embedding model is at hand; without it, or should it fail, the word model stands alone, so
that no card ever depends on a model. Weights are plain numbers in `meaning.json`, learned
by `training/meaning.py`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from askms.guardrails.hints import Hints, probabilities
from askms.guardrails.rail import CLEAR, Finding, Message, Sentence
from askms.types import Flag, Route

Embed = Callable[[str], NDArray[np.float32]]

_LONE: Final = frozenset({Route.CRISIS, Route.EMERGENCY, Route.URGENT})
"""Routes for which one sentence of a long message is enough."""
_MOST_SENTENCES: Final = 12
_SURE: Final = 0.8
_FULL_SENTENCE: Final = 5
"""Words from which a message is taken to say what it means."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A logistic head over sentence embeddings, and the scores that count."""

    classes: tuple[str, ...]
    bias: NDArray[np.float32]
    weights: NDArray[np.float32]
    """Shape (classes, dimension)."""
    model_digest: str
    """Of the embedding model it was learned on; it means nothing on another."""
    share: float
    """Weight of the meaning against the words, 0 to 1."""
    needed: Mapping[str, float]
    """Route to the probability from which it counts."""
    needed_alone: Mapping[str, float]
    """The same for one sentence taken out of a message."""
    unlikely: Mapping[str, float]
    """Route to the probability under which a rule that found it is taken for mistaken. Never a safety route."""
    doubtful: Mapping[str, float]
    """Route to the probability from which a line of support is added (crisis) or the reply is BOUNDARY (others)."""


@cache
def head() -> Head:
    """The head of this release. Raises ValueError if its numbers were altered."""
    data = json.loads(files("askms.guardrails").joinpath("meaning.json").read_text(encoding="utf-8"))
    rows = json.dumps([data["bias"], data["weights"]], separators=(",", ":"))
    if sha256(rows.encode()).hexdigest() != data["sha256"]:
        raise ValueError("meaning.json: the weights do not match their sha256. Restore the file from the repository.")
    return Head(
        classes=tuple(data["classes"]),
        bias=np.array(data["bias"], dtype=np.float32),
        weights=np.array(data["weights"], dtype=np.float32) / data["scale"],
        model_digest=data["model_digest"],
        share=data["share"],
        needed=data["needed"],
        needed_alone=data["needed_alone"],
        unlikely=data["unlikely"],
        doubtful=data["doubtful"],
    )


class Meaning:
    """See the module."""

    name = "meaning"

    def __init__(self, embed: Embed) -> None:
        """Name what turns text into vectors; it may raise when there is no model."""
        self._embed = embed

    def judge(self, message: Message) -> Finding:
        """The most urgent route that is likely enough; care in what is shown when one is in doubt."""
        try:
            whole = self._chances(message.display, message.sentences)
            alone = [self._chances(s.text, (s,)) for s in message.sentences[:_MOST_SENTENCES]]
        except Exception as exc:  # noqa: BLE001 - no card may depend on a model (P4)
            _log.warning("no embedding model for the guardrails, words alone decide: %s", type(exc).__name__)
            return Hints().judge(message)
        found = {name: whole[name] for name, line in head().needed.items() if whole[name] >= line}
        if len(message.sentences) > 1:
            for chances in alone:
                lone = {name: chances[name] for name, line in head().needed_alone.items() if chances[name] >= line}
                found |= {name: chance for name, chance in lone.items() if Route(name) in _LONE}
        if found:
            first = min((Route(name) for name in found), key=lambda route: route.priority)
            return Finding(rule=f"meaning_{first.value}", route=first, sure=found[first.value] >= _SURE)
        unlikely = self._unlikely(message, [whole, *alone])
        doubts = {Route(name) for name, line in head().doubtful.items() if whole[name] >= line}
        if not doubts:
            return replace(CLEAR, unlikely=unlikely)
        # In doubt about a crisis a line of support is never wrong; in doubt about a dose the reply keeps its distance.
        flags = frozenset({Flag.WELLBEING}) if Route.CRISIS in doubts else frozenset[Flag]()
        route = Route.BOUNDARY if doubts - {Route.CRISIS} else None
        return Finding(rule="doubt", route=route, flags=flags, unlikely=unlikely)

    def _unlikely(self, message: Message, chances: Sequence[Mapping[str, float]]) -> frozenset[Route]:
        """Advice routes that neither the message nor any sentence of it looks like.

        Only of a message that stands alone: "is two okay?" looks like nothing away from its conversation.
        """
        if message.earlier or message.hidden or len(message.display.split()) < _FULL_SENTENCE:
            return frozenset()
        lines = head().unlikely
        return frozenset(Route(name) for name, line in lines.items() if all(c[name] < line for c in chances))

    def _chances(self, text: str, sentences: Sequence[Sentence]) -> dict[str, float]:
        model = head()
        scores = model.weights @ self._embed(text) + model.bias
        odds = np.exp(scores - scores.max())
        meant = dict(zip(model.classes, (odds / odds.sum()).tolist(), strict=True))
        said = probabilities(sentences)
        return {name: model.share * meant[name] + (1 - model.share) * said[name] for name in model.classes}
