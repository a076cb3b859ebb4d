"""Precedents for tests: graded questions in tables like those that are shipped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import numpy as np

from askms.embedding import Embedder
from askms.precedents import Precedents, name_of
from askms.precedents.precedents import CARD, TABLES


def precedents_of(folder: Path, embedder: Embedder, answers: Mapping[str, tuple[str, str]]) -> Precedents:
    """Precedents of these questions, each with a source and the sentence of it that answers."""
    folder.mkdir(parents=True, exist_ok=True)
    vectors = np.array([embedder.embed_question(question) for question in answers])
    scale = np.abs(vectors).max(axis=1) / 127
    names = [name_of(*place) for place in answers.values()]
    by_name = sorted(range(len(names)), key=lambda at: names[at])
    known, counts = np.unique(names, return_counts=True)
    np.savez_compressed(
        folder / TABLES,
        vectors=np.round(vectors / scale[:, None]).astype(np.int8),
        scale=scale,
        answered=np.ones(len(answers), dtype=bool),
        names=known,
        starts=np.cumsum([0, *counts]),
        questions=np.array(by_name),
        gains=np.ones(len(answers)),
    )
    card = {"sha256": sha256((folder / TABLES).read_bytes()).hexdigest()}
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")
    return Precedents(folder)
