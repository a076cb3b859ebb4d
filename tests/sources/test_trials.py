"""A register entry becomes plain sentences that stand alone and hold no dose; a field that is not sound gives none."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from askms.errors import SourceUnreadable
from askms.guardrails.showing import amount_in, directive_in, unshowable
from askms.sentences import needs_previous, split_sentences
from askms.sources.reader import Found, edited_by_hand
from askms.sources.trials import TrialsReader
from askms.sources.trials_words import amounts_in
from askms.types import EvidenceLevel, SourceStatus, Trust

if TYPE_CHECKING:
    from tests.sources.servers import Answer, Asked, Server
else:  # pytest puts this folder on the path, not the one above
    from servers import Answer, Asked, Server

STUDY: Final[dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "trial.json").read_text(encoding="utf-8"))
NCT: Final = "NCT99999901"
TODAY: Final = date(2026, 11, 21)
IT: Final = "the trial NCT99999901 (SAMPLING-MS) on Multiple Sclerosis and Fatigue"
SUBJECT: Final = "Trial NCT99999901 (SAMPLING-MS) on Multiple Sclerosis and Fatigue"
PLACES: Final = {
    "id": "identificationModule",
    "status": "statusModule",
    "sponsor": "sponsorCollaboratorsModule",
    "conditions": "conditionsModule",
    "design": "designModule",
    "arms": "armsInterventionsModule",
    "outcomes": "outcomesModule",
    "who": "eligibilityModule",
}


def study(nct: str = NCT, /, *, has_results: object = False, **modules: Mapping[str, object]) -> dict[str, Any]:
    """The sample entry with some fields changed; ... takes a field away."""
    made = deepcopy(STUDY)
    made["protocolSection"]["identificationModule"]["nctId"] = nct
    made["hasResults"] = has_results
    for name, changes in modules.items():
        module = made["protocolSection"][PLACES[name]]
        module.update(changes)
        for key in [key for key, value in changes.items() if value is ...]:
            del module[key]
    return made


def sent(value: object) -> Answer:
    return Answer(body=json.dumps(value).encode(), kind="application/json")


def page(*studies: object, token: str | None = None, total: int | None = None) -> Answer:
    more = {"nextPageToken": token} if token else {}
    return sent({"studies": list(studies), **more, **({"totalCount": total} if total is not None else {})})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """ClinicalTrials.gov, on this machine."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Server() as running:
        running.on(f"/studies/{NCT}", sent(STUDY))
        running.on("/studies", page(STUDY, total=1))
        yield running


@pytest.fixture
def rests() -> list[float]:
    """How long the reader rested between tries."""
    return []


@pytest.fixture
def reader(server: Server, rests: list[float]) -> TrialsReader:
    return TrialsReader(base_url=server.url, sleep=rests.append, today=TODAY, timeout=5)


def read(server: Server, reader: TrialsReader, entry: Mapping[str, Any] = STUDY) -> Found:
    server.on(f"/studies/{NCT}", sent(entry))
    (found,) = reader.read(NCT)
    return found


def told(found: Found) -> list[str]:
    """Every sentence, in order."""
    document = found.document
    return [s for part in document.sections for s in split_sentences(document.body[part.start : part.end])]


def under(found: Found, words: str) -> list[str]:
    """The sentences under the one heading that holds these words, or nothing if there is no such heading."""
    document = found.document
    parts = [part for part in document.sections if words in part.heading]
    assert len(parts) < 2
    return split_sentences("".join(document.body[part.start : part.end] for part in parts))


def refused(reader: TrialsReader, origin: str = NCT) -> SourceUnreadable:
    with pytest.raises(SourceUnreadable) as caught:
        list(reader.read(origin))
    assert str(caught.value) == f"{caught.value.origin}: {caught.value.problem}. {caught.value.fix}"
    return caught.value


@pytest.mark.parametrize(
    ("origin", "accepted"),
    [
        ("https://clinicaltrials.gov/study/NCT99999901", True),
        ("https://www.clinicaltrials.gov/study/nct99999901?term=x&rank=1", True),
        ("https://clinicaltrials.gov/ct2/show/NCT99999901", True),
        ("clinicaltrials.gov/study/NCT99999901", True),
        (" nct99999901 ", True),
        ("trials:ketamine fatigue", True),
        ("Trials: x", True),
        ("https://clinicaltrials.gov/study/NCT999999011", False),
        ("https://clinicaltrials.gov/search?term=ketamine", False),
        ("https://clinicaltrials.gov.example.org/study/NCT99999901", False),
        ("https://example.org/clinicaltrials.gov/study/NCT99999901", False),
        ("NCT9999990", False),
        ("pubmed:ketamine", False),
        ("trials.pdf", False),
    ],
)
def test_reader_accepts_entries_and_searches_of_the_register_only(origin: str, accepted: bool) -> None:
    assert TrialsReader().accepts(origin) is accepted


