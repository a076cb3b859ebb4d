"""Teach the packaged MiniLM whether a passage supports a claim: `python -m training.entailment`.

Learns from public sets of entailment (`nli_train.jsonl` in the folder `ASKMS_EVAL_DATA` names),
from claims written for passages of the corpus (`claims/`), and from sentences of the corpus with
one fact changed (`evals/mutations.py`). A fifth of the sources, by the hash of their names, is
kept apart for measuring. The network goes on from its last checkpoint; about 100 minutes on two
quiet cores.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from rich.progress import track
from tokenizers import Tokenizer
from transformers import AutoModel

from askms.embedding import packaged_folder
from askms.entailment.packaged import TOKENS, as_read
from askms.index import LiveIndex
from askms.networks import packaged_tokenizer
from askms.sentences import split_sentences
from askms.settings import Settings
from evals.guardrails import public_folder
from evals.mutations import mutations
from evals.sets import rows
from training.packing import encode, write_network

HERE: Final = Path(__file__).parent
TARGET: Final = HERE.parent / "src" / "askms" / "entailment" / "model"
CHECKPOINT: Final = HERE / "entailment.pt"
SEED: Final = 20261122
CLASSES: Final = ("contradicted", "supported", "unsupported")
LABELS: Final = {
    "contradiction": (0,),
    "contradicted": (0,),
    "entailment": (1,),
    "supported": (1,),
    "neutral": (2,),
    "unsupported": (2,),
    "not_entailment": (0, 2),
}
"""Name of a label to the classes that it allows."""
SHARES: Final = {"snli": 0.35, "sick": 0.35, "cad": 0.6}
"""Of captions of pictures, which are many and unlike what is judged here, only some are read."""
EPOCHS: Final = 2
SECOND_EPOCH: Final = 0.12
"""Share of the public sets that the second epoch reads again."""
BATCH: Final = 32
RATE: Final = 8e-5
AMONG_OTHERS: Final = 0.25
"""Share of short premises that are read among sentences of other premises."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A passage as sentences, a claim, and the classes its label allows."""

    passage: tuple[str, ...]
    claim: str
    classes: tuple[int, ...]


def is_kept_apart(source: str) -> bool:
    """Whether a source of the corpus is for measuring only."""
    return int(sha256(source.encode()).hexdigest(), 16) % 5 == 0


def public_pairs(epoch: int, rng: random.Random) -> Iterator[Pair]:
    """Pairs of the public sets, some with sentences of other premises around them."""
    known = [json.loads(line) for line in (public_folder() / "nli_train.jsonl").read_text("utf-8").splitlines()]
    by_set: dict[str, list[str]] = {}
    for row in known:
        by_set.setdefault(row["source"], []).append(row["premise"])
    for row in known:
        share = next((share for name, share in SHARES.items() if row["source"].startswith(name)), 1.0)
        if rng.random() > share * (SECOND_EPOCH if epoch else 1.0):
            continue
        passage = split_sentences(row["premise"]) or [row["premise"]]
        if len(row["premise"]) < 300 and rng.random() < AMONG_OTHERS:
            others = rng.sample(by_set[row["source"]], rng.randint(1, 3))
            at = rng.randint(0, len(others))
            passage = [*others[:at], *passage, *others[at:]]
        yield Pair(tuple(passage), row["hypothesis"], LABELS[row["label"]])


def own_pairs(epoch: int, rng: random.Random) -> Iterator[Pair]:
    """Claims about passages of the corpus, and its sentences as they are, with a fact changed, and out of place."""
    for row in rows(HERE / "claims" / "claims.jsonl"):
        titled = [row["about"]] if rng.random() < 0.5 else []
        yield Pair((*titled, *split_sentences(row["passage"])), row["claim"], LABELS[row["label"]])
    held_passages = LiveIndex(Settings().index_dir).current().passages
    passages = [passage for passage in held_passages if not is_kept_apart(passage.source_id)]
    by_source: dict[str, list[Any]] = {}
    for passage in passages:
        by_source.setdefault(passage.source_id, []).append(passage)
    for passage in passages:
        held = tuple(passage.text[span.start : span.end] for span in passage.sentences)
        for sentence in held:
            about = (passage.header,) if rng.random() < 0.5 else ()
            yield Pair((*about, *held), sentence, (1,))
            changed = mutations(sentence, SEED + epoch)
            for mutation in rng.sample(changed, min(4, len(changed))):
                yield Pair((*about, *held), mutation.text, (2,) if mutation.kind == "hedging" else (0,))
            siblings = [other for other in by_source[passage.source_id] if other is not passage]
            if siblings and rng.random() < 0.4:
                yield Pair(tuple(split_sentences(rng.choice(siblings).text)), sentence, (2,))
            if rng.random() < 0.15:
                yield Pair(tuple(split_sentences(rng.choice(passages).text)), sentence, (2,))


