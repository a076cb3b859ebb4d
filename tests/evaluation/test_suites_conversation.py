"""The conversation suite holds each dialogue, with the target's own replies as what was said between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from askms import Turn
from askms.entailment import Judgement
from evals.cases import Dialogue, DialogueTurn, Evidence, Fact
from evals.responses import Quoted, Response, Said
from evals.running import Run
from evals.suites.conversation import scores

TRUE = "Heat slows signals in nerves that MS has damaged."
FACTS = (Fact(fact="Heat slows signals.", evidence=(Evidence(source="heat", quote=TRUE),)),)


class Silent:
    """A judge that is not asked anything."""

    name = "silent"

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        raise AssertionError("nothing is left to judge")


class Scripted:
    """Replies by the question alone, and keeps the history it was given."""

    name = "scripted"

    def __init__(self, replies: dict[str, str]) -> None:
        self.replies = replies
        self.heard: dict[str, tuple[tuple[str, str], ...]] = {}

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Response:
        self.heard[question] = tuple((turn.role, turn.content) for turn in history)
        said = self.replies.get(question, "")
        if said == "down":
            return Response(text="", answered=False, error="down")
        cited = (Quoted(source="heat", passage=said, quote=said),)
        sentences = (Said(text=said, citations=cited),) if said else ()
        return Response(text=f"[{question}]", said=sentences, answered=bool(said))


def plainly(items: Iterable[Any], what: str, of: int) -> Iterator[Any]:
    return iter(items)


def run(target: Scripted, *turns: DialogueTurn) -> Run:
    return Run(
        target=target,
        cases=(),
        dialogues=[Dialogue(id="d1", topic="heat", turns=turns)],
        responses={},
        judge=Silent(),
        set_name="dev",
        progress=plainly,
    )


def turn(user: str, full: str, move: str, *, has_answer: bool = True) -> DialogueTurn:
    kind = "answerable" if has_answer else "unanswerable"
    return DialogueTurn(user=user, full=full, move=move, kind=kind, facts=FACTS if has_answer else ())


def values(target: Scripted, *turns: DialogueTurn) -> dict[tuple[str, str, str], float | None]:
    return {(score.item, score.kind, score.metric): score.value for score in scores(run(target, *turns))}


FIRST = turn("what is heat", "What is heat?", "first")


def test_the_first_turn_is_asked_but_not_scored_and_later_ones_follow_the_targets_own_replies() -> None:
    target = Scripted({})
    found = values(target, FIRST, turn("why", "Why does heat hurt?", "why"), turn("more", "More on heat?", "more"))

    assert {item for item, _, _ in found} == {"d1-2", "d1-3"}
    assert target.heard["what is heat"] == ()
    assert target.heard["more"] == (
        ("user", "what is heat"),
        ("assistant", "[what is heat]"),
        ("user", "why"),
        ("assistant", "[why]"),
    )
    assert target.heard["More on heat?"] == ()
    assert "What is heat?" not in target.heard


def test_a_follow_up_that_is_lost_is_told_from_one_that_is_never_answered() -> None:
    target = Scripted({"Why does heat hurt?": TRUE, "and that": TRUE, "And that of heat?": TRUE})
    found = values(
        target,
        FIRST,
        turn("why", "Why does heat hurt?", "why"),
        turn("more", "More on heat?", "more"),
        turn("and that", "And that of heat?", "pronoun"),
    )

    assert [found["d1-2", "why", metric] for metric in ("turn_right", "full_right", "kept")] == [0, 1, 0]
    assert [found["d1-3", "more", metric] for metric in ("turn_right", "full_right", "kept")] == [0, 0, None]
    assert [found["d1-4", "pronoun", metric] for metric in ("turn_right", "full_right", "kept")] == [1, 1, 1]


def test_where_there_is_no_answer_only_abstaining_is_right() -> None:
    asked = turn("does it hurt", "Does heat hurt cats?", "ellipsis", has_answer=False)

    silent = values(Scripted({}), FIRST, asked)
    talking = values(Scripted({"does it hurt": TRUE}), FIRST, asked)

    assert [silent["d1-2", "ellipsis", metric] for metric in ("turn_right", "full_right", "kept")] == [1, 1, 1]
    assert [talking["d1-2", "ellipsis", metric] for metric in ("turn_right", "full_right", "kept")] == [0, 1, 0]


def test_a_reader_is_told_what_was_asked_wanted_and_stated() -> None:
    other = "Most people with MS tire more in the afternoon."
    target = Scripted({"why": other})
    (wrong, *_) = scores(run(target, FIRST, turn("why", "Why does heat hurt?", "why")))

    assert wrong.why == f"asked: why; not stated: Heat slows signals.; stated: {other}"


def test_a_failed_turn_is_unscored_and_the_conversation_goes_on() -> None:
    target = Scripted({"why": "down", "Why does heat hurt?": TRUE, "more": TRUE})
    found = values(target, FIRST, turn("why", "Why does heat hurt?", "why"), turn("more", "More on heat?", "more"))

    assert [found["d1-2", "why", metric] for metric in ("turn_right", "full_right", "kept")] == [None, 1, None]
    assert found["d1-3", "more", "turn_right"] == 1
    assert [content for role, content in target.heard["more"] if role == "assistant"] == ["[what is heat]"]