def test_entry_becomes_a_document(server: Server, reader: TrialsReader) -> None:
    document = read(server, reader).document

    assert (document.id, document.nct, document.doi, document.pmid) == ("nct99999901", NCT, None, None)
    assert document.url == "https://clinicaltrials.gov/study/NCT99999901"
    assert document.title == (
        "An Invented Trial of Ketamine for Fatigue in People With Multiple Sclerosis Who Do Not Exist"
    )
    assert document.plain_title == f"Register entry of {IT}"
    assert document.authors == ("Example University", "Sample Pharma, Inc.")
    assert (document.venue, document.year, document.as_of) == ("ClinicalTrials.gov", 2025, "2025-12-12")
    assert (document.evidence_level, document.trust) == (EvidenceLevel.REGISTRY_ENTRY, Trust.B)
    assert (document.status, document.n) == (SourceStatus.CURRENT, None)
    assert document.expected_completion == "2026-10-01"
    assert document.population == "people in one trial on Multiple Sclerosis and Fatigue"
    assert document.topics == ("trials", "fatigue", "sleep", "ketamine")
    assert document.provenance is not None
    assert (document.provenance.reader, document.provenance.origin) == ("trials", document.url)
    assert document.checked_on == document.provenance.retrieved_on == TODAY
    assert not edited_by_hand(document)


def test_fields_are_told_in_plain_sentences(server: Server, reader: TrialsReader) -> None:
    assert told(read(server, reader)) == [
        f"{SUBJECT} looks at Ketamine (drug) and Midazolam (drug).",
        f"{SUBJECT} is in phases 2 and 3.",
        f"As of 12 December 2025, {IT} was looking for participants.",
        f"As of 12 December 2025, {IT} was planned for 110 people.",
        f"{SUBJECT} has 2 groups.",
        f"{SUBJECT} has a group called Ketamine first, which gets what is being tested.",
        f"{SUBJECT} is for people aged 18 to 65 years.",
        f"{SUBJECT} is for people of any sex.",
        f"One rule for joining {IT}, in the register's words, is: Diagnosis of multiple sclerosis by the 2017 McDonald "
        "criteria.",
        f"One rule for joining {IT}, in the register's words, is: Fatigue as a main symptom.",
        f"One rule that keeps people out of {IT}, in the register's words, is: Pregnant or breastfeeding.",
        f"One rule that keeps people out of {IT}, in the register's words, is: Uncontrolled high blood pressure.",
        f"The register gives more rules on who can join {IT} than stand here.",
        f"Example University is the sponsor of {IT}.",
        f"Sample Pharma, Inc. works with the sponsor of {IT}.",
        f"{SUBJECT} started on 15 August 2022.",
        f"As of 12 December 2025, {IT} was expected to have all it needs for its main result in September 2026.",
        f"As of 12 December 2025, {IT} was expected to end on 1 October 2026.",
        f"As of 21 November 2026, the register ClinicalTrials.gov held no results of {IT}.",
        f"One main result that {IT} measures, in the register's words, is: Change in the Example Fatigue Scale.",
    ]


def test_review_names_what_was_left_out(server: Server, reader: TrialsReader) -> None:
    assert read(server, reader).review == (
        "The sentences were made from the register's fields by fixed patterns: read each of them once.",
        "The group 'Midazolam 0.05 mg/kg' was left out, as it holds an amount or a schedule.",
        "8 rules on who can join were left out: read them at https://clinicaltrials.gov/study/NCT99999901.",
        "n is empty, as the register gives no number of people who took part.",
    )


def test_every_sentence_stands_alone_and_holds_no_dose(server: Server, reader: TrialsReader) -> None:
    for sentence in told(read(server, reader)):
        assert "NCT99999901 (SAMPLING-MS) on Multiple Sclerosis and Fatigue" in sentence
        assert not needs_previous(sentence)
        assert amount_in(sentence) is None
        assert directive_in(sentence) is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("RECRUITING", "was looking for participants"),
        ("NOT_YET_RECRUITING", "was not yet looking for participants"),
        ("ENROLLING_BY_INVITATION", "was taking only people who had been invited"),
        ("ACTIVE_NOT_RECRUITING", "was still running but was not taking new participants"),
        ("SUSPENDED", "had been halted and might start again"),
        ("TERMINATED", "had been stopped early"),
        ("COMPLETED", "had ended as planned"),
        ("WITHDRAWN", "had been called off before anybody joined"),
    ],
)
def test_status_is_told_in_words_with_its_date(server: Server, reader: TrialsReader, code: str, words: str) -> None:
    found = read(server, reader, study(status={"overallStatus": code}))

    assert under(found, "looking for participants") == [f"As of 12 December 2025, {IT} {words}."]


