"""A ready-made search holds what a question means, and no word that nobody knows."""

from __future__ import annotations

import pytest

from askms.guardrails import search_words
from askms.terms import terms

HELD = frozenset(terms("NEDA MOG"))


def kept(text: str) -> str:
    return search_words(text, HELD.__contains__)


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("what does smouldering ms mean?", "what does smouldering ms mean"),
        ("me nan bridie mcgillicuddy had it", "me nan had it"),
        ("Does Kesimpta help, asks Dimakatso", "Does Kesimpta help asks"),
        ("last four of my social its 7743", "last four of my social its"),
        ("NEDA-3 and NEDA after NCT02980042", "and NEDA after NCT02980042"),
        ("EDSS 6.5 and MOG, says QZXV", "EDSS 6.5 and MOG says"),
        ("[name] u/wobbly_wendy92 tommo dot brandreth", "u"),
        ("", ""),
    ],
)
def test_known_words_stay_and_others_go(question: str, searched: str) -> None:
    assert kept(question) == searched
