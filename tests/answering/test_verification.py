"""Only what holds is kept: exact quotations of passages found this turn, faithful rewordings, fixed sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askms.answering.composing import cite
from askms.answering.verification import settle, verify
from askms.chunks import chunk
from askms.guardrails import named_medicines
from askms.testing import document, no_doubt
from askms.types import Citation, Claim, Document, Draft, Passage
from askms.wording import connecting, study_dose

MOUSE_BODY: Final = """\
## What did the mice show?

In a 2022 study of mice, arketamine reduced the loss of myelin.
The mice did not have MS.
"""


def passage_of(source: Document) -> Passage:
    (passage,) = chunk(source, count_tokens=len, max_tokens=10_000)
    return passage


TRIAL: Final = document("trial")
MOUSE: Final = document("mouse", MOUSE_BODY, evidence_level="animal")
OTHER: Final = document("other", "## Who?\n\nMost people with MS get tired.\nTiredness has many causes.\n")
SOURCES: Final = {source.id: source for source in (TRIAL, MOUSE, OTHER)}
PASSAGE_OF: Final = {source.id: passage_of(source) for source in SOURCES.values()}
PASSAGES: Final = {passage.key: passage for passage in PASSAGE_OF.values()}
ANIMALS, DISAGREE, ANOTHER = connecting("animals"), connecting("disagree"), connecting("another_finds")
DISPUTED, BETTER = connecting("disputed"), connecting("better_sources")


def quoted(source_id: str, position: int) -> Claim:
    passage = PASSAGE_OF[source_id]
    citation = cite(SOURCES[source_id], passage, passage.sentences[position])
    return Claim(text=citation.quote, citations=(citation,))


def reworded(text: str, source_id: str, position: int) -> Claim:
    return Claim(text=text, citations=quoted(source_id, position).citations)


def fixed(*keys: str) -> list[Claim]:
    return [Claim(text=connecting(key)) for key in keys]


def check(*claims: Claim) -> tuple[Sequence[Claim], list[str]]:
    draft, verdicts = verify(
        Draft(claims=claims, writer="test", confidence=0.5), PASSAGES, names=named_medicines, doubts=no_doubt
    )
    assert all(not verdict.allowed and verdict.guard == "verify" for verdict in verdicts)
    return draft.claims, [verdict.reason for verdict in verdicts]


EVERY_QUOTE: Final = [
    quoted(source_id, position) for source_id, p in PASSAGE_OF.items() for position in range(len(p.sentences))
]
CLAIMS: Final = st.sampled_from(EVERY_QUOTE)


def test_an_exact_quotation_is_kept() -> None:
    assert check(quoted("trial", 0)) == ((quoted("trial", 0),), [])


def test_an_empty_draft_stays_empty() -> None:
    assert check() == ((), [])


@given(CLAIMS, st.integers(-400, 400), st.integers(-400, 400))
def test_any_other_offset_is_dropped(claim: Claim, start: int, end: int) -> None:
    citation = replace(claim.citations[0], start=start, end=end)
    changed = Claim(text=claim.text, citations=(citation,))

    kept, _ = check(changed)

    assert kept == ((changed,) if citation == claim.citations[0] else ())


@given(CLAIMS, st.text(max_size=8), st.integers(0, 300), st.integers(0, 3))
def test_any_change_of_the_quotation_is_dropped(claim: Claim, put: str, at: int, cut: int) -> None:
    quote = claim.citations[0].quote
    at = min(at, len(quote))
    changed = quote[:at] + put + quote[at + cut :]
    mutated = Claim(text=changed, citations=(replace(claim.citations[0], quote=changed),))

    kept, _ = check(mutated)

    assert kept == ((mutated,) if changed == quote else ())


@given(CLAIMS, st.text(max_size=20))
def test_any_other_passage_key_is_dropped(claim: Claim, key: str) -> None:
    kept, reasons = check(Claim(text=claim.text, citations=(replace(claim.citations[0], passage_key=key),)))

    assert kept == ()
    assert reasons == ["claim 0: cites a passage that was not retrieved"]


@given(CLAIMS, st.text(max_size=20) | st.sampled_from([*SOURCES]))
def test_any_other_source_is_dropped(claim: Claim, source_id: str) -> None:
    changed = Claim(text=claim.text, citations=(replace(claim.citations[0], source_id=source_id),))

    kept, _ = check(changed)

    assert kept == ((changed,) if source_id == claim.citations[0].source_id else ())


@given(CLAIMS, st.integers(0, 120), st.integers(0, 120))
def test_a_piece_of_a_sentence_is_no_quotation(claim: Claim, skip: int, short: int) -> None:
    whole = claim.citations[0]
    start, end = whole.start + skip, whole.end - short
    passage = PASSAGES[whole.passage_key]
    if start >= end or (start, end) == (whole.start, whole.end):
        return
    piece = replace(whole, start=start, end=end, quote=passage.text[start:end])

    assert check(Claim(text=piece.quote, citations=(piece,))) == ((), ["claim 0: quotation is not whole sentences"])


def test_one_bad_citation_spoils_a_claim_with_a_good_one() -> None:
    good = quoted("trial", 0)
    bad = replace(quoted("other", 0).citations[0], start=1)

    assert check(Claim(text=good.text, citations=(*good.citations, bad)))[0] == ()


def _holds(citation: Citation) -> bool:
    passage = PASSAGES.get(citation.passage_key)
    return passage is not None and passage.text[citation.start : citation.end] == citation.quote


MUTATIONS: Final = st.fixed_dictionaries(
    {},
    optional={
        "start": st.integers(-5, 200),
        "end": st.integers(-5, 200),
        "quote": st.sampled_from(["", " ", "Ketamine cures MS.", *(claim.text for claim in EVERY_QUOTE)]),
        "passage_key": st.sampled_from(["", "0" * 16, *PASSAGES]),
        "source_id": st.sampled_from(["", "nobody", *SOURCES]),
    },
)
TEXTS: Final = st.sampled_from(
    ["Ketamine cures MS.", "", "Take 50 mg a day.", ANIMALS, DISAGREE, ANOTHER, DISPUTED, BETTER, "Hello."]
)


@given(st.lists(st.tuples(CLAIMS, MUTATIONS, st.none() | TEXTS, st.booleans()), max_size=8))
def test_verify_only_ever_removes_and_what_is_left_holds(
    parts: list[tuple[Claim, dict[str, object], str | None, bool]],
) -> None:
    draft = [
        Claim(
            text=claim.text if text is None else text,
            citations=() if bare else (replace(claim.citations[0], **change),),  # type: ignore[arg-type]
        )
        for claim, change, text, bare in parts
    ]

    kept, _ = check(*draft)

    left = iter(draft)
    assert all(any(claim == other for other in left) for claim in kept)  # a subsequence, nothing added or changed
    for claim in kept:
        assert all(_holds(citation) for citation in claim.citations)
        assert claim.citations or claim.text in {ANIMALS, DISAGREE, ANOTHER, DISPUTED, BETTER}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "In a 2021 trial of 81 people with MS, one ketamine infusion did not change fatigue.",
            "number not quoted: 81",
        ),
        ("One ketamine infusion did not change daily fatigue over eight days.", "number not quoted: 8"),
        ("Most people say that one ketamine infusion did not change fatigue.", "number not quoted: most"),
        ("One esketamine infusion did not change daily fatigue over 7 days.", "medicine not quoted: esketamine"),
        ("One ketamine infusion, not modafinil, did not change daily fatigue.", "medicine not quoted: modafinil"),
        ("One ketamine infusion did change daily fatigue over 7 days.", "negation differs from the quotation"),
        ("One ketamine infusion did not change daily fatigue, not over 7 days.", "negation differs from the quotation"),
        ("In 18 women with MS, one ketamine infusion did not change daily fatigue.", "population not quoted: woman"),
        (
            "One ketamine infusion did not change daily fatigue over 7 days, so research should look at other drugs "
            "that calm the nerves, the mood and the immune system.",
            "says more than its quotation: calm",
        ),
    ],
)
def test_a_sentence_that_adds_to_its_quotation_is_dropped_for_it(text: str, reason: str) -> None:
    assert check(reworded(text, "trial", 0)) == ((), [f"claim 0: {reason}"])


def test_mice_do_not_become_people() -> None:
    text = "In a 2022 study of people, arketamine reduced the loss of myelin."

    assert check(reworded(text, "mouse", 0))[1] == ["claim 0: population not quoted: people"]


@pytest.mark.parametrize(
    "text",
    [
        "One ketamine infusion did not change daily fatigue over 7 days.",
        "In a 2021 trial of 18 patients with MS, one ketamine drip didn’t change daily tiredness over seven days.",
    ],
)
def test_a_faithful_rewording_is_kept(text: str) -> None:
    claim = reworded(text, "trial", 0)

    assert check(claim) == ((claim,), [])


@pytest.mark.parametrize("text", ["Ketamine cures MS.", "", study_dose("A trial", "People got 40 mg of ketamine.")])
def test_a_sentence_without_citation_must_be_fixed(text: str) -> None:
    assert check(Claim(text=text), quoted("trial", 0))[1] == ["claim 0: neither cited nor an approved sentence"]


def test_a_framed_quotation_is_checked_inside_its_frame() -> None:
    right = Claim(text=study_dose("A trial", quoted("other", 0).text), citations=quoted("other", 0).citations)
    wrong = Claim(text=study_dose("A trial", "People got 40 mg."), citations=quoted("other", 0).citations)

    assert check(right) == ((right,), [])
    assert check(wrong)[0] == ()


def test_a_guard_that_raises_lets_nothing_through() -> None:
    def broken(text: str) -> frozenset[str]:
        raise RuntimeError("no list of medicines")

    draft = Draft(claims=(reworded("Daily fatigue did not change.", "trial", 0),), writer="test", confidence=0.5)

    with pytest.raises(RuntimeError):
        verify(draft, PASSAGES, names=broken, doubts=no_doubt)


def test_a_second_opinion_is_asked_about_other_words_alone_and_can_drop_them() -> None:
    asked = []

    def doubts(sentence: str, quotes: Sequence[str]) -> str | None:
        asked.append((sentence, tuple(quotes)))
        return "the judge calls it unsupported"

    words = quoted("other", 0)
    other = reworded("One ketamine infusion did not change daily fatigue over 7 days.", "trial", 0)
    draft = Draft(claims=(words, other), writer="test", confidence=0.5)

    assert verify(draft, PASSAGES, names=named_medicines, doubts=no_doubt)[0].claims == (words, other)
    kept, verdicts = verify(draft, PASSAGES, names=named_medicines, doubts=doubts)

    assert kept.claims == (words,)
    assert [verdict.reason for verdict in verdicts] == ["claim 1: the judge calls it unsupported"]
    assert asked == [(other.text, (other.citations[0].quote,))]


A1, A2, B1, B2, C1 = quoted("trial", 0), quoted("trial", 1), quoted("other", 0), quoted("other", 1), quoted("mouse", 0)


def left(claims: Sequence[Claim], *dropped: int) -> list[Claim]:
    return list(settle(claims, [position not in dropped for position in range(len(claims))]))


def test_nothing_dropped_nothing_changed() -> None:
    claims = [*fixed("disagree"), A1, A2, *fixed("another_finds"), B1, *fixed("animals"), C1]

    assert left(claims) == claims


def test_quotations_of_one_source_in_a_row_go_together() -> None:
    assert left([A1, A2, B1], 1) == [B1]
    assert left([A1, A2, B1], 0) == [B1]
    assert left([A1, B1, B2], 2) == [A1]


def test_a_sentence_in_other_words_goes_alone() -> None:
    loose = reworded("Daily fatigue changed.", "trial", 0)

    assert left([loose, A2, B1], 0) == [A2, B1]


def test_an_introduction_goes_with_what_it_introduces() -> None:
    assert left([A1, *fixed("animals"), C1], 2) == [A1]
    assert left([*fixed("animals"), C1, A1], 1) == [A1]
    assert left([*fixed("found"), A1, B1], 1) == [*fixed("found"), B1]


def test_an_introduction_that_was_refused_takes_nothing_with_it_but_itself() -> None:
    assert left([*fixed("found"), A1], 0) == [A1]


def test_a_source_without_its_frame_is_not_quoted_later() -> None:
    claims = [*fixed("animals"), C1, *fixed("found"), A1, *fixed("limits"), quoted("mouse", 1)]

    assert left(claims, 1) == [*fixed("found"), A1]


@pytest.mark.parametrize("dropped", [1, 3])
def test_studies_never_disagree_with_one_side(dropped: int) -> None:
    claims = [*fixed("disagree"), A1, *fixed("another_finds"), B1]

    assert left(claims, dropped) == [B1 if dropped == 1 else A1]


def test_what_follows_the_other_side_is_not_taken_for_it() -> None:
    assert left([*fixed("disagree"), A1, *fixed("another_finds"), B1, C1], 3) == [A1, C1]


def test_a_disputed_claim_goes_with_its_answer() -> None:
    claims = [*fixed("disputed"), A1, *fixed("better_sources"), B1]

    assert left(claims, 3) == []
    assert left(claims, 1) == [*fixed("better_sources"), B1]


def test_each_of_two_disputed_claims_has_its_own_answer() -> None:
    claims = [
        *fixed("disputed"),
        A1,
        *fixed("better_sources"),
        B1,
        *fixed("disputed"),
        C1,
        *fixed("better_sources"),
        B2,
    ]

    assert left(claims, 7) == claims[:4]


RUNS: Final = st.lists(
    st.sampled_from(
        [*EVERY_QUOTE, *fixed("disagree", "another_finds", "disputed", "better_sources", "animals", "found")]
    ),
    max_size=10,
)


@given(RUNS, st.data())
def test_settling_leaves_a_subsequence_that_is_already_settled(claims: list[Claim], data: st.DataObject) -> None:
    held = data.draw(st.lists(st.booleans(), min_size=len(claims), max_size=len(claims)))

    kept = settle(claims, held)

    rest = iter(zip(claims, held, strict=True))
    assert all(any(claim == other and holds for other, holds in rest) for claim in kept)
    assert not kept or not kept[-1].is_template
    texts = [claim.text for claim in kept]
    assert DISPUTED not in texts or BETTER in texts[texts.index(DISPUTED) :]
    assert settle(kept, [True] * len(kept)) == kept