@pytest.mark.parametrize("code", ["SOMETHING_NEW", "WITHHELD", "", None, 3, ["RECRUITING"], ...])
def test_status_that_is_not_known_is_not_told(server: Server, reader: TrialsReader, code: object) -> None:
    found = read(server, reader, study(status={"overallStatus": code}))

    assert under(found, "looking for participants") == []
    assert any("was not put into words" in note for note in found.review)
    assert found.document.expected_completion is None


def test_trial_that_was_lost_sight_of_is_not_called_running(server: Server, reader: TrialsReader) -> None:
    status = {"overallStatus": "UNKNOWN", "lastKnownStatus": "RECRUITING", "statusVerifiedDate": "2019-03"}
    found = read(server, reader, study(status=status))

    assert under(found, "looking for participants") == [
        f"As of 21 November 2026, the register ClinicalTrials.gov did not know whether {IT} was still running.",
        f"When the register last heard, in March 2019, {IT} was looking for participants.",
    ]
    assert found.document.expected_completion is None
    assert "was expected" not in found.document.body


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("Slow enrolment", True),
        ("No funds. The sponsor closed.", False),
        ("Side effects at 40 mg", False),
        (None, False),
    ],
)
def test_reason_for_stopping_is_told_if_it_is_one_sentence(
    server: Server, reader: TrialsReader, reason: str | None, said: bool
) -> None:
    found = read(server, reader, study(status={"overallStatus": "TERMINATED", "whyStopped": reason}))

    expected = f"The register gives as the reason why {IT} had been stopped early: {reason}."
    assert (expected in told(found)) is said
    assert len(under(found, "looking for participants")) == 1 + said


def test_reason_is_not_told_of_a_trial_that_was_not_stopped(server: Server, reader: TrialsReader) -> None:
    found = read(server, reader, study(status={"whyStopped": "Slow enrolment"}))

    assert "Slow enrolment" not in found.text


@pytest.mark.parametrize(
    ("enrolment", "status", "sentence", "n"),
    [
        ({"count": 18, "type": "ACTUAL"}, "COMPLETED", f"The register counts 18 people who joined {IT}.", 18),
        ({"count": 1, "type": "ACTUAL"}, "COMPLETED", f"The register counts 1 person who joined {IT}.", 1),
        ({"count": 0, "type": "ACTUAL"}, "WITHDRAWN", f"Nobody joined {IT}.", None),
        ({"count": 0, "type": "ACTUAL"}, "COMPLETED", None, None),
        ({"count": 110}, "RECRUITING", None, None),
        ({"count": -5, "type": "ACTUAL"}, "COMPLETED", None, None),
        ({"count": "18", "type": "ACTUAL"}, "COMPLETED", None, None),
        ({"count": True, "type": "ACTUAL"}, "COMPLETED", None, None),
        ({"type": "ACTUAL"}, "COMPLETED", None, None),
        (None, "COMPLETED", None, None),
    ],
)
def test_only_people_who_took_part_are_counted(
    server: Server, reader: TrialsReader, enrolment: object, status: str, sentence: str | None, n: int | None
) -> None:
    found = read(server, reader, study(design={"enrollmentInfo": enrolment}, status={"overallStatus": status}))

    assert under(found, "How many people") == ([sentence] if sentence else [])
    assert found.document.n == n


@pytest.mark.parametrize(
    ("phases", "words"),
    [
        (["PHASE1"], "phase 1"),
        (["PHASE1", "PHASE2"], "phases 1 and 2"),
        (["EARLY_PHASE1"], "early phase 1"),
        (["NA"], None),
        (["PHASE2", "PHASE9"], None),
        ("PHASE2", None),
        ([], None),
        (..., None),
    ],
)
def test_phase_is_told_if_it_is_known(server: Server, reader: TrialsReader, phases: object, words: str | None) -> None:
    found = read(server, reader, study(design={"phases": phases}))

    assert [s for s in told(found) if " phase" in s] == ([f"{SUBJECT} is in {words}."] if words else [])


@pytest.mark.parametrize(
    "label",
    [
        "Ketamine 0.5 mg/kg",
        "Ocrelizumab 600mg",
        "20-40 mg arm",
        "Vitamin D 4,000 IU",
        "Two tablets",
        "Ketamine once daily",
        "Every 6 months",
        "Baclofen b.i.d",
        "Q4W dosing",
        "5-day course",
        "Saline 0.9%",
        "<b>Ketamine</b>",
        "See https://example.org",
        "What you take",
        "x" * 121,
        "A\u0000B",
        "",
        7,
    ],
)
def test_label_with_a_dose_or_without_plain_words_is_left_out(
    server: Server, reader: TrialsReader, label: object
) -> None:
    arms = {"armGroups": [{"label": label, "type": "EXPERIMENTAL"}], "interventions": [{"type": "DRUG", "name": label}]}
    found = read(server, reader, study(arms=arms))

    assert under(found, "Which groups") == []
    assert not any("looks at" in sentence for sentence in told(found))
    assert sum("was left out, as it" in note for note in found.review) == 2


