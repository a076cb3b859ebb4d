"""The report of a small made-up run, parsed: everything that fell short is there, and nothing in it is markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import Final

import pytest

from evals.plots import amount
from evals.reporting import Item, Row, report
from evals.responses import Response
from evals.scores import Measure, Metric, Score, measures
from tests.evaluation.small_run import ABOUT, CASES, MEASURES, METRICS, QUOTE, RESPONSES, SCORES, SCRIPT

VOID: Final = frozenset({"meta", "link", "br", "use", "path", "hr", "img", "input"})


class Parsed(HTMLParser):
    """Elements with attributes and text; fails on a tag that closes nothing."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[tuple[str, str]] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, found))
        if tag not in VOID:
            self._open.append((tag, found.get("id", "")))
            self.texts.setdefault(tag, []).append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for tag, name in self._open:
            self.texts[tag][-1] += data
            if name:
                self.texts.setdefault(f"#{name}", [""])[-1] += data

    def text(self, name: str) -> str:
        """Text of the element with this id, on one line."""
        return " ".join("".join(self.texts[f"#{name}"]).split())


HTML: Final = report(ABOUT, MEASURES, SCORES, RESPONSES, CASES)
PAGE: Final = Parsed(HTML)
IDS: Final = [found["id"] for _, found in PAGE.tags if "id" in found]


def part(start: str, end: str) -> str:
    """Text of the page between two of its headings."""
    text = " ".join("".join(PAGE.texts["main"]).split())
    return text[text.index(start) : text.index(end)]


def test_what_people_and_systems_say_is_never_markup() -> None:
    assert [tag for tag, _ in PAGE.tags].count("script") == 1
    assert SCRIPT not in HTML
    assert "&lt;script&gt;alert(&#39;no&#39;)&lt;/script&gt;" in HTML
    assert SCRIPT in PAGE.text("case-chosen")
    assert PAGE.texts["title"][0] == "Evaluation of askms <1>"


def test_nothing_is_loaded_and_links_stay_in_the_page() -> None:
    for tag, found in PAGE.tags:
        for name in ("src", "href", "xlink:href", "srcset", "action", "data"):
            address = found.get(name, "#")
            assert address.startswith(("#", "data:,")), (tag, address)
    assert not re.search(r"url\((?!#)|@import", HTML)
    assert "https://example.org/" in PAGE.text("case-chosen")


def test_ids_are_used_once_and_every_link_leads_somewhere() -> None:
    assert len(IDS) == len(set(IDS))
    linked = {found["href"][1:] for tag, found in PAGE.tags if tag == "a"}
    named = {name for _, found in PAGE.tags for name in found.get("aria-labelledby", "").split()}
    assert linked | named <= set(IDS)


def test_every_item_that_falls_short_is_shown_worst_first() -> None:
    shown = [found["id"] for tag, found in PAGE.tags if tag == "article"]

    assert shown[:5] == ["case-chosen", "case-broken", "case-silent", "case-followed", "case-false"]
    assert "case-talk-2" in shown[5:]
    counted = "Items: 6 fall short in something, 2 more could not be scored in something, 0 are as they should be."
    assert counted in " ".join("".join(PAGE.texts["main"]).split())


def test_an_item_that_only_could_not_be_scored_is_kept_apart() -> None:
    assert "case-quiet" not in [found["id"] for tag, found in PAGE.tags if tag == "section" and "id" in found]
    text = "".join(PAGE.texts["main"])
    assert text.index("Unscored items") < text.index("Does rain matter?")
    assert "faithfulness, citation_recall: unscored. nothing stated" in PAGE.text("case-quiet")


def test_the_worst_answers_come_with_a_cause() -> None:
    worst = part("Worst answers", "Items that fall short")

    assert "broken, answerable, mean 0.00: Is it on? failed: Timeout: no reply" in worst
    # any_fact 0, disclaimer 0, and overclaim 1 where lower is better: a mean of 0.
    assert "chosen, answerable, mean 0.00: Does heat matter?" in worst
    assert "found, not chosen: Warmth makes symptoms worse for a while." in worst
    assert "not found: Cooling helps." in worst
    assert "overclaim: kills" in worst
    assert "citation_recall: not entailed: Heat kills nerves." in worst
    # any_fact 0, disclaimer 1, overclaim 0: a mean of 2/3.
    assert "followed, answerable, mean 0.67: and cooling? not stated, and the target does not tell" in worst
    assert "silent, partly, mean 0.50: Why is it worse? abstained found, not chosen: Warmth" in worst
    assert "Does warmth matter?" not in worst


def test_an_answer_to_what_has_none_is_diagnosed_and_silence_on_it_is_not() -> None:
    assert "answered, though the sources hold no answer" in PAGE.text("case-false")
    # Of `silent` alone, among the worst and in its place; `quiet` is right to abstain.
    assert HTML.count('<li class="words">abstained</li>') == 2


def test_what_a_guard_kept_from_being_looked_for_is_told_so() -> None:
    case = next(case for case in CASES if case.facts)
    why = f"not stated: {case.facts[0].fact}"
    score = Score(suite="answers", item=case.id, kind=case.kind, metric="any_fact", value=0.0, why=why)
    ended = {case.id: Response(text="Call now.", answered=False, route="crisis")}

    page = report(ABOUT, measures([score], METRICS), [score], ended, [case])

    assert f"not looked for (route crisis): {case.facts[0].fact}" in page


@pytest.mark.parametrize(
    ("low", "high", "close"), [(0.7, 0.95, True), (0.8, 0.95, False), (0.7, 0.8, False), (0.85, 0.95, False)]
)
def test_an_interval_that_only_touches_its_floor_is_sure(low: float, high: float, close: bool) -> None:
    metric = Metric(name="m", meaning="", paper="", floor=0.8)
    measure = Measure(suite="s", metric=metric, kind="all", value=0.9, low=low, high=high, of=9, unscored=0)

    assert Row(measure=measure, other=None).is_close is close


