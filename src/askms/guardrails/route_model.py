"""Which route a text looks like: a network that reads meaning, and n-grams that see words and letters, pooled.

The packaged MiniLM was taught on our own example messages (`training/routes.py`, model card in `routes_model/`), and
runs in onnxruntime without PyTorch in a few milliseconds. The n-grams (`ngrams.py`) learned from the same messages and
err elsewhere. Their probabilities are pooled by a weighted geometric mean (a logarithmic opinion pool, Genest and Zidek
1986).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from askms.errors import ModelUnavailable
from askms.guardrails.ngrams import NgramModel
from askms.networks import PackagedNetwork, Text, log_softmax, softmax

Chances = Mapping[str, float]
"""Route to its probability."""
MOST_TOKENS: Final = 96
_PIECE: Final = 80
"""Tokens from which the next piece of a long text begins; a word more still fits."""
_LONG_WORD: Final = 30
"""Characters of the longest word that is not cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Probabilities that count, chosen on messages that the model had not seen; 0 to 1."""

    safety: float
    """Of crisis, emergency and urgent together, from which the likeliest of them is taken."""
    crisis: float
    """Of a crisis alone, from which it is taken unless the message is likelier not about MS at all; lower, as a
    missed crisis is the worst of errors."""
    mild_crisis: float
    """Of a crisis, under which a message at least half as likely plain is given a line of support and no card."""
    crisis_too: float
    """Of a crisis, from which it is taken where another danger is likelier still."""
    emergency_too: float
    """Of an emergency, from which it is taken where something urgent is likelier still."""
    support: float
    """Of a crisis, from which a line of support is added to whatever else is said."""
    safety_of_sentence: float
    """Like `safety`, for one sentence of a longer message, which out of its context may sound like anything."""
    safety_around: float
    """What the whole message needs besides for a sentence to count."""
    safety_by_itself: float
    """Like `safety`, for a message read without the turn before it, where the two together show no danger."""
    advice: float
    """Of misuse, dosing, decision and diagnosis together, from which the likeliest of them is taken."""
    dosing: float
    """The same where the likeliest is dosing, whose neighbours (strengths, effects, what a study gave) are many."""
    advice_against_boundary: float
    """The same where a rule found what is BOUNDARY by its kind, such as the strengths a tablet comes in."""
    doubt: float
    """Of dosing and misuse together, from which the reply keeps its distance (BOUNDARY)."""
    doubt_of_person: float
    """The same of decision and diagnosis; higher, as sourced facts said plainly do less harm there."""
    boundary: float
    """Of BOUNDARY, from which it is taken."""
    unlikely: float
    """Of advice together in every part of the message, under which a rule that saw advice is taken for mistaken."""
    plain: float
    """Of a plain question in every part of the message, from which such a rule leaves no doubt behind either."""
    unlikely_crisis: float
    """Of safety in the whole message, under which a rule that saw a crisis is taken for mistaken, unless one sentence
    alone has `safety_of_sentence`."""
    unlikely_danger: float
    """The same where a rule saw an emergency or something urgent."""
    settled: float
    """Of an emergency or something urgent, from which it is that and nothing graver that a rule saw."""
    offtopic: float
    """Of what is not about MS."""
    ngrams: float
    """No probability: the weight of the n-grams beside the network, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Probabilities of routes, one for each text."""

    pooled: Sequence[Chances]
    by_network: Sequence[Chances]
    """Much that is plain drowns a few words of danger among n-grams sooner than in the network."""

    @property
    def both(self) -> Sequence[Chances]:
        """What either made of them."""
        return [*self.pooled, *self.by_network]


class RouteModel:
    """Probabilities of routes for a text."""

    def __init__(self, folder: Path) -> None:
        """Load the model of a folder.

        Raises:
            ModelUnavailable: a file is missing, altered or not readable.
        """
        # A second thread makes one text slower.
        self._network = PackagedNetwork(folder, most_tokens=MOST_TOKENS, threads=1)
        self._ngrams = NgramModel(folder)
        try:
            self.classes: tuple[str, ...] = tuple(self._network.card["classes"])
            self.lines = Lines(**self._network.card["lines"])
        except (KeyError, TypeError) as exc:
            raise ModelUnavailable(f"{folder / 'model.json'} is not readable ({exc}). Install askms again.") from exc
        if self._ngrams.classes != self.classes:
            raise ModelUnavailable(f"The two models in {folder} know different routes. Install askms again.")

    @cached_property
    def _measure(self) -> Tokenizer:
        """The tokenizer without its limit; only a long text needs it."""
        measure = Tokenizer.from_str(self._network.tokenizer.to_str())
        measure.no_truncation()
        measure.no_padding()
        return measure

    def pieces(self, text: str) -> list[str]:
        """The text in pieces that the model reads whole, cut between words; the text itself if it is short."""
        if len(text) < MOST_TOKENS:
            return [text]
        offsets = self._measure.encode(text, add_special_tokens=False).offsets
        if len(offsets) <= MOST_TOKENS - 2:  # marks stand at both ends
            return [text]
        starts = [0]
        for at in range(_PIECE, len(offsets), _PIECE):
            token = offsets[at][0]
            word = text.rfind(" ", max(starts[-1], token - _LONG_WORD), token) + 1
            starts.append(word or token)
        return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]

    def judged(self, texts: Sequence[Text]) -> Judged:
        """For each text, route to probability, pooled and by the network alone; `texts` must not be empty."""
        network, ngrams = log_softmax(self._network.logits(texts)), log_softmax(self._ngrams.logits(texts))
        pooled = softmax((1 - self.lines.ngrams) * network + self.lines.ngrams * ngrams)
        return Judged(pooled=self._by_route(pooled), by_network=self._by_route(np.exp(network)))

    def _by_route(self, rows: NDArray[np.float64]) -> list[Chances]:
        return [dict(zip(self.classes, row.tolist(), strict=True)) for row in rows]


@cache
def route_model() -> RouteModel:
    """The model of this release."""
    with as_file(files("askms.guardrails").joinpath("routes_model")) as folder:
        return RouteModel(folder)
