"""Where a name begins and ends, once a place is known that may hold one.

How much a word must look like a name depends on the place: after "my name is" anything
without a meaning is one, in the middle of a sentence only what begins with a given name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto
from functools import cache
from typing import Final

from askms.guardrails.identifiers.openings import SPEAKS, opens_a_sentence
from askms.guardrails.identifiers.reading import Word
from askms.guardrails.identifiers.words import either, is_medicine, words

_LONGEST: Final = 6
"""Words in a name."""
_MOST_UNKNOWN: Final = 2
"""Surnames in lower case that no list knows; a third is more likely something else."""
_MOST_BEFORE: Final = 2
"""Words of a name before the one that told it."""
_JOINS: Final = frozenset({"y", "e"})
"""Particles that also mean `and`."""
_STOP: Final = re.compile(r"[ ,;]*(?:[.,;:!)\n(/&–—-]|\d|\[|$)")
_DESCRIBES: Final = re.compile(r"^.{1,3}$|(?:ed|ing|ic|al|ful|less|free|ous|ive|[ai]ble|ish|[ae]nt|bound|like)$")
"""Words in lower case that say what somebody is, not who."""
DETAILS: Final = re.compile(
    r"[ ,:;(/|<–—-]{0,3}"
    r"(?:\[(?:date|rec|pho|e-m|num|add|pos)|d\.?o\.?b|born\b|aged?\b|\d\d ?(?:[,.)]|y|ans\b|j|a[nñ]|l|[mf]\b|$))",
    re.IGNORECASE,
)
"""What forms put behind a name: age, birth, numbers."""


class Trust(Enum):
    """How sure a place is to hold a name."""

    LOOK = auto()
    """No sign but the words themselves."""
    MET = auto()
    """`seen by ...`, `this is ...`"""
    OURS = auto()
    """`our ...`"""
    I_AM = auto()
    RELATION = auto()
    """`my sister ...`, `nurse ...`"""
    TITLE = auto()
    """`Dr ...`, `Mrs ...`"""
    NAME_IS = auto()


_UNSURE: Final = frozenset({Trust.MET, Trust.I_AM})
"""Places behind which much stands that is no name."""


class Naming:
    """Finds the ends of names in one text."""

    def __init__(self, text: str, spoken: Sequence[Word]) -> None:
        self._text = text
        self._words = spoken

    def last(self, at: int, trust: Trust) -> int | None:
        """The index after a name that begins at a word, or nothing if none does."""
        if at >= len(self._words) or not self._begins(at, trust):
            return None
        end = at + 1
        unknown = 0
        while end < min(len(self._words), at + _LONGEST):
            if self._leads_on(end, trust):
                if self._words[end].key in _JOINS and self._words[at].shown and not self._words[end + 1].shown:
                    break
                end += 1
                continue
            word = self._words[end]
            if end > at + 1 and not word.shown and self._words[end - 1].shown and self._words[end - 2].shown:
                break
            unknown += not word.shown and not word.given
            if unknown > _MOST_UNKNOWN or not self.goes_on(end, trust):
                break
            end += 1
        return end

    def first(self, at: int) -> int:
        """Where a name begins that was told by a later part: `Xiomara Jane`, `HALE, Tom`."""
        first = at
        while 0 < first and at - first < _MOST_BEFORE:
            before, gap = self._words[first - 1], self._words[first].gap
            if gap not in (" ", ", ") or not before.shown or not before.surely_unknown or before.acronym:
                break
            first -= 1
        return first

    def goes_on(self, at: int, trust: Trust) -> bool:
        """Whether a word can be a further part of a name."""
        if at >= len(self._words):
            return False
        word = self._words[at]
        if word.gap not in (" ", "-") and not (word.gap == ". " and len(self._words[at - 1].key) == 1):
            return False
        if len(word.key) == 1 and (word.initial or self._text[word.end : word.end + 2] == ". "):
            return self._text[word.end : word.end + 1] == "." or self.goes_on(at + 1, trust)
        if word.key in words("function") or word.text[0] == "[" or (word.acronym and word.shown):
            return False
        if word.given or word.listed_surname or word.unknown:
            return True
        sure = trust is not Trust.LOOK and word.key not in words("never_a_surname")
        meant = trust is Trust.NAME_IS or (word.key in words("ordinary") and not is_medicine(word.key))
        return word.shown and sure and meant and not opens_a_sentence(self._words, at, sure=trust not in _UNSURE)

    def follows(self, at: int, keys: frozenset[str]) -> bool:
        """Whether one of these words stands behind a word."""
        return at + 1 < len(self._words) and self._words[at + 1].key in keys

    def _begins(self, at: int, trust: Trust) -> bool:
        word = self._words[at]
        if word.text[0] == "[" or self._in_a_code(word):
            return False
        if word.key in words("function") and not word.maybe_given and not self._abbreviated(word):
            return False
        if word.given:
            return True
        if word.initial:
            return trust is not Trust.LOOK and self.goes_on(at + 1, trust)
        if word.key in words("particles"):
            sure = trust is Trust.I_AM and not word.text.isascii()
            return (sure or trust in (Trust.TITLE, Trust.NAME_IS)) and (
                self.goes_on(at + 1, trust) or self._leads_on(at + 1, trust)
            )
        if word.maybe_given:
            return self._begins_with_a_word(at, trust)
        return self._begins_unlisted(at, trust)

    def _begins_with_a_word(self, at: int, trust: Trust) -> bool:
        word = self._words[at]
        if trust is Trust.NAME_IS:
            return True
        if trust is Trust.TITLE:
            return word.shown or word.key not in words("after_a_name")
        barred = word.key in words("never_after_a_relation") and not word.shown
        surname = self._words[at + 1] if self.goes_on(at + 1, trust) else None
        named = surname is not None and (surname.unknown or surname.given or surname.listed_surname)
        if trust in (Trust.LOOK, Trust.MET):
            return named and word.shown and surname is not None and surname.shown and not self._asks(at)
        if trust is Trust.RELATION and not barred and self._ends(at):
            return True
        if trust is Trust.OURS:
            return word.key not in words("rarely_a_name") and self._ends(at)
        if word.key in words("rarely_a_name") and not named:
            return False
        return surname is not None or (not barred and self._ends(at))

    def _begins_unlisted(self, at: int, trust: Trust) -> bool:
        word = self._words[at]
        shown = word.shown and not word.acronym
        if trust is Trust.NAME_IS:
            return word.unknown or (shown and not is_medicine(word.key))
        if trust is Trust.TITLE:
            sure = word.unknown if word.text[0].isupper() else word.surely_unknown
            return word.listed_surname or sure or self._begins_pair(at)
        if trust is Trust.RELATION and not word.unknown:
            return self._begins_pair(at)
        if trust in (Trust.LOOK, Trust.OURS) or not word.unknown:
            return False
        behind = self._words[at + 1] if self.goes_on(at + 1, trust) else None
        if trust is Trust.MET:
            both = behind is not None and shown and behind.shown and behind.unknown
            paired = behind is not None and behind.surely_unknown and word.surely_unknown
            return both or (word.surely_unknown and self._tells(at, trust)) or (paired and self._closes(at + 1, trust))
        if shown or (trust is Trust.RELATION and word.text[0].isupper() and not word.acronym):
            told = trust is Trust.RELATION and shown and word.surely_unknown
            return told or behind is not None or self._ends(at)
        pair = behind is not None and behind.surely_unknown and self._ends(at + 1)
        return word.surely_unknown and (pair or self._tells(at, trust))

    def _begins_pair(self, at: int) -> bool:
        """`my niece Saffron Oakenshaw`: a word, but a surname stands behind it."""
        word = self._words[at]
        behind = self._words[at + 1] if self.goes_on(at + 1, Trust.RELATION) else None
        named = behind is not None and behind.shown and behind.surely_unknown
        return named and word.shown and not word.acronym and not is_medicine(word.key) and self._ends(at + 1)

    def _abbreviated(self, word: Word) -> bool:
        """Whether a letter stands for a name: `A. Osei`."""
        return word.initial and self._text[word.end : word.end + 1] == "."

    def _asks(self, at: int) -> bool:
        """`Will Ocrevuss help`: a question that a verb begins, not a name."""
        opens = at == 0 or self._words[at].gap != " "
        return opens and self._words[at].key in words("never_after_a_relation")

    def _in_a_code(self, word: Word) -> bool:
        """Whether figures touch the word: `CYP2C9`."""
        around = self._text[max(0, word.start - 1) : word.start] + self._text[word.end : word.end + 1]
        return any(c.isdigit() for c in around)

    def _leads_on(self, at: int, trust: Trust) -> bool:
        """Whether a particle stands here with a surname behind it: `van den Berg`."""
        word = self._words[at]
        if word.key not in words("particles") or word.initial or at + 1 >= len(self._words):
            return False
        if word.gap != " " and not (word.gap == ". " and len(self._words[at - 1].key) == 1):
            return False
        return self.goes_on(at + 1, trust) or self._leads_on(at + 1, trust)

    def _ends(self, at: int) -> bool:
        """Whether a name can end with this word: a stop follows, or what is said of a person."""
        if _STOP.match(self._text, self._words[at].end) is not None or self.follows(at, words("after_a_name")):
            return True
        behind = self._words[at + 1] if at + 1 < len(self._words) else None
        return behind is not None and behind.shown and opens_a_sentence(self._words, at + 1, sure=False)

    def _closes(self, at: int, trust: Trust) -> bool:
        """Whether nothing more of a name can follow."""
        return self._ends(at) or self._tells(at, trust)

    def _tells(self, at: int, trust: Trust) -> bool:
        """Whether one unknown word in lower case must be a name, by what follows it."""
        if trust is Trust.RELATION:
            return self.follows(at, words("after_a_name"))
        if trust is Trust.I_AM and self._ends(at) and not _DESCRIBES.search(self._words[at].key):
            return True
        end = self._words[at].end
        explained = trust is Trust.MET and _in_brackets().match(self._text, end) is not None
        return explained or DETAILS.match(self._text, end) is not None or self.follows(at, SPEAKS)


@cache
def _in_brackets() -> re.Pattern[str]:
    """`Dimakatso (the physio)`"""
    who = rf"(?:{either('treats')}|{either('relation')}|ot)(?!\w)"
    return re.compile(rf" \((?:the|my|our|his|her|a) (?:\w+ ){{0,2}}?{who}", re.IGNORECASE)
