"""Teach the packaged MiniLM which sentences answer a question: `python -m training.ranker first`, then `second`.

The first course learns from sentences of the corpus that readers graded against patients' questions
(`ranking/graded.jsonl`) and from two public sets in the folder `ASKMS_EVAL_DATA` names: questions
with the sentences experts marked (`question_snippets_dev.jsonl`, BioASQ) and questions with
answers of many sentences (`question_answers_dev.jsonl`, MedQuAD). A fifth of the graded questions
and a tenth of BioASQ's, by the hash of their words, are kept apart for measuring. The
second goes on from the network of this release, whose 8-bit weights it reads, with the graded
questions and with those that the corpus nearly answers, beside twins that it does answer
(`ranking/near_misses.jsonl`). Each goes on from its last checkpoint.

The network reads question and sentence together (Nogueira and Cho 2019, "Passage Re-ranking with
BERT") and is taught each question's list at once (ListNet, Cao et al. 2007) and, of graded
sentences, how good each is by itself.
"""

from __future__ import annotations

import os
import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from rich.progress import track
from tokenizers import Tokenizer
from transformers import AutoModel

from askms.embedding import SentenceEmbedder, packaged_folder
from askms.index import LiveIndex
from askms.networks import packaged_tokenizer
from askms.precedents import name_of
from askms.ranking import MOST_TOKENS, as_read
from askms.sentences import split_sentences
from askms.settings import Settings
from evals.guardrails import public_folder
from evals.sets import rows
from training.packing import encode, read_network, write_network

HERE: Final = Path(__file__).parent
TARGET: Final = HERE.parent / "src" / "askms" / "ranking" / "model"
CHECKPOINT: Final = HERE / "ranker.pt"
SEED: Final = 20261122
GAINS: Final[Mapping[int, float]] = {3: 1.0, 2: 0.55, 1: 0.12, 0: 0.02, -1: 0.0}
"""A reader's grade to how likely the sentence is wanted in an answer."""
PAIRS_AT_ONCE: Final = 48
RATE: Final = {"first": 8e-5, "second": 4e-5}
"""Of each course."""
APART: Final = 3
"""The writer of `natural.jsonl` whose questions measure what was fitted on the others'."""
MOST_OF_MEDQUAD: Final = 500
MOST_USELESS: Final = 4
"""Of a graded question's sentences that do not help, read each time."""
BARE: Final = 0.2
"""Share of lists read without the headers of their sentences."""
AS_LIST: Final = 0.5
"""Weight of the order within a list, beside each sentence by itself."""


class Known(Enum):
    """What is known of the sentences of a list."""

    EACH = "each"
    """How good each is by itself."""
    ORDER = "order"
    """Only which are better than others."""
    BEST = "best"
    """Only how good the best of them is, whichever it be."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A question with sentences and how good each is."""

    question: str
    sentences: tuple[tuple[str, str], ...]
    """Header (title and heading; may be empty) and words of each."""
    gains: tuple[float, ...]
    """One for each sentence, 0 to 1."""
    known: Known
    """What is known of the gains."""


def is_kept_apart(question: str, one_in: int) -> bool:
    """Whether a question is for measuring only."""
    return int(sha256(question.lower().encode()).hexdigest(), 16) % one_in == 0


@cache
def corpus_sentences() -> dict[str, tuple[str, str]]:
    """Header and words of every sentence of the corpus, by name."""
    return {
        name_of(passage.source_id, passage.sentence(at)): (passage.header, passage.sentence(at))
        for passage in LiveIndex(Settings().index_dir).current().passages
        for at in range(len(passage.sentences))
    }


def graded_rows(*, apart: bool) -> list[dict[str, Any]]:
    """The lines of `graded.jsonl` to learn from, or those kept apart.

    A twin is never kept apart: the other question that its writer had for the same sentence would give it away.
    """
    known = rows(HERE / "ranking" / "graded.jsonl")
    return [row for row in known if (is_kept_apart(row["question"], 5) and not row.get("twin")) == apart]


def natural_rows(*, apart: bool) -> list[dict[str, Any]]:
    """The lines of `natural.jsonl`, from which the ranker does not learn: of three writers, or those of the fourth."""
    return [row for row in rows(HERE / "ranking" / "natural.jsonl") if (row["writer"] == APART) == apart]


def graded() -> list[Ranked]:
    """The graded questions to learn from; sentences that the corpus no longer holds are left out."""
    known = corpus_sentences()
    found = []
    for row in graded_rows(apart=False):
        held = [(known[name], grade) for name, grade in row["grades"].items() if name in known]
        if not held:
            continue
        found.append(
            Ranked(
                question=f"{row['previous']} {row['question']}" if row.get("previous") else row["question"],
                sentences=tuple(sentence for sentence, _ in held),
                gains=tuple(GAINS[grade] for _, grade in held),
                known=Known.EACH,
            )
        )
    return found


def snippets() -> list[tuple[dict[str, Any], bool]]:
    """BioASQ's questions with the sentences marked, and whether each is kept apart."""
    known = rows(public_folder() / "question_snippets_dev.jsonl")
    return [(row, is_kept_apart(row["question"], 10)) for row in known if row["snippets"]]


