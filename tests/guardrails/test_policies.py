"""The table of the policy as data: every slot filled on every route, nothing forbidden said or shown."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pytest

import askms.assistant
from askms.assistant import Assistant
from askms.guardrails.policies import parse, policies, policy_of
from askms.guardrails.replies import cards_for, lead_for, tail_for, wants_evidence
from askms.guardrails.screen import Screening, screen
from askms.index import LiveIndex
from askms.reply import Reply
from askms.settings import Settings
from askms.testing import small_index
from askms.types import Flag, Route
from askms.wording import LOCALES, WordingError, line, wording
from askms.wording import parse as parse_wording

RAW: Final = files("askms.guardrails").joinpath("policies.json").read_text(encoding="utf-8")
WORDS: Final = files("askms").joinpath("wording.json").read_text(encoding="utf-8")
KINDS: Final = sorted({*wording().routes, *wording().cards, *policies()} - {"answer"})
LINES: Final = {line(key) for key in ("ai", "injection", "pii", "wellbeing", "if_now", "latched")}


def screening(name: str, *flags: Flag, latched: bool = False) -> Screening:
    """A screening of a route, or of one kind of it, with nothing else in it."""
    route, _, variant = name.partition(".")
    return Screening(
        route=Route(route),
        flags=frozenset(flags),
        question="",
        medicines=(),
        variant=variant or None,
        verdicts=(),
        latched=latched,
    )


def lines_of(case: Screening, locale: str, first_turn: bool) -> list[str]:
    """The fixed words of a reply as a patient reads them."""
    cards = cards_for(case, locale)
    reply = Reply(route=case.route, cards=cards, claims=(*lead_for(case), *tail_for(case, first_turn)))
    return reply.text.removesuffix(reply.disclaimer).strip().replace("\n\n", "\n").split("\n")


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("locale", [*LOCALES, "atlantis"])
@pytest.mark.parametrize("first_turn", [True, False])
@pytest.mark.parametrize("flags", [(), tuple(Flag)])
def test_every_slot_is_filled_and_nothing_forbidden_is_said(
    name: str, locale: str, first_turn: bool, flags: tuple[Flag, ...]
) -> None:
    case = screening(name, *flags, latched=True)
    row = policy_of(case.route, case.variant)

    said = lines_of(case, locale, first_turn)

    own = [text for text in said if text not in LINES or text in _own_words(case)]
    assert row.open_slots("\n".join(own)) == ()
    assert [(scan, text) for text in said for scan, holds in row.never_fixed.items() if holds(text)] == []
    assert (line("ai") in said) >= first_turn


def _own_words(case: Screening) -> tuple[str, ...]:
    words = wording().route(case.route, case.variant)
    return (*words.lead, *words.tail)


def test_a_refusal_says_what_is_not_done_who_can_and_what_else() -> None:
    """I5 of the policy."""
    for route in (Route.MISUSE, Route.DOSING, Route.DECISION, Route.DIAGNOSIS, Route.NO_EVIDENCE, Route.BOUNDARY):
        slots = set(policy_of(route).must_say)
        assert "cannot" in slots
        assert slots & {"who_can", "legal_way", "elsewhere"}
        assert slots & {"offer", "questions", "when", "what_we_cover"} or policy_of(route).evidence


def test_cards_need_no_row() -> None:
    assert [route for route in Route if wants_evidence(route)] == [
        Route.DECISION, Route.DIAGNOSIS, Route.BOUNDARY, Route.ANSWER
    ]  # fmt: skip
    assert not any(policy_of(route).evidence for route in Route if route.is_safety)


@pytest.mark.parametrize(
    ("route", "sentence", "scan"),
    [
        (Route.DECISION, "Ocrelizumab is the best drug for relapsing MS.", "ranking"),
        (Route.DECISION, "Ketamine was a good option for most.", "ranking"),
        (Route.DECISION, "Alemtuzumab was ranked first.", "ranking"),
        (Route.DECISION, "Cladribine should be preferred.", "ranking"),
        (Route.DECISION, "Yes, natalizumab works.", "yes_or_no"),
        (Route.DECISION, "Your nerves heal.", "second_person"),
        (Route.DIAGNOSIS, "Tingling is probably a relapse.", "likelihood"),
        (Route.DIAGNOSIS, "It is likely a new lesion.", "likelihood"),
        (Route.DIAGNOSIS, "Numbness is harmless.", "reassurance"),
        (Route.DIAGNOSIS, "There is no cause for alarm.", "reassurance"),
        (Route.DIAGNOSIS, "This is not a relapse.", "diagnosis"),
        (Route.DIAGNOSIS, "No: this needs a scan.", "yes_or_no"),
        (Route.BOUNDARY, "Food slows what you feel.", "second_person"),
        (Route.ANSWER, "Heat slows your nerves.", "second_person"),
    ],
)
def test_a_route_forbids(route: Route, sentence: str, scan: str) -> None:
    assert policy_of(route).forbids(sentence) == scan


@pytest.mark.parametrize(
    ("route", "sentence"),
    [
        (Route.DECISION, "Ocrelizumab lowered relapses by 46% against interferon in 821 people."),
        (Route.DECISION, "No best drug for relapsing MS can be named, as its ranking was not read."),
        (Route.DECISION, "Which drug works better is not known."),
        (Route.DIAGNOSIS, "A relapse is a new symptom that lasts longer than 24 hours."),
        (Route.DIAGNOSIS, "About 1 in 1,000 people with MS had PML."),
        (Route.ANSWER, "No: a hazard ratio of 0.78 does not mean that MS stops."),
        (Route.ANSWER, "Heat probably slows signals in nerves."),
        (Route.BOUNDARY, "Fampridine was studied with and without food."),
    ],
)
def test_a_route_lets_facts_through(route: Route, sentence: str) -> None:
    assert policy_of(route).forbids(sentence) is None


SOURCES: Final = {
    "ranking": "Ketamine was ranked first against tingling in a relapse.",
    "cause": "Tingling in a relapse after ketamine is probably harmless.",
    "feeling": "Ketamine for tingling in a relapse makes you feel far away.",
    "trial": "Ketamine lowered tingling in a relapse by 3 of 20 points in 18 people with MS.",
}


@pytest.mark.parametrize(
    ("question", "route", "never"),
    [
        ("Should I try ketamine for the tingling of my relapse?", Route.DECISION, ("ranked first", "you feel")),
        ("Is this tingling a relapse? I had ketamine.", Route.DIAGNOSIS, ("probably", "harmless", "you feel")),
    ],
)
def test_what_a_route_forbids_is_in_no_reply(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, question: str, route: Route, never: tuple[str, ...]
) -> None:
    small = small_index(
        tmp_path, {name: {"body": f"## What is known of the {name}?\n\n{said}\n"} for name, said in SOURCES.items()}
    )
    monkeypatch.setattr(askms.assistant, "screen", partial(screen, learned=()))
    assistant = Assistant(Settings(index_dir=small.folder, min_confidence=0.0), small.embedder, LiveIndex(small.folder))

    answer = assistant.answer(question)

    assert answer.reply.route is route
    assert not [words for words in never for claim in answer.reply.claims if claim.citations and words in claim.text]
    assert [claim for claim in answer.reply.claims if claim.citations]
    assert [verdict for verdict in answer.receipt.verdicts if verdict.guard == "route_policy" and not verdict.allowed]


@pytest.mark.parametrize(
    ("path", "value", "names"),
    [
        (("routes", "dosing"), None, "dosing"),
        (("routes", "dosing", "must_say"), None, "must_say"),
        (("routes", "dosing", "must_say", "cannot"), "(", "unterminated|missing"),
        (("routes", "dosing", "never_fixed"), ["no_such_scan"], "no_such_scan"),
        (("routes", "dosing", "colour"), "red", "colour"),
        (("scans", "ranking"), None, "ranking"),
        (("routes", "dosing", "must_say", "cannot"), "never said", "dosing: nothing fills cannot"),
        (("scans", "ranking"), "treatment", "decision: holds ranking"),
    ],
)
def test_a_damaged_file_is_refused_by_name(path: tuple[str, ...], value: object, names: str) -> None:
    with pytest.raises(WordingError, match=names):
        parse(json.dumps(changed(RAW, path, value)), wording())


@pytest.mark.parametrize(
    ("path", "value", "names"),
    [
        (("routes", "dosing", "lead"), ["I can't help with that."], "dosing: nothing fills cannot"),
        (("routes", "misuse", "tail"), ["I can tell you what studies found."], "no_blame, emergency_number"),
        (("routes", "decision", "questions"), ["Is it for me?"], "questions"),
        (("cards", "urgent", "text"), "{today} Call {call} if it gets worse.", "urgent: nothing fills red_flags"),
        (("cards", "emergency", "text"), "Say you have MS and name your medicines.", "no_waiting"),
        (("routes", "emergency", "tail"), ["It could be a relapse."], "emergency: holds .*relapse_or_pml"),
        (("routes", "diagnosis", "tail", 0), "It's probably nothing.", "diagnosis"),
    ],
)
def test_fixed_words_that_break_the_policy_are_refused(path: tuple[str | int, ...], value: object, names: str) -> None:
    words = parse_wording(json.dumps(changed(WORDS, path, value)))

    with pytest.raises(WordingError, match=names):
        parse(RAW, words)


def test_a_file_that_is_not_json_is_refused() -> None:
    with pytest.raises(WordingError, match="Restore"):
        parse("{", wording())


def changed(raw: str, path: tuple[str | int, ...], value: object) -> Any:
    """The file with one place changed, or taken out."""
    data = json.loads(raw)
    place = data
    for key in path[:-1]:
        place = place[key]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return data


def test_a_row_says_nothing_of_other_rows() -> None:
    row = policy_of(Route.OFFTOPIC, "greeting")

    assert row is policies()["offtopic.greeting"]
    assert policy_of(Route.CRISIS, "harm") is policies()["crisis"]
    assert replace(row, must_say={}).open_slots("") == ()
