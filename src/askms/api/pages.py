"""The page of one source, for people: what it is, how far it can be trusted, our notes with the quote marked."""

from __future__ import annotations

from html import escape

from askms.reply import DISCLAIMER
from askms.sentences import sentence_spans
from askms.types import Document, EvidenceLevel, Section, SourceStatus

LEVELS = {
    EvidenceLevel.SYSTEMATIC_REVIEW: "Review of many studies",
    EvidenceLevel.GUIDELINE: "Guideline by experts",
    EvidenceLevel.RANDOMISED_TRIAL: "Trial with groups picked by chance",
    EvidenceLevel.PILOT_TRIAL: "Small early trial",
    EvidenceLevel.COHORT: "Study that followed people over time",
    EvidenceLevel.CASE_CONTROL: "Study that compared people with and without an illness",
    EvidenceLevel.SURVEY: "Survey",
    EvidenceLevel.REGULATOR_LABEL: "Official notice or label for a medicine",
    EvidenceLevel.REGISTRY_ENTRY: "Plan or register entry of a study",
    EvidenceLevel.NARRATIVE_REVIEW: "Overview by experts",
    EvidenceLevel.CASE_REPORT: "Report on one person or a few",
    EvidenceLevel.ANIMAL: "Study in animals",
    EvidenceLevel.LABORATORY: "Study in a lab",
    EvidenceLevel.PATIENT_ORGANISATION: "Charity or health service page",
    EvidenceLevel.NEWS: "News report",
    EvidenceLevel.OPINION: "One writer's view",
    EvidenceLevel.ANECDOTE: "Personal stories or advertising",
}
_STATUS = {
    SourceStatus.OUTDATED: "This source is out of date.",
    SourceStatus.SUPERSEDED: "A newer source has taken the place of this one.",
    SourceStatus.CORRECTED: "This source has been corrected since it came out.",
    SourceStatus.RETRACTED: "This source has been withdrawn. Do not rely on it.",
}


def source_page(document: Document, highlight: tuple[int, int] | None) -> str:
    """HTML of one source. Everything from the document is escaped."""
    facts = {
        "Kind of evidence": LEVELS[document.evidence_level],
        "Full title": document.title,
        "Authors": ", ".join(document.authors),
        "Where": document.venue,
        "Year": str(document.year or "not stated"),
        "Who was studied": document.population + (f" ({document.n:,})" if document.n else ""),
        "Main weak point": document.limits,
        "True as of": document.as_of,
        "We last checked it on": document.checked_on.isoformat(),
    }
    rows = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in facts.items() if v)
    status = _STATUS.get(document.status)
    warning = f'<p role="note"><strong>{escape(status)}</strong></p>' if status else ""
    link = (
        f'<p><a href="{escape(document.url, quote=True)}" rel="noopener noreferrer">Open the original source</a></p>'
        if document.url
        else ""
    )
    sections = "".join(_section(document, section, highlight) for section in document.sections)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
        f"<title>{escape(document.plain_title)} - askms source</title>"
        '<link rel="stylesheet" href="/page.css"></head><body><main>'
        f"<h1>{escape(document.plain_title)}</h1>{warning}"
        "<p>These are our own plain-word notes on the source. askms quotes these notes word for word.</p>"
        f"{link}<dl>{rows}</dl>{sections}<p>{escape(DISCLAIMER)}</p></main></body></html>"
    )


def _section(document: Document, section: Section, highlight: tuple[int, int] | None) -> str:
    body = document.body
    spans = sentence_spans(body[section.start : section.end])
    marked = " ".join(_sentence(body, section.start + s.start, section.start + s.end, highlight) for s in spans)
    return f"<h2>{escape(section.heading)}</h2><p>{marked}</p>"


def _sentence(body: str, start: int, end: int, highlight: tuple[int, int] | None) -> str:
    if highlight is None or highlight[1] <= start or highlight[0] >= end:
        return escape(body[start:end])
    first, last = max(start, highlight[0]), min(end, highlight[1])
    anchor = ' id="quote"' if first == highlight[0] else ""
    return f"{escape(body[start:first])}<mark{anchor}>{escape(body[first:last])}</mark>{escape(body[last:end])}"