def marked(rng: random.Random) -> Iterator[Ranked]:
    """BioASQ: a few marked sentences among sentences marked for questions like it, and for others."""
    known = [row for row, is_apart in snippets() if not is_apart]
    texts = [text for row in known for text in row["snippets"]]
    owner = [at for at, row in enumerate(known) for _ in row["snippets"]]
    embedder = SentenceEmbedder()
    vectors = embedder.embed_passages(texts)
    for at, row in enumerate(track(known, "reading marked sentences")):
        near = vectors @ embedder.embed_question(row["question"])
        mine = [n for n, whose in enumerate(owner) if whose == at]
        # What says nearly the same as a marked sentence would be one as well.
        others = [
            int(n)
            for n in np.argsort(-near)[:60]
            if owner[n] != at and float(np.max(vectors[mine] @ vectors[n])) < 0.85
        ]
        wanted = rng.sample(mine, min(2, len(mine)))
        unwanted = [*rng.sample(others, min(3, len(others))), *rng.sample(range(len(texts)), 1)]
        unwanted = [n for n in unwanted if owner[n] != at]
        yield Ranked(
            question=row["question"],
            sentences=tuple(("", texts[n]) for n in (*wanted, *unwanted)),
            gains=(*(1.0 for _ in wanted), *(0.0 for _ in unwanted)),
            known=Known.ORDER,
        )


def answered(rng: random.Random, most: int) -> Iterator[Ranked]:
    """MedQuAD: the first sentences of an answer, among those of other answers on the same thing or of the same kind."""
    known = [row for row in rows(public_folder() / "question_answers_dev.jsonl") if first_sentences(row["answer"])]
    by_focus: dict[str, list[Any]] = {}
    by_type: dict[str, list[Any]] = {}
    for row in known:
        by_focus.setdefault(row["focus"], []).append(row)
        by_type.setdefault(row["type"], []).append(row)
    for row in rng.sample(known, min(most, len(known))):
        same = [other["answer"] for other in by_focus[row["focus"]] if other["type"] != row["type"]]
        like = [other["answer"] for other in rng.choices(by_type[row["type"]], k=3) if other["focus"] != row["focus"]]
        unwanted = [first_sentences(answer)[0] for answer in (*rng.sample(same, min(3, len(same))), *like)]
        wanted = first_sentences(row["answer"])[:2]
        unwanted = [s for s in unwanted if s not in wanted]
        if unwanted:
            yield Ranked(
                question=re.sub(r"\s+\?", "?", row["question"]),
                sentences=tuple(("", s) for s in (*wanted, *unwanted)),
                gains=(*(1.0 for _ in wanted), *(0.0 for _ in unwanted)),
                known=Known.ORDER,
            )


@cache
def first_sentences(answer: str) -> tuple[str, ...]:
    """The first three sentences of an answer that are no crumbs, lists or questions."""
    return tuple([s for s in split_sentences(answer[:800]) if 5 <= len(s.split()) <= 60 and s[-1] != "?"][:3])


class Network(torch.nn.Module):
    """The encoder over question and sentence together; what each came to, and how they compare; one score."""

    def __init__(self) -> None:
        """Start from the packaged weights."""
        super().__init__()
        self.encoder = AutoModel.from_pretrained(packaged_folder())
        self.encoder.embeddings.requires_grad_(False)  # learning goes faster, and rare words keep their meaning
        self.head = torch.nn.Sequential(
            torch.nn.Dropout(0.1), torch.nn.Linear(3 * self.encoder.config.hidden_size + 1, 1)
        )

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> torch.Tensor:
        """Scores, shape (pairs, 1)."""
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        of_sentence = (attention_mask * token_type_ids).unsqueeze(-1)
        of_question = (attention_mask * (1 - token_type_ids)).unsqueeze(-1)
        asked = (hidden * of_question).sum(1) / of_question.sum(1)
        said = (hidden * of_sentence).sum(1) / of_sentence.sum(1)
        alike = torch.nn.functional.cosine_similarity(asked, said, dim=1).unsqueeze(-1)
        scores: torch.Tensor = self.head(torch.cat([hidden[:, 0], asked * said * 20, said * 3, alike * 5], 1))
        return scores


def nearly() -> list[Ranked]:
    """Questions that no sentence of their pool answers, and their twins, which one sentence does."""
    known = corpus_sentences()
    found = []
    for row in rows(HERE / "ranking" / "near_misses.jsonl"):
        for question, pool, best in ((row["question"], "pool", GAINS[1]), (row["twin"], "twin_pool", GAINS[3])):
            held = tuple(known[name] for name in row[pool] if name in known)
            if held:
                found.append(Ranked(question, held, (best,) * len(held), Known.BEST))
    return found


def lists(rng: random.Random, *, public: int = 0, own: int = 0, near: int = 0) -> list[Ranked]:
    """What is read, shuffled: the public sets, the graded questions and the near misses, each so often."""
    found: list[Ranked] = []
    for _ in range(public):
        found += [*marked(rng), *answered(rng, MOST_OF_MEDQUAD)]
    for _ in range(own):
        found += [as_read_now(one, rng) for one in graded()]
    for _ in range(near):
        found += nearly()
    rng.shuffle(found)
    return found


