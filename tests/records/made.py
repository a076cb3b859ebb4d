"""Receipts and replies for tests of the records, and a look at every byte on the disk."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from askms.receipt import VERSION, CitedSpan, FoundPassage, Receipt
from askms.types import Turn, Verdict

HASH = sha256(b"fatigue.md").hexdigest()
NEWER = sha256(b"fatigue.md, corrected").hexdigest()


def receipt(question: str = "Does zanzibar help fatigue?", *, source: str = "fatigue", at: str = HASH) -> Receipt:
    """A receipt of an answer that cites one source."""
    return Receipt(
        version=VERSION,
        askms="0.1.0",
        wording="w1",
        snapshot="s1",
        model="fake",
        settings={"fusion": "score"},
        question=question,
        history=(Turn(role="user", content=f"Before: {question}"), Turn(role="assistant", content="I see.")),
        locale="uk",
        searched=f"Searched: {question}",
        route="answer",
        flags=(),
        verdicts=(Verdict(guard="verify", allowed=False, reason=f"claim 0: says more than its quotation: {question}"),),
        hits=(FoundPassage(passage_key="k", source_id=source, dense=0.5, keyword=2.0, fused=0.7),),
        citations=(
            CitedSpan(source_id=source, content_hash=at, passage_key="k", start=0, end=9),
            CitedSpan(source_id=source, content_hash=at, passage_key="k", start=10, end=19),
        ),
        confidence=0.75,
        writer="quoting",
        text_sha256="t",
    ).sealed()


def reply(of: Receipt) -> dict[str, Any]:
    """Some of its reply; a ready-made search holds the question again."""
    return {"route": of.route, "suggestions": [{"url": f"https://example.org/?q={of.question}"}], "receipt_id": of.id}


def on_disk(file: Path) -> bytes:
    """Every byte of a SQLite file, its journals, and whatever else lies beside it."""
    found = []
    for path in sorted(file.parent.iterdir()):
        with suppress(FileNotFoundError):  # the last connection that closes takes the journal away
            found.append(path.read_bytes())
    return b"".join(found)
