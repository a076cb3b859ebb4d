"""A small assistant with sources on one topic: two that disagree, a weak one, one in mice, one with an amount."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from askms.assistant import Assistant
from askms.index import LiveIndex
from askms.settings import Settings
from askms.testing import small_index

NO_CHANGE = "In a 2021 trial of 18 people with MS, one ketamine infusion did not change daily fatigue over 7 days."
IMPROVED = "A 2023 plan says that ketamine improved fatigue in people with MS in the 2021 trial."
IN_MICE = "A 2020 study found that ketamine slowed an illness like MS in mice."
DISPUTED = "A 2025 article reports that ketamine did well in a trial in MS."
AMOUNT = "A trial gave each of the 18 people with MS ketamine 40 mg and found less fatigue."
SOURCES: dict[str, dict[str, Any]] = {
    "mice": {
        "body": f"## What did ketamine do to mice with an illness like MS?\n\n{IN_MICE}\n",
        "evidence_level": "animal",
        "plain_title": "Mice and ketamine",
    },
    "plan": {
        "body": f"## Did ketamine help MS fatigue?\n\n{IMPROVED}\n",
        "evidence_level": "registry_entry",
        "plain_title": "Plan of a ketamine trial",
    },
    "trial": {
        "body": f"## Does ketamine help MS fatigue?\n\n{NO_CHANGE}\n\n## What did the trial give?\n\n{AMOUNT}\n",
        "plain_title": "Trial of ketamine for MS fatigue",
    },
    "article": {
        "body": f"## What does the article say on ketamine in MS?\n\n{DISPUTED}\n",
        "evidence_level": "news",
        "plain_title": "An article on ketamine in MS",
        "disputed_by": [
            {
                "sentence": DISPUTED,
                "why": "The main score did not change.",
                "answered_by": [{"source": "trial", "sentence": NO_CHANGE}],
            }
        ],
    },
    "blog": {
        "body": "## What did my ketamine trial do?\n\nA trial of ketamine in MS found that one writer felt better.\n",
        "evidence_level": "opinion",
        "plain_title": "A blog on ketamine in MS",
    },
}


def assistant_over(folder: Path) -> Assistant:
    """Answers from an index folder with the fake model, and thinks that it knows everything."""
    small = small_index(folder, SOURCES)
    settings = Settings(index_dir=small.folder, min_confidence=0, ranker="none")
    return Assistant(settings, small.embedder, LiveIndex(small.folder))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Answers from the small sources; shared, as nobody changes them."""
    return assistant_over(tmp_path_factory.mktemp("briefs"))
