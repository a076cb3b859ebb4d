"""Does it follow a conversation? Each dialogue is held with it, its own replies being what was said between.

After the split of question-in-context and rewritten question in CANARD (Elgohary et al., EMNLP 2019): what is answered
right when a follow-up is written out, but not in the conversation, was lost by not following.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from askms import Turn
from askms.entailment import Judge
from evals.cases import Dialogue, DialogueTurn
from evals.metrics.facts import stated
from evals.responses import Response
from evals.running import Run
from evals.scores import Metric, Score, Unscored
from evals.suites.asking import scored

_PAPER: Final = "Elgohary et al. 2019, CANARD, doi 10.18653/v1/D19-1605"

NAME: Final = "conversation"
TURN_RIGHT: Final = Metric(
    name="turn_right",
    meaning="Follow-ups whose reply states the first fact, or does not answer where there is none.",
    paper=_PAPER,
)
FULL_RIGHT: Final = Metric(name="full_right", meaning="The same follow-ups, written out and asked alone.", paper=_PAPER)
KEPT: Final = Metric(
    name="kept",
    meaning="Follow-ups replied to rightly in conversation, of those that are when written out.",
    paper=_PAPER,
)
METRICS: Final = (TURN_RIGHT, FULL_RIGHT, KEPT)
SHOWN: Final = 200
"""Characters of a wrong reply that a reader is shown."""


def scores(run: Run) -> Iterator[Score]:
    """Score every turn after the first; the item is the dialogue and the turn's number, its kind the move."""
    for dialogue in run.progress(run.dialogues, "holding conversations", len(run.dialogues)):
        yield from _scores(run, dialogue)


def _scores(run: Run, dialogue: Dialogue) -> Iterator[Score]:
    history: list[Turn] = []
    for number, turn in enumerate(dialogue.turns, 1):
        reply = run.target.ask(turn.user, history)
        history.append(Turn(role="user", content=turn.user))
        if not reply.error:
            history.append(Turn(role="assistant", content=reply.text))
        if number == 1:
            continue
        alone = run.target.ask(turn.full)
        score = partial(scored, NAME, f"{dialogue.id}-{number}", turn.move)
        yield score(TURN_RIGHT, partial(_right, turn, reply, run.judge), _why(turn.user, turn, reply))
        yield score(FULL_RIGHT, partial(_right, turn, alone, run.judge), _why(turn.full, turn, alone))
        yield score(KEPT, partial(_kept, turn, reply, alone, run.judge), _why(turn.user, turn, reply))


def _right(turn: DialogueTurn, response: Response, judge: Judge) -> float:
    if response.error:
        raise Unscored(f"no reply: {response.error}")
    return float(stated(turn.facts[0], response, judge) if turn.facts else not response.answered)


def _kept(turn: DialogueTurn, reply: Response, alone: Response, judge: Judge) -> float:
    if not _right(turn, alone, judge):
        raise Unscored("it is not right when written out either")
    return _right(turn, reply, judge)


def _why(asked: str, turn: DialogueTurn, response: Response) -> str:
    wanted = f"not stated: {turn.facts[0].fact}" if turn.facts else "answered, though there is no answer"
    said = " ".join(one.text for one in response.statements) or "nothing"
    return f"asked: {asked}; {wanted}; stated: {said[:SHOWN]}"
