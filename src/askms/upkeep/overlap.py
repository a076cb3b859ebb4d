"""Words that two sources share: nearly the same notes twice, or a sentence that was copied."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from askms.upkeep.findings import Finding, SourceFile

COPIED: Final = 12
"""So many words in a row are no accident."""
ALIKE: Final = 0.3
"""Share of three-word runs in common (Broder 1997) above which two files say the same."""
_WORD: Final = re.compile(r"[\w.%-]*\w")


def check_overlap(files: Sequence[SourceFile]) -> Iterator[Finding]:
    """Runs of `COPIED` words that stand in two files, and files that are nearly the same."""
    yield from _copied(files)
    yield from _alike(files)


def _copied(files: Sequence[SourceFile]) -> Iterator[Finding]:
    first_in: dict[tuple[str, ...], SourceFile] = {}
    reported: set[tuple[str, str, str]] = set()
    for file in files:
        for sentence in file.sentences:
            words = _WORD.findall(sentence.text.lower())
            for run in _runs(words, COPIED):
                other = first_in.setdefault(run, file)
                key = (file.name, other.name, sentence.text)
                if other is file or key in reported:
                    continue
                reported.add(key)
                problem = f"{' '.join(run)!r} stands in {other.name} too"
                both = file.is_notes and other.is_notes
                line = file.line_of(sentence.text)
                yield file.finding("copied", problem, "Say it in other words.", line=line, matters=both)


def _alike(files: Sequence[SourceFile]) -> Iterator[Finding]:
    """Compare only files that share a run; a shared run of three words is listed with the files that hold it."""
    runs = [{run for s in file.sentences for run in _runs(_WORD.findall(s.text.lower()), 3)} for file in files]
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, own in enumerate(runs):
        for run in own:
            holders[run].append(at)
    shared: Counter[tuple[int, int]] = Counter()
    for held_by in holders.values():
        for i, one in enumerate(held_by):
            shared.update((one, other) for other in held_by[i + 1 :])
    for (one, other), count in sorted(shared.items()):
        share = count / (len(runs[one]) + len(runs[other]) - count)
        if share > ALIKE:
            problem = f"{share:.0%} of its three-word runs are those of {files[one].name}"
            yield files[other].finding("duplicate", problem, "Keep one of the two.", line=1)


def _runs(words: Sequence[str], length: int) -> Iterator[tuple[str, ...]]:
    return (tuple(words[at : at + length]) for at in range(len(words) - length + 1))
