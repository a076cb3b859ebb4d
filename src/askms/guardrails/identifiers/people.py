"""Names of people: who writes, who is written about, who treats them.

A name is told by what stands before it ("my name is", "my sister", "Dr"), by where it
stands ("Tom here", "thanks, Tom") or because it begins with a common given name. Authors,
people known to the public and roles to play are what patients ask about, so a name that is
known only by its look stays when it is cited.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from typing import Final

from askms.guardrails.identifiers.naming import DETAILS, Naming, Trust
from askms.guardrails.identifiers.reading import read
from askms.guardrails.identifiers.spans import Span, covered
from askms.guardrails.identifiers.words import either, fold, is_medicine, lowered, words

_NEAR: Final = 40
"""Characters before a name in which it may be cited."""
_HERE: Final = frozenset({"here", "speaking", "writes", "writing", "asks", "aqui", "ici", "hier"})
_GREETS: Final = frozenset("hi hello hey hiya its it is this so ok yes hola bonjour hallo ciao again".split())
_ABOUT: Final = frozenset({"is", "was", "my", "our"})
_FROM: Final = frozenset({"from"})
_HONOURS: Final = frozenset({"bhai", "bhaji", "bhaiya", "behen", "didi", "sahib", "sahiba"})
"""What is said behind a name in Hindi, Punjabi and Urdu."""
_AND: Final = frozenset({"and", "und", "et", "y", "e", "i"})
_LINE_ENDS: Final = re.compile(r"[ .x]*(?:\n|$)")
_CLAUSE_ENDS: Final = re.compile(r"[.!?](?: |$)|$|\n|, ")
_OF_OURSELVES: Final = re.compile(
    r"(?<!\w)(?:me|i|my|us)(?!\w)(?![^.!?\n]* (?:in|from|near|at|to|of|by|than)(?!\w))[^.!?\n]*, $"
)
_OPENING_ENDS: Final = re.compile(
    r" ?(?:[/;|]|[–—-] |\n|: )|,? (?:what|whats|what's|which|why|how|when|where|who|i|i'm|im|i've|my|hi|hello|please"
    r"|pls|question|query|asking|just"
    r"|can you|can i|could|do|does|did|are|any|tell me|help|need|want|wondering|que|qué"
    r"|est-ce|was|wie|come|cosa|como|cómo|quel(?:le)?s?|pregunta|frage|domanda)(?!\w)",
    re.IGNORECASE,
)
"""A name alone before what is asked, as people write it at the top."""
_SURNAME_FIRST: Final = re.compile(r"[^\W_][\w'’-]+, [^\W_][\w'’-]+(?: [A-Z]\.?)? ?(?:[;/|\n]|[,(–-]? ?\[)")
_INITIALED: Final = re.compile(
    r"(?<![^\W_])(?!(?<=[^\W\d_A-ZÀ-ÖØ-Þ] )[aeiouy] )"
    r"(?:[^\W\d_](?:\.[ -]?|[ -])){1,2}(?P<surname>[^\W\d_][\w'’-]{2,24})(?=[ ,/|;:(–—-]{1,3}\[(?:e-m|pho))"
)
"""`r. abernethy-sloan / [e-mail]`, but not `riesco a respirare [e-mail]`"""
_TELLS_US: Final = re.compile(
    r" (?:rang|phoned|rings|called|texted|told|tells|emailed|messaged|saw|asked|helps?|drives|drove|looks after"
    r"|takes care of|married|gave) (?:me|us|him|her)(?!\w)"
)
"""What people do and papers do not."""
_SIGNATURE_ENDS: Final = re.compile(r"[ .!x,)]{0,8}(?:\n|$|\[|[.!] |, \d)")


def mask_people(text: str) -> str:
    """The text with every person's name replaced."""
    return covered(text, _People(text).names(), "[name]")