def test_whatever_would_never_be_shown_is_left_out(server: Server) -> None:
    def withheld(sentence: str) -> bool:
        return "Midazolam" in sentence or "Pregnant" in sentence or "110" in sentence

    reader = TrialsReader(base_url=server.url, today=TODAY, withheld=withheld)
    found = read(server, reader)

    assert f"{SUBJECT} looks at Ketamine (drug) and others." in told(found)
    assert not any(withheld(sentence) for sentence in told(found))
    assert under(found, "How many people") == []
    assert "9 rules on who can join were left out: read them at https://clinicaltrials.gov/study/NCT99999901." in (
        found.review
    )
    assert [note for note in found.review if "110" in note] == [
        f"Left out, as it would never be shown: As of 12 December 2025, {IT} was planned for 110 people."
    ]


def test_guardrails_leave_the_sentences_as_they_are(server: Server, reader: TrialsReader) -> None:
    guarded = TrialsReader(base_url=server.url, today=TODAY, withheld=unshowable)

    assert told(read(server, guarded)) == told(read(server, reader))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("EXPERIMENTAL", ", which gets what is being tested"),
        ("ACTIVE_COMPARATOR", ", which gets another treatment to compare with"),
        ("PLACEBO_COMPARATOR", ", which gets a placebo to compare with"),
        ("SHAM_COMPARATOR", ", which gets a pretended procedure to compare with"),
        ("NO_INTERVENTION", ", which gets no study treatment"),
        ("OTHER", ""),
        (None, ""),
        ([], ""),
    ],
)
def test_group_is_named_with_its_kind(server: Server, reader: TrialsReader, kind: object, words: str) -> None:
    found = read(server, reader, study(arms={"armGroups": [{"label": "Example arm", "type": kind}]}))

    assert under(found, "Which groups") == [f"{SUBJECT} has a group called Example arm{words}."]


def test_group_that_ends_in_a_letter_ends_its_sentence(server: Server, reader: TrialsReader) -> None:
    found = read(server, reader, study(arms={"armGroups": [{"label": "Arm A"}, {"label": "Arm B"}]}))

    assert under(found, "Which groups")[1:] == [
        f"{SUBJECT} has a group called Arm A.",
        f"{SUBJECT} has a group called Arm B.",
    ]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["Yoga"], "Yoga (behavioural treatment)"),
        (["Yoga", "Ketamine 40 mg"], "Yoga (behavioural treatment) and others"),
        (["Yoga", "Yoga"], "Yoga (behavioural treatment)"),
        (["Yoga", "Yoga 2"], "Yoga (behavioural treatment) and Yoga 2 (behavioural treatment)"),
        (list("ABCDEFGH"), ", ".join(f"{x} (behavioural treatment)" for x in "ABCDEF") + " and others"),
    ],
)
def test_what_is_left_out_of_a_list_is_hinted_at(
    server: Server, reader: TrialsReader, names: list[str], words: str
) -> None:
    interventions = [{"type": "BEHAVIORAL", "name": name} for name in names]
    found = read(server, reader, study(arms={"interventions": interventions}))

    assert f"{SUBJECT} looks at {words}." in told(found)


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        ("18 Years", "65 Years", "aged 18 to 65 years"),
        ("6 Months", "17 Years", "aged 6 months to 17 years"),
        ("18 Years", ..., "aged 18 years or older"),
        (..., "1 Year", "aged 1 year or younger"),
        ("N/A", None, None),
        (18, "old", None),
    ],
)
def test_ages_are_told_as_the_register_gives_them(
    server: Server, reader: TrialsReader, least: object, most: object, words: str | None
) -> None:
    found = read(server, reader, study(who={"minimumAge": least, "maximumAge": most}))

    assert [s for s in told(found) if " aged " in s] == ([f"{SUBJECT} is for people {words}."] if words else [])


@pytest.mark.parametrize(
    ("sex", "words"),
    [("FEMALE", "female participants only"), ("MALE", "male participants only"), ("X", None), (None, None), ([], None)],
)
def test_sex_is_told_if_it_is_known(server: Server, reader: TrialsReader, sex: object, words: str | None) -> None:
    found = read(server, reader, study(who={"sex": sex, "minimumAge": ..., "maximumAge": ...}))

    assert [s for s in told(found) if " is for " in s] == ([f"{SUBJECT} is for {words}."] if words else [])


def test_trial_that_has_ended_was_for_people(server: Server, reader: TrialsReader) -> None:
    found = read(server, reader, study(status={"overallStatus": "COMPLETED"}))

    assert f"{SUBJECT} was for people aged 18 to 65 years." in told(found)


