"""A mask never hides a danger: the rails look for danger in what was typed as well, and keep nothing of it."""

from __future__ import annotations

import pytest

from askms.guardrails import identifiers
from askms.guardrails.context import read
from askms.guardrails.identifiers import Masked
from askms.guardrails.rail import CLEAR, Finding, Message
from askms.guardrails.screen import screen
from askms.types import Flag, Route, Turn

SWALLOWED = [
    "my neurologist is dr patel swollowed bleach",
    "i live at 22 baker strugling to breath",
    "my name is jane fletcher i want to kill myself",
]


@pytest.mark.parametrize("message", SWALLOWED)
def test_a_danger_that_a_mask_could_swallow_gets_its_card(message: str) -> None:
    assert screen(message).route.is_safety


@pytest.mark.parametrize("message", ["i want to kill myself", "my face is drooping and i cant speak", "face drooped"])
def test_a_mask_over_everything_changes_no_card(message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = screen(message).route
    monkeypatch.setattr(identifiers, "mask", lambda text: Masked(text="[name]", found=True))

    found = screen(message)

    assert found.route is told
    assert found.question == "[name]"


def test_what_is_no_danger_is_judged_without_identifiers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identifiers, "mask", lambda text: Masked(text="what is myelin", found=True))

    found = screen("how much baclofen can i take")

    assert found.route is Route.ANSWER
    assert found.flags == {Flag.PII}


@pytest.mark.parametrize("message", SWALLOWED)
def test_nothing_of_what_was_typed_leaves_the_screen(message: str) -> None:
    typed = f"My mail is tiberius@quillfeather.example. {message}"

    kept = repr(screen(typed, [Turn(role="user", content=typed)]))

    assert "quillfeather" not in kept.lower()


def test_a_message_without_identifiers_is_read_once() -> None:
    assert read("what is myelin").unmasked is None


class FailsOnWhatWasTyped:
    """A rail that cannot read an identifier."""

    name = "failing"

    def judge(self, message: Message) -> Finding:
        """Clear, but for the text that was typed."""
        if "@" in message.display:
            raise ValueError
        return CLEAR


def test_a_rail_that_fails_on_what_was_typed_is_not_taken_for_clear() -> None:
    found = screen(
        "what is myelin? my mail is tiberius@quillfeather.example", rails=(FailsOnWhatWasTyped(),), learned=()
    )

    assert found.route is Route.BOUNDARY
    assert [verdict.reason for verdict in found.verdicts if not verdict.allowed] == ["failed:ValueError"]
