"""Pages for people: the list of sources, and one source with our notes and the quotation marked.

A page keeps the promises of a reply: an amount that a study gave stands only inside the
fixed frame, other amounts and directives are left out, passages that are quarantined are
left out too, whenever the index was built, and a disputed claim never stands without what answers it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from askms.chunks import embedded_text
from askms.guardrails import advises, amount_in, poisoned, unshowable
from askms.index import Snapshot
from askms.ladder import ladder
from askms.languages import translations
from askms.reply import DISCLAIMER
from askms.sentences import sentence_spans
from askms.types import Correction, Dispute, Document, EvidenceLevel, Section, SourceStatus
from askms.wording import LASTS, connecting, study_dose, wording

_PLACES: Final = {
    "us": "United States",
    "ca": "Canada",
    "uk": "United Kingdom",
    "ie": "Ireland",
    "eu": "European Union",
    "unknown": "Unknown place",
}
_STATUS: Final = {
    SourceStatus.OUTDATED: "This source is out of date.",
    SourceStatus.SUPERSEDED: "A newer source has taken the place of this one.",
    SourceStatus.CORRECTED: "This source has been corrected since it came out.",
    SourceStatus.RETRACTED: "This source has been withdrawn. Do not rely on it.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    text: str
    marked: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    parts: tuple[_Part, ...]
    frame: _Frame | None
    answers: tuple[Correction, ...]
    """Of a disputed claim: what better sources say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    heading: str
    anchor: str
    sentences: list[_Sentence] = field(default_factory=list)
    left_out: bool = False


def source_page(
    snapshot: Snapshot, document: Document, highlight: tuple[int, int] | None, *, updated: bool = False
) -> str:
    """HTML of one source.

    Args:
        snapshot: where it is held.
        document: the source.
        highlight: offsets in the body of the words to mark.
        updated: whoever asked was sent by a quotation of an older text.
    """
    facts = {
        "Kind of evidence": ladder()[document.evidence_level].label,
        "Full title": document.title,
        "Authors": ", ".join(document.authors),
        "Where": document.venue,
        "Year": str(document.year or "not stated"),
        "Who was studied": document.population + (f" ({document.n:,})" if document.n else ""),
        "Main weak point": document.limits,
        "True as of": document.as_of,
        "We last checked it on": _day(document.checked_on),
        "Expected to end": document.expected_completion,
        "DOI": document.doi,
        "PubMed number": document.pmid,
        "Trial number": document.nct,
        "Topics": ", ".join(topic.replace("-", " ") for topic in document.topics),
    }
    return render(
        "source.html",
        document=document,
        facts=facts,
        warning=_STATUS.get(document.status),
        updated=updated,
        sections=[_section(snapshot, document, section, highlight) for section in document.sections],
        titles={key: other.plain_title for key, other in snapshot.documents.items()},
        disputed=connecting("disputed"),
        better_sources=connecting("better_sources"),
    )


def browse_page(documents: Sequence[Document], topic: str | None, level: EvidenceLevel | None) -> str:
    """HTML of the list of sources, by title.

    Args:
        documents: every source.
        topic: show only sources on it.
        level: show only sources of this kind of evidence.
    """
    chosen = [
        document
        for document in sorted(documents, key=lambda one: one.plain_title.casefold())
        if (topic is None or topic in document.topics) and (level is None or document.evidence_level is level)
    ]
    return render(
        "sources.html",
        documents=chosen,
        total=len(documents),
        topics=sorted({each for document in documents for each in document.topics}),
        levels={rung.level.value: rung.label for rung in ladder().values()},
        labels={rung.level: rung.label for rung in ladder().values()},
        warnings={status: _STATUS.get(status) for status in SourceStatus},
        topic=topic,
        level=level.value if level else None,
    )


def wording_page(locale: str) -> str:
    """HTML of everything that is said in fixed words, with the numbers of `locale`."""
    words = wording()
    return render(
        "wording.html",
        words=words,
        due=words.checked_on + LASTS,
        translated=translations(),
        locale=locale,
        locales=_PLACES,
        cards={key: words.card(card.kind, locale, key.partition(".")[2] or None) for key, card in words.cards.items()},
    )


def privacy_page(keep_days: int | None, overwrites: bool, chat_model: str | None) -> str:
    """HTML that says what is kept of what people type.

    Args:
        keep_days: how long words are kept; None when nothing is.
        overwrites: what is erased is written over on the disk at once.
        chat_model: the chat model that questions are sent to, if any.
    """
    return render("privacy.html", keep_days=keep_days, overwrites=overwrites, chat_model=chat_model)


def error_page(message: str) -> str:
    """HTML that says why there is no page."""
    return render("error.html", message=message)


def _section(snapshot: Snapshot, document: Document, section: Section, highlight: tuple[int, int] | None) -> _Shown:
    body = document.body
    kept = [(p.start, p.end) for p in snapshot.passages_of(document.id) if poisoned(embedded_text(p)) is None]
    shown, left_out = [], False
    for span in sentence_spans(body[section.start : section.end]):
        start, end = section.start + span.start, section.start + span.end
        text = body[start:end]
        dispute = next((one for one in document.disputed_by if one.sentence == text), None)
        frame = None
        if amount_in(text) and document.evidence_level.is_study and not advises(text) and dispute is None:
            before, _, after = study_dose(document.plain_title, "\0").partition("\0")
            frame = _Frame(before=before, after=after)
        answers = _answers(snapshot, dispute)
        indexed = any(first <= start and end <= last for first, last in kept)
        if not indexed or (unshowable(text) and frame is None) or (dispute is not None and not answers):
            left_out = True
            continue
        parts = tuple(_parts(body, start, end, highlight))
        shown.append(_Sentence(parts=parts, frame=frame, answers=answers))
    return _Shown(heading=section.heading, anchor=section.anchor, sentences=shown, left_out=left_out)


def _answers(snapshot: Snapshot, dispute: Dispute | None) -> tuple[Correction, ...]:
    """What answers a disputed claim and may be shown."""
    return tuple(
        answer
        for answer in (dispute.answered_by if dispute else ())
        if snapshot.document(answer.source_id).status.is_quotable and not unshowable(answer.sentence)
    )


def _parts(body: str, start: int, end: int, highlight: tuple[int, int] | None) -> Iterator[_Part]:
    if highlight is None or highlight[1] <= start or highlight[0] >= end:
        yield _Part(text=body[start:end])
        return
    first, last = max(start, highlight[0]), min(end, highlight[1])
    yield _Part(text=body[start:first])
    yield _Part(text=body[first:last], marked=True, first=first == highlight[0])
    yield _Part(text=body[last:end])


@cache
def templates() -> Environment:
    """Our templates: what goes into them is text, and a name that is not given is an error."""
    loader = PackageLoader("askms.api")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["day"], made.filters["moment"] = _day, _moment
    return made


def _day(day: date) -> str:
    """21 November 2026."""
    return f"{day.day} {day:%B %Y}"


def _moment(moment: datetime) -> str:
    """21 November 2026, 14:05 UTC."""
    return f"{_day(moment.date())}, {moment:%H:%M} UTC"


def render(template: str, **values: object) -> str:
    """Fill a template; the disclaimer stands last on each page."""
    return templates().get_template(template).render(disclaimer=DISCLAIMER, **values)
