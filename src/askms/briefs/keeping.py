"""Briefs of one snapshot: each is written when it is first asked for, and kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from askms.briefs.brief import Brief
from askms.briefs.topics import Topic, topics
from askms.briefs.writing import Tell, write
from askms.engine import Engine
from askms.errors import UnknownSource


class Briefs:
    """Writes and keeps the briefs of the snapshot of one engine. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._written: dict[str, Brief] = {}
        self._writing = Lock()
        self._listening: list[tuple[str, Tell]] = []

    def kept(self, topic: str) -> Brief | None:
        """The brief on a topic, if it is written already. Raises UnknownSource."""
        return self._written.get(_named(topic).id)

    def of(self, topic: str, tell: Tell | None = None) -> Brief:
        """The brief on a topic, by the topic's id.

        Args:
            topic: its id.
            tell: called in the thread of whoever writes it, as it goes on.

        Raises:
            UnknownSource: there is no brief of that name.
            ModelUnavailable: the embedding model cannot be loaded.
        """
        found = _named(topic)
        with self._heard_by(topic, tell), self._writing:  # one writes, the others wait for what it writes
            if topic not in self._written:
                self._written[topic] = write(self.engine, found, lambda done, of: self._say(topic, done, of))
            return self._written[topic]

    @contextmanager
    def _heard_by(self, topic: str, tell: Tell | None) -> Iterator[None]:
        if tell is None:
            yield
            return
        me = (topic, tell)
        self._listening.append(me)
        try:
            yield
        finally:
            self._listening.remove(me)

    def _say(self, topic: str, done: int, of: int) -> None:
        for wanted, tell in tuple(self._listening):
            if wanted == topic:
                tell(done, of)


def _named(topic: str) -> Topic:
    found = topics().get(topic)
    if found is None:
        raise UnknownSource(f"No brief {topic!r}. Choose one of: {', '.join(topics())}.")
    return found
