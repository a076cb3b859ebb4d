"""Teach the packaged MiniLM which route a message takes: `python -m training.routes first`, then `second`.

Reads `examples/*.jsonl`, the questions that sources are known to answer, and the question sets
that may be learned from; keeps a tenth of the messages apart (by the hash of their words, so
always the same), fine-tunes the whole encoder with a linear head on the rest, and writes it as
ONNX with 8-bit weights to `src/askms/guardrails/routes_model`. Prints what rules and model
together make of the tenth. The second course goes on from the network of this release, whose
8-bit weights it reads, when there are more examples. About half an hour on one core, the second a
quarter; on two that are free, set OMP_NUM_THREADS=2.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track
from tokenizers import Tokenizer
from transformers import AutoModel

from askms.embedding import packaged_folder
from askms.guardrails.context import read
from askms.guardrails.route_model import MOST_TOKENS, Lines
from askms.guardrails.screen import screen
from askms.networks import packaged_tokenizer
from askms.sources import STUDY_DOSE_HEADING, load_corpus
from askms.types import Route, Turn
from evals.sets import rows
from training import packing
from training.ranker import natural_rows

HERE: Final = Path(__file__).parent
SETS: Final = HERE.parent / "evals" / "datasets"
CORPUS: Final = HERE.parent / "corpus"
TARGET: Final = HERE.parent / "src" / "askms" / "guardrails" / "routes_model"
SEED: Final = 20261121
EPOCHS: Final = {"first": 4, "second": 2}
RATE: Final = {"first": 8e-5, "second": 4e-5}
"""Of each course."""
BATCH: Final = 32
INPUTS: Final = ("input_ids", "attention_mask")
SLIPS: Final = 0.25
"""Share of messages that are read with a slip of the finger, a new one each time."""
AFTER_ANOTHER: Final = 0.15
"""Share of messages that stand on their own and are read after some other message, which changes nothing."""
STANDS_ALONE: Final = re.compile(r"(?:what (?:is|are|causes)|who gets|why do|how do)\b|(?:\S+\s+){5}", re.IGNORECASE)
"""Messages that say what they mean: plain questions, and those of six words and more."""
SHARPER: Final = 3.0
"""Lengthens the mean of the tokens, which is short, so that the head learns as fast as the encoder."""
NEVER_PLAIN: Final = frozenset({"suicide", "emergency"})
"""Topics whose questions may call for more than a plain answer."""
MOST_WORDS: Final = 16
"""Of a known question that is learned from."""
LINES: Final = Lines(
    safety=0.2,
    crisis=0.14,
    mild_crisis=0.6,
    crisis_too=0.25,
    emergency_too=0.2,
    support=0.12,
    safety_of_sentence=0.9,
    safety_around=0.2,
    safety_by_itself=0.6,
    advice=0.85,
    dosing=0.9,
    advice_against_boundary=0.8,
    doubt=0.1,
    doubt_of_person=0.4,
    boundary=0.5,
    unlikely=0.45,
    plain=0.7,
    unlikely_crisis=0.02,
    unlikely_danger=0.25,
    settled=0.8,
    offtopic=0.9,
    ngrams=0.45,
)
"""For this network and the n-grams of `training.ngrams` together, which is run after it; chosen on `guardrails_tuning`,
`cases_dev` and `cases_tuning`, which nothing learns from."""


@dataclass(frozen=True)
class Example:
    """A message, the user's turn before it (often none), and the route it takes."""

    message: str
    previous: str
    route: str

    @property
    def text(self) -> tuple[str, str]:
        """As the rail reads it: cleaned and masked."""
        return read(self.message).display or " ", read(self.previous).display if self.previous else ""


def examples() -> list[Example]:
    """Every example once."""
    known = [
        Example(row["message"], row.get("previous", ""), row["route"])
        for path in sorted((HERE / "examples").glob("*.jsonl"))
        for row in rows(path)
    ]
    known += [Example(row["message"], _before(row), row["route"]) for row in rows(SETS / "guardrails_dev.jsonl")]
    for name in ("questions_dev.jsonl", "questions_train.jsonl"):
        asked = [row for row in rows(SETS / name) if not row["history"]]
        known += [Example(row["question"], "", "offtopic" if row["kind"] == "offtopic" else "answer") for row in asked]
    known += [example for row in rows(SETS / "dialogues_dev.jsonl") for example in _of_dialogue(row["turns"])]
    known += [Example(row["question"], "", row["route"]) for row in natural_rows(apart=False) if row["route"]]
    known += [Example(question, "", "answer") for question in _known_questions()]
    return list(dict.fromkeys(known))


def _known_questions() -> Iterator[str]:
    """Two that each section of the corpus is known to answer: short ones that no rule minds."""
    for document in load_corpus(CORPUS):
        if NEVER_PLAIN & set(document.topics):
            continue
        for section in document.sections:
            short = [asked for asked in section.asked_as if len(asked.split()) <= MOST_WORDS]
            plain = [asked for asked in short if screen(asked, learned=()).route is Route.ANSWER]
            if section.heading != STUDY_DOSE_HEADING:
                yield from sorted(plain, key=lambda asked: sha256(asked.encode()).hexdigest())[:2]


def _of_dialogue(turns: Sequence[Mapping[str, Any]]) -> Iterator[Example]:
    """Each message after the one before it, and written out; thanks ask nothing."""
    before = ""
    for turn in turns:
        if turn["move"] != "thanks":
            route = "offtopic" if turn["kind"] == "offtopic" else "answer"
            yield Example(turn["user"], before, route)
            yield Example(turn["full"], "", route)
        before = turn["user"]


