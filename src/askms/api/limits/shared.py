"""Counting in Redis, for several servers behind one address. While it cannot be reached, each counts for itself.

Redis holds, for a minute each, a number under a name that no address can be read from, and
the key to those names, for a day. That key alone is not enough: it is mixed with the address
of this Redis as the operator wrote it, password included, which no copy of its data holds.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from hashlib import blake2b
from time import monotonic
from typing import Final

import anyio
from anyio import to_thread
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from askms.api.limits.clients import DAY, name_of
from askms.api.limits.rates import ALL, WINDOW, Kind, MemoryRates, Rate

PATIENCE: Final = 0.25
"""Seconds to wait for Redis; nobody who asks should notice it."""
MOST_PATIENCE: Final = 4 * PATIENCE
"""Seconds for all of it. The client waits `PATIENCE` for each step, and as long as the system likes for a name."""
AGAIN: Final = 5.0
"""Seconds to do without after a failure."""
_THREADS: Final = 16
"""That ask Redis at once. They are no threads of other requests, which a locked database may hold up."""
_KEY: Final = "askms:key"
_FRESH: Final = 60.0
"""Seconds after which the key is looked up anew."""

# One step, so that two servers never count at once. A number too far ahead is from before the clock was set back.
_COUNT: Final = """
local time = redis.call('TIME')
local now, window = time[1] + time[2] / 1000000, tonumber(ARGV[3])
local after = {}
for i, key in ipairs(KEYS) do
  local at = tonumber(redis.call('GET', key) or now)
  if at < now or at > now + window then at = now end
  at = at + ARGV[4] * window / tonumber(ARGV[i])
  if at > now + window then return string.format('%.3f', at - now - window) end
  after[i] = at
end
for i, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.6f', after[i]), 'PX', math.ceil((after[i] - now) * 1000) + 1000)
end
return '0'
"""
_log = logging.getLogger(__name__)


class SharedRates:
    """Counts in Redis, or in memory while that is away."""

    def __init__(self, url: str, clock: Callable[[], float] = monotonic) -> None:
        """Name the Redis; nothing is opened yet.

        Raises:
            ValueError: the address cannot be read.
        """
        self._url, self._clock, self._alone = url, clock, MemoryRates(clock)
        once = Retry(NoBackoff(), 0)  # by itself the client would try for seconds
        self._redis = Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=once)
        self._key, self._key_until, self._back_at = b"", float("-inf"), float("-inf")
        self._away = False
        self._threads = anyio.CapacityLimiter(_THREADS)

    async def wait(self, kind: Kind, rate: Rate, address: str, weight: int = 1) -> float:
        """As in `Rates`."""
        if self._clock() >= self._back_at:
            try:
                with anyio.fail_after(MOST_PATIENCE):
                    seconds = await to_thread.run_sync(
                        self._ask, kind, rate, address, weight, abandon_on_cancel=True, limiter=self._threads
                    )
            except (RedisError, OSError, ValueError) as exc:
                self._note_failure(exc)
            else:
                self._note_success()
                return seconds
        return await self._alone.wait(kind, rate, address, weight)

    def close(self) -> None:
        """Let go of the connections."""
        self._redis.close()

    def _ask(self, kind: Kind, rate: Rate, address: str, weight: int) -> float:
        if self._clock() < self._back_at:  # it failed somebody else while this one waited for a thread
            raise ConnectionError
        client = name_of(address, self._shared_key())
        keys = [f"askms:{kind.value}:{who}" for who in (client, ALL)]
        return float(self._redis.eval(_COUNT, len(keys), *keys, rate.client, rate.everybody, WINDOW, weight))

    def _shared_key(self) -> bytes:
        """The key of today, which the first server of the day makes."""
        if self._clock() >= self._key_until:
            self._redis.set(_KEY, secrets.token_hex(32), nx=True, ex=int(DAY))
            stored = self._redis.get(_KEY)
            if not isinstance(stored, bytes):
                raise ValueError("the key to the names of clients is gone again")
            self._key = blake2b(stored, key=blake2b(self._url.encode()).digest()).digest()
            self._key_until = self._clock() + _FRESH
        return self._key

    def _note_failure(self, exc: Exception) -> None:
        self._back_at = self._clock() + AGAIN
        if not self._away:
            # Not its text, which may hold the address and with it a password.
            _log.error("Redis cannot be used (%s); this server counts for itself", type(exc).__name__)
        self._away = True

    def _note_success(self) -> None:
        if self._away:
            _log.warning("Redis can be used again")
        self._away = False
