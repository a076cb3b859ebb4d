"""One run as one HTML file for people: what was measured, and every item that fell short with all that led to it.

The page loads nothing and works without scripts. Whatever a system or a set says is text in it, never markup.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from evals.cases import Case, Fact
from evals.metrics import abstention, calibration
from evals.metrics.abstention import RIGHT as STATES_A_FACT
from evals.metrics.matching import holds
from evals.plots import Plot, amount, intervals, latency, reliability, risk_coverage
from evals.responses import Quoted, Response
from evals.scores import Measure, Metric, Score
from evals.suites.abstention import sureness

WORST: Final = 10
NEAR: Final = 12
"""Passages among which evidence counts as found."""
RANKED: Final = ("answers", "faithfulness")
"""Suites whose shares say how bad an answer is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A measure with the same of the run it is compared with."""

    measure: Measure
    other: Measure | None

    @property
    def verdict(self) -> str:
        """Whether its floor is kept, in words."""
        if not self.measure.of:
            return "nothing scored"
        return {True: "kept", False: "MISSED", None: "no floor"}[self.measure.holds]

    @property
    def is_close(self) -> bool:
        """Whether the interval reaches past the floor, so that chance may have decided."""
        floor = self.measure.metric.floor
        return self.measure.holds is not None and floor is not None and self.measure.low < floor < self.measure.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A suite: its measures, the same by kind of item, and a plot."""

    suite: str
    rows: tuple[Row, ...]
    by_kind: tuple[Row, ...]
    plot: Plot


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A score with what it is a score of."""

    score: Score
    metric: Metric

    @property
    def falls_short(self) -> bool:
        """Whether a reader should look: for a share when it is not good, for others when it is past the floor.

        Half of all items may be past a median. A reply that states no fact may be right, where there is none to state.
        """
        value, floor = self.score.value, self.metric.floor
        if self.metric.kind == "share":
            floor = 1.0 if self.metric.better == "higher" else 0.0
        if value is None or floor is None or self.metric.kind == "median" or self.metric.name == STATES_A_FACT.name:
            return False
        return value < floor if self.metric.better == "higher" else value > floor

    @property
    def goodness(self) -> float | None:
        """0 for bad to 1 for good; none for what is unscored or has no such scale."""
        if self.score.value is None or self.metric.kind not in ("share", "mean"):
            return None
        return self.score.value if self.metric.better == "higher" else 1 - self.score.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A fact that the reply does not state."""

    fact: Fact
    rank: int | None
    """Place of the first passage that holds some of its evidence; none when none of the first `NEAR` does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Everything about one item that was scored."""

    id: str
    kind: str
    scores: tuple[Scored, ...]
    case: Case | None
    """None for what is no case: a turn of a dialogue, a message of the guardrail sets."""
    response: Response | None
    missed: tuple[Missed, ...]
    diagnosis: tuple[str, ...]
    """Why it fell short as far as it can be told, most telling first; often a guess."""

    @property
    def anchor(self) -> str:
        """Its place in the page."""
        return f"case-{self.id}"

    @property
    def bad_suites(self) -> tuple[str, ...]:
        """Suites in which it falls short."""
        return tuple(dict.fromkeys(one.score.suite for one in self.scores if one.falls_short))

    @property
    def is_unscored(self) -> bool:
        """Whether some metric could not be scored."""
        return any(one.score.value is None for one in self.scores)

    @property
    def badness(self) -> tuple[float, float]:
        """For ordering, worst first: mean of the shares of the answer suites, then of their other means."""
        if self.response is not None and self.response.error:
            return 0.0, 0.0
        ranked = [one for one in self.scores if one.score.suite in RANKED]
        return _mean(ranked, "share"), _mean(ranked, "mean")

    def rank_of(self, quoted: Quoted) -> int | None:
        """Place of a cited passage among those found, from 1."""
        found = self.response.found if self.response else ()
        same = (at for at, one in enumerate(found, 1) if (one.source, one.passage) == (quoted.source, quoted.passage))
        return next(same, None)


def report(
    about: Mapping[str, Any],
    measures: Sequence[Measure],
    scores: Iterable[Score],
    responses: Mapping[str, Response],
    cases: Iterable[Case],
    *,
    others: Sequence[Measure] = (),
    other: str = "",
) -> str:
    """The page of one run.

    Args:
        about: what `run.json` holds.
        measures: of all suites, over all items and by kind.
        scores: what the measures were made of.
        responses: by the id of their case.
        cases: what was asked.
        others: measures of another run on the same set, shown beside.
        other: name of the target of that run.
    """
    asked = {case.id: case for case in cases}
    known = list(scores)
    items = sorted(_items(measures, known, responses, asked), key=lambda item: item.badness)
    short = [item for item in items if item.bad_suites or (item.response is not None and item.response.error)]
    sections = _sections(measures, others, other)
    held = [row for section in sections for row in section.rows if row.measure.metric.floor is not None]
    return _template().render(
        held=Counter(row.verdict for row in held),
        about={key.replace("_", " "): _plain(value) for key, value in about.items()},
        target=str(about.get("target", "unnamed target")),
        other=other,
        sections=sections,
        plots=list(_plots(known, responses)),
        worst=[item for item in short if item.case is not None and item.badness[0] < 1][:WORST],
        short=short,
        unscored=[item for item in items if item.is_unscored and item not in short],
        good=sum(not item.is_unscored and item not in short for item in items),
        index=_index(short),
    )


