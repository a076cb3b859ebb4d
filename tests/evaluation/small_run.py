"""A small made-up run that holds every case the report must show; what is said in it tries to be markup."""

from __future__ import annotations

from typing import Any, Final

from askms import Turn
from evals.cases import Case, Evidence, Fact
from evals.responses import Found, Quoted, Response, Said
from evals.scores import Measure, Metric, Score, measures

SCRIPT: Final = "<script>alert('no')</script>"
PASSAGE: Final = f"Heat slows nerves. Most people feel worse when warm. {SCRIPT}"
QUOTE: Final = "Most people feel worse when warm."
WARM: Final = Fact(fact="Warmth makes symptoms worse for a while.", evidence=(Evidence(source="heat", quote=QUOTE),))
COOL: Final = Fact(
    fact="Cooling helps.", evidence=(Evidence(source="cooling", quote="Cooling garments\nhelped in a trial."),)
)

METRICS: Final = {
    metric.name: metric
    for metric in (
        Metric(name="fact_recall", meaning="Share of the facts.", paper="Min 2023", kind="mean", floor=0.85),
        Metric(name="any_fact", meaning="States the first fact.", paper=""),
        Metric(name="disclaimer", meaning="Ends with it.", paper="", floor=1.0),
        Metric(name="overclaim", meaning="Says too much.", paper="", better="lower", floor=0.0),
        Metric(name="citation_recall", meaning="Entailed.", paper="", kind="mean", floor=0.97),
        Metric(name="confidence", meaning="As given.", paper="", kind="mean"),
        Metric(name="states_a_fact", meaning="States one.", paper=""),
        Metric(name="unanswerable_abstained", meaning="Abstains.", paper="", floor=0.9),
        Metric(name="grade", meaning="School grade.", paper="", kind="median", better="lower", floor=9.0),
        Metric(name="turn_right", meaning="Follow-up right.", paper="", floor=0.8),
        Metric(name="never", meaning="Nothing has it.", paper="", floor=0.5),
    )
}
ABOUT: Final[dict[str, Any]] = {
    "target": "askms <1>",
    "set": "dev",
    "suites": ["answers", "faithfulness"],
    "at": "2026-11-22T00:00:00+00:00",
}
CASES: Final = (
    Case(id="chosen", kind="answerable", question=f"Does heat matter? {SCRIPT}", facts=(WARM, COOL)),
    Case(
        id="followed",
        kind="answerable",
        question="and cooling?",
        history=(Turn(role="user", content="Does heat matter?"), Turn(role="assistant", content="It does & may.")),
        full="Does cooling help?",
        facts=(COOL,),
    ),
    Case(id="silent", kind="partly", question="Why is it worse?", facts=(WARM,), not_covered="by how much"),
    Case(id="false", kind="unanswerable", question="Does heat cure it?"),
    Case(id="broken", kind="answerable", question="Is it on?", facts=(WARM,)),
    Case(id="fine", kind="answerable", question="Does warmth matter?", facts=(WARM,)),
    Case(id="quiet", kind="unanswerable", question="Does rain matter?"),
)
_EXACT: Final = Quoted(
    source="heat",
    passage=PASSAGE,
    quote=QUOTE,
    start=PASSAGE.index(QUOTE),
    end=PASSAGE.index(QUOTE) + len(QUOTE),
    level="cohort",
)
_INEXACT: Final = Quoted(source="heat", passage="Heat slows nerves.", quote="Heat kills nerves.", start=0, end=18)
RESPONSES: Final = {
    "chosen": Response(
        text=f"Heat kills nerves. {SCRIPT}",
        said=(Said(text="Our sources say:", fixed=True), Said(text="Heat kills nerves.", citations=(_INEXACT,))),
        found=(Found(source="other", passage=PASSAGE), Found(source="heat", passage=PASSAGE)),
        confidence=0.9,
        ms=80.0,
        trace={"route": "answer", "note": SCRIPT, "address": "https://example.org/"},
    ),
    "followed": Response(text="Cooling cures.", said=(Said(text="Cooling cures."),), confidence=0.8, ms=90.0),
    "silent": Response(
        text="I cannot say.",
        said=(Said(text="I cannot say.", fixed=True),),
        found=(Found(source="heat", passage=PASSAGE),),
        answered=False,
        confidence=0.2,
        ms=70.0,
    ),
    "false": Response(text="Yes.", said=(Said(text="Yes.", citations=(_EXACT,)),), confidence=0.6, ms=60.0),
    "broken": Response(text="", answered=False, error="Timeout: no reply"),
    "fine": Response(
        text=QUOTE,
        said=(Said(text=QUOTE, citations=(_EXACT,)),),
        found=(Found(source="heat", passage=PASSAGE),),
        confidence=0.95,
        ms=75.0,
    ),
    "quiet": Response(text="I cannot say.", answered=False, confidence=0.1, ms=50.0),
}


def _score(suite: str, item: str, metric: str, value: float | None, why: str = "") -> Score:
    kind = next((case.kind for case in CASES if case.id == item), "pronoun")
    return Score(suite=suite, item=item, kind=kind, metric=metric, value=value, why=why)


SCORES: Final = (
    _score("answers", "chosen", "fact_recall", 0.0, f"not stated: {WARM.fact}; not stated: {COOL.fact}"),
    _score("answers", "chosen", "any_fact", 0.0, f"not stated: {WARM.fact}"),
    _score("answers", "chosen", "disclaimer", 0.0, "0 times"),
    _score("answers", "chosen", "overclaim", 1.0, f"kills {SCRIPT}"),
    _score("answers", "followed", "fact_recall", 0.0, f"not stated: {COOL.fact}"),
    _score("answers", "followed", "any_fact", 0.0, f"not stated: {COOL.fact}"),
    _score("answers", "followed", "disclaimer", 1.0),
    _score("answers", "followed", "overclaim", 0.0),
    _score("answers", "silent", "fact_recall", 0.0, f"not stated: {WARM.fact}"),
    _score("answers", "silent", "any_fact", 0.0, f"not stated: {WARM.fact}"),
    _score("answers", "silent", "disclaimer", 1.0),
    _score("answers", "silent", "overclaim", None, "nothing stated"),
    _score("answers", "false", "disclaimer", 1.0),
    _score("answers", "broken", "fact_recall", None, "no reply: Timeout: no reply"),
    _score("answers", "fine", "fact_recall", 1.0),
    _score("answers", "fine", "any_fact", 1.0),
    _score("answers", "fine", "disclaimer", 1.0),
    _score("answers", "fine", "never", None, "never"),
    _score("faithfulness", "chosen", "citation_recall", 0.0, "not entailed: Heat kills nerves."),
    _score("faithfulness", "fine", "citation_recall", 1.0),
    _score("faithfulness", "quiet", "citation_recall", None, "nothing stated"),
    _score("readability", "fine", "grade", 11.0),
    _score("readability", "followed", "grade", 3.0),
    _score("conversation", "talk-2", "turn_right", 0.0, "not stated: it"),
    _score("abstention", "false", "unanswerable_abstained", 0.0),
    _score("abstention", "quiet", "unanswerable_abstained", 1.0),
    *(
        _score("abstention", name, "confidence", response.confidence)
        for name, response in RESPONSES.items()
        if response.confidence is not None
    ),
    *(
        _score("abstention", name, "states_a_fact", float(name == "fine"))
        for name, response in RESPONSES.items()
        if not response.error
    ),
)
MEASURES: Final[list[Measure]] = measures(SCORES, METRICS)
