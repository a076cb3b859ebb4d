"""The learned rail: which route a message looks like, whatever its words.

Rules know phrasings that somebody thought of; this knows messages that are like others. The
packaged MiniLM was taught on our own example messages (`training/routes.py`, model card in
`routes_model/`), and runs in onnxruntime without PyTorch in a few milliseconds. It adds a
route the rules missed, or tones down one they saw in error; of a card it leaves at least a
line that says whom to call.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from askms.embedding import packaged_folder
from askms.errors import ModelUnavailable
from askms.guardrails.rail import CLEAR, Finding, Message
from askms.sentences import split_sentences
from askms.types import Flag, Route

Text = str | tuple[str, str]
"""A message, or a message and the one before it."""

Chances = Mapping[str, float]
"""Route to its probability."""

SAFETY: Final = frozenset(route for route in Route if route.is_safety)
ADVICE: Final = frozenset({Route.MISUSE, Route.DOSING, Route.DECISION, Route.DIAGNOSIS})
MOST_TOKENS: Final = 96
_MOST_SENTENCES: Final = 12
_MOST_WORDS: Final = 65
"""About what fits into `MOST_TOKENS`."""
_FULL_SENTENCE: Final = 4
"""Words from which a message says enough to be judged without its conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Probabilities that count, chosen on messages that the model had not seen; 0 to 1."""

    safety: float
    """Of crisis, emergency and urgent together, from which the likeliest of them is taken."""
    crisis: float
    """Of a crisis alone, from which it is taken unless the message is likelier not about MS at all; lower, as a
    missed crisis is the worst of errors."""
    support: float
    """Of a crisis, from which a line of support is added to whatever else is said."""
    safety_of_sentence: float
    """Like `safety`, for one sentence of a longer message, which out of its context may sound like anything."""
    safety_around: float
    """What the whole message needs besides for a sentence to count."""
    advice: float
    """Of misuse, dosing, decision and diagnosis together, from which the likeliest of them is taken."""
    dosing: float
    """The same where the likeliest is dosing, whose neighbours (strengths, effects, what a study gave) are many."""
    advice_against_boundary: float
    """The same where a rule found what is BOUNDARY by its kind, such as the strengths a tablet comes in."""
    doubt: float
    """Of advice together, from which the reply keeps its distance (BOUNDARY)."""
    boundary: float
    """Of BOUNDARY, from which it is taken."""
    unlikely: float
    """Of advice together in every part of the message, under which a rule that saw advice is taken for mistaken."""
    unlikely_crisis: float
    """The same of safety where a rule saw a crisis."""
    unlikely_danger: float
    """The same of safety where a rule saw an emergency or something urgent."""
    settled: float
    """Of one safety route, from which it is that card and no graver one that a rule saw."""
    offtopic: float
    """Of what is not about MS."""


def route_tokenizer() -> Tokenizer:
    """The packaged tokenizer, which cuts and pads to 128 tokens unless told otherwise."""
    tokenizer = Tokenizer.from_file(str(packaged_folder() / "tokenizer.json"))
    tokenizer.enable_truncation(MOST_TOKENS)
    tokenizer.enable_padding()
    return tokenizer


class RouteModel:
    """Probabilities of routes for a text."""

    def __init__(self, folder: Path) -> None:
        """Load the model of a folder.

        Raises:
            ModelUnavailable: a file is missing, altered or not readable.
        """
        import onnxruntime

        try:
            card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            weights = (folder / "model.onnx").read_bytes()
            if sha256(weights).hexdigest() != card["sha256"]:
                raise ModelUnavailable(f"{folder / 'model.onnx'} was altered. Install askms again.")
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1  # a second thread makes single messages slower
            self._session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
            self._tokenizer = route_tokenizer()
        except (OSError, KeyError, ValueError, RuntimeError) as exc:
            raise ModelUnavailable(f"The model in {folder} cannot be loaded ({exc}). Install askms again.") from exc
        self.classes: tuple[str, ...] = tuple(card["classes"])
        self.lines = Lines(**card["lines"])

    def chances(self, texts: Sequence[Text]) -> list[Chances]:
        """For each text, route to probability."""
        if not texts:
            return []
        return [dict(zip(self.classes, row.tolist(), strict=True)) for row in self.probabilities(texts)]

    def probabilities(self, texts: Sequence[Text]) -> NDArray[np.float32]:
        """One row a text, one column a class; each row sums to one."""
        encoded = self._tokenizer.encode_batch(list(texts))
        ids = np.array([one.ids for one in encoded], dtype=np.int64)
        mask = np.array([one.attention_mask for one in encoded], dtype=np.int64)
        (logits,) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        found: NDArray[np.float32] = odds / odds.sum(axis=1, keepdims=True)
        return found


@cache
def route_model() -> RouteModel:
    """The model of this release."""
    with as_file(files("askms.guardrails").joinpath("routes_model")) as folder:
        return RouteModel(folder)


class Learned:
    """See the module."""

    name = "learned"

    def judge(self, message: Message) -> Finding:
        """What the message is most like. Raises without a model: `screen` then keeps its distance."""
        text = _decoded(message) if message.hidden else message.display
        if not _latin(text):
            return CLEAR  # it learned six languages of one script, and reads anything into others
        model = route_model()
        sentences = split_sentences(text)
        stretches: list[Text] = list(_stretches(sentences))
        if message.previous and len(stretches) == 1:
            stretches = [(text, message.previous)]
        whole = model.chances(stretches)
        alone = model.chances(_parts(message, sentences, max(map(_safety, whole)) >= model.lines.safety_around))
        # What was hidden is an attempt, not a cry for help, and a riddle may look like anything.
        danger = None if message.hidden else _danger(whole, alone, model.lines)
        flags = _support(whole, model.lines)
        if danger is not None:
            settles = any(one[danger.value] >= model.lines.settled for one in whole)
            return Finding(rule=f"learned_{danger.value}", route=danger, flags=flags, settles=settles)
        leans = message.hidden or len(message.display.split()) < _FULL_SENTENCE or len(sentences) > _MOST_SENTENCES
        unlikely = frozenset[Route]() if leans else _unlikely([*whole, *alone], model.lines)
        return _advice(whole, model.lines, flags, unlikely & message.suspected)


def _parts(message: Message, sentences: Sequence[str], dangerous: bool) -> list[Text]:
    """What else to read of a message. Each text costs time, and says nothing new of most messages."""
    parts: list[Text] = []
    if (dangerous or message.suspected & (SAFETY | ADVICE)) and 1 < len(sentences) <= _MOST_SENTENCES:
        parts += sentences
    if message.suspected & SAFETY:
        parts.append(_decoded(message))  # as the rules read it: "k1ll" is "kill"
    return parts


def _danger(whole: Sequence[Chances], alone: Sequence[Chances], lines: Lines) -> Route | None:
    worst = max(whole, key=_safety)
    if _safety(worst) >= lines.safety:
        return _likeliest(SAFETY, worst)
    if any(one["crisis"] >= max(lines.crisis, one["offtopic"]) for one in whole):
        return Route.CRISIS
    if alone and _safety(worst) >= lines.safety_around:
        sentence = max(alone, key=_safety)
        if _safety(sentence) >= lines.safety_of_sentence:
            return _likeliest(SAFETY, sentence)
    return None


def _unlikely(chances: Sequence[Chances], lines: Lines) -> frozenset[Route]:
    advice, danger = max(_of(ADVICE, one) for one in chances), max(map(_safety, chances))
    found = set(ADVICE) if advice < lines.unlikely else set()
    found |= {Route.CRISIS} if danger < lines.unlikely_crisis else set()
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
    if chance >= lines.doubt or any(one["boundary"] >= lines.boundary for one in whole):
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