def test_a_quotation_is_marked_in_its_passage_and_a_wrong_one_is_told() -> None:
    assert f"Heat slows nerves. {QUOTE} {SCRIPT}" in PAGE.text("case-false")
    assert PAGE.texts["mark"] == [QUOTE] * 2
    assert "Not exact: the passage does not hold these words at 0 to 18: Heat kills nerves." in PAGE.text("case-chosen")


def test_a_missed_fact_comes_with_its_evidence_and_the_passage_that_held_it() -> None:
    text = PAGE.text("case-chosen")

    assert f"Warmth makes symptoms worse for a while. Its evidence was found as passage 2. heat: {QUOTE}" in text
    assert "Cooling helps. cooling: Cooling garments helped in a trial." in text
    assert ("a", {"href": "#case-chosen-found-2"}) in PAGE.tags
    assert SCRIPT in PAGE.text("case-chosen-found-2")


def test_a_follow_up_is_shown_in_its_conversation() -> None:
    text = PAGE.text("case-followed")

    assert "What was said before user: Does heat matter? assistant: It does & may." in text
    assert "That is: Does cooling help?" in text
    assert "The sources do not answer: by how much" in PAGE.text("case-silent")


def test_floors_are_kept_or_missed_in_words() -> None:
    rows = [" ".join(row.split()) for row in PAGE.texts["tr"]]

    # 1 of 4 stated; bootstrap interval of the mean. 4 of 5 end with the disclaimer; Wilson.
    assert any(row.startswith("fact_recall 0.250 0.000 to 0.750 4 1 at least 0.850: MISSED") for row in rows)
    assert "disclaimer 80.0% 37.6% to 96.4% 5 0 at least 100.0%: MISSED, but the interval reaches past it" not in rows
    assert "disclaimer 80.0% 37.6% to 96.4% 5 0 at least 100.0%: MISSED" in rows
    assert "grade 7.0 3.0 to 11.0 2 0 at most 9.0: kept, but the interval reaches past it" in rows
    assert "never none none 0 1 at least 50.0%: nothing scored" in rows
    assert "any_fact answerable 33.3% 6.1% to 79.2% 3 0 no floor" in rows
    assert "Floors and ceilings: 1 kept, 6 missed, 1 not measured" in part("What was", "Measures")


def test_tables_have_captions_and_scopes() -> None:
    tags = [tag for tag, _ in PAGE.tags]

    assert tags.count("table") == tags.count("caption") > 0
    assert all(found.get("scope") in ("col", "row") for tag, found in PAGE.tags if tag == "th")


def test_headings_follow_their_order() -> None:
    levels = [int(tag[1]) for tag, _ in PAGE.tags if re.fullmatch(r"h\d", tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_plots_are_named_and_told_in_words() -> None:
    drawn = [found for tag, found in PAGE.tags if tag == "svg"]
    told = [" ".join(text.split()) for text in PAGE.texts["figcaption"]]

    assert all(found["role"] == "img" and found["aria-labelledby"] in IDS for found in drawn)
    assert len(drawn) == len(told) == 8
    assert any("grade: 7.0 (3.0 to 11.0), ceiling 9.0 kept." in text for text in told)
    # Confidence is held to those that the abstention suite calls answered, risk to all: one of six states a fact.
    assert any("Of 1 given about 0.60, 0% were right." in text for text in told)
    assert any("Of the surest 100%, 83% are wrong." in text for text in told)
    assert any("6 replies. Half took less than 72 ms, 95% less than 88 ms, the slowest 90 ms." in text for text in told)


def test_another_run_stands_beside() -> None:
    page = Parsed(report(ABOUT, MEASURES, SCORES, RESPONSES, CASES, others=MEASURES, other="plain <chain>"))
    rows = [" ".join(row.split()) for row in page.texts["tr"]]

    assert "compared with plain <chain>" in " ".join("".join(page.texts["dl"]).split())
    assert "any_fact 25.0% 4.6% to 69.9% 4 0 no floor 25.0% (4.6% to 69.9%) +0.0%" in rows


def test_the_same_run_gives_the_same_bytes() -> None:
    assert report(ABOUT, MEASURES, SCORES, RESPONSES, CASES) == HTML


def test_a_run_of_nothing_is_a_page_too() -> None:
    page = Parsed(report({"target": "none"}, [], [], {}, []))

    assert [" ".join(text.split()) for text in page.texts["p"]].count("None.") == 2


def test_the_rank_of_a_cited_passage_is_its_place_among_those_found() -> None:
    item = Item(id="fine", kind="", scores=(), case=None, response=RESPONSES["fine"], missed=(), diagnosis=())
    (said,) = RESPONSES["fine"].said

    assert item.rank_of(said.citations[0]) == 1
    assert item.badness == (1.0, 1.0)


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [(0.934, "share", "93.4%"), (0.25, "mean", "0.250"), (9.24, "median", "9.2"), (1234.4, "p95", "1,234")],
)
def test_an_amount_has_the_digits_that_mean_something(value: float, kind: str, shown: str) -> None:
    metric = Metric(name="m", meaning="", paper="", kind=kind)  # type: ignore[arg-type]

    assert amount(value, metric) == shown


def test_scores_of_a_metric_that_was_not_measured_are_refused() -> None:
    stray = Score(suite="answers", item="fine", kind="answerable", metric="stray", value=1.0)

    with pytest.raises(KeyError, match="stray"):
        report(ABOUT, MEASURES, [stray], RESPONSES, CASES)
