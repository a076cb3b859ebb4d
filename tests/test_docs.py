"""Settings and commands are named in the README."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from askms.cli import app
from askms.settings import Settings

README = Path(__file__).parent.parent / "README.md"


def _commands(group: TyperGroup, before: str) -> list[str]:
    names = []
    for name, command in group.commands.items():
        inside = _commands(command, f"{before} {name}") if isinstance(command, TyperGroup) else [f"{before} {name}"]
        names += inside
    return names


def _all_commands() -> list[str]:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return _commands(group, "askms")


def test_the_commands_are_these() -> None:
    assert {"askms ask", "askms serve", "askms index build", "askms receipt replay"} <= set(_all_commands())


@pytest.mark.parametrize("field", Settings.model_fields)
def test_every_setting_is_in_the_readme(field: str) -> None:
    assert f"ASKMS_{field.upper()}" in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", _all_commands())
def test_every_command_is_in_the_readme(command: str) -> None:
    assert command in README.read_text(encoding="utf-8")
