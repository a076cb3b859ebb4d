"""Choose the sentences of a passage on which a claim is judged.

A small judge reads little at once, and a claim often rests on two sentences that stand apart.
So a long passage is not cut blindly: the sentences that cover most of what the claim says are
taken, in the order in which they stand, until the room is full.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from askms.terms import terms

_NAMED: Final = re.compile(r"\d|[A-Z]")
_AGAIN: Final = 0.3
"""What a term counts that a sentence chosen before has covered."""


def select(sentences: Sequence[str], claim: str, room: int, count: Callable[[str], int]) -> tuple[int, ...]:
    """Positions of the sentences to read with a claim, ascending.

    Args:
        sentences: the passage, in order.
        claim: what is judged.
        room: tokens that the chosen sentences may have together.
        count: tokens of a text.

    Returns:
        All positions where the passage fits; else the sentences that cover the claim best, at least one.
    """
    lengths = [count(sentence) for sentence in sentences]
    if sum(lengths) <= room:
        return tuple(range(len(sentences)))
    weight = {term: 2.0 if _NAMED.search(word) else 1.0 for word in claim.split() for term in terms(word)}
    left = dict.fromkeys(weight, 1.0)
    held = [frozenset(terms(sentence)) & weight.keys() for sentence in sentences]
    chosen: list[int] = []
    free = set(range(len(sentences)))
    while free:
        # Of equals the first: what a passage is about stands at its beginning.
        best = max(free, key=lambda at: (sum(weight[t] * left[t] for t in held[at]) / (lengths[at] + 15) ** 0.5, -at))
        free.discard(best)
        if chosen and lengths[best] > room:
            continue
        chosen.append(best)
        room -= lengths[best]
        for term in held[best]:
            left[term] = _AGAIN
        if room <= 0:
            break
    return tuple(sorted(chosen))
