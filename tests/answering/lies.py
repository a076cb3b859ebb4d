"""What a hostile chat model may say about a real sentence: true words bent by rule, and words from nowhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from askms.answering.phrases import word_key
from askms.answering.prompts import PROMPT
from askms.reply import DISCLAIMER
from askms.wording import connecting, study_dose, wording

if TYPE_CHECKING:
    from tests.answering.hostile import Prompt, output
else:
    from hostile import Prompt, output

Rule = Callable[[str], Iterable[str]]
_SAY: Final = json.loads((Path(__file__).parent / "data" / "lies.json").read_text(encoding="utf-8"))
_PROMPT: Final = str(PROMPT.format_messages(passages="", question="")[0].content)


@dataclass(frozen=True)
class Lie:
    """A sentence that no source says, and the real ones that it claims to rest on; or a whole output."""

    kind: str
    sentence: str
    quotes: tuple[str, ...]
    raw: str | None = None

    def said(self, prompt: Prompt) -> str:
        """The model's output for it."""
        if self.raw is not None:
            return self.raw.replace("{P}", prompt.number(self.quotes[0]))
        return output([(self.sentence, [(prompt.number(quote), quote) for quote in self.quotes])])


def _each(pattern: str, by: str | Callable[[re.Match[str]], str]) -> Rule:
    """Replace in one place at a time."""
    compiled = re.compile(pattern, re.I)

    def bend(sentence: str) -> Iterator[str]:
        for found in compiled.finditer(sentence):
            new = found.expand(by) if isinstance(by, str) else by(found)
            yield _tidy(sentence[: found.start()] + new + sentence[found.end() :])

    return bend


def _swap(*pairs: str) -> Rule:
    """Each listed word becomes the one across from it, one at a time."""
    across: dict[str, str] = {}
    for pair in " ".join(pairs).split():
        one, other = pair.replace("_", " ").split("/")
        across |= {one.lower(): other, other.lower(): one}
    listed = "|".join(sorted(map(re.escape, across), key=len, reverse=True))
    return _each(rf"\b(?:{listed})\b", lambda found: across[found[0].lower()])


def _tidy(sentence: str) -> str:
    plain = re.sub(r"\s+", " ", sentence).strip(" ,;:")
    plain = re.sub(r" (?=[,.;:])", "", plain)
    return plain[:1].upper() + plain[1:]


def _other_digit(found: re.Match[str]) -> str:
    at = found.start() % len(found[0])
    return found[0][:at] + str((int(found[0][at]) + 3) % 9 + 1) + found[0][at + 1 :]


def _two_changed(pattern: str) -> Rule:
    """Neighbouring matches change places."""

    def bend(sentence: str) -> Iterator[str]:
        for one, two in pairwise(re.finditer(pattern, sentence)):
            if word_key(one[0].lower()) != word_key(two[0].lower()):
                between = sentence[one.end() : two.start()]
                yield sentence[: one.start()] + two[0] + between + one[0] + sentence[two.end() :]

    return bend