@pytest.mark.parametrize(
    ("criteria", "rules"),
    [
        (
            "Inclusion Criteria:\n* Able to walk\nExclusion Criteria:\n* Has a pacemaker",
            ["Able to walk", "Has a pacemaker"],
        ),
        ("Inclusion Criteria\n\n1. Able to walk.\n2. Able to talk.", ["Able to walk", "Able to talk"]),
        ("  INCLUSION CRITERIA  \n\n  - Able to walk", ["Able to walk"]),
        ("* Able to walk", []),
        ("People who are able to walk", []),
        ("Inclusion Criteria:\n* Able to walk\nonly with help\n* Able to talk", []),
        ("Inclusion Criteria:\n* Able to walk\n\nControls:\n* Able to talk", []),
        ("Inclusion Criteria:\n* One of\n  * Able to walk\n* Able to talk", ["Able to talk"]),
        ("Inclusion Criteria:\n* Takes 20 mg baclofen\n* Takes it twice daily", []),
        ("Inclusion Criteria:\n* Must stop smoking\n* You can walk\n* EDSS \\<= 6\n* Able to walk and", []),
        (f"Inclusion Criteria:\n* {'very ' * 20}ill", []),
        ("", []),
        (None, []),
        (["Able to walk"], []),
    ],
)
def test_rules_on_who_can_join_are_told_only_if_they_stand_alone(
    server: Server, reader: TrialsReader, criteria: object, rules: list[str]
) -> None:
    found = read(server, reader, study(who={"eligibilityCriteria": criteria}))

    assert [s.rpartition(" is: ")[2] for s in told(found) if s.startswith("One rule")] == [f"{rule}." for rule in rules]
    lines = [line for line in str(criteria or "").splitlines() if line.strip() and "riteria" not in line.title()]
    all_told = not isinstance(criteria, str) or len(lines) == len(rules)
    assert any("gives more rules" in s for s in told(found)) is not all_told


@pytest.mark.parametrize(
    ("dates", "sentence"),
    [
        ({"date": "2008-05", "type": "ACTUAL"}, f"{SUBJECT} ended in May 2008."),
        ({"date": "2027", "type": "ESTIMATED"}, f"As of 12 December 2025, {IT} was expected to end in 2027."),
        ({"date": "2008-05"}, f"The register gives May 2008 as the end of {IT}."),
        ({"date": "2025-01", "type": "ESTIMATED"}, None),
        ({"date": "2025-13", "type": "ACTUAL"}, None),
        ({"date": "May 2008", "type": "ACTUAL"}, None),
        ({"date": 2008, "type": "ACTUAL"}, None),
        ({}, None),
        ("2027-01-01", f"The register gives 1 January 2027 as the end of {IT}."),
        (None, None),
    ],
)
def test_dates_are_told_as_facts_or_as_expectations(
    server: Server, reader: TrialsReader, dates: object, sentence: str | None
) -> None:
    gone = {"startDateStruct": ..., "primaryCompletionDateStruct": ...}
    found = read(server, reader, study(status={**gone, "completionDateStruct": dates}))

    assert under(found, "start and end") == ([sentence] if sentence else [])


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({}, "2026-10-01"),
        ({"completionDateStruct": ...}, "2026-09"),
        ({"completionDateStruct": {"date": "2025-01", "type": "ACTUAL"}}, "2026-09"),
        ({"overallStatus": "COMPLETED"}, None),
        ({"overallStatus": "UNKNOWN"}, None),
        ({"completionDateStruct": ..., "primaryCompletionDateStruct": ...}, None),
    ],
)
def test_expected_completion_is_kept_while_the_trial_runs(
    server: Server, reader: TrialsReader, status: Mapping[str, object], expected: str | None
) -> None:
    assert read(server, reader, study(status=status)).document.expected_completion == expected


@pytest.mark.parametrize(
    ("has_results", "posted", "sentence"),
    [
        (
            True,
            "2024-02-03",
            f"Results of {IT} were first posted in the register ClinicalTrials.gov on 3 February 2024.",
        ),
        (True, None, f"As of 21 November 2026, the register ClinicalTrials.gov held results of {IT}."),
        (False, "2024-02-03", None),
        (None, None, None),
        ("no", None, None),
    ],
)
def test_results_are_told_where_the_register_agrees_with_itself(
    server: Server, reader: TrialsReader, has_results: object, posted: str | None, sentence: str | None
) -> None:
    status = {"resultsFirstPostDateStruct": {"date": posted, "type": "ACTUAL"}}
    found = read(server, reader, study(has_results=has_results, status=status))

    assert under(found, "Have results") == ([sentence] if sentence else [])


