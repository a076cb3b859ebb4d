"""`askms doctor`: a line each, data if asked, and a status that a script can read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from askms.doctor import parts
from askms.testing import FakeEmbedder
from tests.cli.conftest import Run


def test_the_command_prints_a_line_each_and_ends_with_its_verdict(
    run: Run, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASKMS_PORT", "0")
    monkeypatch.setattr(parts, "open_embedder", lambda model, sha256, index_dir: FakeEmbedder())
    well = run("doctor")
    shutil.rmtree(folders / "index")
    ill = run("doctor")
    data = run("doctor", "--json")

    assert (well.status, well.out.count("\nok "), "problem" in well.out) == (0, 10, False)
    assert ill.status == data.status == 1
    assert "problem index: " in ill.out
    assert [check["name"] for check in json.loads(data.out) if not check["ok"]] == ["index"]
