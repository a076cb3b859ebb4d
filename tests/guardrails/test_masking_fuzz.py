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


@pytest.mark.parametrize(
    "after", ["2021 2022", "2019-2024", "2021 2022 2023 2024", "(2021) 14 15 16", "12 345 678 901"]
)
@pytest.mark.parametrize("phone", ["+44 20 7946 0958", "0044 20 7946 0958", "+ 49 (30) 7946-0958"])
def test_a_phone_number_before_other_figures_is_masked(phone: str, after: str) -> None:
    assert "7946" not in masked(f"{phone} {after}")


@pytest.mark.parametrize("figures", ["+5 10 15", "2019 2020 2021 2022 2023", "+10 000 000 000 000 000 000"])
def test_figures_that_are_no_phone_stay(figures: str) -> None:
    assert masked(figures) == figures
