"""One record of PubMed as a source: its abstract under the questions it answers, and what the record itself says.

A program cannot judge a paper, so whatever was concluded here is named in a note to the person who reviews it. What
PubMed's words mean stands in `pubmed.json`, and what kind of evidence its publication types are in `ladder.json`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from importlib.resources import files
from typing import Any, Final, NamedTuple
from urllib.parse import quote
from xml.sax.saxutils import unescape

from askms.errors import CorpusError, SourceUnreadable
from askms.ladder import ladder, level_of
from askms.sentences import needs_previous, split_sentences
from askms.sources.markdown import STUDY_DOSE_HEADING
from askms.sources.mesh import corpus_topics
from askms.sources.reader import Found, compose
from askms.types import EvidenceLevel, SourceStatus, Trust

_WORDS: Final = json.loads(files("askms.sources").joinpath("pubmed.json").read_text(encoding="utf-8"))
_WHOLE_ABSTRACT: Final = "What does the abstract say?"
_LONGEST_TITLE: Final = 90
_STATUS_OF: Final = {
    "RetractionIn": SourceStatus.RETRACTED,
    "RetractedandRepublishedIn": SourceStatus.RETRACTED,
    "CorrectedandRepublishedIn": SourceStatus.SUPERSEDED,
    "UpdateIn": SourceStatus.SUPERSEDED,
    "ErratumIn": SourceStatus.CORRECTED,
}
_GRAVEST_FIRST: Final = (
    SourceStatus.RETRACTED,
    SourceStatus.SUPERSEDED,
    SourceStatus.CORRECTED,
    SourceStatus.CURRENT,
)
_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DOI: Final = re.compile(r"10\.\d{4,9}/[^\s\"<>]+")
_NCT: Final = re.compile(r"\bNCT\d{8}\b")
_YEAR: Final = re.compile(r"\b(?:18|19|20)\d\d\b")
_WITHDRAWN_TITLE: Final = re.compile(r"\W*(retracted|withdrawn)(?: article)?\s*:", re.I)
_FORMULA: Final = re.compile(r"<math\b.*?</math>", re.S)
_RAISED: Final = re.compile(r"<(sup|sub)>([^<]*)</\1>")
_TAG: Final = re.compile(r"</?[^<>]*>")
_SHIFTED: Final = {
    "sup": str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻"),
    "sub": str.maketrans("0123456789+-−", "₀₁₂₃₄₅₆₇₈₉₊₋₋"),
}

Record = Mapping[str, Any]


def address_of(pmid: str) -> str:
    """Where a reader opens the record."""
    return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"


def pmid_of(article: Record) -> str:
    """Its number; nothing if the record has none."""
    return str(article.get("MedlineCitation", {}).get("PMID", ""))


def source_of(article: Record, today: date, withheld: Callable[[str], bool]) -> Found:
    """The record as a source.

    Args:
        article: the record, as Biopython parsed it.
        today: the day of reading.
        withheld: whether a sentence would never be shown to patients, for the review.

    Raises:
        SourceUnreadable: there is no abstract or no date, or a field breaks the format.
    """
    citation, pmid = article["MedlineCitation"], pmid_of(article)
    paper, url = citation.get("Article", {}), address_of(pmid)
    sections, as_of = _sections(paper), _published(paper, today)
    if not sections:
        raise SourceUnreadable(url, "has no abstract", "Read the paper and write the file by hand.")
    if as_of is None:
        raise SourceUnreadable(url, "has no date of publication", "Write the file by hand.")
    text = "\n".join(words for _, words in sections)
    title = _plain(paper.get("ArticleTitle", "")).removesuffix(".")
    types = [str(kind) for kind in paper.get("PublicationTypeList", ())]
    headings = [str(heading.get("DescriptorName", "")) for heading in citation.get("MeshHeadingList", ())]
    keywords = [_plain(word) for words in citation.get("KeywordList", ()) for word in words]
    notes: list[str] = []
    doi = _doi(article, paper, notes)
    level = _level(types, headings, title, notes)
    preprint = "Preprint" in types
    checked = "A preprint that no other scientist had checked; only" if preprint else "Only"
    fields = {
        "id": f"pubmed-{pmid}",
        "title": title,
        "plain_title": _shortened(title),
        "authors": _authors(paper, notes),
        "year": int(as_of[:4]),
        "venue": _venue(paper),
        "doi": doi,
        "pmid": pmid,
        "nct": _nct(paper, text, level, notes),
        "url": f"https://doi.org/{quote(doi, safe='/:;()')}" if doi else url,
        "evidence_level": level.value,
        "population": "as described in the abstract",
        "as_of": as_of,
        "topics": corpus_topics([*headings, *keywords]),
        "limits": f"{checked} the abstract was read.",
        "status": status_of(article).value,
        "trust": (Trust.C if preprint else Trust.A).value,
    }
    known = {key: value for key, value in fields.items() if value is not None}
    review = [
        "The words are those of the abstract's authors: put them in plain words, in sentences that stand alone.",
        *notes,
        *(notice.note for notice in _notices(article)),
        *_review(paper, text, withheld),
    ]
    try:
        return compose(known, sections, reader="pubmed", origin=url, retrieved_on=today, review=review)
    except CorpusError as exc:
        raise SourceUnreadable(url, f"does not fit the corpus ({exc.field}: {exc.problem})", exc.fix) from exc


def _plain(value: str) -> str:
    """Text without markup. Raised and lowered figures stay so: 10⁶ must not become 106."""
    text = re.sub(r"</?[biu]>", "", _FORMULA.sub("[formula]", value))
    while _RAISED.search(text):
        text = _RAISED.sub(_shift, text)
    return " ".join(unescape(_TAG.sub("", text)).split())


def _shift(match: re.Match[str]) -> str:
    kind, text = match.groups()
    return text.translate(_SHIFTED[kind]) if any(c.isdigit() for c in text) else text


def _shortened(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def _sections(paper: Record) -> list[tuple[str, str]]:
    """Parts of the abstract by the question each answers, in order; parts that answer the same are put together."""
    parts: dict[str, list[str]] = {}
    for part in paper.get("Abstract", {}).get("AbstractText", ()):
        if text := _plain(part):
            parts.setdefault(_heading(part.attributes), []).append(text)
    return [(heading, "\n\n".join(texts)) for heading, texts in parts.items()]


def _heading(attributes: Mapping[str, str]) -> str:
    label = " ".join(attributes.get("Label", "").split()).strip(" :.?").replace("’", "'")
    known: str | None = _WORDS["labels"].get(label.upper() or attributes.get("NlmCategory", ""))
    if known:
        return known
    # What a link to the section is made of; a label without any of it would give two sections one name.
    name = " ".join(re.findall(r"[a-z0-9]+", label.lower()))
    return f"What does the abstract say about {name}?" if name and len(name) <= 80 else _WHOLE_ABSTRACT


def _published(paper: Record, today: date) -> str | None:
    """The date of the issue, or of the web page if the issue has not come out yet."""
    issue = paper.get("Journal", {}).get("JournalIssue", {}).get("PubDate", {})
    dates = [day for parts in (issue, *paper.get("ArticleDate", ())) if (day := _date(parts))]
    past = (day for day in dates if day <= today.isoformat())
    return next(past, dates[0] if dates else None)


def _date(parts: Record) -> str | None:
    year = _YEAR.search(f"{parts.get('Year', '')} {parts.get('MedlineDate', '')}")
    if year is None:
        return None
    name = str(parts.get("Month", "")).strip().lower()
    month = _MONTHS.index(name[:3]) + 1 if name[:3] in _MONTHS else name
    for precise in (f"{year.group()}-{month:0>2}-{parts.get('Day', ''):0>2}", f"{year.group()}-{month:0>2}"):
        with suppress(ValueError):
            date.fromisoformat(f"{precise}-01"[:10])
            return precise
    return year.group()


def _authors(paper: Record, notes: list[str]) -> list[str]:
    authors = paper.get("AuthorList", ())
    if getattr(authors, "attributes", {}).get("CompleteYN") == "N":
        notes.append("PubMed does not list all authors.")
    names = [
        " ".join(_plain(author[key]) for key in ("LastName", "Initials", "Suffix", "CollectiveName") if key in author)
        for author in authors
        if author.attributes.get("ValidYN") != "N"
    ]
    return [name for name in names if name]


def _venue(paper: Record) -> str:
    journal = paper.get("Journal", {})
    issue, pages = journal.get("JournalIssue", {}), paper.get("Pagination", {})
    name = _plain(journal.get("Title") or journal.get("ISOAbbreviation") or "PubMed")
    place = _plain(issue.get("Volume", "")) + (f"({_plain(issue['Issue'])})" if issue.get("Issue") else "")
    page = _plain(pages.get("MedlinePgn") or "-".join(pages[key] for key in ("StartPage", "EndPage") if key in pages))
    return f"{name} {place}".strip() + (f":{page}" if page else "")


def _doi(article: Record, paper: Record, notes: list[str]) -> str | None:
    """The one DOI of the record. Where its two places differ, neither is taken."""
    named = [i for i in paper.get("ELocationID", ()) if i.attributes.get("EIdType") == "doi"]
    named = [i for i in named if i.attributes.get("ValidYN") != "N"]
    named += [i for i in article.get("PubmedData", {}).get("ArticleIdList", ()) if i.attributes.get("IdType") == "doi"]
    unique = {doi.casefold(): doi for doi in map(_plain, reversed(named))}
    if len(unique) > 1:
        notes.append(f"PubMed gives more than one DOI ({', '.join(sorted(unique.values()))}): find out which is right.")
        return None
    doi = next(iter(unique.values()), None)
    if doi is not None and not _DOI.fullmatch(doi):
        notes.append(f"PubMed gives {doi!r} as the DOI, which does not look like one.")
        return None
    return doi


def _nct(paper: Record, text: str, level: EvidenceLevel, notes: list[str]) -> str | None:
    """The trial that the paper reports: the one that PubMed lists, or the only one in the abstract of a study."""
    banks = [bank for bank in paper.get("DataBankList", ()) if bank.get("DataBankName") == "ClinicalTrials.gov"]
    listed = {str(n) for bank in banks for n in bank.get("AccessionNumberList", ()) if _NCT.fullmatch(n)}
    numbers = listed or set(_NCT.findall(text))
    said = ", ".join(sorted(numbers))
    if len(numbers) > 1 or (numbers and not listed and not level.is_study):
        notes.append(f"The record names {said}: if one of these is the paper's own trial, write it as nct.")
        return None
    if numbers and not listed:
        notes.append(f"{said} stands in the abstract only: make sure that it is the paper's own trial.")
    return said or None


def _level(types: Sequence[str], headings: Sequence[str], title: str, notes: list[str]) -> EvidenceLevel:
    """What the types say, or else the headings; animals without people come before all, an opinion is what is left."""
    if "Animals" in headings and "Humans" not in headings:
        notes.append("The evidence level animal rests on PubMed's heading Animals without Humans: check it.")
        return EvidenceLevel.ANIMAL
    for words in (types, headings):
        if level := level_of(words):
            said = ", ".join(word for word in words if word in ladder()[level].study_types)
            notes.append(f"The evidence level {level.value} rests on PubMed's words ({said}): check it.")
            pilot = "Pilot Projects" in headings or "pilot" in title.lower()
            if level is EvidenceLevel.RANDOMISED_TRIAL and pilot:
                notes.append("The record speaks of a pilot too: pilot_trial may be the right level.")
            return level
    notes.append(f"PubMed does not say what kind of study this is ({', '.join(types) or 'no types'}): set the level.")
    return EvidenceLevel.OPINION


class _Notice(NamedTuple):
    status: SourceStatus
    note: str


def status_of(article: Record) -> SourceStatus:
    """The gravest of what was published about the paper since."""
    return min((notice.status for notice in _notices(article)), key=_GRAVEST_FIRST.index, default=SourceStatus.CURRENT)


def _notices(article: Record) -> Iterator[_Notice]:
    citation = article["MedlineCitation"]
    paper = citation.get("Article", {})
    types = {str(kind) for kind in paper.get("PublicationTypeList", ())}
    if "Retracted Publication" in types:
        yield _Notice(SourceStatus.RETRACTED, "PubMed lists the paper as retracted.")
    if title := _WITHDRAWN_TITLE.match(_plain(paper.get("ArticleTitle", ""))):
        withdrawn = SourceStatus.RETRACTED if title.group(1).lower() == "retracted" else SourceStatus.SUPERSEDED
        yield _Notice(withdrawn, "The title itself says that the paper was retracted or withdrawn.")
    for notice in citation.get("CommentsCorrectionsList", ()):
        kind = notice.attributes.get("RefType", "")
        place = f"{_plain(notice.get('RefSource', 'no place given'))}, PMID {notice.get('PMID', 'not given')}"
        if status := _STATUS_OF.get(kind):
            yield _Notice(status, f"{status.value.capitalize()}, says PubMed ({kind}: {place}): read that first.")
        elif kind == "ExpressionOfConcernIn":
            note = f"The journal published an expression of concern ({place}): read it before this is used."
            yield _Notice(SourceStatus.CURRENT, note)
    if other := sorted(types & set(_WORDS["notices"])):
        yield _Notice(SourceStatus.CURRENT, f"This is itself a notice about another paper ({', '.join(other)}).")


def _review(paper: Record, text: str, withheld: Callable[[str], bool]) -> Iterator[str]:
    """What a person must do before patients read this."""
    yield "The number of people studied is in no field of PubMed: take n and the population from the paper."
    sentences = split_sentences(text)
    if leaning := [sentence for sentence in sentences if needs_previous(sentence)]:
        yield f"Sentences that lean on their neighbours: {len(leaning)}. The first: {leaning[0][:120]}"
    if "[formula]" in text:
        yield "The abstract holds a formula, which was left out as [formula]: look at the original."
    if hidden := [sentence for sentence in sentences if withheld(sentence)]:
        yield (
            f"Sentences with amounts or advice, which are not shown: {len(hidden)}. What a study gave may stand under "
            f"'{STUDY_DOSE_HEADING}'. The first: {hidden[0][:120]}"
        )
    if len(_plain(paper.get("ArticleTitle", ""))) > _LONGEST_TITLE:
        yield "The plain title is the paper's own, cut short: write one."
    languages = [str(language) for language in paper.get("Language", ())]
    if languages and "eng" not in languages:
        said = ", ".join(languages)
        yield f"The paper is not in English ({said}); its English abstract was read and no other."
    if re.search(r"\babstract truncated\b", text, re.I):
        yield "PubMed holds only the beginning of the abstract."
    if rights := _plain(paper.get("Abstract", {}).get("CopyrightInformation", "")):
        yield f"The abstract is somebody's property: {rights}"