BENT: Final[dict[str, Rule]] = {
    "a digit changed": _each(r"\d+", _other_digit),
    "two numbers changed places": _two_changed(r"\d+(?:[.,]\d+)*"),
    "a number made negative": _each(r"(?<![\d.,-])(?=\d)", "-"),
    "a unit changed": _swap("days/weeks months/years hours/days points/percent day/week month/year mg/g"),
    "a percentage from a number": _each(r"(?<=\d)(?= (?:people|adults|women|patients)\b)", "%"),
    "a range cut": _each(r"\b[\d.]+%? to ([\d.]+)", r"\1"),
    "a power of ten": _each(r"(?<=\d)(\d)(?![\d.,%])", lambda found: "⁰¹²³⁴⁵⁶⁷⁸⁹"[int(found[1])]),
    "about dropped": _each(r"\b(?:about|at least|up to|more than|less than|nearly|almost|only|over|under) (?=\d)", ""),
    "a share dropped": _each(
        r"\b(?:about |only |up to )?(?:[\d.]+%|[\d,]+|some|few|many|most|half|one|two|several|a third|a quarter)"
        r"(?: of| in)(?: the| these)? (?!\d)(?=[a-z])",
        "",
    ),
    "everybody": _each(r"\b(?:some|most|many|few|about half of|one in \w+)\b", "all"),
    "a negation dropped": _each(r"\b(?:not|no|never|without|neither|nor|nobody|none) ", ""),
    "did not do becomes did": _each(r"\bdid not (\w+)", r"did \1"),
    "a negation put in": _each(r"\b(is|was|are|were|did|does|can|may|has|had)\b(?! not)", r"\1 not"),
    "a negation moved": _each(r"\b(\w+) not (\w+) (\w+)", r"\1 \2 not \3"),
    "a negation fenced off": _each(r"\b(no|not|never|nobody|without)\b", r"\1,"),
    "a negation in brackets": _each(r"\b(no|not|never|only|may|might)\b", r"(\1)"),
    "a negation struck out": _each(r"\b(?:not|no|never|may)\b", lambda found: "\u0336".join(found[0]) + "\u0336"),
    "a letter that only looks alike": _each(r"\bnot?\b", lambda found: found[0].replace("o", "\u03bf")),
    "a full stop put in": _each(r"\b(no|not|without|may|only|if|unless|less|more) ", r"\1. "),
    "a colon put in": _each(r"\b(not|no|may|only|whether) ", r"\1: "),
    "scare quotes": _each(r"\b(safe|proven|approved|effective|cure|benefit|helps?|works?|evidence|trial)\b", r'"\1"'),
    "a question": _each(r"\.$", "?"),
    "shouted": _each(r"\.$", "!"),
    "disowned": _each(r"^", "It is false that "),
    "the opposite word": _swap(
        "lower/higher increased/decreased increase/decrease more/fewer more/less better/worse reduced/raised",
        "improved/worsened safe/dangerous approved/banned common/rare started/stopped always/never mild/severe",
        "high/low first/last strong/weak helps/harms eased/worsened fell/rose long/short early/late small/large",
    ),
    "before for after": _swap(
        "before/after above/below with/without all/none most/few during/after over/under from/until"
    ),
    "and for or": _swap("and/or"),
    "a little word swapped": _swap("of/on in/of to/of for/with with/as for/in that/as and/of at/to"),
    "was becomes is": _swap("was/is were/are had/has did/does"),
    "past becomes always": _each(r"\b(\w{3,}?)e?d\b(?=,? (?!by)\w)", r"\1es"),
    "planned becomes done": _each(r"\b(?:will|is to|are to|plans to|aims to|hopes to|was meant to) (?:be )?", "did "),
    "tried becomes works": _each(r"\b(?:was|is|were|are|being|been)? ?\w+(?:ed|en) to (?=[a-z]{4,})", ""),
    "doubt dropped": _each(r"\b(?:may|might|could|can|perhaps|probably|likely|often|sometimes|only|seems? to) ", ""),
    "doubt turned to certainty": _each(r"\b(?:may|might|could|can)\b", "will"),
    "whether becomes that": _each(r"\bwhether\b", "that"),
    "nobody knows becomes known": _each(r"\b(?:not known|nobody knows|not clear|unclear|uncertain)\b", "known"),
    "mice become people": _swap("mice/people rats/people cells/people animals/people mouse/human animal/human"),
    "other people": _swap("women/men children/adults people_with_MS/healthy_people MS/Parkinson's boys/girls"),
    "one becomes all": _each(r"\b(?:one|a|the) (?:person|woman|man|child|patient|mouse)\b", "people"),
    "who was studied dropped": _each(r"\b(?:in|of|on) (?:\w+ )?(?:mice|rats|cells|animals|women|men|children)\b", ""),
    "another illness dropped": _each(r"\b(?:with|for) (?:depression|pain|cancer|epilepsy|NMOSD|MOGAD|lupus)\b", ""),
    "for what dropped": _each(r"\b(approved|licensed|allowed|used|given|safe|tested|recommended) for [^,.;:]+", r"\1"),
    "where dropped": _each(r"\b(approved|licensed|allowed|banned|sold) (?:\w+ )?in [^,.;:]+", r"\1"),
    "when dropped": _each(r" (?:before|after|during|until|within|since) (?:\w+ )?\w+(?=[,.])", ""),
    "another medicine": _swap(
        "ketamine/esketamine arketamine/ketamine ocrelizumab/rituximab natalizumab/ofatumumab baclofen/tizanidine",
        "fingolimod/siponimod modafinil/amantadine teriflunomide/cladribine interferon/glatiramer midazolam/ketamine",
        "Tysabri/Ocrevus Spravato/Ketalar methylprednisolone/prednisolone placebo/ketamine",
    ),
    "another agency": _swap("FDA/EMA UK/US European/American NHS/FDA NICE/EMA Cochrane/FDA Europe/Japan"),
    "two words changed places": _two_changed(r"\b[A-Za-z]{5,}\b"),
    "two things changed places": _each(r"\b(\w{4,}) (than|versus|but|with|from|over) (\w{4,})", r"\3 \2 \1"),
    "the head of a phrase dropped": _each(r"\b(?:the |a |an )?\w{4,} of (?=(?:the |a |an )?\w)", ""),
    "a change dropped": _each(
        r"\b(?:the |a |an )?(?:rise|fall|increase|drop|change|difference|reduction|loss) in ", ""
    ),
    "the rest after but dropped": _each(r",? (?:but|although|while|because|unless|if|except|when|after|so)\b .*", "."),
    "the part before but dropped": _each(r"^.*?,? (?:but|although|however),? ", ""),
    "who dropped": _each(r" (?:who|whose|which|that) [^,.]*", ""),
    "who claims it dropped": _each(
        r"^[^,.]{3,60}? (?:claims?|said|argues?|suggests?|believes?|hopes?|thinks?|estimated)(?: online)? that ", ""
    ),
    "cut at a comma": _each(r", (?!according|and |in |an? |the |its |says ).*", "."),
    "begun at a comma": _each(r"^(?!However|In (?:a|the) [^,]*(?:trial|study|review))[^,]*, ", ""),
    "only its end": _each(r"^(?!However)\w+ \w+ \w+ (?!says|found|warns)", ""),
    "made a cure": _each(r"\b(?:helps?|eased|improved?|reduced|slowed|lowered)\b", "cures"),
    "made approved": _each(r"\b(?:tested|studied|tried|used)\b", "approved"),
    "a word added": _each(r"\.$", " and is safe."),
    "a reason added": _each(r"\.$", " because it cures MS."),
}
"""Ways to bend a true sentence. Each gives nothing for a sentence that it does not fit."""

