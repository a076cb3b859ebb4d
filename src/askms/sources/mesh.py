"""Topics of the corpus that MeSH headings and the keywords of authors stand for; the words are in `pubmed.json`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.resources import files
from typing import Final

_WORDS: Final = json.loads(files("askms.sources").joinpath("pubmed.json").read_text(encoding="utf-8"))
_TOPIC_OF: Final = {word.casefold(): topic for key in ("headings", "keywords") for word, topic in _WORDS[key].items()}


def corpus_topics(words: Iterable[str]) -> list[str]:
    """Topics in the order of the words; `unsorted` when none stands for one."""
    known = (_TOPIC_OF.get(word.casefold()) for word in words)
    return list(dict.fromkeys(topic for topic in known if topic)) or ["unsorted"]
