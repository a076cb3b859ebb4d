"""Briefs of one snapshot: each is written when it is first asked for, and kept."""

from __future__ import annotations

from threading import Lock

from askms.briefs.brief import Brief
from askms.briefs.topics import topics
from askms.briefs.writing import write
from askms.engine import Engine
from askms.errors import UnknownSource


class Briefs:
    """Writes and keeps the briefs of the snapshot of one engine. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._written: dict[str, Brief] = {}
        self._lock = Lock()

    def of(self, topic: str) -> Brief:
        """The brief on a topic, by the topic's id.

        Raises:
            UnknownSource: there is no brief of that name.
            ModelUnavailable: the embedding model cannot be loaded.
        """
        found = topics().get(topic)
        if found is None:
            raise UnknownSource(f"No brief {topic!r}. Choose one of: {', '.join(topics())}.")
        with self._lock:  # one writes, the others wait for what it writes
            if topic not in self._written:
                self._written[topic] = write(self.engine, found)
            return self._written[topic]