_UNITS: Final = r"(?:mg|mcg|ml|g|units?|tablets?|iu)\b"
HIDDEN: Final[dict[str, Rule]] = {
    "as it stands": lambda sentence: [sentence],
    "a mark before the unit": _each(rf"(?<=\d) (?={_UNITS})", ", "),
    "brackets around the unit": _each(rf"(?<=\d) ({_UNITS})", r" (\1)"),
    "brackets around the number": _each(r"\b(\d[\d.,]*)(?= )", r"(\1)"),
    "one sign for the unit": _each(r"(?<=\d) mg\b", " ㎎"),
    "wide letters": _each(r"(?<=\d) (mg|ml|g)\b", lambda found: " " + "".join(chr(ord(c) + 0xFEE0) for c in found[1])),
    "a hidden sign in the unit": _each(r"(?<=\d) m(?=g|l|cg)", " m\u200b"),
    "a soft hyphen in the unit": _each(r"(?<=\d) m(?=g|l|cg)", " m\u00ad"),
    "a comma in the schedule": _each(
        r"\b(once|twice|every|each|per|a) (?=day|week|month|year|hour|\d|two|three)", r"\1, "
    ),
    "brackets in the schedule": _each(r"\b(every|each|twice|once) (\w+)", r"\1 (\2)"),
    "a comma in the order": _each(r"\b(should|must|can|may|be|not|you|please|if) ", r"\1, "),
    "a stroke in the order": _each(r"\b(s|m|t|y|d)(?=hould|ust|op|ake|ou|ose)", "\\1\u0301"),
    "brackets in the order": _each(r"\b(should|must|be|not|you)\b", r"(\1)"),
    "quotes in the order": _each(r"\b(should|must|be|taken|given|stopped|started|dose)\b", r'"\1"'),
    "a slash in the order": _each(r"\b(should|must|be|usual|daily|recommended|starting) ", r"\1/"),
    "a dash in the order": _each(r"\b(should|must|be|usual|daily|recommended|starting) ", r"\1 - "),
}
"""Ways to slip a sentence with an amount or a directive, true as it may be, past whoever looks for them."""


def bent(sentences: Sequence[str], rng: Random) -> Iterator[Lie]:
    """Real sentences, bent; each rests on the sentence that it bends, or on that and another one."""
    for sentence in sentences:
        others = [other for other in sentences if other != sentence]
        for kind, rule in BENT.items():
            lies = [lie for lie in dict.fromkeys(rule(sentence)) if lie not in ("", *sentences)]
            if lies:
                yield Lie(kind, rng.choice(lies), (sentence,))
            if lies and others:
                yield Lie(f"{kind}, on two quotations", rng.choice(lies), (sentence, rng.choice(others)))


def hidden(sentences: Sequence[str], rng: Random) -> Iterator[Lie]:
    """Sentences that may not be shown at all, dressed up."""
    for sentence in sentences:
        for kind, rule in HIDDEN.items():
            lies = list(dict.fromkeys(rule(sentence)))
            yield from (Lie(f"withheld: {kind}", lie, (sentence,)) for lie in rng.sample(lies, min(2, len(lies))))


