"""Guess which topics of the corpus a text is about, by the words in it. The words stand in `topics.json`."""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib.resources import files
from typing import Final

UNSORTED: Final = "unsorted"

_WORDS: Final[dict[str, list[str]]] = json.loads(
    files("askms.sources").joinpath("topics.json").read_text(encoding="utf-8")
)["words"]
_FEWEST: Final = 2
_SHARE: Final = 0.004
"""Of all words: what is named less often is mentioned, and not what the text is about."""
_MOST: Final = 6

_TOPICS_OF: Final[dict[str, tuple[str, ...]]] = {
    word: tuple(topic for topic, words in _WORDS.items() if word in words)
    for word in sorted({word for words in _WORDS.values() for word in words}, key=len, reverse=True)
}
_NAMED: Final = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, _TOPICS_OF))})(?![\w-])")


def topics_in(text: str) -> tuple[str, ...]:
    """The topics that a text names often for its length, most often first; `unsorted` where there is none."""
    plain = " ".join(text.lower().replace("’", "'").split())
    named = Counter(topic for found in _NAMED.findall(plain) for topic in _TOPICS_OF[found])
    enough = max(_FEWEST, _SHARE * len(plain.split()))
    often = [topic for topic, times in named.most_common() if times >= enough]
    return tuple(often[:_MOST]) or (UNSORTED,)
