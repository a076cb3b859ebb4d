"""One entry of ClinicalTrials.gov as a source: its fields, and the sentences that were made of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from askms.errors import CorpusError, SourceUnreadable
from askms.sources.mesh import corpus_topics
from askms.sources.reader import Found, compose
from askms.sources.trials_entry import REGISTER, Day, Entry, at, items
from askms.sources.trials_text import enrolled, expected_end, listed, tell
from askms.types import EvidenceLevel, SourceStatus, Trust

_NCT: Final = re.compile(r"NCT\d{8}")
_LONGEST_TITLE: Final = 90


def source_of(study: object, today: date, withheld: Callable[[str], bool]) -> Found:
    """The entry as a source.

    Args:
        study: the entry, as the register sent it.
        today: the day of reading.
        withheld: whether a sentence would never be shown to patients; such ones are left out.

    Raises:
        SourceUnreadable: it is no entry, or its fields say nothing.
    """
    entry = _entry(study, today, withheld)
    tell(entry)
    title = _title(entry)
    if not entry.sections or title is None:
        raise SourceUnreadable(entry.url, "says too little to make a source of", "Write the file by hand.")
    if entry.as_of is None:
        entry.notes.append("The register gives no date for this entry: as_of is the day it was read.")
    as_of = entry.as_of or entry.today
    sponsors = entry.at("sponsorCollaboratorsModule")
    names = [at(sponsor, "name") for sponsor in (at(sponsors, "leadSponsor"), *items(at(sponsors, "collaborators")))]
    plain = f"Register entry of {entry.it}"
    fields = {
        "id": entry.nct.lower(),
        "title": title,
        "plain_title": plain if len(plain) <= _LONGEST_TITLE else plain.removesuffix(entry.on),
        "authors": [name for name in names if isinstance(name, str) and name.strip()],
        "year": int(as_of.iso[:4]),
        "venue": REGISTER,
        "nct": entry.nct,
        "url": entry.url,
        "evidence_level": EvidenceLevel.REGISTRY_ENTRY.value,
        "population": f"people in one {entry.noun}{entry.on}",
        "n": enrolled(entry),
        "as_of": as_of.iso,
        "expected_completion": expected_end(entry),
        "topics": _topics(entry),
        "limits": "A register entry says what is planned and done, not what was found.",
        "status": SourceStatus.CURRENT.value,
        "trust": Trust.B.value,
    }
    if fields["n"] is None:
        entry.notes.append("n is empty, as the register gives no number of people who took part.")
    known = {key: value for key, value in fields.items() if value is not None}
    # A paragraph each, so that "a group called Arm A." is not taken for a name whose initial it ends with.
    sections = [(heading, "\n\n".join(sentences)) for heading, sentences in entry.sections.items()]
    try:
        return compose(known, sections, reader="trials", origin=entry.url, retrieved_on=today, review=entry.notes)
    except CorpusError as exc:
        raise SourceUnreadable(entry.url, f"does not fit the corpus ({exc.field}: {exc.problem})", exc.fix) from exc


def _entry(study: object, today: date, withheld: Callable[[str], bool]) -> Entry:
    """The entry with its name, of which nothing has been told yet."""
    nct = at(study, "protocolSection", "identificationModule", "nctId")
    if not isinstance(nct, str) or not _NCT.fullmatch(nct):
        raise SourceUnreadable(REGISTER, f"gave an entry without a number ({str(nct)[:40]!r})", "Try again later.")
    entry = Entry(study=study, nct=nct, today=Day(iso=today.isoformat()), withheld=withheld)
    entry.notes.append("The sentences were made from the register's fields by fixed patterns: read each of them once.")
    acronym = entry.label(entry.at("identificationModule", "acronym"), "short name", longest=40)
    entry.name = f"{nct} ({acronym})" if acronym else nct
    conditions = entry.labels(entry.at("conditionsModule", "conditions"), "condition", timed=True)
    entry.on = f" on {listed(conditions, 3)}" if conditions else ""
    return entry


def _title(entry: Entry) -> str | None:
    names = (entry.at("identificationModule", key) for key in ("officialTitle", "briefTitle"))
    return next((" ".join(name.split()) for name in names if isinstance(name, str) and name.strip()), None)


def _topics(entry: Entry) -> list[str]:
    module = entry.at("conditionsModule")
    names = [*items(at(module, "conditions")), *items(at(module, "keywords")), *_mesh(entry.study)]
    topics = corpus_topics(name for name in names if isinstance(name, str))
    return ["trials", *(topic for topic in topics if topic not in {"trials", "unsorted"})]


def _mesh(study: object) -> list[Any]:
    modules = ("conditionBrowseModule", "interventionBrowseModule")
    return [at(mesh, "term") for name in modules for mesh in items(at(study, "derivedSection", name, "meshes"))]
