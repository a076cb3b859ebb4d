"""Pack the graded questions for use in answers: `python -m training.precedents`, before it `... learning`.

Reads `ranking/graded.jsonl` and writes `src/askms/precedents/precedents.npz`. Run it with `learning` before
`training.relevance` and `training.confidence`: it then leaves out the questions that those learn from, so that none
of them finds its own grades. Run it without once they are done.
"""

from __future__ import annotations

import io
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.progress import track

from askms.embedding import PACKAGED, open_embedder
from askms.precedents.precedents import CARD, TABLES
from askms.settings import Settings
from askms.terms import spell_out
from training.ranker import GAINS, corpus_sentences, graded_rows

TARGET: Final = Path(__file__).parent.parent / "src" / "askms" / "precedents"
OUTRIGHT: Final = 3
"""The grade of a sentence that answers."""


def packed(rows: Sequence[dict[str, Any]]) -> bytes:
    """The tables of these graded questions; of a sentence that the corpus no longer holds nothing is kept."""
    embedder = open_embedder(PACKAGED, None, Settings().index_dir)
    held = corpus_sentences()
    vectors = np.zeros((len(rows), len(embedder.embed_question("size"))), dtype=np.float32)
    grades: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for at, row in enumerate(track(rows, "reading graded questions")):
        asked = " ".join(filter(None, (row.get("previous"), row["question"])))
        vectors[at] = embedder.embed_question(spell_out(asked))
        for name, grade in row["grades"].items():
            if name in held:
                grades[name].append((at, GAINS[grade]))
    scale = np.abs(vectors).max(axis=1) / 127
    of = [grade for name in sorted(grades) for grade in grades[name]]
    file = io.BytesIO()
    np.savez_compressed(
        file,
        vectors=np.round(vectors / scale[:, None]).astype(np.int8),
        scale=scale.astype(np.float32),
        answered=np.array([max(row["grades"].values()) == OUTRIGHT for row in rows]),
        names=np.array(sorted(grades)),
        starts=np.cumsum([0, *(len(grades[name]) for name in sorted(grades))]).astype(np.int32),
        questions=np.array([at for at, _ in of], dtype=np.int32),
        gains=np.array([gain for _, gain in of], dtype=np.float16),
    )
    return file.getvalue()


def main() -> None:
    """Pack, write."""
    only = sys.argv[1:] == ["learning"]
    if sys.argv[1:] and not only:
        raise SystemExit("Say: python -m training.precedents [learning]")
    rows = graded_rows(apart=False) + ([] if only else graded_rows(apart=True))
    tables = packed(rows)
    (TARGET / TABLES).write_bytes(tables)
    card = {
        "note": "Written by training/precedents.py; training/ranking/README.md says who graded what.",
        "sha256": sha256(tables).hexdigest(),
        "questions": len(rows),
    }
    (TARGET / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(f"{len(rows)} questions, {len(tables) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