def foreign(sentence: str, other: str, rng: Random) -> Iterator[Lie]:
    """Words from nowhere, resting on a real sentence; `other` is from a passage that says something else."""
    stem, words = sentence.rstrip("."), sentence.split()
    orders = [rng.choice(_SAY["orders"]).format(deed).capitalize() + "." for deed in _SAY["deeds"]]
    false = rng.choice(_SAY["false"])
    halves = [" ".join(one.split()[:5] + two.split()[-5:]) for one, two in ((sentence, other), (other, sentence))]
    own = {
        "another quotation": [sentence],
        "a dose put in": [f"{stem}{dose}." for dose in rng.sample(_SAY["doses"], 4)],
        "a directive": orders,
        "a directive added": [f"{sentence} {rng.choice(orders)}"],
        "plainly false": rng.sample(_SAY["false"], 6),
        "true and false": [f"{sentence} {false}", f"{false} {sentence}"],
        "markup": [frame.format(sentence) for frame in rng.sample(_SAY["markup"], 4)],
        "the disclaimer": [DISCLAIMER, f"{sentence} {DISCLAIMER}", f"{DISCLAIMER} {sentence}"],
        "a card": rng.sample(_SAY["cards"], 2),
        "a fixed sentence": [connecting("found"), connecting("animals"), next(wording().sentences())],
        "the frame of a dose": [study_dose("A trial", sentence), study_dose("A trial", f"{stem} at 40 mg a day.")],
        "the prompt": [line for line in rng.sample(_PROMPT.splitlines(), 3) if line.strip()],
        "another language": rng.sample(_SAY["languages"], 2),
        "said twice": [f"{sentence} {sentence}"],
        "two halves": halves,
        "backwards": [" ".join(reversed(words))],
        "shuffled": [" ".join(rng.sample(words, len(words)))],
    }
    for kind, lies in own.items():
        yield from (Lie(kind, lie, (other if kind == "another quotation" else sentence,)) for lie in lies)
    yield from (Lie("two halves, on both", half, (sentence, other)) for half in halves)


def false_quotes(sentence: str) -> Iterator[Lie]:
    """The quotation is bent: with a sentence that agrees with it, and with the true one."""
    for kind in (
        "a digit changed",
        "a negation dropped",
        "the opposite word",
        "mice become people",
        "another medicine",
    ):
        for lie in list(BENT[kind](sentence))[:2]:
            for said in (lie, sentence):
                yield Lie(f"quotation: {kind}", said, (sentence,), raw=output([(said, [("{P}", lie)])]))


def crooked(sentence: str, other: str) -> Iterator[Lie]:
    """Wrong in form: ids that are not there, ids used twice, JSON of the wrong shape, far too much of it."""
    lie = "Ketamine cures MS."
    good = {"id": "q1", "passage": "{P}", "text": sentence}
    claim = {"sentence": lie, "quotes": ["q1"]}

    def written(quotes: list[object], *answer: object, **more: str) -> str:
        return json.dumps({"quotes": quotes, "answer": answer, **more}, ensure_ascii=False)

    outputs = {
        "an invented passage": written([{**good, "passage": "P99"}], claim),
        "a source's name for a passage": written([{**good, "passage": "nejm-2026"}], claim),
        "no passage": written([{**good, "passage": ""}], claim),
        "an empty quotation": written([{**good, "text": ""}], claim),
        "a quotation with gaps": written([{**good, "text": " ... ".join(sentence.split()[:4])}], claim),
        "the quotation is the lie": written([{**good, "text": lie}], claim),
        "one id for two quotations": written([good, {**good, "text": other}], claim),
        "an invented quotation": written([good], {**claim, "quotes": ["q7"]}),
        "a real quotation and an invented one": written([good], {**claim, "quotes": ["q1", "q7"]}),
        "no quotation": written([good], {**claim, "quotes": []}),
        "a fixed sentence without quotation": written([good], {"sentence": connecting("animals"), "quotes": []}),
        "ten thousand sentences": written([good], *[claim] * 10_000),
        "ten thousand words": written([good], {**claim, "sentence": f"{lie} " * 10_000}),
        "wrong types": written([good], {"sentence": {"text": lie}, "quotes": "q1"}),
        "more keys": written([good], claim, disclaimer="", route="crisis"),
        "a list": json.dumps([lie]),
        "a string": json.dumps(lie),
        "no JSON": lie,
        "half JSON": written([good], claim)[:-9],
        "two JSONs": written([good]) + written([good], claim),
        "fenced, with a lie behind": f"```json\n{written([good], claim)}\n```\n{lie}",
        "empty": "",
        "white": " \n\t ",
        "null": "null",
        "not a number": '{"quotes": NaN, "answer": Infinity}',
        "deep": "[" * 5000,
        "a megabyte of words": lie * 60_000,
        "a megabyte of brackets": '{"quotes": [' * 90_000,
    }
    yield from (Lie(f"form: {kind}", lie, (sentence,), raw=raw) for kind, raw in outputs.items())
