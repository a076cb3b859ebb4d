"""Reads the records: one receipt, one conversation, and which receipts cite a source."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from askms.errors import UnknownRecord
from askms.receipt import read_receipt, read_stripped
from askms.records.tables import ASKED, CITATIONS, CONVERSATIONS, FEEDBACK, RECEIPTS, STAFF_DONE, TURNS
from askms.records.values import CitedVersion, Citing, Conversation, Feedback, StoredReceipt, StoredTurn, key_of


def require_receipt(connection: Connection, receipt_id: str) -> None:
    """Make sure that a receipt is kept, with or without its words.

    Raises:
        UnknownRecord: it is not.
    """
    if connection.scalar(select(RECEIPTS.c.id).where(RECEIPTS.c.id == receipt_id)) is None:
        raise UnknownRecord(f"No receipt {receipt_id!r} is kept. Take the receipt_id of a reply.")


def find_receipt(connection: Connection, receipt_id: str) -> StoredReceipt:
    """One receipt, checked against its id, or against its seal when its words were taken out.

    Raises:
        UnknownRecord: there is none.
        QuestionError: it was altered.
    """
    require_receipt(connection, receipt_id)
    row = connection.execute(select(RECEIPTS).where(RECEIPTS.c.id == receipt_id)).one()
    used = connection.execute(
        select(func.count(), func.max(ASKED.c.asked_on)).where(ASKED.c.receipt_id == receipt_id)
    ).one()
    that_day = (ASKED.c.receipt_id == receipt_id) & (ASKED.c.asked_on == used[1])
    times = connection.scalars(select(ASKED.c.asked_at).where(that_day)).all()
    said = connection.execute(select(FEEDBACK).where(FEEDBACK.c.receipt_id == receipt_id).order_by(FEEDBACK.c.id))
    return StoredReceipt(
        receipt=read_receipt(row.body) if row.stripped_on is None else read_stripped(row.body, row.seal),
        stripped_on=row.stripped_on,
        first_asked_on=row.first_asked_on,
        times_asked=used[0],
        last_asked_on=used[1],
        last_asked_at=None if None in times else max(times),
        feedback=tuple(_feedback(each) for each in said),
    )


def find_conversation(connection: Connection, conversation: str) -> Conversation:
    """Everything kept of a conversation, by the id that its browser holds.

    Raises:
        UnknownRecord: there is none, or it was erased.
    """
    key = key_of(conversation)
    row = connection.execute(select(CONVERSATIONS).where(CONVERSATIONS.c.key == key)).one_or_none()
    if row is None:
        raise UnknownRecord("No conversation of this id is kept. It may have been erased.")
    by_receipt: dict[str, list[Feedback]] = {}
    for said in connection.execute(select(FEEDBACK).where(FEEDBACK.c.conversation_key == key).order_by(FEEDBACK.c.id)):
        by_receipt.setdefault(said.receipt_id, []).append(_feedback(said))
    turns = connection.execute(select(TURNS).where(TURNS.c.conversation_key == key).order_by(TURNS.c.id))
    return Conversation(
        id=conversation,
        begun_at=row.begun_at,
        turns=tuple(
            StoredTurn(
                at=turn.at,
                receipt_id=turn.receipt_id,
                question=turn.question,
                reply=json.loads(turn.reply),
                feedback=tuple(by_receipt.get(turn.receipt_id, ())),
            )
            for turn in turns
        ),
    )


def find_citing(connection: Connection, source_id: str, content_hash: str | None = None) -> list[Citing]:
    """Which receipts cite a source, the latest first.

    Args:
        connection: with a transaction.
        source_id: the source.
        content_hash: only as its file was at that time; the first characters of the hash will do.
    """
    wanted = CITATIONS.c.source_id == source_id
    if content_hash is not None:
        wanted &= CITATIONS.c.content_hash.startswith(content_hash, autoescape=True)
    cited = select(CITATIONS.c.receipt_id, CITATIONS.c.content_hash).where(wanted).distinct().subquery()
    last = func.max(ASKED.c.asked_on)
    said = select(TURNS.c.question).where(TURNS.c.receipt_id == cited.c.receipt_id)
    question = said.order_by(TURNS.c.id.desc()).limit(1).correlate(cited).scalar_subquery()
    rows = connection.execute(
        select(cited.c.receipt_id, RECEIPTS.c.route, cited.c.content_hash, func.count(), last, question)
        .join(RECEIPTS, RECEIPTS.c.id == cited.c.receipt_id)
        .join(ASKED, ASKED.c.receipt_id == cited.c.receipt_id)
        .group_by(cited.c.receipt_id, RECEIPTS.c.route, cited.c.content_hash)
        .order_by(last.desc(), cited.c.receipt_id)
    )
    return [
        Citing(
            receipt_id=row[0],
            route=row[1],
            content_hash=row[2],
            times_asked=row[3],
            last_asked_on=row[4],
            question=row[5],
        )
        for row in rows
    ]


def find_versions(connection: Connection) -> list[CitedVersion]:
    """Each source as it was when replies cited it, with how many there are and how many nobody has looked through."""
    names = (CITATIONS.c.receipt_id, CITATIONS.c.source_id, CITATIONS.c.content_hash)
    cited = select(*names).distinct().subquery()
    same = [cited.c[name.name] == STAFF_DONE.c[name.name] for name in names]
    rows = connection.execute(
        select(cited.c.source_id, cited.c.content_hash, func.count(), func.count(STAFF_DONE.c.who))
        .outerjoin(STAFF_DONE, and_(*same))
        .group_by(cited.c.source_id, cited.c.content_hash)
        .order_by(cited.c.source_id, cited.c.content_hash)
    )
    return [CitedVersion(source_id=row[0], content_hash=row[1], replies=row[2], left=row[2] - row[3]) for row in rows]


def _feedback(row: Row[Any]) -> Feedback:
    return Feedback(given_on=row.given_on, helpful=row.helpful, problem=row.problem)
