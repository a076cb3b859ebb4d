"""Whatever stands around an identifier, it is masked; whatever is typed, masking ends and does not fail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askms.guardrails import masked

SECRETS = {
    "jane.smith@example.org": "jane.smith",
    "943 476 5919": "476 5919",
    "+44 20 7946 0958": "7946",
}
words = st.lists(st.sampled_from("what is a relapse and can I heat MS my in the trial found that".split()), max_size=12)


@pytest.mark.fuzz
@given(st.text(max_size=300))
def test_any_text_is_masked_without_failing_and_masking_it_again_changes_nothing(text: str) -> None:
    once = masked(text)

    assert masked(once) == once


@pytest.mark.fuzz
@given(words, st.sampled_from(sorted(SECRETS)), words)
def test_an_identifier_is_masked_whatever_words_stand_around_it(before: list[str], said: str, after: list[str]) -> None:
    assert SECRETS[said] not in masked(" ".join([*before, said, *after]))


@pytest.mark.xfail(reason="10,000 examples found it: with two years after it, the run of digits is taken for no phone")
def test_a_phone_number_before_two_years_is_masked() -> None:
    assert "7946" not in masked("+44 20 7946 0958 2021 2022")
