"""The parts of askms: models, corpus, index, records, chat model, Redis."""

from __future__ import annotations

from datetime import UTC, datetime

from askms.build import check_fresh, check_model
from askms.doctor.check import Check, fine, problem
from askms.embedding import open_embedder
from askms.entailment.packaged import packaged_judge
from askms.guardrails.route_model import route_model
from askms.index import live_snapshot_folder, load_snapshot
from askms.precedents import packaged_precedents
from askms.ranking import packaged_ranker
from askms.records.database import Database
from askms.records.schema import check as check_schema
from askms.settings import Settings
from askms.sources import load_corpus


def embedding_model(settings: Settings) -> Check:
    """Its files hash to what they should. Raises ModelUnavailable."""
    embedder = open_embedder(settings.model, settings.model_sha256, settings.index_dir)
    return fine(
        "embedding model",
        f"{embedder.name}, {embedder.digest[:12]}, run from {embedder.model_file[:12] or 'its folder'}",
    )


def networks(settings: Settings) -> Check:
    """What askms ships and has learned hashes to what it should. Raises ModelUnavailable."""
    route_model()
    packaged_judge()
    learned = f"ranker {packaged_ranker().name}, precedents {packaged_precedents().name}"
    return fine("rails, ranker and judge", f"whole; {learned}")


def corpus(settings: Settings) -> Check:
    """Every source can be read. Raises CorpusError."""
    documents = load_corpus(settings.corpus_dir)
    return fine("corpus", f"{len(documents)} sources in {settings.corpus_dir}")


def index(settings: Settings) -> Check:
    """Every file of the live index hashes to what it should, and it was built from this corpus and model.

    Raises:
        SnapshotError: it is missing, damaged or stale.
    """
    embedder = open_embedder(settings.model, settings.model_sha256, settings.index_dir)
    snapshot = load_snapshot(live_snapshot_folder(settings.index_dir))
    check_model(snapshot.manifest, embedder)
    check_fresh(settings.index_dir, settings.corpus_dir, embedder)
    age = datetime.now(UTC) - datetime.fromisoformat(snapshot.manifest.built_at)
    return fine("index", f"{snapshot.name}, {len(snapshot.passages)} passages, {max(0, age.days)} days old")


def records(settings: Settings) -> Check:
    """The database can be reached and has our tables; one that is not there yet is made by the server.

    Raises:
        RecordsError: it cannot be reached, or its tables are of another release.
    """
    if settings.records_url is None:
        return fine("records", "none are kept")
    database = Database(settings.records_url)
    try:
        if database.file is not None and not database.file.exists():
            return fine("records", f"{database.name} is made when the server starts")
        check_schema(database)
    finally:
        database.close()
    return fine("records", f"{database.name} is there, with the tables of this release")


def chat_model(settings: Settings) -> Check:
    """Its package and its key are there. Nothing is asked, and the key is not looked at. Raises ProviderError."""
    if settings.chat_model is None:
        return fine("chat model", "none: answers are quotations, and nothing leaves this machine")
    from askms.answering.model import open_chat_model

    open_chat_model(settings.chat_model, base_url=settings.chat_base_url, timeout=settings.chat_timeout)
    return fine("chat model", f"{settings.chat_model} can be opened; its server was not asked")


def redis(settings: Settings) -> Check:
    """It answers."""
    if settings.redis is None:
        return fine("Redis", "none: this server counts requests for itself")
    try:
        from redis import Redis
        from redis.exceptions import RedisError
    except ImportError:
        return problem("Redis", "its client is not installed", "Run: pip install 'askms[redis]'")
    try:
        with Redis.from_url(settings.redis.get_secret_value(), socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
    except (RedisError, OSError) as exc:
        return problem(
            "Redis",
            f"it does not answer ({type(exc).__name__}); until it does, each server counts for itself",
            "Start it, or correct ASKMS_REDIS.",
        )
    return fine("Redis", "it answers")