@pytest.mark.parametrize(
    ("status", "as_of"),
    [
        ({"lastUpdatePostDateStruct": ...}, "2025-12-10"),
        ({"lastUpdatePostDateStruct": ..., "lastUpdateSubmitDate": "soon"}, "2025-12"),
        ({"lastUpdatePostDateStruct": {"date": "2025"}, "lastUpdateSubmitDate": ...}, "2025"),
    ],
)
def test_date_of_the_entry_is_the_latest_that_the_register_gives(
    server: Server, reader: TrialsReader, status: Mapping[str, object], as_of: str
) -> None:
    document = read(server, reader, study(status=status)).document

    assert (document.as_of, document.year) == (as_of, 2025)


def test_entry_without_a_date_tells_no_status(server: Server, reader: TrialsReader) -> None:
    status = {"lastUpdatePostDateStruct": ..., "lastUpdateSubmitDate": ..., "statusVerifiedDate": ...}
    found = read(server, reader, study(status=status))

    assert under(found, "looking for participants") == []
    assert found.document.as_of == "2026-11-21"
    assert "The register gives no date for this entry: as_of is the day it was read." in found.review


@pytest.mark.parametrize(
    ("conditions", "on"),
    [
        (["Optic Neuritis"], " on Optic Neuritis"),
        (["A", "B", "C", "D"], " on A, B, C and others"),
        ([], ""),
        ("Optic Neuritis", ""),
        ([None, {}, "Fatigue<br>"], ""),
    ],
)
def test_trial_is_named_with_what_it_is_on(server: Server, reader: TrialsReader, conditions: object, on: str) -> None:
    found = read(server, reader, study(conditions={"conditions": conditions}))

    assert f"Trial NCT99999901 (SAMPLING-MS){on} started on 15 August 2022." in told(found)


@pytest.mark.parametrize("acronym", [..., None, "A<b>", "x" * 41])
def test_trial_without_a_sound_short_name_is_called_by_its_number(
    server: Server, reader: TrialsReader, acronym: object
) -> None:
    found = read(server, reader, study(id={"acronym": acronym}))

    assert "Trial NCT99999901 on Multiple Sclerosis and Fatigue started on 15 August 2022." in told(found)


@pytest.mark.parametrize(
    ("kind", "start"),
    [("OBSERVATIONAL", "Study"), ("EXPANDED_ACCESS", "Expanded access programme"), (None, "Study"), ([], "Study")],
)
def test_what_is_no_trial_is_not_called_one(server: Server, reader: TrialsReader, kind: object, start: str) -> None:
    found = read(server, reader, study(design={"studyType": kind}))

    assert f"{start} NCT99999901 (SAMPLING-MS) on Multiple Sclerosis and Fatigue started on 15 August 2022." in told(
        found
    )
    assert " trial " not in found.document.body.lower()


def test_several_collaborators_are_told_in_one_sentence(server: Server, reader: TrialsReader) -> None:
    found = read(server, reader, study(sponsor={"collaborators": [{"name": "One"}, {"name": "Two"}, "Three", {}]}))

    assert f"One and Two work with the sponsor of {IT}." in told(found)


def test_entry_with_next_to_nothing_in_it_is_refused(server: Server, reader: TrialsReader) -> None:
    bare = {"protocolSection": {"identificationModule": {"nctId": NCT, "briefTitle": "Sample"}}}
    server.on(f"/studies/{NCT}", sent(bare))

    assert str(refused(reader)) == (
        "https://clinicaltrials.gov/study/NCT99999901: says too little to make a source of. Write the file by hand."
    )


def test_entry_without_any_title_is_refused(server: Server, reader: TrialsReader) -> None:
    server.on(f"/studies/{NCT}", sent(study(id={"officialTitle": " ", "briefTitle": None})))

    assert refused(reader).problem == "says too little to make a source of"


def test_entry_that_breaks_the_format_is_refused(server: Server, reader: TrialsReader) -> None:
    server.on(f"/studies/{NCT}", sent(study(id={"officialTitle": "x" * 1001})))

    assert "does not fit the corpus (title:" in refused(reader).problem


def test_another_entry_than_the_one_asked_for_is_refused(server: Server, reader: TrialsReader) -> None:
    server.on(f"/studies/{NCT}", sent(study("NCT99999977", id={"nctIdAliases": ...})))

    assert str(refused(reader)) == "NCT99999901: was answered with another entry (NCT99999977). Try again later."


def test_old_number_leads_to_the_entry_and_is_pointed_out(server: Server, reader: TrialsReader) -> None:
    moved = Answer(status=301, headers={"Location": f"{server.url}/studies/{NCT}"})
    server.on("/studies/NCT99999900", moved)

    (found,) = reader.read("https://clinicaltrials.gov/study/NCT99999900")

    assert found.document.nct == NCT
    assert found.review[-1] == "NCT99999900 is an old number of this entry; the register keeps it as NCT99999901 now."


def test_register_that_sends_us_elsewhere_is_not_believed(server: Server, reader: TrialsReader) -> None:
    elsewhere = server.url.replace("127.0.0.1", "localhost")
    server.on(f"/studies/{NCT}", Answer(status=302, headers={"Location": f"{elsewhere}/elsewhere"}))
    server.on("/elsewhere", sent(STUDY))

    assert refused(reader).problem == "sent us on to localhost"


