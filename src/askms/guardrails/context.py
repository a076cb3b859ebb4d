"""Builds the `Message` that rails read: cleaned, masked, folded, with its place in the conversation.

Here it is decided whether a sentence asks in general or tells of somebody, and whether it
tells of the past. Both only ever make a rail look away from a sentence, so both are narrow:
one personal word is enough to make a sentence personal.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from importlib.resources import files

from askms.guardrails import identifiers, medicines, normalise
from askms.guardrails.rail import Message, Sentence
from askms.guardrails.rules import pattern


def read(text: str) -> Message:
    """A message on its own, without a conversation."""
    # Narrowed first: the search for identifiers takes time that grows faster than the text.
    typed = normalise.narrow(normalise.clean(text))
    masked = identifiers.mask(typed)
    message = _message(masked.text)
    return replace(message, masked=True, unmasked=_message(typed)) if masked.found else message


def _message(display: str) -> Message:
    folded = normalise.fold(_trials().sub(r"the \1 trial", display))
    sentences: list[Sentence] = []
    found: dict[str, None] = {}
    for plain in folded.sentences:
        marked, names = medicines.annotate(plain)
        found.update(dict.fromkeys(names))
        sentences.append(_sentence(marked))
    text = " ".join(s.text for s in sentences)
    return Message(
        display=display,
        sentences=tuple(sentences),
        medicines=tuple(found),
        medicine_in_play=bool(found) or pattern("<med>").search(text) is not None,
        hidden=folded.hidden,
    )


def _sentence(marked: str) -> Sentence:
    text = pattern("<idiom>").sub("idiom", marked)
    asked = pattern("<polite>").sub("", text)
    personal = pattern("<personal>").search(asked) is not None
    live = pattern("<live>").search(asked) is not None
    general = not personal and not live and pattern("<general>").search(asked) is not None
    past = pattern("<past>").search(text) is not None and pattern("<present>").search(text) is None
    return Sentence(text=text, general=general, past=past)


@cache
def _trials() -> re.Pattern[str]:
    """A trial's name, in its own capitals: DEFINE is a trial, "define" is a word."""
    data = json.loads(files("askms.guardrails").joinpath("trials.json").read_text(encoding="utf-8"))
    names = sorted(data["names"], key=len, reverse=True)
    return re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, names))})(?![\w-]| trial| study)")
