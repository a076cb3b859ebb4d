"""Whether a passage supports a claim: the judge of verification and of the evals."""

from __future__ import annotations

from functools import cache
from typing import Final

from askms.entailment.judging import Judge, Judgement
from askms.errors import ModelUnavailable

PACKAGED: Final = "packaged"


@cache
def open_judge(spec: str = PACKAGED) -> Judge:
    """Open a judge by name, once.

    Args:
        spec: `packaged`, `cross-encoder:FOLDER_OR_CACHED_MODEL`, or `chat:PROVIDER:MODEL`.

    Raises:
        ModelUnavailable: no such judge, or its files are missing.
        ProviderError: the chat model cannot be opened.
    """
    kind, _, model = spec.partition(":")
    if spec == PACKAGED:
        from askms.entailment.packaged import packaged_judge

        return packaged_judge()
    if kind == "cross-encoder" and model:
        from askms.entailment.crossencoder import CrossEncoderJudge

        return CrossEncoderJudge(model)
    if kind == "chat" and model:
        from askms.entailment.chat import ChatJudge

        return ChatJudge.open(model)
    raise ModelUnavailable(
        f"There is no judge {spec!r}. Choose packaged, cross-encoder:FOLDER_OR_MODEL or chat:PROVIDER:MODEL."
    )


__all__ = ["PACKAGED", "Judge", "Judgement", "open_judge"]