def test_search_reads_page_after_page_up_to_the_limit(server: Server, rests: list[float]) -> None:
    def pages(asked: Asked) -> Answer:
        first = int(asked.params.get("pageToken", "1"))
        studies = [study(f"NCT999999{first + i:02}") for i in range(2)]
        return page(*studies, token=str(first + 2), total=90 if first == 1 else None)

    server.on("/studies", pages)
    reader = TrialsReader(base_url=f"{server.url}/", limit=5, sleep=rests.append, today=TODAY)

    found = list(reader.read("trials: ketamine AND fatigue"))

    assert [source.document.nct for source in found] == [f"NCT9999990{i}" for i in range(1, 6)]
    assert reader.total == 90
    assert [asked.params for asked in server.asked] == [
        {"query.term": "ketamine AND fatigue", "pageSize": "5", "countTotal": "true"},
        {"query.term": "ketamine AND fatigue", "pageSize": "5", "countTotal": "true", "pageToken": "3"},
        {"query.term": "ketamine AND fatigue", "pageSize": "5", "countTotal": "true", "pageToken": "5"},
    ]


@pytest.mark.parametrize("token", ["again", 7])
def test_pages_that_lead_nowhere_end_the_search(server: Server, reader: TrialsReader, token: Any) -> None:
    server.on("/studies", page(STUDY, token=token))

    assert len(list(reader.read("trials:ketamine"))) == 1
    assert len(server.asked) <= 2


def test_empty_page_ends_the_search(server: Server, reader: TrialsReader) -> None:
    server.on("/studies", page(STUDY, token=NCT), page(token=NCT[::-1]))

    assert len(list(reader.read("trials:ketamine"))) == 1
    assert len(server.asked) == 2


def test_unsound_entries_are_skipped_and_counted(server: Server, reader: TrialsReader) -> None:
    server.on("/studies", page({}, None, study("NCT1"), STUDY, STUDY))

    assert [source.document.nct for source in reader.read("trials:ketamine")] == [NCT]
    assert [skipped.problem for skipped in reader.skipped] == [
        "gave an entry without a number ('None')",
        "gave an entry without a number ('None')",
        "gave an entry without a number ('NCT1')",
    ]


def test_search_of_nothing_but_unsound_entries_is_refused(server: Server, reader: TrialsReader) -> None:
    server.on("/studies", page({}))

    assert refused(reader, "trials:ketamine").problem == "gave an entry without a number ('None')"


def test_no_match_is_an_error_that_names_the_search(server: Server, reader: TrialsReader) -> None:
    server.on("/studies", page(total=0))

    assert str(refused(reader, "trials:zzz")) == (
        "trials:zzz: matches nothing in ClinicalTrials.gov. Try fewer or other words."
    )
    assert reader.total == 0


def test_empty_search_asks_nobody(server: Server, reader: TrialsReader) -> None:
    assert refused(reader, "trials: ").problem == "was given an empty search"
    assert server.asked == []


def test_origin_of_another_kind_is_refused(reader: TrialsReader) -> None:
    assert refused(reader, "paper.pdf").problem == "is no address, number or search of ClinicalTrials.gov"


@pytest.mark.parametrize("limit", [0, -3])
def test_limit_below_one_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match=f"limit is {limit}"):
        TrialsReader(limit=limit)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_busy_register_is_asked_again_after_a_rest(
    server: Server, reader: TrialsReader, rests: list[float], status: int
) -> None:
    server.on(
        f"/studies/{NCT}", Answer(status=status, headers={"Retry-After": "9"}), Answer(status=status), sent(STUDY)
    )

    assert [found.document.nct for found in reader.read(NCT)] == [NCT]
    assert rests == [9.0, 2.0]


def test_register_that_fails_for_ever_is_given_up(server: Server, reader: TrialsReader, rests: list[float]) -> None:
    server.on(f"/studies/{NCT}", Answer(status=500))

    assert str(refused(reader)) == "ClinicalTrials.gov: answered with status 500 after 4 tries. Try again later."
    assert (len(server.asked), rests) == (4, [1.0, 2.0, 4.0])


def test_number_that_the_register_does_not_have_is_named(server: Server, reader: TrialsReader) -> None:
    assert str(refused(reader, "NCT00000000")) == "ClinicalTrials.gov: has no entry NCT00000000. Check the number."
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [400, 403])
def test_refusal_is_told_at_once(server: Server, reader: TrialsReader, status: int) -> None:
    server.on("/studies", Answer(status=status, body=b"no", kind="text/plain"))

    assert refused(reader, "trials:ketamine").problem == f"refused the request (status {status})"
    assert len(server.asked) == 1


