"""Amounts and directives in a sentence that a patient may see: what may never stand outside the frame.

Both scans are backstops behind the allow-list. They judge a sentence by its own words and
know nothing of who asked. Results are not amounts: points, percentages, people, days of
follow-up and blood levels pass.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from askms.guardrails.names import named_medicines

_NUMBER: Final = (
    r"(?:\d+(?:[.,]\d+)*|half(?: an?)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen"
    r"|twenty|thirty"
    r"|forty|fifty|sixty|hundred)"
)
_DIGITS: Final = r"\d+(?:[.,]\d+)*"
_MASS: Final = (
    r"(?:mgs?|milligram(?:me)?s?|mcgs?|µg|μg|ug|microgram(?:me)?s?|g|grams?|gm|kg of|ml|mls|millilit\w+|cc|iu|i\.u\."
    r"|international units?|units?|mmol|meq|mega ?units)"
)
_CONCENTRATION: Final = re.compile(
    rf"{_DIGITS}\s?(?:mg|ng|pg|g|µg|mcg|iu|u|units?|nmol|mmol)\s?(?:/|per )\s?(?:d?l|ml|lit\w+|decilit\w+)\b", re.I
)
_AMOUNT: Final = re.compile(rf"\b{_DIGITS}(?:\s|-|\u00a0)?{_MASS}\b(?!\s?/\s?d?l)", re.I)
_WORDED: Final = (
    r"(?:(?:half|a quarter)(?: of)?(?: an?)?|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ]\w+)?"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:an?|one|two|three|four|five|six|eight) (?:hundred|thousand)|hundred|thousand)"
)
_WORDED_AMOUNT: Final = re.compile(
    rf"\b{_WORDED}[ -](?:milligram(?:me)?s?|microgram(?:me)?s?|mgs?|mcgs?|millilit\w+|mls?|grams?"
    r"|international units?)\b"
    r"|\b(?:tea|table|dessert)?spoon(?:s|fuls?)\b|\bcapfuls?\b|\bdropperfuls?\b"
    r"|\b(?:multiply|multiplied|divide|divided)\b[^.;]{0,40}\b(?:weight|kilograms?|kilos?|kg)\b"
    r"|\b(?:weight|kilograms?|kilos?|kg)\b[^.;]{0,40}\b(?:multiplied|divided)\b",
    re.I,
)
_FORM_FIELD: Final = re.compile(r"(?:^|[.;|]\s*)(?:dose|dosage|dosing|frequency|strength|unit)s?\s*[:=]", re.I)
_SOME_OF_THEM: Final = re.compile(
    r"\b(?:half|two|three|four|five|six|\d+)(?: of (?:the|those|these|your))? "
    r"(?:small |big |little |large |round |long )?"
    r"(?:yellow|white|pink|blue|red|green|orange|brown|purple|grey|gray|small|big|little|large|round|long) ones\b"
    r"|\b(?:half|two|three|four|five|six|\d+) of the \d{1,3}s\b",
    re.I,
)
_PER_WEIGHT: Final = re.compile(r"\b(?:per|a|each|for (?:each|every))\s(?:kg|kilos?|kilogram\w*)\b|/\s?kg\b", re.I)
_PIECES: Final = re.compile(
    rf"\b{_NUMBER}(?: (?:more|extra|whole|small|other))?(?: |-)(?:tablets?|pills?|capsules?|puffs?|drops?"
    rf"|sprays?|sachets?|patches|vials?"
    r"|pens?|ampoules?|teaspoons?|gummies)\b",
    re.I,
)
_DOSE_WORDS: Final = re.compile(
    r"\b(?:(?:usual|maximum|recommended|starting|daily|standard|normal|typical|max|minimum|maintenance"
    r"|loading|correct"
    r"|safe|highest safe) (?:daily )?(?:dose|dosage|dosing)|dose (?:is|of) (?:about |around |up to )?\d)",
    re.I,
)
_SCHEDULE: Final = re.compile(
    rf"\b(?:once|twice|thrice|{_NUMBER} times) (?:a|an|per|each|every) (?:day|night|week|month|year|hour)\b"
    r"|\b(?:once|twice|thrice)[- ](?:daily|weekly|monthly|nightly|yearly|a day|per day)\b"
    rf"|\b(?:every|each) (?:other |second |third |{_NUMBER}(?: to {_NUMBER})? |few )?(?:hours?|days?"
    rf"|nights?|mornings?"
    r"|evenings?|weeks?|months?|\d+ ?h)\b"
    rf"|\b{_NUMBER} (?:hours?|days?|weeks?|months?) apart\b"
    r"|\b(?:at bedtime|before bed|with (?:each )?meals?|on an empty stomach)\b"
    rf"|\b(?:daily|nightly|weekly|monthly|a day|per day|per night|each night)\b"
    rf"|\b{_NUMBER} (?:in the morning|at (?:noon|night|lunch)|with (?:breakfast|lunch|dinner))\b"
    r"|\b[0-4]-[0-4]-[0-4](?:-[0-4])?\b"
    r"|\bt\.?i\.d\b|\bb\.i\.d\b|\bq\.i\.d\b|\bq\d{1,2} ?h\b",
    re.I,
)
_TAKING: Final = re.compile(
    r"\b(?:take[sn]?|taking|took|given|gave|gets?|got|receiv\w+|inject\w*|infus\w+|drips?|dos(?:e[sd]?|ing|age)"
    r"|tablets?|pills?|capsules?|medicines?|medications?|drugs?|administ\w+|swallow\w*|use[sd]?|treatments?|courses?"
    r"|sprays?|vaccin\w+)\b",
    re.I,
)
_DAILY_NOUN: Final = re.compile(
    r"\bdaily (?:fatigue|life|living|activit\w+|score|function\w*|tasks?|routine|average|change|lives|problems?|pain|"
    r"tiredness|exercise|steps|walk\w*|diary|rating)|\bDaily Fatigue Severity",
    re.I,
)
_MEASURING: Final = re.compile(
    r"\b(?:scans?|mris?|visits?|check\w*|tests?|measur\w+|asked|rated|diar\w+|questionnaires?|monitor\w*|follow\w*"
    r"|examin\w+|seen|relapses?|sessions?|exercis\w+|phone|calls?|cancer|deaths?|people)\b"
    rf"[^.;]{{0,60}}\b(?:every|each|daily|weekly|monthly|a day|a week|once|twice|{_NUMBER} times)\b"
    r"|\b(?:daily|weekly|monthly|yearly) (?:\w+ ){0,2}(?:scans?|tests?|checks?|visits?|calls?|diar\w+|measur\w+)\b"
    r"|\b(?:change|score|points?|rate|average|steps?) (?:per|a) (?:day|week|month|year)\b",
    re.I,
)
_VERBS: Final = (
    r"(?:take|taking|start|starting|stop|stopping|quit|skip|double|halve|increase|raise|reduce|lower|change"
    r"|switch|swap"
    r"|combine|mix|add|avoid|continue|restart|resume|taper|wean|pause|delay|try|use|inject|ask for|request"
    r"|buy|replace"
    r"|come off|go on|go off|give up|cut down|ditch|drop|hold|adjust|crush|split|keep taking|choose"
    r"|consider|discontinue"
    r"|withdraw|swallow|begin|carry on|miss|repeat|throw away|throw out|leave out)"
)
_SECOND_PERSON: Final = re.compile(
    rf"\byou(?:'d| would| had)? (?:should|must|can|could|may|might|need|have to|ought|are (?:able|allowed"
    rf"|safe|advised)|will"
    rf"|shouldn't|can't|mustn't|don't need)\b|\byour (?:dose|dosage|medicines?|medication|treatment"
    rf"|tablets?|drug|infusions?"
    rf"|prescription)\b|\b(?:safe|good|right|best|fine|ok|okay|suitable|better) for you\b"
    rf"|\bif you (?:{_VERBS[3:-1]})\b"
    r"|\b(?:i|we) (?:recommend|suggest|advise|would (?:take|recommend|suggest|stop|start))\b",
    re.I,
)
_IMPERATIVE: Final = re.compile(
    rf"(?:^|[.!?:;]\s+|\b(?:then|please|simply|just|always|never),? )"
    rf"(?:please |always |never |do not |don't |simply |just |slowly |gradually |immediately |only )*{_VERBS}\b"
    r"(?! (?:of|in|is|was|were|has|had|can|could|may|might|led|leads|with people|by|for people"
    r"|or (?:continuing|staying|stopping)"
    r"|more|suddenly|vision|blind\w*|seen)\b|-)",
    re.I,
)
_PERMISSION: Final = re.compile(
    rf"\b(?:go ahead and|feel free to|now is the time to|it is time to) (?:now |just |simply )?{_VERBS}\b"
    r"|\b(?:is|are|'s) (?:no|little) (?:harm|danger|risk|problem) (?:in|to|with) "
    r"(?:stopping|skipping|doubling|halving|missing|mixing|combining|changing|swapping|taking more)\b"
    r"|\b(?:may|can) be (?:taken|used|combined|mixed) together\b"
    r"|\bcan (?:\w+ly |also |well )?be (?:combined|mixed|taken) with\b"
    rf"|\bdo(?:es)? (?:well|best|better) to (?:{_VERBS[3:-1]}|end)\b"
    r"|\bnothing (?:speaks|is|stands) against (?:taking|stopping|skipping|doubling|mixing|combining|using)\b"
    r"|\bcan (?:safely |simply |just |easily )?be (?:stopped|doubled|tripled|halved|skipped|mixed|combined|swapped"
    r"|dropped|increased|raised|missed)\b[^.;]{0,60}"
    r"\b(?:without|safely|at any time|at once|any time|overnight|from one day)\b",
    re.I,
)
_GERUND_SUBJECT: Final = re.compile(
    r"^(?:stopping|starting|taking|switching|combining|changing|using|adding|skipping|mixing|increasing|reducing)\b",
    re.I,
)
_PROHIBITION: Final = re.compile(
    r"\b(?:must|should) not be (?:used|given|taken) (?:in|during|by|for|while|if|with)\b", re.I
)
"""A regulator's "must not be used in pregnancy" keeps people from harm; to drop it would hide a danger."""
_ADVICE: Final = re.compile(
    r"\b(?:people|patients?|readers?|adults|women|men|everyone|anyone|those|a person|someone|they|he|she|persons?"
    r"|users?|individuals)\b[^.;]{0,60}?\b(?:should(?:n't)?|must(?:n't)?|ought to|need(?:s)? to|ha(?:s|ve) to"
    r"|(?:is|are) (?:advised|told"
    rf"|recommended|urged) to|can safely|may safely|are free to)\b (?:not |never |always |also |only "
    rf"|safely |be able to )*"
    rf"(?:be )?{_VERBS[:-1]}|stopped|started|switched|given|tapered|reduced|increased|combined|changed)\b"
    r"|\b(?:should|must|ought to|needs? to|can safely|may safely|has to|have to) (?:not |never |always "
    r"|only )*be (?:stopped|started"
    r"|switched|taken|given|tapered|reduced|increased|combined|changed|used|doubled|halved|continued|avoided|paused"
    r"|withdrawn|restarted|resumed|added|swapped|replaced|prescribed|offered|tried|skipped|mixed|delayed)\b"
    r"|\bit is (?:safe|fine|ok|okay|best|wise|recommended|advisable|better|important|dangerous not) to (?:not )?"
    rf"{_VERBS}\b"
    r"|\b(?:is|are) (?:the )?(?:best|right|safest|ideal) (?:choice|option|drug|treatment|medicine) for\b",
    re.I,
)
_ADVISING: Final = re.compile(
    r"\b(?:recommend(?:ed|s)?|usual(?:ly)?|normal dose|standard dose|should|must|you|your)\b", re.IGNORECASE
)


