"""Settings, read once at the entry point from `ASKMS_*` variables; frozen; builds nothing."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything an operator may set. Each field is the variable `ASKMS_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="ASKMS_", frozen=True, extra="ignore", hide_input_in_errors=True)

    corpus_dir: Path = Field(default=Path("corpus"), description="Folder of source files.")
    index_dir: Path = Field(default=Path("index"), description="Folder of built indexes.")
    model: str = Field(
        default="all-MiniLM-L6-v2",
        description="Embedding model: the packaged one, a folder, or a model in the local Hugging Face cache.",
    )
    model_sha256: str | None = Field(
        default=None, description="What the weights of another model must hash to, if that is to be checked."
    )
    chat_model: str | None = Field(
        default=None,
        description="A chat model for the model writer, as LangChain names it (openai:gpt-5-mini, ollama:llama3.2). "
        "Unset: answers are composed of quotations only, and nothing leaves this machine.",
    )
    chat_base_url: str | None = Field(default=None, description="Address of the chat model's server, if not the usual.")
    chat_timeout: float = Field(default=20.0, gt=0, le=300, description="Seconds to wait for the chat model.")
    judge: str = Field(
        default="packaged",
        description="What else must agree that a sentence in other words follows from its quotation: packaged, "
        "cross-encoder:FOLDER_OR_MODEL or chat:PROVIDER:MODEL.",
    )
    locale: Literal["us", "ca", "uk", "ie", "eu", "unknown"] = Field(
        default="unknown", description="Whose emergency numbers to show when a request names no locale."
    )
    vectors: str = Field(
        default="faiss",
        description="What searches the vectors: faiss, or milvus:http://HOST:19530 (milvus:FILE.db is Milvus Lite).",
    )
    vectors_token: SecretStr = Field(default=SecretStr(""), description="USER:PASSWORD or key for Milvus.")
    fusion: Literal["score", "rank"] = Field(
        default="score", description="How dense and keyword results are fused: normalised score, or reciprocal rank."
    )
    dense_weight: float = Field(default=0.6, ge=0, le=1, description="Weight of dense against keyword scores.")
    passages_per_source: int = Field(default=5, ge=1, description="The most passages one source may give a question.")
    ranker: Literal["packaged", "none"] = Field(
        default="packaged",
        description="What reads the likeliest sentences against the question: the packaged network, or none.",
    )
    precedents: Literal["packaged", "none"] = Field(
        default="packaged",
        description="Whether readers' grades for questions like this one have a say; only with the packaged model.",
    )
    min_confidence: float = Field(
        default=0.5, ge=0, le=1, description="Below this probability of answering the question, askms abstains."
    )
    records: SecretStr | None = Field(
        default=None,
        description="Database of receipts, conversations and feedback: sqlite:///FILE, postgresql://USER@HOST/NAME, or "
        "none. Unset: a SQLite file in the folder records, beside the index.",
    )
    keep_days: int = Field(default=30, ge=1, le=3650, description="Days after which patients' words are erased.")
    staff_cases: Path | None = Field(
        default=None,
        description="Folder in which staff.jsonl grows: eval cases that staff make of feedback. Unset: evals/datasets "
        "beside the corpus.",
    )
    ncbi_email: str | None = Field(
        default=None, description="Whom NCBI may write to about PubMed searches; they ask for one."
    )
    ncbi_api_key: SecretStr | None = Field(default=None, description="NCBI key; allows ten PubMed requests a second.")
    host: str = Field(default="127.0.0.1", description="Address to serve on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to serve on; 0 picks a free one.")
    trusted_proxies: str = Field(
        default="",
        description="Addresses or networks, separated by commas, of the proxies in front. Only they are believed when "
        "they say whose request it is and that it came by https.",
    )
    client_per_minute: int = Field(default=30, ge=1, description="Questions a minute from one client.")
    server_per_minute: int = Field(default=600, ge=1, description="Questions a minute from all clients together.")
    answers_at_once: int | None = Field(
        default=None,
        ge=1,
        le=256,
        description="Answers worked out at the same time. Unset: one for each processor, four with a chat model.",
    )
    answers_remembered: int = Field(
        default=500,
        ge=0,
        le=100_000,
        description="Questions of which a server remembers what was found, should somebody ask the same.",
    )
    answers_waiting: int = Field(
        default=32, ge=0, le=10_000, description="Questions that wait for that; more are told to come back."
    )
    answer_timeout: float = Field(
        default=60.0, gt=0, le=600, description="The most seconds that a question takes, waiting included."
    )
    redis: SecretStr | None = Field(
        default=None,
        description="Redis that counts requests for several servers, redis://HOST:PORT/N; unset: each counts alone.",
    )
    metrics: str | None = Field(
        default=None, description="HOST:PORT at which Prometheus reads figures; never where patients ask. Unset: none."
    )
    traces: str | None = Field(
        default=None, description="Where spans are sent by OTLP over HTTP, http://HOST:4318/v1/traces. Unset: nowhere."
    )
    cors_origins: str = Field(
        default="", description="Origins, separated by commas, whose pages may embed the widget; empty: only our own."
    )

    @property
    def records_url(self) -> str | None:
        """The database of records with its password, or nothing if none are kept."""
        if self.records is None:
            return f"sqlite:///{self.index_dir.parent / 'records' / 'records.sqlite'}"
        url = self.records.get_secret_value()
        return None if url == "none" else url

    @property
    def cases_folder(self) -> Path:
        """Where eval cases of staff are written."""
        return self.staff_cases or self.corpus_dir.parent / "evals" / "datasets"

    @property
    def runs_folder(self) -> Path:
        """Where runs of the evals are, beside the corpus."""
        return self.corpus_dir.parent / "evals" / "runs"

    @field_validator("records")
    @classmethod
    def _known_database(cls, value: SecretStr | None) -> SecretStr | None:
        url = "none" if value is None else value.get_secret_value()
        file = url.removeprefix("sqlite:///")
        is_file = file != url and file not in ("", ":memory:") and "?" not in file
        if url != "none" and not is_file and not url.startswith(("postgresql://", "postgresql+psycopg://")):
            # Not quoted: it may hold a password.
            raise ValueError("no database we know; write sqlite:///FILE, postgresql://USER@HOST/NAME or none")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, value: str) -> str:
        for proxy in filter(None, (part.strip() for part in value.split(","))):
            try:
                ip_network(proxy)
            except ValueError:
                raise ValueError(f"{proxy!r} is no address or network; write 10.0.0.7 or 10.0.0.0/24") from None
        return value

    @field_validator("metrics")
    @classmethod
    def _host_and_port(cls, value: str | None) -> str | None:
        host, _, port = (value or "localhost:0").rpartition(":")
        if not host or not port.isdigit() or int(port) > 65535:
            raise ValueError(f"{value!r} is no address; write 127.0.0.1:9100")
        return value

    @field_validator("traces")
    @classmethod
    def _http(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError(f"{value!r} is no address; write http://HOST:4318/v1/traces")
        return value

    @field_validator("redis")
    @classmethod
    def _known_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            # Not quoted: it may hold a password.
            raise ValueError("no Redis we know; write redis://HOST:PORT/N, rediss://HOST:PORT/N or unix://PATH")
        return value

    @field_validator("vectors")
    @classmethod
    def _known_engine(cls, value: str) -> str:
        engine, _, address = value.partition(":")
        if value != "faiss" and (engine != "milvus" or not address):
            raise ValueError(f"{value!r} is no engine we know; write faiss, milvus:http://HOST:19530 or milvus:FILE.db")
        return value

    @field_validator("cors_origins")
    @classmethod
    def _no_wildcard_with_words(cls, value: str) -> str:
        for origin in filter(None, (part.strip() for part in value.split(","))):
            if origin != "*" and not origin.startswith(("http://", "https://")):
                raise ValueError(f"{origin!r} is no origin; write https://example.org")
        return value
