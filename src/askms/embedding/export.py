"""Export the packaged model, once: sentence-transformers' own modules to ONNX with 8-bit weights, checked against them.

The export is written beside its place and renamed, so it is whole or not there. Importing this imports PyTorch.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import torch
from filelock import FileLock
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from tokenizers import Tokenizer

from askms.embedding.exported import TOKENIZER, ExportedEmbedder
from askms.embedding.folders import PACKAGED, file_sha256, packaged_folder
from askms.embedding.reference import SentenceEmbedder
from askms.errors import ModelUnavailable
from askms.onnx import CARD, WEIGHTS

DRAFT: Final = "draft-"
"""Prefix of a folder being written; a leftover is from an export that died."""
LOCK: Final = "EXPORT.lock"
LEAST_COSINE: Final = 0.97
"""With the vectors of sentence-transformers, for each of `CHECKED`; the least of 2,000 sentences of the corpus is
0.976."""
CHECKED: Final = (
    "What is a relapse?",
    "Heat makes fatigue in MS worse.",
    "In a 2021 trial of 18 people with MS, one ketamine infusion did not change daily fatigue over 7 days.",
    "¿Qué es la esclerosis múltiple? Interferon β-1a, 30 µg.",
    "A relapse is a new symptom of MS that lasts longer than 24 hours. " * 40,  # longer than the model reads
)
_RUNTIMES: Final = ("torch", "transformers", "sentence-transformers", "onnx", "onnxruntime", "tokenizers")


def export_packaged(folder: Path) -> None:
    """Export the packaged model into a folder, in the place of a damaged export. Waits for another export to end.

    Raises:
        ModelUnavailable: the model is missing or altered, cannot be exported, or its export gives other vectors.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.parent / LOCK):
        if _is_whole(folder):
            return  # another process has just exported it
        for leftover in folder.parent.glob(f"{DRAFT}*"):
            shutil.rmtree(leftover)
        draft = folder.parent / f"{DRAFT}{os.getpid()}"
        draft.mkdir()
        _write(draft)
        if folder.exists():
            shutil.rmtree(folder)  # only ever one that the check above found damaged
        draft.rename(folder)


def _is_whole(folder: Path) -> bool:
    try:
        ExportedEmbedder(folder).verify()
    except ModelUnavailable:
        return False
    return True


def _write(draft: Path) -> None:
    reference = SentenceEmbedder()
    tokenizer = Tokenizer.from_file(str(packaged_folder() / "tokenizer.json"))
    tokenizer.enable_truncation(reference.max_tokens)  # as packaged it would cut and pad to 128 tokens
    tokenizer.no_padding()
    tokenizer.save(str(draft / TOKENIZER))
    try:
        _write_network(reference, tokenizer, draft / WEIGHTS)
    except ModelUnavailable:
        raise
    except Exception as exc:  # PyTorch and onnxruntime raise whatever they meet
        raise ModelUnavailable(
            f"Model {PACKAGED!r} cannot be exported: {exc}. Reinstall torch and onnxruntime."
        ) from exc
    card: dict[str, Any] = {
        "note": "Exported from sentence-transformers by askms index build.",
        "model": PACKAGED,
        "source_digest": reference.digest,
        "sha256": file_sha256(draft / WEIGHTS),
        "tokenizer_sha256": file_sha256(draft / TOKENIZER),
        "max_tokens": reference.max_tokens,
        "dimension": reference.embed_question("").shape[0],
        "versions": {name: version(name) for name in _RUNTIMES},
    }
    _write_card(draft, card)
    card["least_cosine"] = round(_agree(reference, ExportedEmbedder(draft)), 4)
    _write_card(draft, card)
    for path in draft.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())


class _Whole(torch.nn.Module):
    """Tokens to unit vectors: every module of the model, pooling and all."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.model({"input_ids": input_ids, "attention_mask": attention_mask})[
            "sentence_embedding"
        ]
        return found


def _write_network(reference: SentenceEmbedder, tokenizer: Tokenizer, target: Path) -> None:
    ids = torch.tensor([tokenizer.encode(CHECKED[0]).ids])
    either = {0: "texts", 1: "tokens"}
    with TemporaryDirectory() as scratch, _quiet():
        torch.onnx.export(
            _Whole(reference.model).eval(),
            (ids, torch.ones_like(ids)),
            f"{scratch}/whole.onnx",
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_axes={"input_ids": either, "attention_mask": either, "vectors": {0: "texts"}},
            opset_version=17,
            dynamo=False,
        )
        quant_pre_process(f"{scratch}/whole.onnx", f"{scratch}/ready.onnx", skip_symbolic_shape=True)
        # Seven bits of eight: with all of them, processors without VNNI instructions overflow and give other vectors.
        quantize_dynamic(
            f"{scratch}/ready.onnx", target, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what exporter and quantiser say about themselves from people; what comes of them is checked."""
    handlers = logging.root.handlers[:]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.root.handlers[:] = handlers  # they leave one, through which every library would speak from now on


def _agree(reference: SentenceEmbedder, exported: ExportedEmbedder) -> float:
    """The least cosine of the two over `CHECKED`.

    Raises:
        ModelUnavailable: it is too low.
    """
    cosines = (reference.embed_passages(CHECKED) * exported.embed_passages(CHECKED)).sum(axis=1)
    least = float(cosines.min())
    if not least >= LEAST_COSINE:
        raise ModelUnavailable(
            f"The export of {PACKAGED!r} gives other vectors than sentence-transformers: cosine {least:.3f} for "
            f"{CHECKED[int(cosines.argmin())][:40]!r}, at least {LEAST_COSINE} is needed. Reinstall onnxruntime."
        )
    return least


def _write_card(folder: Path, card: dict[str, Any]) -> None:
    (folder / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
