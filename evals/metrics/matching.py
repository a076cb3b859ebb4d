"""What metrics share: whether two texts say the same in the same words, and what a reply states on what evidence."""

from __future__ import annotations

from typing import Final

from rapidfuzz.fuzz import partial_ratio_alignment

from askms.answering.phrases import keys_of, numbers, read, word_key
from askms.guardrails import named_medicines
from askms.sentences import split_sentences
from askms.wording import connecting, read_frame
from evals.responses import Quoted, Response, Said
from evals.scores import NOTHING_STATED, Unscored

LEAST_CHARACTERS: Final = 30
"""Of a text that only stands inside the other or is only near to it; what is shorter says too little to count."""
LEAST_SHARE: Final = 0.5
"""Of the other text's length, for the same reason."""
NEAR: Final = 95.0
"""Likeness, 0 to 100, from which two texts are the same words but for marks and typing."""
_NEGATIONS: Final = keys_of("negations")
_DIRECTIONS: Final = keys_of("directions") | frozenset(map(word_key, ("more", "most", "less", "least", "fewer")))
_OUTER_MARKS: Final = " \"'“”‘’"


def folded(text: str) -> str:
    """The text on one line, without quotation marks around it."""
    return " ".join(text.split()).strip(_OUTER_MARKS)


def holds(passage: str, quote: str) -> bool:
    """Whether a passage holds a quote, however lines are broken; no passage holds an empty one."""
    return bool(folded(quote)) and folded(quote) in folded(passage)


def same_words(text: str, evidence: str) -> bool:
    """Whether a text holds the evidence, or is a good part of it.

    A part counts from `LEAST_CHARACTERS` and `LEAST_SHARE` on, so that no single word stands for a sentence, and only
    with every negation. A near likeness counts only with the same numbers, medicines, negations and directions: "is
    not" is 4 letters away from "is", and "esketamine" 2 from "arketamine".
    """
    one, other = folded(text), folded(evidence)
    if holds(one, other):
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < LEAST_CHARACTERS or len(one) < LEAST_SHARE * len(other):
        return False
    if not _negations(other) <= _negations(one):
        return False
    if one in other:
        return True
    found = partial_ratio_alignment(shorter, longer, score_cutoff=NEAR)
    if found is None:
        return False
    return _turning(shorter[found.src_start : found.src_end]) == _turning(longer[found.dest_start : found.dest_end])


def own_words(said: Said) -> str:
    """What a sentence states: of a framed study dose, the words inside the frame."""
    frame = read_frame(said.text)
    return frame.span if frame else said.text


def evidence_of(citation: Quoted) -> str:
    """What a citation rests on: its quote if its passage holds it, else the passage: an invented quote is none."""
    return citation.quote if holds(citation.passage, citation.quote) else citation.passage


def statements(response: Response) -> tuple[Said, ...]:
    """The sentences that state something; cut from the text for a target that tells no sentences."""
    if response.said or not response.answered:
        return response.statements
    return tuple(Said(text=sentence) for sentence in split_sentences(response.text))


def some_statements(response: Response) -> tuple[Said, ...]:
    """The sentences that state something, for metrics that mean nothing without one.

    Raises:
        Unscored: the reply states nothing.
    """
    found = statements(response)
    if not found:
        raise Unscored(NOTHING_STATED)
    return found


def asserted(response: Response) -> tuple[Said, ...]:
    """The statements that a reply stands behind: all but those that it calls disputed before it answers them."""
    found: list[Said] = []
    disputed = False
    for one in response.said or statements(response):
        if one.fixed:
            disputed = (disputed or one.text == connecting("disputed")) and one.text != connecting("better_sources")
        elif not disputed:
            found.append(one)
    return tuple(found)


def _turning(text: str) -> frozenset[str]:
    """What turns the sense of a sentence in a few letters."""
    return numbers(text) | named_medicines(text) | (read(text).held & (_NEGATIONS | _DIRECTIONS))


def _negations(text: str) -> frozenset[str]:
    return read(text).held & _NEGATIONS
