"""Put a follow-up ("is it safe in pregnancy?") back into its conversation, without a chat model.

A message is read on its own and together with what was asked before; whoever answers it
keeps the reading that its sources answer best. Measured: putting the earlier question in
front does as well as a small chat model's rewriting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from askms.sentences import split_sentences
from askms.terms import terms
from askms.types import Turn

_POINTS_BACK: Final = re.compile(
    r"\b(it|its|they|them|their|this|these|that|those|he|she|his|her|same|one|ones|the (trial|study|drug|drip|results?|"
    r"side effects?|medicine|treatment|infusion|spray|people|authors?|researchers?))\b",
    re.I,
)
_OPENS: Final = re.compile(
    r"^\W*(and|but|so|or|what about|how about|what if|also|then|ok|okay|really|why(?= not\b|\W*$)|since when|"
    r"no|nope|oh|oops|wait|hang on|sorry|actually|i meant?|wrong)\b",
    re.I,
)
_SIMPLER: Final = re.compile(
    r"\b(simple|simpler|easy|easier|plain|normal|everyday) (words?|terms|language|english)\b|"
    r"\btoo (long|complicated|hard|difficult|tired|many words)\b|\b(simpler|shorter|simplify|dumb it down)\b|"
    r"\b(do|did)n['’]?t (understand|get (it|that|any of (it|that)))\b|"
    r"\bexplain (it|that|this) (like|simply|better|again)\b",
    re.I,
)
_BESIDES: Final = re.compile(
    r"\b(didn['’]?t|don['’]?t|"
    + "|".join(
        """simple simpler simply shorter simplify easy easier plain normal everyday words? terms language english small
        long complicated hard difficult tired many understand get got any explain like better again please pls sorry
        foggy fog head brain ok okay too bit still way say said put dumb down could can that much today me five 5
        old""".split()
    )
    + r")\b",
    re.I,
)
"""What a message that asks for the same in simpler words, and for nothing else, is made of."""
_MORE: Final = re.compile(
    r"^\W*((can|could|would) you |please )*(tell me |say |anything |give me |show me |go )?(more|on|else|continue|"
    r"(some )?more (detail|details|info|information)|more about (it|that|this))( please)?\W*$|"
    r"^\W*(yes|yes please|yeah|sure|go on|continue|explain|what else|anything else|and)\W*$",
    re.I,
)
_SHORT: Final = 4
"""A message of at most so many content terms may lean on the turn before without saying so."""
_SAYS_SOMETHING: Final = 2
"""A message of fewer content terms that points back ("is it safe?") is about anything if it is read alone."""
_LONG: Final = 12
"""A message of more content terms stands alone."""
_LOOK_BACK: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to read a message."""

    text: str
    """What to search with."""
    asked: str
    """The part that is new in this turn."""
    already_shown: frozenset[str] = frozenset()
    """Sentences not to repeat: those of earlier replies, when more is asked for."""


def readings(message: str, history: Sequence[Turn], *, is_subject: Callable[[str], bool]) -> tuple[Reading, ...]:
    """Ways to read a message, the likeliest first.

    Args:
        message: the new message, cleaned.
        history: earlier turns, oldest first.
        is_subject: whether a word names what a question can be about: a medicine, say.
    """
    alone = Reading(text=message, asked=message)
    asked = [position for position, turn in enumerate(history) if turn.role == "user"][-_LOOK_BACK:]
    if not asked:
        return (alone,)
    if _MORE.match(message):
        position = next((p for p in reversed(asked) if not _MORE.match(history[p].content)), asked[0])
        earlier = readings(history[position].content, history[:position], is_subject=is_subject)
        return tuple(replace(reading, already_shown=quoted_before(history)) for reading in earlier)
    if _asks_again(message):
        position = next((p for p in reversed(asked) if not _asks_again(history[p].content)), asked[0])
        return readings(history[position].content, history[:position], is_subject=is_subject)
    before = [text for position in asked if not _repeats(text := history[position].content)]
    previous = before[-1] if before else history[asked[-1]].content
    found = terms(message)
    if len(found) > _LONG:
        return (alone,)
    if any(is_subject(word) for word in message.split()):
        if not _OPENS.match(message):
            return (alone,)
        # "What about Spravato?": the new subject takes the old one's place.
        kept = " ".join(word for word in previous.split() if not is_subject(word))
        return (Reading(text=f"{message} {kept}", asked=message), alone)
    subjects = _subjects(before, is_subject)
    together = [Reading(text=f"{previous} {message}", asked=message)]
    if subjects:
        together.insert(0, Reading(text=f"{' '.join(subjects)}: {message}", asked=message))
    if _POINTS_BACK.search(message) and len(found) < _SAYS_SOMETHING:
        return tuple(together)
    if _leans(message):
        return (*together, alone)
    return (alone, *together) if len(found) <= _SHORT else (alone,)


def _asks_again(message: str) -> bool:
    """Whether it asks for the last answer in simpler words; the plainest that can be done is to give it again."""
    return bool(_SIMPLER.search(message)) and not terms(_BESIDES.sub("", message))


def _repeats(message: str) -> bool:
    """Whether it asks for more, or for the same once more, and names nothing itself."""
    return bool(_MORE.match(message)) or _asks_again(message)


def _leans(message: str) -> bool:
    return bool(_POINTS_BACK.search(message)) or bool(_OPENS.match(message))


def _subjects(before: Sequence[str], is_subject: Callable[[str], bool]) -> tuple[str, ...]:
    """What the conversation is about: the latest subjects named, looking back only past messages that lean too."""
    for text in reversed(before):
        subjects = dict.fromkeys(word.strip("?.,!;:") for word in text.split() if is_subject(word))
        if subjects or not _leans(text):
            return tuple(subjects)
    return ()


def quoted_before(history: Sequence[Turn]) -> frozenset[str]:
    """The sentences of earlier replies, without the numbers of their sources."""
    return frozenset(
        shown
        for turn in history
        if turn.role == "assistant"
        for sentence in split_sentences(turn.content)
        if (shown := re.sub(r"\s*\[\d+\]", "", sentence).strip())
    )