def as_read_now(one: Ranked, rng: random.Random) -> Ranked:
    """With a few of the sentences that do not help; now and then without headers, as public sentences are."""
    useless = [at for at, gain in enumerate(one.gains) if gain <= GAINS[0]]
    left_out = set(rng.sample(useless, max(0, len(useless) - MOST_USELESS)))
    kept = [at for at in range(len(one.gains)) if at not in left_out]
    bare = rng.random() < BARE
    sentences = tuple(("" if bare else one.sentences[at][0], one.sentences[at][1]) for at in kept)
    return Ranked(one.question, sentences, tuple(one.gains[at] for at in kept), one.known)


def loss_of(scores: torch.Tensor, parts: Sequence[Ranked]) -> torch.Tensor:
    """Of each list, how far the order is from the grades; of graded sentences, how far each is from its own.

    Of near misses and their twins, how far the best sentence is from where it should be (as in learning from bags
    of examples, Dietterich et al. 1997).
    """
    losses, start = [], 0
    for part in parts:
        own = scores[start : start + len(part.gains)]
        gains = torch.tensor(part.gains)
        start += len(part.gains)
        if part.known is Known.BEST:
            losses.append(torch.nn.functional.binary_cross_entropy_with_logits(own.max(), gains.max()))
            continue
        if gains.max() > 0.5:
            wanted = gains**2 / (gains**2).sum()
            losses.append(AS_LIST * -(wanted * torch.log_softmax(own, 0)).sum())
        if part.known is Known.EACH:
            each = torch.nn.functional.binary_cross_entropy_with_logits(own, gains, reduction="none")
            losses.append((each * (1 + 2 * gains)).mean() * 3)
    return torch.stack(losses).mean()


def groups_of(found: Sequence[Ranked]) -> list[list[Ranked]]:
    """Lists read in one step."""
    groups: list[list[Ranked]] = [[]]
    for one in found:
        if sum(len(o.gains) for o in groups[-1]) + len(one.gains) > PAIRS_AT_ONCE and groups[-1]:
            groups.append([])
        groups[-1].append(one)
    return groups


def learn(tokenizer: Tokenizer, course: str) -> Network:
    """Fine-tune, going on from the checkpoint where there is one."""
    rng = random.Random(SEED)
    network = Network()
    if course == "first":
        plan = groups_of([*lists(rng, public=1, own=1), *lists(rng, own=1)])
    else:
        read_network(network, TARGET)
        plan = groups_of(lists(rng, own=1, near=1))
    shapes = [
        {"params": network.encoder.encoder.parameters(), "lr": RATE[course]},
        {"params": network.head.parameters(), "lr": 12 * RATE[course]},
    ]
    optimizer = torch.optim.AdamW(shapes, weight_decay=0.01)
    slope = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1.0, s / 80) * max(0.02, 1 - s / len(plan)))
    done, named = 0, sha256(repr(plan).encode()).hexdigest()
    if CHECKPOINT.exists():
        kept: Mapping[str, Any] = torch.load(CHECKPOINT)
        if kept["plan"] != named:
            raise SystemExit(f"{CHECKPOINT} is of other data or another plan. Delete it to begin anew.")
        network.load_state_dict(kept["network"])
        optimizer.load_state_dict(kept["optimizer"])
        slope.load_state_dict(kept["slope"])
        done = kept["done"]
    network.train()
    total = 0.0
    for at, group in enumerate(track(plan[done:], "learning"), done + 1):
        texts = [as_read(one.question, header, words) for one in group for header, words in one.sentences]
        with torch.autocast("cpu", torch.bfloat16):  # three times as fast where the processor knows the format
            scores = network(**encode(tokenizer, texts))[:, 0]
        loss = loss_of(scores.float(), group)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.encoder.parameters(), 1.0)
        optimizer.step()
        slope.step()
        total += loss.item()
        if at % 50 == 0:
            print(f"step {at} of {len(plan)}: loss {total / 50:.3f}", flush=True)
            total = 0.0
        if at % 200 == 0 or at == len(plan):
            state = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "slope": slope.state_dict()}
            torch.save({**state, "done": at, "plan": named}, CHECKPOINT)
    network.eval()
    return network


def main() -> None:
    """Learn and write."""
    course = sys.argv[1] if len(sys.argv) == 2 else ""
    if course not in RATE:
        raise SystemExit(f"Say which course: python -m training.ranker {'|'.join(RATE)}")
    torch.set_num_threads(os.cpu_count() or 1)
    torch.manual_seed(SEED)
    np.random.seed(SEED)
    random.seed(SEED)
    tokenizer = packaged_tokenizer(MOST_TOKENS)
    card = {"note": "Written by training/ranker.py; see CARD.md.", "seed": SEED}
    write_network(learn(tokenizer, course), tokenizer, TARGET, card)
    CHECKPOINT.unlink()
    print(
        "Now python -m training.relevance and training.confidence fit what weighs it; training.ranking_report measures."
    )


if __name__ == "__main__":
    main()
