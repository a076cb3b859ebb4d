"""What the doctor finds on a machine that is well, and on one that is not."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from askms.doctor import Check, examine, machine, parts
from askms.records import open_records
from askms.settings import Settings
from askms.testing import FakeEmbedder


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small index is of the fake model."""
    for name in [name for name in os.environ if name.startswith("ASKMS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(parts, "open_embedder", lambda model, sha256, index_dir: FakeEmbedder())


@pytest.fixture
def settings(corpus: Path, index: Path) -> Settings:
    """A machine that is well."""
    return Settings(corpus_dir=corpus, index_dir=index, port=0)


def found(settings: Settings) -> dict[str, Check]:
    return {check.name: check for check in examine(settings)}


def problems(settings: Settings) -> dict[str, Check]:
    return {name: check for name, check in found(settings).items() if not check.ok}


def test_a_machine_that_is_well_has_no_problem(settings: Settings) -> None:
    checks = found(settings)

    assert not [check for check in checks.values() if not check.ok]
    assert all(check.found and not check.mend for check in checks.values())
    assert list(checks) == [
        "embedding model", "rails, ranker and judge", "corpus", "index", "records", "chat model", "Redis", "folders",
        "port", "disk", "clock",
    ]  # fmt: skip


def test_looking_changes_nothing(settings: Settings) -> None:
    def listing() -> list[tuple[Path, int]]:
        return sorted((path, path.stat().st_mtime_ns) for path in settings.index_dir.parent.rglob("*"))

    before = listing()
    found(settings)

    assert listing() == before


def _no_index(settings: Settings) -> None:
    shutil.rmtree(settings.index_dir)


def _altered_index(settings: Settings) -> None:
    next(settings.index_dir.rglob("passages.json")).write_text("[]", encoding="utf-8")


def _new_source(settings: Settings) -> None:
    file = settings.corpus_dir / "fatigue.md"
    file.write_text(file.read_text(encoding="utf-8").replace("2021 trial", "2022 trial"), encoding="utf-8")


def _bad_source(settings: Settings) -> None:
    (settings.corpus_dir / "bad.md").write_text("no front matter", encoding="utf-8")


def _records_of_tomorrow(settings: Settings) -> None:
    url = settings.records_url
    assert url is not None
    open_records(url, 30).close()
    file = Path(url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def _open_records(settings: Settings) -> None:
    url = settings.records_url
    assert url is not None
    open_records(url, 30).close()
    Path(url.removeprefix("sqlite:///")).chmod(0o644)


@pytest.mark.parametrize(
    ("break_it", "names", "said"),
    [
        (_no_index, {"index"}, "askms index build"),
        (_altered_index, {"index"}, "was altered"),
        (_new_source, {"index"}, "1 source(s) changed"),
        (_bad_source, {"corpus", "index"}, "bad.md"),
        (_records_of_tomorrow, {"records"}, "9999"),
        (_open_records, {"folders"}, "others may read it"),
    ],
)
def test_what_is_broken_is_named_and_nothing_else(
    settings: Settings, break_it: Callable[[Settings], None], names: set[str], said: str
) -> None:
    break_it(settings)

    wrong = problems(settings)

    assert set(wrong) == names
    assert all(said in check.found + check.mend for check in wrong.values())
    assert all(check.mend for check in wrong.values())


def test_a_port_in_use_is_a_problem(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wrong = problems(settings.model_copy(update={"port": taken.getsockname()[1]}))

    assert set(wrong) == {"port"}
    assert "in use" in wrong["port"].found


def test_little_room_on_the_disk_is_a_problem(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LEAST_FREE", 1 << 62)

    assert set(problems(settings)) == {"disk"}


def test_a_clock_that_lags_behind_is_a_problem(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    class Earlier(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Earlier:
            return cls(2020, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(machine, "datetime", Earlier)

    assert set(problems(settings)) == {"clock"}


def test_a_redis_that_does_not_answer_is_a_problem_and_its_password_is_not_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASKMS_REDIS", "redis://:sesame@127.0.0.1:1")
    wrong = problems(Settings(corpus_dir=settings.corpus_dir, index_dir=settings.index_dir, port=0))

    assert set(wrong) == {"Redis"}
    assert "sesame" not in repr(wrong)


def test_a_chat_model_without_a_key_is_a_problem(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    wrong = problems(settings.model_copy(update={"chat_model": "openai:gpt-5-mini"}))
    assert set(wrong) == {"chat model"}

    monkeypatch.setenv("OPENAI_API_KEY", "sk-sesame")
    checks = found(settings.model_copy(update={"chat_model": "openai:gpt-5-mini"}))

    assert checks["chat model"].ok
    assert "sesame" not in repr(checks)


def test_a_check_that_fails_itself_is_a_problem(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(folder: Path) -> None:
        raise RuntimeError("zanzibar")

    monkeypatch.setattr(parts, "load_corpus", broken)
    wrong = problems(settings)

    assert set(wrong) == {"corpus"}
    assert "RuntimeError" in wrong["corpus"].found
    assert "zanzibar" not in repr(wrong)
