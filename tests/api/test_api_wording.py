"""The page of fixed words: everything that may be said, and that nobody has signed it yet."""

from __future__ import annotations

from html import unescape

import pytest
from starlette.testclient import TestClient

from askms.reply import DISCLAIMER
from askms.wording import LOCALES, wording


@pytest.mark.parametrize("locale", LOCALES)
def test_everything_fixed_is_there_with_the_numbers_of_the_place(client: TestClient, locale: str) -> None:
    page = unescape(client.get("/wording", params={"locale": locale}).text)

    missing = [text for text in wording().sentences() if text not in page]
    assert missing == []
    for key, card in wording().cards.items():
        shown = wording().card(card.kind, locale, key.partition(".")[2] or None)
        assert shown.title in page
        assert shown.text in page
        assert all(f"dials {contact.tel}" in page for contact in shown.contacts if contact.tel)


def test_it_says_that_no_clinician_and_no_translator_has_signed(client: TestClient) -> None:
    page = client.get("/wording").text

    assert "Awaiting sign-off by an MS clinician" in page
    assert "Awaiting sign-off by a translator and an MS clinician" in page
    assert "21 November 2027" in page
    assert page.rstrip().endswith("</html>")
    assert DISCLAIMER in page


def test_an_unknown_place_is_refused_in_words(client: TestClient) -> None:
    response = client.get("/wording", params={"locale": "mars"})

    assert response.status_code == 422
    assert "mars" in response.text