def amount_in(text: str) -> str | None:
    """Which kind of amount or schedule a sentence holds, or nothing."""
    # One character for "mg", digits of another alphabet: the same amount.
    bare = _CONCENTRATION.sub(" ", unicodedata.normalize("NFKC", text))
    if _AMOUNT.search(bare) or _WORDED_AMOUNT.search(bare):
        return "amount"
    if _PER_WEIGHT.search(bare):
        return "per_weight"
    if (_PIECES.search(bare) and _takes(bare)) or _SOME_OF_THEM.search(bare):
        return "pieces"
    if _DOSE_WORDS.search(bare) or _FORM_FIELD.search(bare):
        return "dose_words"
    return "schedule" if _schedule(bare) else None


def directive_in(text: str) -> str | None:
    """Which kind of directive a sentence holds, or nothing. A warning of danger is not a directive."""
    text = unicodedata.normalize("NFKC", text)
    if _SECOND_PERSON.search(text):
        return "second_person"
    if _PERMISSION.search(text):
        return "permission"
    if not _GERUND_SUBJECT.search(text) and _IMPERATIVE.search(text):
        return "imperative"
    return "advice" if _ADVICE.search(_PROHIBITION.sub(" ", text)) else None


def advises(span: str) -> bool:
    """Whether words of a study lean towards advice; stricter than a directive, as they stand beside a dose."""
    return directive_in(span) is not None or _ADVISING.search(span) is not None


def unshowable(text: str) -> bool:
    """Whether a sentence may not be shown outside the study-dose frame."""
    return amount_in(text) is not None or directive_in(text) is not None


def _takes(text: str) -> bool:
    return _TAKING.search(text) is not None or bool(named_medicines(text))


def _schedule(text: str) -> bool:
    rest = _MEASURING.sub(" ", _DAILY_NOUN.sub(" ", text))
    return _SCHEDULE.search(rest) is not None and _takes(rest)
