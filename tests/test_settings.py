"""Settings come from `ASKMS_*` alone, are checked, and never change."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from askms.embedding import PACKAGED
from askms.retrieval import Fusion
from askms.settings import Settings


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine the tests run on."""
    for name in [name for name in os.environ if name.startswith("ASKMS_")]:
        monkeypatch.delenv(name)


def test_defaults_need_no_network_no_key_and_no_other_machine() -> None:
    settings = Settings()

    assert (settings.model, settings.chat_model, settings.host) == (PACKAGED, None, "127.0.0.1")
    assert (settings.corpus_dir, settings.index_dir) == (Path("corpus"), Path("index"))
    assert settings.cors_origins == ""
    assert (settings.records_url, settings.keep_days) == ("sqlite:///records/records.sqlite", 30)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("corpus_dir", "/data/corpus", Path("/data/corpus")),
        ("index_dir", "/data/index", Path("/data/index")),
        ("model", "/models/mine", "/models/mine"),
        ("model_sha256", "ab", "ab"),
        ("chat_model", "ollama:llama3.2", "ollama:llama3.2"),
        ("chat_timeout", "2.5", 2.5),
        ("locale", "uk", "uk"),
        ("fusion", "rank", "rank"),
        ("dense_weight", "0", 0.0),
        ("passages_per_source", "3", 3),
        ("ranker", "none", "none"),
        ("min_confidence", "1", 1.0),
        ("keep_days", "7", 7),
        ("port", "0", 0),
        ("trusted_proxies", "10.0.0.7, 2001:db8::/64", "10.0.0.7, 2001:db8::/64"),
        ("client_per_minute", "5", 5),
        ("server_per_minute", "50", 50),
        ("answers_at_once", "2", 2),
        ("answers_waiting", "0", 0),
        ("answer_timeout", "1.5", 1.5),
        ("redis", "redis://host:6379/0", SecretStr("redis://host:6379/0")),
        ("metrics", "127.0.0.1:9100", "127.0.0.1:9100"),
        ("traces", "http://host:4318/v1/traces", "http://host:4318/v1/traces"),
        ("cors_origins", "https://a.org, http://b.org", "https://a.org, http://b.org"),
    ],
)
def test_variable_sets_its_field(monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: object) -> None:
    monkeypatch.setenv(f"ASKMS_{name.upper()}", text)

    assert getattr(Settings(), name) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("chat_timeout", "0"),
        ("chat_timeout", "301"),
        ("locale", "mars"),
        ("fusion", "both"),
        ("dense_weight", "1.1"),
        ("dense_weight", "-0.1"),
        ("dense_weight", "nan"),
        ("passages_per_source", "0"),
        ("ranker", "some"),
        ("min_confidence", "2"),
        ("min_confidence", "nan"),
        ("keep_days", "0"),
        ("keep_days", "3651"),
        ("records", ""),
        ("records", "records.sqlite"),
        ("records", "sqlite://"),
        ("records", "sqlite:///"),
        ("records", "sqlite:///:memory:"),
        ("records", "sqlite:///a.sqlite?mode=memory"),
        ("records", "mysql://host/name"),
        ("port", "65536"),
        ("trusted_proxies", "everybody"),
        ("trusted_proxies", "*"),
        ("trusted_proxies", "10.0.0.7/24"),
        ("client_per_minute", "0"),
        ("server_per_minute", "0"),
        ("answers_at_once", "0"),
        ("answers_at_once", "257"),
        ("answers_waiting", "-1"),
        ("answer_timeout", "0"),
        ("answer_timeout", "601"),
        ("redis", "host:6379"),
        ("metrics", "9100"),
        ("metrics", "host:http"),
        ("metrics", "host:65536"),
        ("traces", "host:4318"),
        ("port", "http"),
        ("cors_origins", "example.org"),
        ("cors_origins", "https://a.org, example.org"),
        ("cors_origins", "javascript:alert(1)"),
    ],
)
def test_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    monkeypatch.setenv(f"ASKMS_{name.upper()}", text)

    with pytest.raises(ValidationError, match=name):
        Settings()


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("none", None),
        ("sqlite:///kept.sqlite", "sqlite:///kept.sqlite"),
        ("sqlite:////var/kept.sqlite", "sqlite:////var/kept.sqlite"),
        ("postgresql://ann:sesame@host/askms", "postgresql://ann:sesame@host/askms"),
        ("postgresql+psycopg:///askms?host=/run", "postgresql+psycopg:///askms?host=/run"),
    ],
)
def test_records_may_be_kept_elsewhere_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, text: str, url: str | None
) -> None:
    monkeypatch.setenv("ASKMS_RECORDS", text)

    assert Settings().records_url == url
    assert "sesame" not in repr(Settings())


def test_records_stand_beside_the_index() -> None:
    assert Settings(index_dir=Path("/srv/askms/index")).records_url == "sqlite:////srv/askms/records/records.sqlite"


def test_a_wrong_database_is_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKMS_RECORDS", "mysql://ann:sesame@host/askms")

    with pytest.raises(ValidationError, match="no database we know") as told:
        Settings()
    assert "sesame" not in str(told.value)


def test_a_wrong_redis_is_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKMS_REDIS", "http://ann:sesame@host")

    with pytest.raises(ValidationError, match="no Redis we know") as told:
        Settings()
    assert "sesame" not in str(told.value)


def test_variable_of_nobody_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Settings()
    monkeypatch.setenv("ASKMS_NO_SUCH_THING", "1")
    monkeypatch.setenv("MODEL", "other")

    assert Settings() == before


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1


def test_settings_read_once_do_not_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings()
    monkeypatch.setenv("ASKMS_PORT", "9")

    assert settings.port == 8000


def test_every_field_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize("fusion", Fusion)
def test_every_fusion_can_be_set(monkeypatch: pytest.MonkeyPatch, fusion: Fusion) -> None:
    monkeypatch.setenv("ASKMS_FUSION", fusion.value)

    assert Settings().fusion == fusion.value


@pytest.mark.parametrize("engine", ["faiss", "milvus:http://host:19530", "milvus:vectors.db"])
def test_an_engine_for_vectors_is_named(engine: str) -> None:
    assert Settings(vectors=engine).vectors == engine


@pytest.mark.parametrize("engine", ["", "milvus", "milvus:", "qdrant:http://host"])
def test_an_unknown_engine_for_vectors_is_refused(engine: str) -> None:
    with pytest.raises(ValidationError, match="no engine we know"):
        Settings(vectors=engine)