class Network(torch.nn.Module):
    """The encoder over passage and claim together; its first token and the mean of all; one score a class."""

    def __init__(self) -> None:
        """Start from the packaged weights."""
        super().__init__()
        self.encoder = AutoModel.from_pretrained(packaged_folder())
        self.encoder.embeddings.requires_grad_(False)  # learning goes faster, and rare words keep their meaning
        self.head = torch.nn.Sequential(
            torch.nn.Dropout(0.1), torch.nn.Linear(2 * self.encoder.config.hidden_size, len(CLASSES))
        )

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> torch.Tensor:
        """Scores, shape (pairs, classes)."""
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        weight = attention_mask.unsqueeze(-1)
        mean = (hidden * weight).sum(1) / weight.sum(1)
        scores: torch.Tensor = self.head(torch.cat([hidden[:, 0], mean * 3], 1))
        return scores


def batches(tokenizer: Tokenizer, epoch: int) -> list[list[tuple[str, str, tuple[int, ...]]]]:
    """Batches of pairs of about the same length; the same for the same epoch."""
    rng = random.Random(SEED + epoch)
    pairs = [*public_pairs(epoch, rng), *own_pairs(epoch, rng), *own_claims_again(rng)]
    read = []
    for pair in track(pairs, f"reading for epoch {epoch + 1}"):
        passage, claim = as_read(tokenizer, pair.passage, pair.claim)
        read.append((" ".join(passage), claim, pair.classes))
    read.sort(key=lambda one: ((len(one[0]) + len(one[1])) // 60, rng.random()))
    found = [read[start : start + BATCH] for start in range(0, len(read), BATCH)]
    rng.shuffle(found)
    print(f"epoch {epoch + 1}: {len(pairs)} pairs", flush=True)
    return found


def own_claims_again(rng: random.Random) -> Iterator[Pair]:
    """The claims once more, as they are nearest to what is judged, each now without what its passage is about."""
    for row in rows(HERE / "claims" / "claims.jsonl"):
        if rng.random() < 0.6:
            yield Pair(tuple(split_sentences(row["passage"])), row["claim"], LABELS[row["label"]])


def loss_of(scores: torch.Tensor, allowed: Sequence[tuple[int, ...]]) -> torch.Tensor:
    """Cross-entropy of the classes that each label allows, a little smoothed."""
    chances = torch.log_softmax(scores, 1)
    mask = torch.full_like(chances, float("-inf"))
    for at, classes in enumerate(allowed):
        mask[at, list(classes)] = 0.0
    return -(0.95 * torch.logsumexp(chances + mask, 1) + 0.05 * chances.mean(1)).mean()


def learn(tokenizer: Tokenizer) -> Network:
    """Fine-tune, going on from the checkpoint where there is one."""
    network = Network()
    epochs = [batches(tokenizer, epoch) for epoch in range(EPOCHS)]
    plan = [batch for epoch in epochs for batch in epoch]
    groups = [
        {"params": network.encoder.encoder.parameters(), "lr": RATE},
        {"params": network.head.parameters(), "lr": 1e-3},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    slope = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1.0, s / 200) * max(0.02, 1 - s / len(plan)))
    done = 0
    if CHECKPOINT.exists():
        kept: Mapping[str, Any] = torch.load(CHECKPOINT)
        network.load_state_dict(kept["network"])
        optimizer.load_state_dict(kept["optimizer"])
        slope.load_state_dict(kept["slope"])
        done = kept["done"]
    network.train()
    total = 0.0
    for at, batch in enumerate(track(plan[done:], "learning"), done + 1):
        scores = network(**encode(tokenizer, [(passage, claim) for passage, claim, _ in batch]))
        loss = loss_of(scores, [classes for _, _, classes in batch])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.encoder.parameters(), 1.0)
        optimizer.step()
        slope.step()
        total += loss.item()
        if at % 100 == 0:
            print(f"batch {at} of {len(plan)}: loss {total / 100:.3f}", flush=True)
            total = 0.0
        if at % 250 == 0 or at == len(plan):
            state = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "slope": slope.state_dict()}
            torch.save({**state, "done": at}, CHECKPOINT)
    network.eval()
    return network


def main() -> None:
    """Learn and write."""
    torch.set_num_threads(os.cpu_count() or 1)
    torch.manual_seed(SEED)
    np.random.seed(SEED)
    random.seed(SEED)
    tokenizer = packaged_tokenizer(TOKENS)
    card = {"note": "Written by training/entailment.py and training/entailment_head.py; see CARD.md."}
    write_network(learn(tokenizer), tokenizer, TARGET, {**card, "classes": list(CLASSES), "seed": SEED})
    print("Now fit the head: python -m training.entailment_head")


if __name__ == "__main__":
    main()