def _before(row: Mapping[str, Any]) -> str:
    return next((turn["content"] for turn in reversed(row["history"]) if turn["role"] == "user"), "")


def is_kept_apart(example: Example) -> bool:
    """Whether an example is in the tenth that the model never learns from."""
    return int(sha256(example.message.lower().encode()).hexdigest(), 16) % 10 == 0


class Network(torch.nn.Module):
    """The encoder, the mean of its tokens, and one score a route."""

    def __init__(self, classes: int) -> None:
        """Start from the packaged weights."""
        super().__init__()
        self.encoder = AutoModel.from_pretrained(packaged_folder())
        self.head = torch.nn.Sequential(
            torch.nn.Dropout(0.1), torch.nn.Linear(self.encoder.config.hidden_size, classes)
        )

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Scores, shape (messages, classes)."""
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        weight = attention_mask.unsqueeze(-1)
        scores: torch.Tensor = self.head((hidden * weight).sum(1) / weight.sum(1) * SHARPER)
        return scores


def learn(
    network: Network, tokenizer: Tokenizer, texts: Sequence[tuple[str, str]], labels: NDArray[np.int64], course: str
) -> None:
    """Fine-tune on all; rare routes count more, by the square root of how rare they are."""
    rate, epochs = RATE[course], EPOCHS[course]
    counts = np.bincount(labels)
    weight = torch.tensor((counts.max() / np.maximum(counts, 1)) ** 0.5, dtype=torch.float)
    groups = [
        {"params": network.encoder.parameters(), "lr": rate},
        {"params": network.head.parameters(), "lr": 25 * rate},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    steps = epochs * (len(texts) // BATCH + 1)
    slope = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1.0, s / 60) * max(0.02, 1 - s / steps))
    network.train()
    for epoch in range(epochs):
        # Messages of about the same length together: less padding.
        read_now = [as_typed(text, random.choice(texts)[0]) for text in texts]
        order = sorted(
            np.random.permutation(len(texts)), key=lambda i: (len("".join(read_now[i])) // 40, random.random())
        )
        batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        random.shuffle(batches)
        total = 0.0
        for batch in track(batches, f"epoch {epoch + 1} of {epochs}", transient=True):
            with torch.autocast("cpu", torch.bfloat16):  # three times as fast where the processor knows the format
                scores = network(**encode(tokenizer, [read_now[i] for i in batch]))
            loss = torch.nn.functional.cross_entropy(
                scores.float(), torch.tensor(labels[batch]), weight=weight, label_smoothing=0.05
            )
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.encoder.parameters(), 1.0)
            optimizer.step()
            slope.step()
            total += loss.item()
        print(f"epoch {epoch + 1} of {epochs}: loss {total / len(batches):.3f}")
    network.eval()


def as_typed(text: tuple[str, str], other: str) -> tuple[str, str]:
    """The message, now and then with a slip; one that stands on its own, now and then after some other message."""
    message, previous = text
    if not previous and STANDS_ALONE.match(message) and random.random() < AFTER_ANOTHER:
        previous = other
    return with_slip(message), previous


def with_slip(text: str) -> str:
    """Now and then a letter lost, doubled or swapped, as tired fingers do."""
    if len(text) < 8 or random.random() > SLIPS:
        return text
    at = random.randrange(1, len(text) - 1)
    slip = random.choice((text[at + 1] + text[at], text[at] * 2 + text[at + 1], text[at + 1]))
    return text[:at] + slip + text[at + 2 :]


def encode(tokenizer: Tokenizer, texts: Sequence[tuple[str, str]]) -> dict[str, torch.Tensor]:
    """Token ids and mask of a batch of messages, each with the one before it or an empty text."""
    read_together = [(message, previous) if previous else message for message, previous in texts]
    return {name: ids for name, ids in packing.encode(tokenizer, read_together).items() if name in INPUTS}


def report(apart: Sequence[Example]) -> None:
    """What rules and model together make of the messages kept apart."""
    found = [
        (one.route, screen(one.message, [Turn(role="user", content=one.previous)] if one.previous else []).route.value)
        for one in apart
    ]
    for route in sorted({route for route, _ in found}):
        taken = Counter(taken for wanted, taken in found if wanted == route)
        print(f"{route:10} {taken.total():4}  {', '.join(f'{name} {n}' for name, n in taken.most_common())}")


def main() -> None:
    """Learn, write, report."""
    course = sys.argv[1] if len(sys.argv) == 2 else ""
    if course not in EPOCHS:
        raise SystemExit(f"Say which course: python -m training.routes {'|'.join(EPOCHS)}")
    torch.manual_seed(SEED)
    np.random.seed(SEED)
    random.seed(SEED)
    known = examples()
    taught = [example for example in known if not is_kept_apart(example)]
    classes = sorted({example.route for example in known})
    tokenizer = packaged_tokenizer(MOST_TOKENS)
    network = Network(len(classes))
    if course == "second":
        packing.read_network(network, TARGET)
    labels = np.array([classes.index(e.route) for e in taught])
    learn(network, tokenizer, [e.text for e in taught], labels, course)
    card = {"note": "Written by training/routes.py; see CARD.md.", "classes": classes, "lines": asdict(LINES)}
    packing.write_network(network, tokenizer, TARGET, card, INPUTS)
    report([example for example in known if is_kept_apart(example)])


if __name__ == "__main__":
    main()
