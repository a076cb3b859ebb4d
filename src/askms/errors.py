"""Broken machinery, never a declined question: declining is a `Reply`.

    AskmsError
    ├── CorpusError          a source file breaks the format
    ├── SourceUnreadable     a file, page or register that a reader cannot read
    ├── ModelUnavailable     the embedding model is missing or not the one expected
    ├── SnapshotError
    │   ├── IndexMissing     nothing has been built yet
    │   ├── IndexCorrupt     a file of the snapshot is missing or altered
    │   ├── IndexUnwritable  the disk is full or refuses
    │   ├── IndexStale       built from other sources, model or chunker than now
    │   └── VectorsUnavailable  the engine that holds the vectors cannot be reached or used
    ├── QuestionError        the request itself cannot be read
    ├── UnknownSource        no source, passage or brief has that name
    ├── UnknownModel         a program asks for another chat model than askms
    ├── RecordsError
    │   ├── RecordsUnavailable  the database of records cannot be reached, is locked or is full
    │   └── RecordsSchema       the database was made for another release
    ├── UnknownRecord        no receipt or conversation of that id is kept
    ├── LimitsUnavailable    requests are to be counted in a Redis that was named wrongly, or without its client
    ├── WatchingUnavailable  figures or traces are asked for, and what they need is not installed
    ├── StaffError           a member of staff cannot be added or changed like that
    └── ProviderError        the chat model failed, hung or answered nonsense

Each message names the thing, its value and the next step.
"""

from __future__ import annotations


class AskmsError(Exception):
    """Base of everything askms raises on purpose."""


class CorpusError(AskmsError):
    """A source file breaks the format; the message names file, field and fix."""

    def __init__(self, file: str, field: str, problem: str, fix: str) -> None:
        self.file, self.field, self.problem, self.fix = file, field, problem, fix
        super().__init__(f"{file}: {field}: {problem}. {fix}")


class SourceUnreadable(AskmsError):
    """A reader cannot read this; the message names what was read, what is wrong and the next step."""

    def __init__(self, origin: str, problem: str, fix: str) -> None:
        self.origin, self.problem, self.fix = origin, problem, fix
        super().__init__(f"{origin}: {problem}. {fix}")


class ModelUnavailable(AskmsError):
    """The embedding model cannot be loaded, or its weights are not the expected ones."""


class SnapshotError(AskmsError):
    """Base of everything that can be wrong with a built index."""


class IndexMissing(SnapshotError):
    """No snapshot has been built."""


class IndexCorrupt(SnapshotError):
    """A file of the snapshot is missing, altered or unreadable."""


class IndexUnwritable(SnapshotError):
    """A new snapshot cannot be written, as the disk is full or refuses; the live one stays."""


class IndexStale(SnapshotError):
    """The snapshot was built from other sources, another model or another chunker."""


class VectorsUnavailable(SnapshotError):
    """The engine that holds the vectors cannot be reached, refuses, or its client is not installed."""


class QuestionError(AskmsError):
    """The request cannot be read as a question."""


class UnknownSource(AskmsError):
    """No source or passage of this name is in the snapshot, or no brief has this name."""


class UnknownModel(AskmsError):
    """A program that speaks OpenAI's chat format asks for another model than askms."""


class RecordsError(AskmsError):
    """Base of everything that can be wrong with the database of records."""


class RecordsUnavailable(RecordsError):
    """The database of records cannot be reached, is locked, full or damaged. For operators: it may name a host."""


class RecordsSchema(RecordsError):
    """The tables of the database are older or newer than this askms, or not ours."""


class UnknownRecord(AskmsError):
    """No receipt or conversation of this id is kept; it may have been erased."""


class LimitsUnavailable(AskmsError):
    """Requests are to be counted in Redis, and its address or its client is wrong. One that is away is no error."""


class WatchingUnavailable(AskmsError):
    """Figures or traces are asked for, and the package that makes them is not installed."""


class StaffError(AskmsError):
    """A name, role or password of a member of staff that cannot be taken."""


class ProviderError(AskmsError):
    """The chat model failed, timed out or returned something unreadable."""
