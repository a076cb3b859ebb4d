"""Many people who ask a server at once: a small HTTP client on asyncio, and what they all found.

It reads every reply to the end and checks what must hold for each: the disclaimer is last, a
status is one that is meant to be.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final
from urllib.parse import urlsplit

from askms.reply import DISCLAIMER

INTENDED: Final = frozenset({200, 429, 503})
"""Statuses that a server under load may answer with; 503 only to say that there is no room."""


@dataclass(slots=True)
class Report:
    """What all clients found."""

    seconds: list[float] = field(default_factory=list)
    """Of each answer, from sending to its last byte."""
    statuses: Counter[int] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    """What must never be, by kind."""
    acknowledged: list[str] = field(default_factory=list)
    """Receipts that a reply called recorded."""
    snapshots: set[str] = field(default_factory=set)
    took: float = 0.0

    @property
    def a_second(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.took

    def percentile(self, share: float) -> float:
        """Seconds within which this share of answers came."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class Client:
    """One person at one connection, which is opened anew when the server closes it."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        assert parts.hostname is not None  # noqa: S101 - ours
        assert parts.port is not None  # noqa: S101
        self._host, self._port = parts.hostname, parts.port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        """Send JSON and return status and body."""
        content = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nhost: {self._host}\r\ncontent-type: application/json\r\n"
        message = f"{head}content-length: {len(content)}\r\n\r\n".encode() + content
        if self._writer is not None:
            try:
                return await self._send(message)
            except (asyncio.IncompleteReadError, ConnectionError) as exc:
                if getattr(exc, "partial", b""):
                    raise
                await self.close()  # the server had closed a line that lay idle; a browser opens another, too
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        return await self._send(message)

    async def close(self) -> None:
        """Let go of the connection."""
        writer, self._reader, self._writer = self._writer, None, None
        if writer is not None:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _send(self, message: bytes) -> tuple[int, bytes]:
        assert self._writer is not None  # noqa: S101
        self._writer.write(message)
        await self._writer.drain()
        return await self._read()

    async def _read(self) -> tuple[int, bytes]:
        assert self._reader is not None  # noqa: S101
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(head.split(" ", 2)[1])
        lines = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        if lines.get("transfer-encoding") == "chunked":
            content = b""
            while size := int((await self._reader.readuntil(b"\r\n")).split(b";")[0], 16):
                content += (await self._reader.readexactly(size + 2))[:-2]
            await self._reader.readexactly(2)
        else:
            content = await self._reader.readexactly(int(lines.get("content-length", 0)))
        if lines.get("connection") == "close":
            await self.close()
        return status, content


async def ask(client: Client, question: str, report: Report, *, streamed: bool) -> None:
    """Ask one question and check its reply."""
    begun = time.perf_counter()
    try:
        status, content = await client.post("/v1/ask/stream" if streamed else "/v1/ask", {"question": question})
    except (OSError, EOFError) as exc:
        await client.close()
        report.faults[f"no response: {type(exc).__name__}"] += 1
        return
    took = time.perf_counter() - begun
    report.statuses[status] += 1
    text = content.decode()
    if streamed and status == 200:
        events = [block for block in text.split("\n\n") if block.startswith("event: ")]
        name, text = events[-1].removeprefix("event: ").split("\ndata: ", 1)
        if name != "reply":
            report.faults[f"stream ended with {name}: {text[:80]}"] += 1
    body = json.loads(text)
    if not body["text"].endswith(f"\n\n{DISCLAIMER}") or body["disclaimer"] != DISCLAIMER:
        report.faults["no disclaimer"] += 1
    if status not in INTENDED or (status == 503 and body["error"]["type"] != "Busy"):
        report.faults[f"status {status}: {body.get('error')}"] += 1
    if status == 200:
        report.seconds.append(took)
        report.snapshots.add(body.get("snapshot", ""))
        if body.get("recorded"):
            report.acknowledged.append(body["receipt_id"])
    else:
        await asyncio.sleep(2)  # it says ten seconds; nobody reads that and clicks again in less than two


async def crowd(address: str, questions: Sequence[str], *, clients: int, seconds: float) -> Report:
    """So many people, each asking again as soon as they are answered; every second one reads a stream."""
    report, numbers = Report(), count()
    begun = time.perf_counter()

    async def one(streamed: bool) -> None:
        client = Client(address)
        while time.perf_counter() < begun + seconds:
            await ask(client, questions[next(numbers) % len(questions)], report, streamed=streamed)
        await client.close()

    await asyncio.gather(*(one(number % 2 == 1) for number in range(clients)))
    report.took = time.perf_counter() - begun
    return report


async def alarms(address: str, message: str, *, seconds: float) -> Report:
    """Somebody who asks for help once a second, whatever the others do; every reply must be a card."""
    report, client, begun = Report(), Client(address), time.perf_counter()
    while time.perf_counter() < begun + seconds:
        await ask(client, message, report, streamed=False)
        await asyncio.sleep(1)
    await client.close()
    report.took = time.perf_counter() - begun
    report.faults += Counter({f"no card: status {status}": n for status, n in report.statuses.items() if status != 200})
    return report


async def steady(address: str, questions: Sequence[str], *, a_second: float, seconds: float) -> Report:
    """Questions at an even pace, whether or not those before are answered: what a patient waits then."""
    report, idle, running = Report(), [Client(address)], set[asyncio.Task[None]]()
    begun = time.perf_counter()

    async def one(question: str) -> None:
        client = idle.pop() if idle else Client(address)
        await ask(client, question, report, streamed=False)
        idle.append(client)

    for number in range(int(a_second * seconds)):
        await asyncio.sleep(max(0.0, begun + number / a_second - time.perf_counter()))
        task = asyncio.create_task(one(questions[number % len(questions)]))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    report.took = time.perf_counter() - begun
    for client in idle:
        await client.close()
    return report
