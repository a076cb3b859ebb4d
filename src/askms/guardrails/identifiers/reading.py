"""A text word by word, and what each word looks like: a given name, a surname, neither."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from askms.guardrails.identifiers.words import fold, is_nearly_ordinary, is_ordinary, words

_WORD: Final = re.compile(r"\[[a-z -]{3,16}\]|[^\W\d_]+(?:['’-][^\W\d_]+)*")
_OPENS: Final = re.compile(r"(?:^|[.!?\n]) ?\Z")
_POSSESSIVE: Final = re.compile(r"['’]s$", re.IGNORECASE)
_ACRONYM: Final = 4
"""Up to this length a word in capitals is read as an acronym."""
_LONGEST: Final = 40
"""Longer stretches of letters are no words."""
_LOUD: Final = 0.6
"""From this share of capitalised words on, capitals say nothing."""
_FEW: Final = 6
"""In fewer words there is no telling, unless all of them are in capitals throughout."""
_SHOUTED: Final = 3


@dataclass(frozen=True, slots=True)
class Word:
    """One word where it stands; a mask counts as a word."""

    text: str
    start: int
    gap: str
    """What stands between the word before and this one."""
    key: str
    """Folded."""
    shown: bool
    """Its capital is a sign of a name."""

    @property
    def end(self) -> int:
        """Where the text goes on."""
        return self.start + len(self.text)

    @property
    def initial(self) -> bool:
        """A letter that stands for a name."""
        return len(self.text) == 1 and self.text.isupper() and self.text != "I"

    @property
    def acronym(self) -> bool:
        """Too short to be somebody's name in capitals."""
        return self.text.isupper() and len(self.text) <= _ACRONYM

    @property
    def given(self) -> bool:
        """A given name and nothing else."""
        return self.key in words("given") or ("-" in self.text and fold(self.text.split("-")[0]) in words("given"))

    @property
    def maybe_given(self) -> bool:
        """A given name and a word, a month or a place."""
        return self.key in words("given_and_a_word")

    @property
    def listed_surname(self) -> bool:
        """A surname that could be taken for a word."""
        return self.key in words("surnames_and_a_word")

    @property
    def unknown(self) -> bool:
        """It means nothing, so it may be a name."""
        if not 1 < len(self.key) <= _LONGEST:
            return False
        means = self.key in words("function") or is_ordinary(self.key)
        return self.text[0] != "[" and not means

    @property
    def surely_unknown(self) -> bool:
        """It is no slip of the finger either."""
        return self.unknown and (self.listed_surname or not is_nearly_ordinary(self.key))


def read(text: str) -> list[Word]:
    """The words of a text, without the possessive s."""
    found = [(m.start(), _POSSESSIVE.sub("", m[0])) for m in _WORD.finditer(text)]
    # Every sentence begins with a capital, so those words say nothing either way.
    long = [
        word for at, word in found if len(word) > 1 and word[0] != "[" and not _OPENS.search(text, max(0, at - 2), at)
    ]
    loud = len(long) >= _FEW and sum(word[0].isupper() for word in long) > _LOUD * len(long)
    loud = loud or (len(long) >= _SHOUTED and all(word.isupper() for word in long))
    done = 0
    read: list[Word] = []
    for start, word in found:
        gap = text[done:start] if read else ""
        read.append(Word(word, start, gap, fold(word), word[0].isupper() and not loud))
        done = start + len(word)
    return read