def test_register_that_hangs_is_given_up(server: Server, rests: list[float]) -> None:
    reader = TrialsReader(base_url=server.url, sleep=rests.append, timeout=0.1)
    server.on(f"/studies/{NCT}", Answer(hangs=True))

    assert refused(reader).problem == "could not be reached (ReadTimeout) after 4 tries"


def test_register_that_drips_is_given_up(server: Server, rests: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("askms.sources.trials.PATIENCE", 1)
    reader = TrialsReader(base_url=server.url, sleep=rests.append, timeout=0.1)
    server.on(f"/studies/{NCT}", Answer(drips=True))

    assert refused(reader).problem == "was still sending its answer when 0 seconds were over after 4 tries"


def test_register_that_is_not_there_is_given_up(server: Server, rests: list[float]) -> None:
    reader = TrialsReader(base_url="http://127.0.0.1:1", sleep=rests.append)

    assert refused(reader).problem == "could not be reached (ConnectError) after 4 tries"


def test_answer_that_breaks_off_is_asked_for_again(server: Server, reader: TrialsReader, rests: list[float]) -> None:
    whole = json.dumps(STUDY).encode()
    server.on(f"/studies/{NCT}", Answer(body=whole[:500], missing=len(whole) - 500), sent(STUDY))

    assert [found.document.nct for found in reader.read(NCT)] == [NCT]
    assert rests == [1.0]


def test_huge_answer_is_not_read_to_its_end(server: Server) -> None:
    reader = TrialsReader(base_url=server.url, max_bytes=100_000)
    server.on(f"/studies/{NCT}", Answer(body=b" " * 1_000_000))

    assert refused(reader).problem == "answered with more than 100,000 bytes"
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "answered with something that is not JSON"),
        (b"<!DOCTYPE html><html><body>Maintenance</body></html>", "answered with something that is not JSON"),
        (json.dumps({"studies": [STUDY]}).encode()[:-9], "answered with something that is not JSON"),
        (b"\xff\xfe\x00", "answered with something that is not JSON"),
        (b"[" * 100_000, "answered with something that is not JSON"),
        (b"[]", "answered with JSON of another form"),
        (b"{}", "answered without a list of studies"),
        (b'{"studies": {"a": 1}}', "answered without a list of studies"),
    ],
)
def test_answer_that_is_not_the_registers_json_is_refused(
    server: Server, reader: TrialsReader, body: bytes, problem: str
) -> None:
    server.on("/studies", Answer(body=body, kind="application/json"))

    assert refused(reader, "trials:ketamine").problem == problem


def test_reader_says_who_it_is(server: Server, reader: TrialsReader) -> None:
    list(reader.read(NCT))

    agent = server.asked[0].headers["User-Agent"]
    assert agent.startswith("python-httpx/")
    assert agent.endswith(" askms")


def test_missing_httpx_is_named_with_its_command(reader: TrialsReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)

    assert str(refused(reader)) == "ClinicalTrials.gov: needs httpx, which is not installed. Run: pip install httpx."


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("ketamine 0.5 mg/kg over 40 minutes", ["0.5 mg/kg"]),
        ("20-40 mg, then 100 µg and 5\u00a0μg", ["20-40 mg", "100 µg", "5\u00a0μg"]),
        ("one tablet or half a capsule", ["one tablet", "half a capsule"]),
        ("18 people, 25%, day 28, T2 lesions, NCT99999901, 3 T, 5 points", []),
    ],
)
def test_amounts_are_figures_with_a_unit(text: str, amounts: list[str]) -> None:
    assert amounts_in(text) == amounts


def paths(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where each value of the sample entry stands."""
    if path:
        yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:
        yield from paths(item, (*path, key))


ODD: Final[tuple[object, ...]] = (
    None, [], {}, 0, -1, True, 1.5, 10**12, "", "x", "10 mg daily", "Stop it. You must.", "a" * 500, "\u0000", "# x",
    "Line\nbreak", "UNKNOWN", "WITHDRAWN", [[]], [None], {"date": []}, "2025-13",
)  # fmt: skip


@settings(max_examples=30)  # each needs a server of its own
@given(where=st.lists(st.sampled_from(list(paths(STUDY))), min_size=1, max_size=4), odd=st.sampled_from(ODD))
def test_entry_with_odd_fields_is_told_soundly_or_refused(where: list[tuple[Any, ...]], odd: object) -> None:
    entry = deepcopy(STUDY)
    for path in sorted(where, key=len, reverse=True):
        inner: Any = entry
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = odd
    with Server() as server:
        server.on("/studies", page(entry))
        try:
            found = list(TrialsReader(base_url=server.url, today=TODAY).read("trials:x"))
        except SourceUnreadable:
            return
    for sentence in told(found[0]):
        assert NCT in sentence
        assert not needs_previous(sentence)
        assert amount_in(sentence) is None
        assert directive_in(sentence) is None
