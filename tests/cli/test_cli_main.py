"""What the command line says when settings are wrong or askms itself is at fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from askms.cli import app
from askms.embedding import Vectors, open_embedder, prepare_embedder
from askms.testing import FakeEmbedder

Run = Callable[..., Any]

COMMANDS = (
    "ask",
    "chat",
    "serve",
    "index build",
    "index status",
    "index verify",
    "receipt show",
    "receipt replay",
    "receipt diff",
    "records cited-by",
    "records export",
    "records purge",
    "records migrate",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(app, [*command.split(), "--help"])

    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_no_arguments_show_the_commands() -> None:
    result = CliRunner().invoke(app, [])

    assert all(name in result.output for name in ("ask", "chat", "serve", "index", "receipt", "records"))


@pytest.mark.parametrize(
    "arguments", [("ask", "What is a relapse?"), ("chat",), ("index", "build"), ("index", "status")]
)
def test_an_unknown_model_is_named_and_nothing_is_downloaded(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("ASKMS_MODEL", "nobody/no-such-model")
    monkeypatch.setattr("askms.assistant.open_embedder", open_embedder)
    monkeypatch.setattr("askms.cli.index.open_embedder", open_embedder)
    monkeypatch.setattr("askms.cli.index.prepare_embedder", prepare_embedder)

    ran = run(*arguments, given="What is a relapse?\n")

    assert "'nobody/no-such-model' is neither a folder nor in the local cache" in ran.err
    assert "Run: hf download nobody/no-such-model" in ran.err
    assert "Traceback" not in ran.err
    assert ran.disclaims


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ASKMS_PORT", "eighty"),
        ("ASKMS_FUSION", "magic"),
        ("ASKMS_LOCALE", "atlantis"),
        ("ASKMS_MIN_CONFIDENCE", "2"),
        ("ASKMS_CORS_ORIGINS", "example.org"),
    ],
)
def test_a_wrong_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)

    ran = run("ask", "What is a relapse?")

    assert (ran.status, ran.out) == (1, "")
    assert f"Error: {variable}: " in ran.err
    assert "Traceback" not in ran.err
    assert ran.disclaims


class Faulty(FakeEmbedder):
    """A model with a bug that quotes what it was given."""

    def embed_question(self, text: str) -> Vectors:
        raise RuntimeError(f"cannot embed {text}")


def test_a_fault_is_told_without_the_patients_words(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("askms.assistant.open_embedder", lambda model, sha256, index_dir: Faulty())

    ran = run("ask", "Does zanzibar help with MS?")

    assert (ran.status, ran.out) == (1, "")
    assert "RuntimeError at " in ran.err
    assert "zanzibar" not in ran.err.lower()
    assert "Traceback" not in ran.err
    assert ran.disclaims
