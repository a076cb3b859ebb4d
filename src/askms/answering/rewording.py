"""Is a sentence a faithful rewording of what it quotes? Judged by its words alone, the same on every machine.

Models that judge support were near chance at telling true from refuted, so the freedom to reword is limited instead.
A rewording may leave whole phrases out, use a listed plain synonym and move one block of words. It may not bring a
word of its own, cut a word out of a phrase, swap two things, part a number from its unit, or lose a negation, a doubt,
a condition or who was studied. Much that is refused is true; what passes keeps to what the source says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Final

from askms.answering.bending import why_bent
from askms.answering.phrases import (
    GLUE,
    HUMANS,
    NEUTRAL,
    POPULATIONS,
    Clause,
    Text,
    Word,
    folded,
    keys_of,
    numbers,
    odd_marks,
    phrases,
    placed_numbers,
    read,
    sentences,
    without_asides,
)

LEAST_KEPT: Final = 0.5
"""Share of the words of the clauses it uses that a rewording must keep."""
NEARLY_ALL: Final = 0.8
"""The same where a rewording joins what the quotation says in two clauses."""

_DIRECTIONS, _INTENSIFIERS, _LINKS = keys_of("directions"), keys_of("intensifiers"), keys_of("links")
_CONDITIONS, _COMPARISONS = keys_of("conditions"), keys_of("comparisons")
_COMBINED: Final = re.compile(r"\b(\w+) (?:combined with|together with|with|plus) ([a-z]\w*)")


def why_unfaithful(sentence: str, quotes: Sequence[str], names: Callable[[str], frozenset[str]]) -> str | None:
    """Say what a sentence changes of what it quotes, or nothing when it is a faithful rewording.

    Args:
        sentence: in the writer's own words.
        quotes: whole sentences of sources, which the sentence rests on.
        names: the medicines a text names.
    """
    if not read(sentence).keys:
        return "says nothing"
    return (
        _adds(sentence, " ".join(quotes), names)
        or _rearranges(sentence, quotes)
        or _leaves_out(sentence, quotes)
        or why_bent(sentence, quotes)
    )


def _adds(sentence: str, quoted: str, names: Callable[[str], frozenset[str]]) -> str | None:
    """What the sentence has and the quotations lack."""
    said, source = read(sentence), read(quoted)
    new = said.held - source.held
    if extra := sorted(numbers(sentence) - numbers(quoted)):
        return f"number not quoted: {extra[0]}"
    if extra := sorted(names(sentence) - names(quoted)):
        return f"medicine not quoted: {extra[0]}"
    if _negation_differs(said, source):
        return "negation differs from the quotation"
    if extra := sorted(new & (POPULATIONS | HUMANS)):
        return f"population not quoted: {extra[0]}"
    if extra := sorted(new & _DIRECTIONS):
        return f"direction not quoted: {extra[0]}"
    if extra := sorted(new - NEUTRAL):
        return f"says more than its quotation: {extra[0]}"
    if extra := sorted(odd_marks(sentence) - odd_marks(quoted)):
        return f"mark not quoted: {extra[0]}"
    return None


def _rearranges(sentence: str, quotes: Sequence[str]) -> str | None:
    """What belongs together in the quotations and does not in the sentence."""
    quoted = " ".join(quotes)
    if repeated := Counter(read(sentence).keys) - Counter(read(quoted).keys + tuple(NEUTRAL)):
        return f"repeats what its quotation says once: {min(repeated)}"
    if _jumps(read(sentence).keys, read(quoted).keys) > len(quotes):
        return "order differs from the quotation"
    if lost := placed_numbers(sentence) - placed_numbers(quoted):
        return f"number parted from its unit or limit: {min(place.number for place in lost)}"
    if any(not _is_of_one(clause, read(sentence), quoted) for clause in read(sentence).clauses):
        return "joins what its quotation does not"
    if not _is_made_of(sentence, quotes):
        return "cuts or mixes phrases of its quotation"
    return None


def _leaves_out(sentence: str, quotes: Sequence[str]) -> str | None:
    """What the quotations have and the sentence may not lose."""
    said, source = read(sentence), read(" ".join(quotes))
    if lost := sorted(frozenset[str]().union(*(_people_of(read(quote)) for quote in quotes)) - said.held):
        return f"population left out: {lost[0]}"
    if (limit := _limit_left_out(said, source)) is not None:
        return f"limit left out: {limit}"
    for quote in quotes:
        if (cut := _cut_off(said, quote)) is not None:
            return cut
    bare = read(without_asides(" ".join(quotes)))
    wanted = {word.key for clause in _used(said, bare) for word in clause} - NEUTRAL - _LINKS
    if len(wanted & said.held) < LEAST_KEPT * len(wanted):
        return "leaves out too much of its quotation"
    return None


def _negation_differs(said: Text, source: Text) -> bool:
    negated, quoted = _negated(said), _negated(source)
    if negated - quoted:
        return True  # something else is negated
    if any(said.keys.count(k) > negated[k] and source.keys.count(k) <= quoted[k] for k in quoted):
        return True  # the same word, no longer negated
    free = {word.key for clause in said.clauses if not any(w.negates for w in clause) for word in clause}
    if free & _only_after(source, lambda word: word.negates):
        return True
    # "..., and not which of them helps": a negation alone belongs to the clause after it.
    alone = [clause for clause in source.clauses if all(word.negates for word in clause)]
    needed = sum(word.negates for clause in (*_used(said, source), *alone) for word in clause)
    return sum(word.negates for clause in said.clauses for word in clause) < needed


def _negated(text: Text) -> Counter[str]:
    """The first word with weight after each negation: "no clear benefit" negates "benefit"."""
    heads: Counter[str] = Counter()
    for clause in text.clauses:
        for at, word in enumerate(clause):
            if word.negates:
                after = [w.key for w in clause[at + 1 :] if w.key not in _INTENSIFIERS]
                heads[after[0] if after else f"({word.key})"] += 1
    return heads


def _only_after(source: Text, is_it: Callable[[Word], bool]) -> frozenset[str]:
    """Words that the source says only after such a word of the same clause."""
    under: set[str] = set()
    free: set[str] = set()
    for clause in source.clauses:
        seen = False
        for word in clause:
            (under if seen else free).add(word.key)
            seen = seen or is_it(word)
    return frozenset(under - free)


def _limit_left_out(said: Text, source: Text) -> str | None:
    for limit in sorted({word.key for clause in source.clauses for word in clause if word.governs}):

        def is_limit(word: Word, limit: str = limit) -> bool:
            return word.key == limit

        limited = _only_after(source, is_limit)
        for clause in said.clauses:
            keys = {word.key for word in clause}
            if keys & limited and limit not in keys:
                return limit
    # "can be one attack or can come back": one of two is not both.
    had, kept = _limits(_used(said, source)), _limits(said.clauses)
    return min(had - kept, default=None)


def _limits(clauses: Iterable[Clause]) -> Counter[str]:
    """How often each limit stands before words of its clause that depend on it."""
    return Counter(word.key for clause in clauses for word in clause[:-1] if word.governs)


def _used(said: Text, source: Text) -> list[Clause]:
    """Clauses of the source of which the sentence says something that no other clause says."""
    return [clause for clause in source.clauses if source.own(clause) & said.held]


def _cut_off(said: Text, quote: str) -> str | None:
    """A clause goes with what it turns or limits ("but", "if", "who"), a comparison with its other half."""
    source = read(without_asides(quote))
    for before, clause in pairwise(source.clauses):
        own, own_before, link = source.own(clause), source.own(before), clause[0].key
        if link in _LINKS and own and own_before:
            used = bool(own & said.held)
            if used != bool(own_before & said.held):
                return "leaves out what its quotation limits" if used else f"limit left out: {link}"
            if used and link in _CONDITIONS and not own <= said.held:
                return f"limit left out: {min(own - said.held)}"
    for clause in _used(said, source):
        if lost := {word.key for word in clause} & _COMPARISONS - said.held:
            return f"limit left out: {min(lost)}"
    for one, other in _COMBINED.findall(folded(quote).lower()):
        if other not in GLUE and read(one).held <= said.held and not read(other).held <= said.held:
            return f"limit left out: {other}"
    return None


def _is_of_one(clause: Clause, said: Text, quoted: str) -> bool:
    """Whether a clause says what one clause of the quotations says, or a sentence that is nearly all there."""
    keys = {word.key for word in clause} - NEUTRAL - _LINKS
    if any(keys <= {word.key for word in other} for other in read(quoted).clauses):
        return True
    for sentence in sentences(quoted):
        whole = read(without_asides(sentence)).held - NEUTRAL - _LINKS
        if keys <= read(sentence).held and len(whole & said.held) >= NEARLY_ALL * len(whole):
            return True
    return False


def _is_made_of(sentence: str, quotes: Sequence[str]) -> bool:
    """Whether the sentence is whole phrases of the quotations one after another, each with all its words."""
    whole = {tuple(sorted(phrase)) for quote in quotes for phrase in phrases(quote) if phrase}
    lengths = {len(phrase) for phrase in whole}
    keys = [key for phrase in phrases(sentence) for key in phrase]
    reached = [True]
    for end in range(1, len(keys) + 1):
        fitting = (length for length in lengths if length <= end and reached[end - length])
        reached.append(any(tuple(sorted(keys[end - length : end])) in whole for length in fitting))
    return reached[-1]


def _jumps(keys: Sequence[str], quoted: Sequence[str]) -> int:
    """How often the words jump back in the quotation: one moved block is one jump, two things swapped are two."""
    places: dict[str, list[int]] = {}
    for at, key in enumerate(quoted):
        places.setdefault(key, []).append(at)
    best = {-1: 0}
    for key in keys:
        if key in places and key not in NEUTRAL:
            best = {at: min(cost + (at <= last) for last, cost in best.items()) for at in places[key]}
    return min(best.values())


def _people_of(text: Text) -> frozenset[str]:
    """Who was studied: mice, women; and their illness, unless it is MS."""
    illness = {two.key for clause in text.clauses for one, two in pairwise(clause) if one.key == "with_people"}
    return frozenset((text.held & POPULATIONS) | (illness - {"ms", "multipl"}))