def _items(
    measures: Iterable[Measure],
    scores: Iterable[Score],
    responses: Mapping[str, Response],
    asked: Mapping[str, Case],
) -> Iterator[Item]:
    metrics = {(measure.suite, measure.metric.name): measure.metric for measure in measures}
    groups: dict[str, list[Scored]] = {}
    for score in scores:
        groups.setdefault(score.item, []).append(Scored(score=score, metric=metrics[score.suite, score.metric]))
    for name, group in groups.items():
        case, response = asked.get(name), responses.get(name)
        missed = tuple(_missed(case, response, group)) if case and response else ()
        yield Item(
            id=name,
            kind=case.kind if case else group[0].score.kind,
            scores=tuple(group),
            case=case,
            response=response,
            missed=missed,
            diagnosis=tuple(_diagnosis(case, response, missed, group)),
        )


def _missed(case: Case, response: Response, scores: Sequence[Scored]) -> Iterator[Missed]:
    """The facts that some score calls not stated."""
    for fact in case.facts:
        if any(f"not stated: {fact.fact}" in one.score.why for one in scores):
            places = (
                at
                for at, found in enumerate(response.found[:NEAR], 1)
                for one in fact.evidence
                if found.source == one.source and holds(found.passage, one.quote)
            )
            yield Missed(fact=fact, rank=next(places, None))


def _diagnosis(
    case: Case | None, response: Response | None, missed: Sequence[Missed], scores: Sequence[Scored]
) -> Iterator[str]:
    if response is not None and response.error:
        yield f"failed: {response.error}"
        return
    if case is not None and response is not None:
        if case.has_answer and not response.answered:
            yield "abstained"
        if not case.has_answer and response.answered:
            yield "answered, though the sources hold no answer"
        for one in missed:
            yield f"{_where(one, response)}: {one.fact.fact}"
    told = "not stated: ", "not in the first "
    for scored in scores:
        if scored.falls_short and scored.score.why and not scored.score.why.startswith(told):
            yield f"{scored.metric.name}: {scored.score.why}"


def _where(missed: Missed, response: Response) -> str:
    if not response.found and not response.answered:
        return f"not looked for (route {response.route or 'none'})"
    if not response.found:
        return "not stated, and the target does not tell what it found"
    return "not found" if missed.rank is None else "found, not chosen"


def _sections(measures: Sequence[Measure], others: Sequence[Measure], other: str) -> list[Section]:
    beside = {(one.suite, one.metric.name, one.kind): one for one in others}
    sections = []
    for suite in dict.fromkeys(measure.suite for measure in measures):
        rows = [
            Row(measure=one, other=beside.get((suite, one.metric.name, one.kind)))
            for one in measures
            if one.suite == suite
        ]
        whole = tuple(row for row in rows if row.measure.kind == "all")
        plot = intervals(f"{suite}: values against their floors", [row.measure for row in whole], others, other)
        by_kind = tuple(row for row in rows if row.measure.kind != "all")
        sections.append(Section(suite=suite, rows=whole, by_kind=by_kind, plot=plot))
    return sections


def _plots(scores: Sequence[Score], responses: Mapping[str, Response]) -> Iterator[Plot]:
    known = sureness(scores)
    shown = [one for one in known if one.answered]
    if shown:
        points = calibration.reliability([one.confidence for one in shown], [one.right for one in shown])
        yield reliability("Confidence against what was right", points)
    if known:
        curve = abstention.risk_coverage([one.confidence for one in known], [one.right for one in known])
        yield risk_coverage("Risk against coverage", curve)
    times = [response.ms for response in responses.values() if not response.error]
    if any(times):
        yield latency("How long replies took", times)


def _index(items: Iterable[Item]) -> dict[str, dict[str, list[Item]]]:
    """Items by the suites in which they fall short, then by kind."""
    index: dict[str, dict[str, list[Item]]] = {}
    for item in items:
        for suite in item.bad_suites:
            index.setdefault(suite, {}).setdefault(item.kind, []).append(item)
    return index


def _mean(scores: Iterable[Scored], kind: str) -> float:
    """Mean goodness; 1 where there is nothing to hold against it."""
    found = [one.goodness for one in scores if one.metric.kind == kind and one.goodness is not None]
    return fmean(found) if found else 1.0


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    return json.dumps(value, ensure_ascii=False)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str)


@cache
def _template() -> Template:
    loader = FileSystemLoader(Path(__file__).parent)
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["amount"] = amount
    made.filters["as_json"] = _json
    return made.get_template("report.html.j2")
