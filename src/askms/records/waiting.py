"""A reply on its way into the records: where its turn goes, and whether it has been written."""

from __future__ import annotations

from threading import Event, Lock

from askms.records.values import Asked


class Waiting:
    """Shared by the thread that answers and the one that writes."""

    def __init__(self, asked: Asked, given: str | None, fresh: str) -> None:
        """Wait with a reply.

        Args:
            asked: what is to be written.
            given: the conversation that the browser named, if any. It may be known or not.
            fresh: the conversation to begin where that one is not known.
        """
        self.asked, self.given = asked, given
        self.size = len(asked.body) + len(asked.reply)
        """Characters of text that are held in memory."""
        self.tried = Event()
        """Set after the first try to write it, and when it was written."""
        self.recorded = False
        self._fresh = fresh
        self._told: str | None = None
        self._lock = Lock()

    def place(self, is_known: bool) -> str | None:
        """The conversation to write it into, or nothing if that was erased in the meantime.

        Args:
            is_known: whether the given conversation is kept.
        """
        with self._lock:
            if self._told is None:  # the browser has not been told yet: an unknown id is replaced by one of ours
                self._told = self.given if self.given and is_known else self._fresh
            if self._told == self._fresh:
                return self._fresh
            return self.given if is_known else None

    def tell(self) -> str:
        """The conversation as the browser is to know it; decided from here on."""
        with self._lock:
            if self._told is None:
                self._told = self.given or self._fresh
            return self._told
