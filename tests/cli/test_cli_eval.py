"""`askms eval`: what it runs on, what it writes, and that answers are not worse than the committed baseline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from askms.cli import app
from evals import running
from evals.responses import Response
from evals.scores import Score


def ask(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["eval", *arguments], env={"COLUMNS": "200"})


def test_answers_are_not_worse_than_the_committed_baseline(
    real_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASKMS_INDEX_DIR", str(real_index))
    monkeypatch.setattr(running, "RUNS", tmp_path)
    found = ask("gate")
    assert found.exit_code == 0, f"{found.output}\n{found.exception}"
    assert "nothing is worse" in found.output
    assert {file.name for file in (tmp_path / "gate").iterdir()} == {
        "run.json",
        "responses.jsonl",
        "judgements.jsonl",
        "scores.jsonl",
    }


def a_run(folder: Path, right: int, of: int = 20) -> Path:
    folder.mkdir()
    scores = [
        Score(suite="answers", item=f"c{at}", kind="answerable", metric="any_fact", value=float(at < right))
        for at in range(of)
    ]
    running.write_scores(folder, scores)
    (folder / "run.json").write_text(json.dumps({"target": "fake", "judge": "fake"}))
    (folder / "responses.jsonl").write_text(json.dumps({"id": "c0", **Response(text="no").to_dict()}) + "\n")
    (folder / "judgements.jsonl").write_text("")
    return folder


def test_what_became_worse_is_named_item_by_item(tmp_path: Path) -> None:
    found = ask("compare", str(a_run(tmp_path / "before", 18)), str(a_run(tmp_path / "after", 4)))
    assert found.exit_code == 0, found.exception
    assert "any_fact" in found.output
    assert "worse" in found.output
    assert "c17" in found.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "no-such-suite"), "There is no suite 'no-such-suite'. Choose from retrieval"),
        (("run", "--target", "bard"), "There is no target 'bard'. Choose askms"),
        (("run", "--set", "test", "--target", "endpoint:http://127.0.0.1:9/v1#none"), "There is no set 'test'"),
        (("run", "--judge", "oracle", "--target", "endpoint:http://127.0.0.1:9/v1#none"), "There is no judge 'oracle'"),
        (("compare", "nowhere", "elsewhere"), "There is no run in nowhere"),
    ],
)
def test_what_cannot_be_run_says_why(arguments: tuple[str, ...], says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    found = ask(*arguments)
    assert found.exit_code == 1
    assert says in str(found.exception)
