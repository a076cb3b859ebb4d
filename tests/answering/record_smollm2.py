"""Record what SmolLM2 says to the hundred questions: `python tests/answering/record_smollm2.py` (with the extra `llm`).

Needs a built index of the corpus. Writes `recorded/smollm2.jsonl`: what it was made with, then one line for each
answer. An hour or more on two cores.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from rich.progress import track

from askms.embedding import PACKAGED, open_embedder
from askms.settings import Settings

if TYPE_CHECKING:
    from tests.answering.hostile import RECORDED, assistant_with, open_gates, questions
    from tests.answering.smollm2 import STYLES, SmolLM2, missing, provenance
else:
    from hostile import RECORDED, assistant_with, open_gates, questions
    from smollm2 import STYLES, SmolLM2, missing, provenance


def main() -> None:
    """Ask each question in each style; what is recorded already is kept, so that a run may be broken off."""
    if (why := missing()) is not None:
        sys.exit(why)
    made = {**provenance(), "date": datetime.now(UTC).date().isoformat(), "styles": STYLES}
    RECORDED.parent.mkdir(exist_ok=True)
    if not RECORDED.exists():
        RECORDED.write_text(json.dumps({"made_with": made}, ensure_ascii=False) + "\n", encoding="utf-8")
    done = {
        (row.get("style"), row.get("question")) for row in map(json.loads, RECORDED.read_text("utf-8").splitlines())
    }
    embedder = open_embedder(PACKAGED, None, Settings().index_dir)
    for style in STYLES:
        model = SmolLM2(style=style)
        with pytest.MonkeyPatch.context() as patch:
            assistant = assistant_with(model, Settings().index_dir, embedder, patch, timeout=300)
            open_gates(assistant, patch)
            for question in track([q for q in questions() if (style, q) not in done], style):
                assistant.ask(question)  # which asks the model once
                row = {"question": question, "style": style, "output": model.said[-1]}
                with RECORDED.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
