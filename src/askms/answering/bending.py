"""Do the same words still say the same? Each word of a rewording is traced to its place in a quotation.

There it must keep what makes its meaning: the little words before it ("of", "was", "the"), the marks around it, its
ending, the word that it hangs on and the negations and doubts before it. Nothing that narrows a clause may be left out,
and only a phrase that sets the scene may move, from one end of its sentence to the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from askms.answering.phrases import HUMANS, NEUTRAL, Token, form, keys_of, tokens, without_asides

_EVIDENCE: Final = keys_of("evidence")
_NOISE: Final = NEUTRAL - _EVIDENCE
"""Words that may come and go: "however"."""
_OF_MS: Final = HUMANS | keys_of("illness")
_UNBENT: Final = keys_of("negations") | keys_of("limits") | keys_of("unbent")
"""Words whose listed synonyms may end differently."""
_HELD: Final = frozenset({"of", "with"})
"""Little words that hang on the very word before them."""
_INSIDE: Final = frozenset({"of", "with", "on", "in"})
"""Little words inside the name of a study: "a trial of ketamine in people with MS"."""
_SCENES: Final = frozenset({"in", "on", "at", "for"})
"""Little words that a phrase may begin with that stands elsewhere in its quotation."""
_BEGINNINGS: Final = _SCENES | {"a", "an", "the"}
"""Little words that a sentence may begin with although its quotation does not."""
_TURNING: Final = frozenset({"or", "but", "who", "whose", "which", "when", "if", "unless", "except"})
"""Words that begin a clause which the one before it may not lose."""
_LEANING: Final = frozenset({"or", "who", "whose", "which", "than"})
"""Words that no sentence begins with."""
_START: Final = Token("", "")


@dataclass(frozen=True, slots=True)
class _Source:
    """The words with weight of all quotations, in order."""

    words: tuple[Token, ...]
    quote_of: tuple[int, ...]
    """The quotation that each stands in."""

    @classmethod
    def of(cls, quotes: Sequence[str]) -> _Source:
        found = [(word, number) for number, quote in enumerate(quotes) for word in tokens(quote) if word.weighs]
        return cls(tuple(word for word, _ in found), tuple(number for _, number in found))

    def sentence(self, place: int) -> tuple[int, int]:
        """Names the sentence of a word."""
        return self.quote_of[place], self.words[place].sentence

    def clause(self, place: int) -> tuple[int, int]:
        """Names the clause of a word."""
        return self.quote_of[place], self.words[place].clause

    def earlier(self, place: int) -> list[int]:
        """What stands before a word in its sentence."""
        return [
            other
            for other in range(place)
            if self.sentence(other) == self.sentence(place) and self.words[other].key not in _NOISE
        ]

    def ends(self, first: int, last: int) -> bool:
        """Whether a run of words begins its sentence or ends it."""
        begins = first == 0 or self.sentence(first - 1) != self.sentence(first)
        return begins or last + 1 == len(self.words) or self.sentence(last + 1) != self.sentence(last)


def why_bent(sentence: str, quotes: Sequence[str]) -> str | None:
    """Say what a sentence bends of the words that it takes from its quotations, or nothing.

    Args:
        sentence: each of its words, or a listed synonym, is in the quotations.
        quotes: whole sentences of sources.
    """
    if (wrong := _wrong_mark(sentence, quotes)) is not None:
        return wrong
    source = _Source.of(quotes)
    weighing = [token for token in tokens(sentence) if token.weighs]
    known = {word.key for word in source.words}
    said = [token for token in weighing if token.key not in NEUTRAL or token.key in known - _NOISE]
    if not said:
        return "says nothing"
    places = _places(said, source)
    if places is None or not _only_turned(said, places, source):
        return "order differs from the quotation"
    put_in = {id(two) for one, two in pairwise(weighing) if one not in said}
    last = -1
    for token, place in zip(said, places, strict=True):
        if (wrong := _misplaced(token, place, last, source, set(places))) is not None:
            return wrong
        if _neighbours(last, place, source) and (id(token) in put_in or _joins_otherwise(token, source.words[place])):
            return f"hangs on something else: {token.word}"
        last = place
    begun = source.earlier(places[0])
    if not _may_begin(source, places[0], begun) and not (_sets_scene(said[0]) and min(places) < places[0]):
        return f"begins where its quotation does not: {said[0].word}"
    return _narrower(set(places), source)


def _places(said: Sequence[Token], source: _Source) -> list[int] | None:
    """Where each word stands in the quotations, with the fewest steps back and changes of quotation.

    Nothing when a word is not there, or when that takes more than one step back or as many changes as quotations.
    """
    best: dict[int, tuple[tuple[int, int], int, int, list[int]]] = {-1: ((0, 0), 0, 0, [])}
    for token in said:
        reached: dict[int, tuple[tuple[int, int], int, int, list[int]]] = {}
        for place in (at for at, word in enumerate(source.words) if word.key == token.key):
            for last, (cost, steps, changes, path) in best.items():
                change = last >= 0 and source.quote_of[last] != source.quote_of[place]
                step = last >= 0 and not change and place <= last
                total = (cost[0] + change + step, cost[1] + (_differs(token, source.words[place]) is not None))
                if place not in reached or total < reached[place][0]:
                    reached[place] = (total, steps + step, changes + change, [*path, place])
        best = reached
    if not best:
        return None
    _, steps, changes, path = min(best.values(), key=lambda found: found[0])
    return path if steps <= 1 and changes <= max(source.quote_of) else None


def _only_turned(said: Sequence[Token], places: Sequence[int], source: _Source) -> bool:
    """Whether what was moved stood at one end of its sentence, stands at the other now, and only sets the scene."""
    for _, group in groupby(range(len(places)), key=lambda at: source.sentence(places[at])):
        run = list(group)
        back = next((at for at in run[1:] if places[at] <= places[at - 1]), None)
        if back is None:
            continue
        turned = all(places[at] < places[run[0]] for at in run if at >= back)
        if source.earlier(places[back]) or not turned or not (_sets_scene(said[back]) or _sets_scene(said[run[0]])):
            return False
    return True


def _sets_scene(token: Token) -> bool:
    """Whether a phrase that may stand elsewhere begins with this word: "on day 28", "for MS", "after treatment"."""
    return token.opens or token.word == "among" or bool(token.hangs & _SCENES)


def _misplaced(token: Token, place: int, last: int, source: _Source, kept: Set[int]) -> str | None:
    """What a word loses that it has in its place."""
    quoted, earlier = source.words[place], source.earlier(place)
    if (how := _differs(token, quoted)) is not None:
        return f"{how}: {token.word}"
    for other in earlier:
        word = source.words[other]
        if other not in kept and source.clause(other) == source.clause(place) and (word.negates or word.limits):
            return "negation differs from the quotation" if word.negates else f"limit left out: {word.key}"
    held = next((p for p in reversed(earlier) if p == last or not source.words[p].aside), -1)
    if token.hangs & _HELD and earlier and held != last:
        return f"hangs on something else: {token.word}"
    return None


def _differs(token: Token, quoted: Token) -> str | None:
    """How a word is used otherwise than in its place."""
    if token.ties not in (quoted.ties, (*quoted.ties, *quoted.inherited)):
        return "hangs on something else"
    if token.key == "not" and token.word != quoted.word:
        return "negation differs"
    if token.key not in _UNBENT and form(token.word) != form(quoted.word):
        return "ending differs"
    return None


def _neighbours(last: int, place: int, source: _Source) -> bool:
    return last >= 0 and place == last + 1 and source.clause(last) == source.clause(place)


def _joins_otherwise(token: Token, quoted: Token) -> bool:
    return bool(token.loose - quoted.loose) or "and" in quoted.loose - token.loose


def _may_begin(source: _Source, place: int, earlier: Sequence[int]) -> bool:
    """Whether a sentence may begin with this word: its quotation does, or what was before it only set the scene."""
    if not earlier:
        return True
    if source.clause(earlier[-1]) != source.clause(place):
        return bool(source.words[place].gap) and source.words[place].word not in _LEANING
    first = source.words[earlier[0]]
    return source.words[place].gap.endswith(",") and (first.opens or bool(first.hangs))


def _narrower(kept: Set[int], source: _Source) -> str | None:
    """What a clause says only of some people, some place or some time, and the sentence of all.

    Left out may be an aside, the study that it comes from, that it is about people with MS, and what is put in between
    commas.
    """
    used = {source.clause(place) for place in kept}
    if (lost := next(_turns(used, source), None)) is not None:
        return f"limit left out: {lost}"
    halved = {(source.quote_of[place], source.words[place].aside) for place in kept}
    for _, run in groupby(range(len(source.words)), key=lambda p: p not in kept and source.clause(p)):
        left_out = [p for p in run if p not in kept]
        if any((source.quote_of[p], source.words[p].aside) in halved for p in left_out if _counts(source.words[p])):
            return "cuts or mixes phrases of its quotation"
        left_out = [p for p in left_out if not source.words[p].aside]
        if not left_out or source.clause(left_out[0]) not in used or _may_go(left_out, source, kept):
            continue
        return f"limit left out: {source.words[left_out[0]].key}"
    return None


def _turns(used: Set[tuple[int, int]], source: _Source) -> Iterator[str]:
    """What begins a clause that is left out and that the one before it may not lose: "which", "or", "if"."""
    for at, (before, word) in enumerate(pairwise(source.words)):
        left_out = source.clause(at) in used and source.clause(at + 1) not in used
        if left_out and before.sentence == word.sentence and word.word in _TURNING and not word.aside:
            yield word.key


def _counts(word: Token) -> bool:
    return word.aside > 0 and word.key not in _NOISE


def _may_go(left_out: Sequence[int], source: _Source, kept: Set[int]) -> bool:
    words = [source.words[p] for p in left_out if source.words[p].key not in _NOISE]
    keys = {word.key for word in words}
    if keys <= NEUTRAL:
        return True
    alone = source.ends(left_out[0], left_out[-1])
    if all(_names_study(part, alone=alone) for part in _between_commas(words)):
        return True
    if keys - HUMANS and keys <= _OF_MS and words[0].hangs == {"in"}:
        clause = source.clause(left_out[0])
        return not any(p < left_out[0] and source.words[p].negates and source.clause(p) == clause for p in kept)
    after = source.words[left_out[-1] + 1] if left_out[-1] + 1 < len(source.words) else _START
    put_in = words[0].gap == after.gap == ","
    return put_in and form(words[0].word) == "past"


def _between_commas(words: Sequence[Token]) -> Iterator[list[Token]]:
    part: list[Token] = []
    for word in words:
        if word.gap and part:
            yield part
            part = []
        part.append(word)
    yield part


def _names_study(words: Sequence[Token], *, alone: bool) -> bool:
    """Whether words say only where something was found: "in a 2021 trial of 18 people", "a 2022 review found"."""
    at = next((at for at, word in enumerate(words) if word.key in _EVIDENCE and form(word.word) != "past"), None)
    if at is None or not (alone or words[0].hangs or words[0].opens):
        return False
    if any(word.opens or word.hangs for word in words[1 : at + 1]):
        return False
    return not any(word.opens or not word.hangs <= _INSIDE for word in words[at + 1 :])


def _wrong_mark(sentence: str, quotes: Sequence[str]) -> str | None:
    """Marks that its quotation does not have in that place, and little words left hanging."""
    between: dict[tuple[str, str], set[str]] = {}
    around: dict[tuple[str, bool], set[str]] = {}
    for quote in (*quotes, *map(without_asides, quotes)):
        for before, token in pairwise((_START, *tokens(quote))):
            closing, middle, opening = _sides(token.marks)
            between.setdefault((before.key, token.key), set()).add(middle)
            around.setdefault((before.key, True), set()).add(closing)
            around.setdefault((token.key, False), set()).add(opening)
    for before, token in pairwise((_START, *tokens(sentence))):
        closing, middle, opening = _sides(token.marks)
        known = between.get((before.key, token.key)) or _in_new_place(before, token)
        around_it = closing in around.get((before.key, True), {""}) and opening in around.get((token.key, False), {""})
        if middle not in known or not around_it:
            return f"mark not quoted: {token.marks or 'none'} before {token.word or 'the end'}"
    return "mark not quoted: (" if sentence.count("(") != sentence.count(")") else None


def _sides(marks: str) -> tuple[str, str, str]:
    """Brackets and quotation marks that close, marks between, and those that open."""
    rest = marks.lstrip(')"')
    middle = rest.rstrip('("')
    return marks[: len(marks) - len(rest)], middle, rest[len(middle) :]


def _in_new_place(before: Token, token: Token) -> Set[str]:
    """Marks that may stand between words that are no neighbours in the quotation."""
    if before.word and not before.weighs:
        return {""} if token.weighs else set()
    if not before.word:
        return {""} if token.weighs or token.word in _BEGINNINGS else set()
    if not token.word:
        return set() if before.opens or before.word == "or" else {"", "."}
    return {"", ",", "."}
