"""The quoting writer shows nothing but whole sentences of sources and fixed words, and never one side alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from askms.answering.choice import with_companions
from askms.answering.composing import cite
from askms.answering.question import Question
from askms.answering.quoting import MOST_DOSES, QuotingWriter
from askms.answering.verification import verify
from askms.embedding import Embedder
from askms.guardrails import named_medicines, unshowable
from askms.index import Snapshot
from askms.precedents import Precedents
from askms.ranking import packaged_ranker
from askms.retrieval import HybridRetriever
from askms.sentences import limits_previous
from askms.testing import SmallIndex, no_doubt, small_index
from askms.types import Claim, Draft, EvidenceLevel, SourceStatus
from askms.wording import connecting, is_fixed, read_frame
from tests.precedented import precedents_of

HEADING: Final = "## Does ketamine help MS fatigue?\n\n"
ASKED: Final = "Does ketamine help MS fatigue?"
DOSE: Final = "People in the trial got ketamine 40 mg in a drip for MS fatigue."
ANSWER: Final = "Ketamine was not shown to help MS fatigue in trials."
CLAIMED: Final = "Ketamine always helps MS fatigue at once."


def writer_of(
    small: SmallIndex,
    *,
    withheld: Callable[[str], bool] = unshowable,
    precedents: Precedents | None = None,
    min_confidence: float = 0.0,
) -> QuotingWriter:
    return QuotingWriter(
        small.snapshot,
        small.embedder,
        names=named_medicines,
        withheld=withheld,
        ranker=None,
        precedents=precedents,
        min_confidence=min_confidence,
    )


def write(
    small: SmallIndex,
    text: str = ASKED,
    *,
    withheld: Callable[[str], bool] = unshowable,
    min_confidence: float = 0.0,
    **options: Any,
) -> Draft:
    writer = writer_of(small, withheld=withheld, min_confidence=min_confidence)
    return writer.write(Question.of(text, **options), small.hits(text))


def test_the_receipts_name_says_what_read_the_sentences(tmp_path: Path) -> None:
    small = small_index(tmp_path, {"trial": {}})
    known = precedents_of(tmp_path / "graded", small.embedder, {ASKED: ("trial", CLAIMED)})

    assert writer_of(small).ranker == "none"
    assert writer_of(small, precedents=known).ranker == f"none, precedents {known.name}"


def source(body: str, **fields: Any) -> Mapping[str, Any]:
    return {"body": HEADING + body + "\n", **fields}


def texts(draft: Draft) -> list[str]:
    return [claim.text for claim in draft.claims]


def is_sound(small: SmallIndex, draft: Draft) -> bool:
    passages = {passage.key: passage for passage in small.snapshot.passages}
    checked, verdicts = verify(draft, passages, names=named_medicines, doubts=no_doubt)
    return checked == draft and not verdicts


def test_every_claim_is_fixed_or_an_exact_quotation(tmp_path: Path) -> None:
    small = small_index(tmp_path, {"trial": {}, "heat": {"body": "## Heat\n\nHeat slows nerves.\n"}})

    draft = write(small)

    assert draft.writer == "quoting"
    assert any(claim.citations for claim in draft.claims)
    assert is_sound(small, draft)


def test_the_same_question_gives_the_same_draft(tmp_path: Path) -> None:
    one, other = small_index(tmp_path / "a", {"t": {}, "u": {}}), small_index(tmp_path / "b", {"u": {}, "t": {}})

    assert write(one) == write(one) == write(other)


def test_nothing_found_and_nothing_sure_are_empty_drafts(tmp_path: Path) -> None:
    small = small_index(tmp_path, {"trial": {}})
    writer = QuotingWriter(
        small.snapshot, small.embedder, names=named_medicines, withheld=unshowable, ranker=None, min_confidence=0.0
    )

    assert writer.write(Question.of(ASKED), []) == Draft(claims=(), writer="quoting", confidence=0.0)
    assert not writer.answers(Question.of(ASKED), [])
    unsure = write(small, min_confidence=1.0)
    assert unsure.claims == ()
    assert 0 < unsure.confidence < 1


@pytest.mark.parametrize("status", ["retracted", "superseded"])
def test_a_withdrawn_source_is_never_quoted(tmp_path: Path, status: str) -> None:
    small = small_index(tmp_path, {"gone": {"status": status}, "kept": source(ANSWER)})

    assert {c.source_id for claim in write(small).claims for c in claim.citations} == {"kept"}
    assert write(small_index(tmp_path / "only", {"gone": {"status": status}})).claims == ()


def test_a_sentence_that_limits_another_is_quoted_with_it(tmp_path: Path) -> None:
    draft = write(small_index(tmp_path, {"trial": {}}))

    first, second = (claim.text for claim in draft.claims if claim.citations)
    assert first.startswith("In a 2021 trial")
    assert second.startswith("However,")


def test_a_withheld_sentence_is_not_chosen_nor_one_that_needs_it(tmp_path: Path) -> None:
    small = small_index(tmp_path, {"trial": source(f"{DOSE} However, MS fatigue stayed. {ANSWER}")})

    said = texts(write(small))

    assert DOSE not in said
    assert "However, MS fatigue stayed." not in said
    assert ANSWER in said


def test_nothing_is_left_when_everything_is_withheld(tmp_path: Path) -> None:
    assert write(small_index(tmp_path, {"trial": {}}), withheld=lambda text: True).claims == ()


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"evidence_level": "animal", "n": 30}, "animals"),
        ({"evidence_level": "case_report", "n": 1}, "one_person"),
        ({"evidence_level": "opinion", "trust": "C"}, "opinion"),
        ({"evidence_level": "anecdote", "trust": "D"}, "stories"),
        ({"evidence_level": "news", "trust": "C"}, "news"),
        ({"evidence_level": "laboratory"}, "laboratory"),
        ({"evidence_level": "pilot_trial", "n": 18}, "small"),
        ({"evidence_level": "guideline", "status": "outdated"}, "outdated"),
    ],
)
def test_a_weak_source_is_framed_before_its_first_quotation(tmp_path: Path, fields: dict[str, Any], key: str) -> None:
    draft = write(small_index(tmp_path, {"weak": source(ANSWER, **fields)}))

    assert texts(draft) == [connecting(key), ANSWER]


def test_the_strongest_evidence_comes_first(tmp_path: Path) -> None:
    small = small_index(
        tmp_path,
        {
            "animal": source("Ketamine was tested for fatigue in mice with MS-like disease.", evidence_level="animal"),
            "review": source("Ketamine for MS fatigue was weighed in a review.", evidence_level="systematic_review"),
            "cohort": source("Ketamine and MS fatigue were followed in a cohort.", evidence_level="cohort"),
        },
    )

    cited = [claim.citations[0].evidence_level for claim in write(small).claims if claim.citations]

    assert len(cited) >= 2
    assert cited == sorted(cited, key=lambda level: level.rank)


def test_what_the_asked_thing_is_comes_before_stronger_evidence_on_its_namesake(tmp_path: Path) -> None:
    own = "An MS relapse means new symptoms that last for a day."
    namesake = "A pseudo-relapse is an old symptom of MS that heat brings back."
    small = small_index(
        tmp_path,
        {
            "namesake": {"body": f"## Pseudo-relapse\n\n{namesake}\n", "evidence_level": "systematic_review"},
            "own": {"body": f"## Relapse\n\n{own}\n", "evidence_level": "patient_organisation"},
        },
    )

    assert [said for said in texts(write(small, "what is a relapse")) if said in (own, namesake)] == [own, namesake]


def test_only_sentences_that_name_the_medicine_asked_about(tmp_path: Path) -> None:
    small = small_index(
        tmp_path,
        {
            "one": source(ANSWER),
            "two": {"body": "## Modafinil and MS fatigue\n\nModafinil helps MS fatigue a little.\n"},
        },
    )

    assert texts(write(small)) == [connecting("small"), ANSWER]


def test_what_was_shown_is_not_repeated(tmp_path: Path) -> None:
    small = small_index(
        tmp_path, {"trial": source(ANSWER, n=500), "other": source("Ketamine and MS fatigue: two trials.", n=500)}
    )

    again = texts(write(small, already_shown=frozenset({ANSWER})))

    assert again
    assert ANSWER not in again


def dispute(**answer: Any) -> dict[str, Mapping[str, Any]]:
    return {
        "clinic": source(
            f"{CLAIMED} Ketamine is given for MS fatigue.",
            evidence_level="anecdote",
            disputed_by=[
                {"sentence": CLAIMED, "why": "No.", "answered_by": [{"source": "trial", "sentence": ANSWER}]},
            ],
        ),
        "trial": {"body": f"## What did it find?\n\n{ANSWER}\n", "n": 500, **answer},
    }


def test_a_disputed_claim_comes_framed_and_with_its_answer(tmp_path: Path) -> None:
    small = small_index(tmp_path, dispute())

    draft = write(small, CLAIMED)

    assert texts(draft) == [
        connecting("disputed"), connecting("stories"), CLAIMED, connecting("better_sources"), ANSWER
    ]  # fmt: skip
    assert is_sound(small, draft)


@pytest.mark.parametrize("answer", [{"status": "retracted"}, {"body": f"## What?\n\n{ANSWER} However, {DOSE}\n"}])
def test_a_disputed_claim_whose_answer_may_not_be_shown_is_not_shown(tmp_path: Path, answer: dict[str, Any]) -> None:
    assert CLAIMED not in texts(write(small_index(tmp_path, dispute(**answer)), CLAIMED))


def test_a_disputed_claim_is_not_carried_along_by_its_neighbour(tmp_path: Path) -> None:
    sources = dispute()
    sources["clinic"] = {
        **sources["clinic"],
        "body": f"{HEADING}{CLAIMED} However, ketamine for MS fatigue costs much.\n",
    }

    for asked in (ASKED, "What does ketamine for MS fatigue cost?"):
        said = texts(write(small_index(tmp_path / str(len(asked)), sources), asked))
        assert CLAIMED not in said or connecting("disputed") in said


POINT: Final = "whether ketamine helps MS fatigue"
YES: Final = "Whether ketamine helps MS fatigue was yes in a survey."
NO: Final = "Whether ketamine helps MS fatigue was no in a review."


def conflict(**other: Any) -> dict[str, Mapping[str, Any]]:
    return {
        "survey": source(YES, evidence_level="survey", conflicts_with=[{"source": "review", "on": POINT}]),
        "review": {**source(NO, evidence_level="systematic_review"), **other},
    }


def test_studies_that_disagree_are_both_quoted_the_stronger_first(tmp_path: Path) -> None:
    draft = write(small_index(tmp_path, conflict()), POINT)

    assert texts(draft) == [connecting("disagree"), NO, connecting("another_finds"), YES]


@pytest.mark.parametrize(
    "other",
    [{"status": "retracted"}, {"body": f"{HEADING}Ketamine 40 mg: whether ketamine helps MS fatigue was no.\n"}],
)
def test_studies_do_not_disagree_when_one_side_may_not_be_shown(tmp_path: Path, other: dict[str, Any]) -> None:
    said = texts(write(small_index(tmp_path, conflict(**other)), POINT))

    assert connecting("disagree") not in said
    assert connecting("another_finds") not in said


def doses(**fields: Any) -> dict[str, Mapping[str, Any]]:
    return {
        f"trial{n}": source(
            f"Trial {n} gave people ketamine {n}0 mg for MS fatigue.", plain_title=f"Trial {n}", **fields
        )
        for n in range(1, 5)
    }


def test_doses_are_framed_only_when_asked_for_and_two_at_most(tmp_path: Path) -> None:
    small = small_index(tmp_path, doses())

    asked, not_asked = write(small, wants_study_dose=True), write(small)

    frames = [read_frame(claim.text) for claim in asked.claims]
    assert 1 <= len(frames) <= MOST_DOSES
    assert all(
        frame and frame.span == claim.citations[0].quote for frame, claim in zip(frames, asked.claims, strict=True)
    )
    assert not_asked.claims == ()
    assert is_sound(small, asked)


@pytest.mark.parametrize("level", [level for level in EvidenceLevel if not level.is_study])
def test_doses_come_from_studies_only(tmp_path: Path, level: EvidenceLevel) -> None:
    draft = write(small_index(tmp_path, doses(evidence_level=level.value)), wants_study_dose=True)

    assert draft.claims == ()


def test_doses_for_people_come_before_doses_for_animals(tmp_path: Path) -> None:
    sources = {**doses(evidence_level="animal"), "people": source(DOSE, plain_title="People")}

    frames = [read_frame(text) for text in texts(write(small_index(tmp_path, sources), wants_study_dose=True))]

    assert [frame.citation for frame in frames if frame] == ["People"]


def test_a_dose_that_leans_on_the_sentence_before_is_not_framed(tmp_path: Path) -> None:
    small = small_index(
        tmp_path, {"trial": source("The plan was changed. However, people got ketamine 40 mg for MS fatigue.")}
    )

    assert write(small, wants_study_dose=True).claims == ()


def test_asking_for_a_dose_that_no_study_names_says_so(tmp_path: Path) -> None:
    assert texts(write(small_index(tmp_path, {"trial": {}}), wants_study_dose=True))[0] == connecting("no_study_dose")


def test_a_citation_carries_what_the_reader_is_told_of_the_source(tmp_path: Path) -> None:
    small = small_index(tmp_path, {"trial": {}})
    document, (passage,) = small.snapshot.document("trial"), small.snapshot.passages

    citation = cite(document, passage, passage.sentences[1])

    assert passage.text[citation.start : citation.end] == citation.quote == passage.sentence(1)
    assert (citation.evidence_level, citation.year, citation.n) == (EvidenceLevel.PILOT_TRIAL, 2021, 18)


REAL_QUESTIONS: Final = (
    "Does ketamine help MS fatigue?", "What are the side effects of ketamine?", "Is Spravato approved for MS?",
    "What is a relapse?", "Can heat make MS worse?", "Is arketamine better?", "How common is depression in MS?",
    "Does vitamin D help MS?", "What is PML?", "Can ketamine harm the bladder?", "How long do people with MS live?",
    "Did the 2021 trial of ketamine find a benefit?", "Does modafinil help MS fatigue?", "Does MS run in families?",
    "Does ketamine slow MS?", "Is low-dose naltrexone good for MS?", "Who can join INKLING-MS?", "What causes MS?",
    "Can I take baclofen with ketamine?", "Does exercise help tiredness?", "Is MS fatal?", "What is optic neuritis?",
    "My mum died of MS, will I?", "Is suicide more common in MS?", "What are the side effects of Avonex?",
)  # fmt: skip


@pytest.fixture(scope="session")
def real_drafts(real_snapshot: Snapshot, real_embedder: Embedder) -> dict[str, Draft]:
    """What the quoting writer says to many questions over the real corpus, with and without study doses asked for."""
    retriever = HybridRetriever(real_snapshot, real_embedder)
    writer = QuotingWriter(
        real_snapshot,
        real_embedder,
        names=named_medicines,
        withheld=unshowable,
        ranker=packaged_ranker(),
        min_confidence=0.0,
    )
    headings = [section.heading for document in real_snapshot.documents.values() for section in document.sections]
    return {
        f"{text} {dose}": writer.write(Question.of(text, wants_study_dose=dose), retriever.retrieve(text, limit=12))
        for text in (*REAL_QUESTIONS, *headings[::20])
        for dose in (False, True)
    }


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "spoken_of"),
    [("My mum died of MS, will I?", False), ("Is MS fatal?", False), ("Is suicide more common in MS?", True)],
)
def test_suicide_is_spoken_of_to_those_who_ask_of_it(
    real_drafts: dict[str, Draft], question: str, spoken_of: bool
) -> None:
    claims = real_drafts[f"{question} False"].claims
    assert claims
    assert any("suicid" in claim.text.lower() for claim in claims) == spoken_of


def _shown(snapshot: Snapshot, claim: Claim) -> tuple[Any, int]:
    citation = claim.citations[0]
    passage = snapshot.passage(citation.passage_key)
    return passage, [span.start for span in passage.sentences].index(citation.start)


@pytest.mark.model
def test_real_answers_hold_and_quote_no_sentence_without_its_companions(
    real_snapshot: Snapshot, real_drafts: dict[str, Draft]
) -> None:
    passages = {passage.key: passage for passage in real_snapshot.passages}
    assert sum(bool(draft.claims) for draft in real_drafts.values()) > 0.9 * len(real_drafts)
    for asked, draft in real_drafts.items():
        assert verify(draft, passages, names=named_medicines, doubts=no_doubt) == (draft, ()), asked
        said = {claim.text for claim in draft.claims}
        for claim in draft.claims:
            if claim.citations and not read_frame(claim.text):
                passage, position = _shown(real_snapshot, claim)
                assert {passage.sentence(at) for at in with_companions(passage, position)} <= said, asked
                assert position or not limits_previous(claim.text), asked


@pytest.mark.model
def test_real_answers_frame_weak_sources_and_never_show_what_is_withheld(
    real_snapshot: Snapshot, real_drafts: dict[str, Draft]
) -> None:
    weak = {
        EvidenceLevel.ANIMAL: "animals", EvidenceLevel.OPINION: "opinion", EvidenceLevel.LABORATORY: "laboratory",
        EvidenceLevel.NEWS: "news", EvidenceLevel.ANECDOTE: "stories",
    }  # fmt: skip
    for asked, draft in real_drafts.items():
        before: list[str] = []
        for claim in draft.claims:
            if claim.citations and not read_frame(claim.text):
                source = real_snapshot.document(claim.citations[0].source_id)
                assert not unshowable(claim.text), asked
                assert source.status is not SourceStatus.RETRACTED
                if source.evidence_level in weak:
                    assert connecting(weak[source.evidence_level]) in before, asked
                if source.evidence_level is EvidenceLevel.CASE_REPORT and source.n == 1:
                    assert connecting("one_person") in before, asked
                disputed = {dispute.sentence for dispute in source.disputed_by}
                assert claim.text not in disputed or connecting("disputed") in before, asked
            elif not claim.citations:
                assert is_fixed(claim.text)
            before.append(claim.text)
        frames = [claim for claim in draft.claims if read_frame(claim.text)]
        assert len(frames) <= (MOST_DOSES if asked.endswith("True") else 0), asked
        assert all(claim.citations[0].evidence_level.is_study for claim in frames)


@pytest.mark.model
def test_no_source_of_the_real_index_is_cut_off_from_what_limits_it(real_snapshot: Snapshot) -> None:
    for passage, after in zip(real_snapshot.passages, real_snapshot.passages[1:], strict=False):
        same_section = passage.source_id == after.source_id and passage.header == after.header
        assert not (same_section and limits_previous(after.sentence(0))), after.text


def test_every_answer_to_a_disputed_claim_is_framed_for_its_own_source(tmp_path: Path) -> None:
    second = "A second small trial did not show that ketamine helps MS fatigue."
    sources = dispute(n=18)
    answers = [{"source": "trial", "sentence": ANSWER}, {"source": "second", "sentence": second}]
    sources["clinic"] = {
        **sources["clinic"],
        "disputed_by": [{"sentence": CLAIMED, "why": "No.", "answered_by": answers}],
    }
    sources["second"] = {"body": f"## What else?\n\n{second}\n", "n": 20}

    said = texts(write(small_index(tmp_path, sources), CLAIMED))

    small = connecting("small")
    assert said[said.index(connecting("better_sources")) :] == [
        connecting("better_sources"), small, ANSWER, small, second
    ]  # fmt: skip