class _People:
    """The names in one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lowered = lowered(text)
        self._words = read(text)
        self._naming = Naming(text, self._words)
        self._at = {word.start: i for i, word in enumerate(self._words)}
        self._public = [m.span() for m in _pattern("public").finditer(self._lowered)]

    def names(self) -> Iterator[Span]:
        """Where names stand; they may overlap."""
        for place, trust in _places():
            for match in place.finditer(self._lowered):
                yield from self._name(self._word_at(match.end()), trust)
        for match in _pattern("signed").finditer(self._lowered):
            yield from self._signature(self._word_at(match.end()))
        for i, word in enumerate(self._words):
            if word.given or word.maybe_given:
                yield from self._name(i, Trust.LOOK)
            if word.key in _HERE or (word.key in _ABOUT and _pattern("mine").match(self._lowered, word.start)):
                yield from self._before(i)
            if word.text == "Ms" and self._naming.goes_on(i + 1, Trust.TITLE) and self._words[i + 1].shown:
                yield from self._name(i + 1, Trust.TITLE)
            if word.surely_unknown and self._naming.follows(i, _HONOURS) and self._words[i + 1].gap == " ":
                yield word.start, word.end
            if self._is_from(i):
                yield word.start, word.end
            if word.surely_unknown:
                yield from self._heading(i)
                if word.shown and not word.acronym and _TELLS_US.match(self._lowered, word.end):
                    yield word.start, word.end
        yield from self._opening()
        for match in _INITIALED.finditer(self._text):
            at = self._word_at(match.start("surname"))
            if at < len(self._words) and self._words[at].unknown:
                yield match.span()

    def _word_at(self, start: int) -> int:
        return self._at.get(start, len(self._words))

    def _name(self, at: int, trust: Trust) -> Iterator[Span]:
        end = self._naming.last(at, trust)
        if end is None:
            return
        first = self._naming.first(at) if trust is Trust.LOOK else at
        if not self._asked_about(self._words[first].start, self._words[end - 1].end, trust):
            yield self._words[first].start, self._words[end - 1].end
            yield from self._beside(end)

    def _beside(self, at: int) -> Iterator[Span]:
        """`Alfie and Poppy`: a second name after the first."""
        if at >= len(self._words):
            return
        joined = self._words[at].key in _AND and self._words[at].gap in (" ", ", ")
        second = at + joined
        if second >= len(self._words) or not (joined or self._words[at].gap in (", ", " & ", "/")):
            return
        word = self._words[second]
        if word.given or (word.shown and not word.acronym and (word.maybe_given or word.surely_unknown)):
            end = self._naming.last(second, Trust.NAME_IS)
            if end is not None:
                yield word.start, self._words[end - 1].end
                yield from self._beside(end)

    def _comes_first(self, at: int) -> bool:
        """Whether a sentence begins with the word, or a greeting stands before it."""
        return at == 0 or self._words[at].gap != " " or self._words[at - 1].key in _GREETS

    def _is_from(self, at: int) -> bool:
        """`sue from Bristol`."""
        word = self._words[at]
        named = word.maybe_given and word.key not in words("after_a_name")
        return named and self._comes_first(at) and self._naming.follows(at, _FROM)

    def _before(self, here: int) -> Iterator[Span]:
        """`Tom Hale here`, `Tom is my son`: back to where the sentence or a greeting began."""
        for at in range(here - 1, max(here - 4, -1), -1):
            if self._words[at + 1].gap not in (" ", ", "):
                return
            word = self._words[at]
            if self._comes_first(at):
                named = word.given or word.maybe_given or word.surely_unknown
                if named and all(self._naming.goes_on(i, Trust.I_AM) for i in range(at + 1, here)):
                    yield word.start, self._words[here - 1].end
                return

    def _heading(self, at: int) -> Iterator[Span]:
        """`Tom Hale, 45`, or a line that holds nothing else."""
        end = next((i for i in range(at + 1, at + 4) if not self._naming.goes_on(i, Trust.LOOK)), at + 4)
        named = self._words[at:end]
        shown = all(word.shown for word in named)
        opens = at == 0 or not {*".,;:!?\n(–—"}.isdisjoint(self._words[at].gap)
        if len(named) < 2 or not (opens or shown) or not all(word.surely_unknown for word in named):
            return
        stop = named[-1].end
        whole_line = shown and "\n" in named[0].gap and _LINE_ENDS.match(self._text, stop)
        if whole_line or DETAILS.match(self._text, stop) or (shown and self._in_apposition(named[0].start, stop)):
            yield named[0].start, stop

    def _opening(self) -> Iterator[Span]:
        """`Xanthe Quillfeather what is myelin`: two names at the very start that nothing is said of."""
        named = self._words[:4]
        end = next((i for i in range(1, len(named)) if not self._naming.goes_on(i, Trust.MET)), len(named))
        if end == 1 and len(named) > 1 and named[1].gap == ", " and _SURNAME_FIRST.match(self._text):
            end = 2
        named = named[:end]
        if len(named) < 2 or any(word.key in words("function") or is_medicine(word.key) for word in named):
            return
        stop = named[-1].end
        strange = sum(word.surely_unknown or word.given for word in named)
        shown = all(word.shown and not word.acronym for word in named)
        if strange < (1 if shown else len(named)) or self._asked_about(named[0].start, stop, Trust.LOOK):
            return
        beside = DETAILS.match(self._text, stop)
        if beside or (strange == len(named) and _OPENING_ENDS.match(self._text, stop)):
            yield named[0].start, stop

    def _in_apposition(self, start: int, stop: int) -> bool:
        """`you spoke to me before, Xanthe Quillfeather.`"""
        return (
            self._text[max(0, start - 2) : start] in (", ", "– ", "— ")
            and _CLAUSE_ENDS.match(self._text, stop) is not None
            and _OF_OURSELVES.search(self._lowered[max(0, start - _NEAR) : start]) is not None
        )

    def _signature(self, at: int) -> Iterator[Span]:
        end = self._naming.last(at, Trust.NAME_IS)
        if end is None or not _SIGNATURE_ENDS.match(self._text, self._words[end - 1].end):
            return
        first = self._words[at]
        alone = "\n" in first.gap and first.shown and first.unknown
        if alone or first.given or first.maybe_given or first.surely_unknown or first.initial:
            yield first.start, self._words[end - 1].end

    def _asked_about(self, start: int, stop: int, trust: Trust) -> bool:
        """Whether it is the name of an author, of somebody known to all, of a place or of a role to play."""
        if trust is Trust.NAME_IS:
            return False
        before, after = self._lowered[max(0, start - _NEAR) : start], self._lowered[stop : stop + _NEAR]
        if _pattern("who_is").search(before):
            return True
        if trust in (Trust.RELATION, Trust.TITLE) and self._is_a_role(before, start, stop):
            return True
        if trust in (Trust.I_AM, Trust.RELATION):
            return False
        at = bisect_right(self._public, start, key=lambda span: span[1])
        public = at < len(self._public) and self._public[at][0] < stop
        return public or bool(_pattern("cited_before").search(before) or _pattern("cited_after").match(after))

    def _is_a_role(self, before: str, start: int, stop: int) -> bool:
        fiction = fold(self._text[start:stop]) in words("fiction")
        return fiction or _pattern("role_play").search(before) is not None


@cache
def _places() -> tuple[tuple[re.Pattern[str], Trust], ...]:
    """Patterns in lower case that end where a name may begin."""
    gap = r"[ \n]?(?:[,:(\"'“‘–—-][ \n]?)?(?<!\w)"
    owner = rf"{either('owner')}[ \n]"
    person = rf"(?:(?:{owner})?{either('relation')}|{owner}{either('treats')})"
    called = rf"(?:['’]s)?(?:[ \n,(]{{1,2}}{either('called')})?"
    return tuple(
        (re.compile(pattern), trust)
        for pattern, trust in (
            (rf"(?<!\w){either('name_is')}{gap}", Trust.NAME_IS),
            (rf"(?<![\w.]){either('title')}[ \n]", Trust.TITLE),
            (rf"(?<![\w.]){either('spoken_title')}[ \n]", Trust.RELATION),
            (rf"(?<!\w){person}{called}{gap}", Trust.RELATION),
            (rf"(?<!\w){either('our_own')}[ \n]", Trust.OURS),
            (rf"(?<!\w){either('i_am')}[ \n,]{{1,2}}", Trust.I_AM),
            (rf"(?:(?<!\w)(?:{either('met')}:?|{either('it_is')})|(?:^|\n)from:?)[ \n]", Trust.MET),
            (rf"(?:^|[\n.;!?] ?){either('treats')}: ", Trust.RELATION),
            (r", (?:old|young|big|wee|auld) ", Trust.MET),
        )
    )


@cache
def _pattern(name: str) -> re.Pattern[str]:
    by = r"(?:[ ,:(]+(?:\w+ )?(?:by|of|from|is|was|dr\.?|prof\.?|professor|the))*[ ,:(]*$"
    asked = r"(?:^|[.?!\n] ?)who(?:['’]?s| is| was| are)"
    patterns = {
        "public": rf"(?<!\w){either('known_people')}(?!\w)",
        "signed": rf"(?:(?<!\w){either('signed_off')}[ \n,.!x–—-]{{1,4}}|\n[–—~-] ?|[.!?] [–—~-] ?)",
        "mine": rf"(?:(?:is|was) )?(?:my|our|his|her) (?:name|{either('relation')}|{either('treats')})(?!\w)",
        "role_play": rf"(?<!\w){either('role_play')}[^.?!\n]{{0,25}}$",
        "who_is": rf"{asked}(?: (?:a|the|dr\.?|prof\.?|professor|doctor))* $",
        "cited_before": rf"(?<!\w){either('cited_before')}{by}",
        "cited_after": rf"(?:['’]s)?[ ,(]*{either('cited_after')}(?!\w)",
    }
    return re.compile(patterns[name])
