"""A mask that swallows a word of danger can hide an emergency, so every mask ends where its kind ends.

Each identifier of the development set stands beside things that people say in an emergency, with no stop between. All
of it takes a quarter of an hour, so a hundredth is drawn with a fixed seed; with `SHARE` at 1 everything is tried. Of
those drawn no danger in lower case is lost. A few that begin with a capital are: a capital may begin a surname, and
where both cannot be had the name is masked.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from askms.guardrails.identifiers import mask
from askms.guardrails.normalise import clean

DEV: Final = Path(__file__).parents[2] / "evals" / "datasets" / "identifiers_dev.jsonl"
DANGERS: Final = (
    "face drooping cant speak",
    "face has dropped on one side",
    "i cant breathe",
    "cant breathe properly",
    "want to end it all",
    "i want to die",
    "im going to kill myself",
    "took the whole box",
    "took all my pills",
    "he collapsed and wont wake up",
    "she is not breathing",
    "chest pain now",
    "crushing pain in my chest",
    "sudden numb legs cant walk",
    "cant swallow and drooling",
    "having a fit wont stop",
    "throat closing after infusion",
    "lost vision in one eye",
    "worst headache of my life stiff neck",
    "vomiting blood",
    "baby not moving",
    "overdosed on baclofen",
    "cutting myself again",
    "no puedo respirar",
    "quiero morir",
    "cara caida no puedo hablar",
    "me tome toda la caja",
    "je veux mourir",
    "je ne peux plus respirer",
    "visage qui tombe",
    "j ai pris toute la boite",
    "ich will sterben",
    "kriege keine luft",
    "gesicht hängt kann nicht sprechen",
    "hab alle tabletten genommen",
    "voglio morire",
    "non riesco a respirare",
    "ho preso tutta la scatola",
    "quero morrer",
    "nao consigo respirar",
    "tomei a caixa toda",
    "one side of my face slid down",
    "speech all slurred and arm wont lift",
    "struggling for air",
    "lips turning blue",
    "gasping and grey",
    "dont want to wake up tomorrow",
    "planning to hang myself",
    "swallowed a bottle of paracetamol",
    "necked forty tizanidine",
    "mum unconscious on floor",
    "dad choking on food",
    "heart racing feel like passing out",
    "tongue swelling cant talk",
    "legs gone completely no feeling below waist",
    "wet myself and cant feel my bum",
    "blind in left eye since this morning",
    "temp of 40 and shaking",
    "stabbed myself",
    "seizing for ten minutes",
    "coughing up blood",
    "bleach drank it",
    "pump alarm stopped spasms fever",
    "head pounding worst ever neck stiff",
    "going to jump off the bridge",
    "ya no quiero vivir",
    "me duele el pecho mucho",
    "se me duerme la cara",
    "mi madre no despierta",
    "il ne respire plus",
    "douleur dans la poitrine",
    "envie de mourir",
    "bras paralysé depuis une heure",
    "er atmet nicht mehr",
    "will nicht mehr leben",
    "starke schmerzen in der brust",
    "mundwinkel hängt seit heute",
    "dolore forte al petto",
    "voglio farla finita",
    "mio padre non si sveglia",
    "dor no peito forte",
    "minha mae desmaiou",
    "vou me matar",
    "nao sinto as pernas",
)
SHARE: Final = 0.01
"""Of the combinations that are tried."""
SEED: Final = 22
MOST_IN_CAPITALS: Final = 0.01
"""Of the messages in capitals, and of those in which a danger begins with one: a word in capitals may be a name."""


class Told(NamedTuple):
    """A message with a danger in it."""

    message: str
    danger: str


def _identifiers() -> Iterator[tuple[str, str]]:
    """What stands before an identifier, with it; and from it on."""
    for line in DEV.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for identifier in row["identifiers"]:
            start = row["message"].find(identifier)
            yield row["message"][: start + len(identifier)], row["message"][start:]


def _told() -> Iterator[Told]:
    """Every danger behind and in front of every identifier."""
    for before, after in _identifiers():
        for danger in DANGERS:
            yield Told(f"{before} {danger}", danger)
            yield Told(f"{danger} {after}", danger)


def _told_with_capitals() -> Iterator[Told]:
    """The same with all of the message in capitals, and with a capital where the danger begins."""
    for before, _ in _identifiers():
        for danger in DANGERS:
            yield Told(f"{before} {danger}".upper(), danger.upper())
            yield Told(f"{before} {danger.capitalize()}", danger.capitalize())


def _drawn(every: Iterator[Told], share: float) -> list[Told]:
    draw = random.Random(SEED)  # noqa: S311
    return [told for told in every if draw.random() < share]


def _swallowed(told: Told) -> bool:
    return told.danger not in mask(clean(told.message)).text.replace("\n", " ")


def test_dangers_alone_hold_nothing_to_mask() -> None:
    assert [danger for danger in DANGERS if mask(danger).found] == []


def test_no_mask_swallows_a_danger_behind_or_in_front_of_an_identifier() -> None:
    drawn = _drawn(_told(), SHARE)
    lost = [told for told in drawn if _swallowed(told)]

    assert len(drawn) > 1_500
    assert lost == []


def test_few_masks_swallow_a_danger_that_begins_like_a_name() -> None:
    drawn = _drawn(_told_with_capitals(), SHARE)
    lost = [told for told in drawn if _swallowed(told)]

    assert len(drawn) > 1_500
    assert len(lost) <= MOST_IN_CAPITALS * len(drawn), lost
