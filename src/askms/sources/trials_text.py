"""Tell in our own sentences what stands in the fields of a register entry.

Patients may read these sentences, so each stands alone, names the trial and what it is on,
and holds no dose. A field that is missing, or not what its description says, gives no
sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from askms.sources.trials_entry import REGISTER, Entry, at, day_of, items, word
from askms.sources.trials_words import rules_of

_MOST_NAMED: Final = 6
_AGE: Final = re.compile(r"(\d{1,3}) (Year|Month|Week|Day|Hour|Minute)s?", re.I)
_ENDED: Final = frozenset({"COMPLETED", "TERMINATED", "WITHDRAWN"})
_STOPPED: Final = frozenset({"SUSPENDED", "TERMINATED", "WITHDRAWN"})
_STATUS: Final = {
    "RECRUITING": "was looking for participants",
    "NOT_YET_RECRUITING": "was not yet looking for participants",
    "ENROLLING_BY_INVITATION": "was taking only people who had been invited",
    "ACTIVE_NOT_RECRUITING": "was still running but was not taking new participants",
    "SUSPENDED": "had been halted and might start again",
    "TERMINATED": "had been stopped early",
    "COMPLETED": "had ended as planned",
    "WITHDRAWN": "had been called off before anybody joined",
    "AVAILABLE": "was giving the treatment to people outside a trial",
    "NO_LONGER_AVAILABLE": "was no longer giving the treatment to people outside a trial",
    "TEMPORARILY_NOT_AVAILABLE": "was for a time not giving the treatment to people outside a trial",
}
_STEPS: Final = (
    ("startDateStruct", "started", "start", "start"),
    ("primaryCompletionDateStruct", "had all it needs for its main result", "have all it needs for its main result",
     "end of the measurements for the main result"),
    ("completionDateStruct", "ended", "end", "end"),
)  # fmt: skip
"""Field, and what it says: in the past, as a verb to come, and as a noun."""
_PHASE: Final = {"PHASE1": "1", "PHASE2": "2", "PHASE3": "3", "PHASE4": "4"}
_KIND: Final = {
    "DRUG": "drug",
    "BIOLOGICAL": "biological medicine",
    "DEVICE": "device",
    "PROCEDURE": "procedure",
    "RADIATION": "radiation",
    "BEHAVIORAL": "behavioural treatment",
    "GENETIC": "genetic treatment",
    "DIETARY_SUPPLEMENT": "dietary supplement",
    "COMBINATION_PRODUCT": "combination of products",
    "DIAGNOSTIC_TEST": "test",
}
_ARM: Final = {
    "EXPERIMENTAL": ", which gets what is being tested",
    "ACTIVE_COMPARATOR": ", which gets another treatment to compare with",
    "PLACEBO_COMPARATOR": ", which gets a placebo to compare with",
    "SHAM_COMPARATOR": ", which gets a pretended procedure to compare with",
    "NO_INTERVENTION": ", which gets no study treatment",
}
_SEX: Final = {"ALL": "people of any sex", "FEMALE": "female participants only", "MALE": "male participants only"}


def tell(entry: Entry) -> None:
    """Put every field that is sound into sentences, under the questions they answer."""
    for question, part in _PARTS:
        heading = question.format(f"the {entry.noun} {entry.name}")
        for sentence in part(entry):
            entry.say(heading, sentence)


def listed(names: Sequence[str], most: int, *, more: bool = False) -> str:
    """Names in a row; those past the first `most`, and those that cannot be named, are only hinted at."""
    shown = [*names[:most], "others"] if more or len(names) > most else list(names)
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def enrolled(entry: Entry) -> int | None:
    """How many people took part; nothing where that is only planned or not given."""
    return _count(entry) or None if _count_kind(entry) == "ACTUAL" else None


def expected_end(entry: Entry) -> str | None:
    """When a trial that runs expects to end."""
    if not _is_running(entry):
        return None
    days = (day_of(entry.at("statusModule", key)) for key in ("completionDateStruct", "primaryCompletionDateStruct"))
    return next((day.iso for day in days if day and day.actual is False), None)


def _tested(entry: Entry) -> Iterator[str]:
    names, all_named = [], True
    for item in items(entry.at("armsInterventionsModule", "interventions")):
        kind, name = word(_KIND, at(item, "type")), entry.label(at(item, "name"), "intervention")
        names += [f"{name} ({kind})" if kind else name] if name else []
        all_named = all_named and name is not None
    if names:
        # To name only what stands beside the thing that is tested would say that it is tested.
        yield f"{entry.subject} looks at {listed(list(dict.fromkeys(names)), _MOST_NAMED, more=not all_named)}"
    phases = items(entry.at("designModule", "phases"))
    if phases == ["EARLY_PHASE1"]:
        yield f"{entry.subject} is in early phase 1"
    elif (words := [word(_PHASE, phase) for phase in phases]) and all(words):
        yield f"{entry.subject} is in phase{'s' if len(words) > 1 else ''} {' and '.join(words)}"


def _status(entry: Entry) -> Iterator[str]:
    as_of, status = entry.as_of, entry.status
    if status == "UNKNOWN":
        yield from _lost_sight_of(entry)
    elif as_of and word(_STATUS, status):
        yield f"As of {as_of.words}, {entry.it} {_STATUS[status]}"
    else:
        entry.notes.append(f"The status {status!r} of the register was not put into words.")
    why = entry.at("statusModule", "whyStopped")
    if status in _STOPPED and (reason := entry.label(why, "reason for stopping", longest=200)):
        yield f"The register gives as the reason why {entry.it} {_STATUS[status]}: {reason}"


def _lost_sight_of(entry: Entry) -> Iterator[str]:
    yield f"As of {entry.today.words}, the register {REGISTER} did not know whether {entry.it} was still running"
    last, verified = (entry.at("statusModule", key) for key in ("lastKnownStatus", "statusVerifiedDate"))
    if (words := word(_STATUS, last)) and (day := day_of(verified)):
        yield f"When the register last heard, {day.when}, {entry.it} {words}"


def _people(entry: Entry) -> Iterator[str]:
    count, kind = _count(entry), _count_kind(entry)
    people = "1 person" if count == 1 else f"{count} people"
    if kind == "ACTUAL" and count:
        yield f"The register counts {people} who joined {entry.it}"
    elif kind == "ACTUAL" and count == 0 and entry.status == "WITHDRAWN":
        yield f"Nobody joined {entry.it}"
    elif kind == "ESTIMATED" and count and entry.as_of:
        yield f"As of {entry.as_of.words}, {entry.it} was planned for {people}"


def _groups(entry: Entry) -> Iterator[str]:
    groups = items(entry.at("armsInterventionsModule", "armGroups"))
    if len(groups) > 1:
        yield f"{entry.subject} has {len(groups)} groups"
    for group in groups:
        if name := entry.label(at(group, "label"), "group"):
            yield f"{entry.subject} has a group called {name}{word(_ARM, at(group, 'type'))}"


def _who(entry: Entry) -> Iterator[str]:
    verb = "was" if entry.status in _ENDED else "is"
    module = entry.at("eligibilityModule")
    if ages := _ages(at(module, "minimumAge"), at(module, "maximumAge")):
        yield f"{entry.subject} {verb} for people {ages}"
    if sex := word(_SEX, at(module, "sex")):
        yield f"{entry.subject} {verb} for {sex}"
    text = at(module, "eligibilityCriteria")
    if isinstance(text, str):
        yield from _rules(entry, text)


def _rules(entry: Entry, text: str) -> Iterator[str]:
    rules = rules_of(text)
    kept = 0
    for rule in rules.fit:
        kind = "that keeps people out of" if rule.keeps_out else "for joining"
        sentence = f"One rule {kind} {entry.it}, in the register's words, is: {rule.text}."
        if entry.is_sound(sentence):
            kept += 1
            yield sentence
    if kept < rules.lines:
        yield f"The register gives more rules on who can join {entry.it} than stand here"
        entry.notes.append(f"{rules.lines - kept} rules on who can join were left out: read them at {entry.url}.")


def _ages(least: object, most: object) -> str:
    low, high = (_AGE.fullmatch(age.strip()) if isinstance(age, str) else None for age in (least, most))
    if low and high:
        same = low.group(2).lower() == high.group(2).lower()
        return f"aged {low.group(1) if same else _age(low)} to {_age(high)}"
    return f"aged {_age(low)} or older" if low else f"aged {_age(high)} or younger" if high else ""


def _age(match: re.Match[str]) -> str:
    count, unit = int(match.group(1)), match.group(2).lower()
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _sponsors(entry: Entry) -> Iterator[str]:
    module = entry.at("sponsorCollaboratorsModule")
    if lead := entry.label(at(module, "leadSponsor", "name"), "sponsor", timed=True):
        yield f"{lead} is the sponsor of {entry.it}"
    names = [at(item, "name") for item in items(at(module, "collaborators"))]
    if others := entry.labels(names, "collaborator", timed=True):
        verb = "works" if len(others) == 1 else "work"
        yield f"{listed(others, _MOST_NAMED)} {verb} with the sponsor of {entry.it}"


def _dates(entry: Entry) -> Iterator[str]:
    as_of = entry.as_of
    for key, verb, infinitive, noun in _STEPS:
        day = day_of(entry.at("statusModule", key))
        if day is None:
            continue
        if day.actual:
            yield f"{entry.subject} {verb} {day.when}"
        elif day.actual is None:
            yield f"The register gives {day.words} as the {noun} of {entry.it}"
        elif as_of is None or not _is_running(entry) or day.iso < as_of.iso[: len(day.iso)]:
            entry.notes.append(f"The register still expects the {noun} {day.when}, which does not fit with the rest.")
        else:
            yield f"As of {as_of.words}, {entry.it} was expected to {infinitive} {day.when}"


def _results(entry: Entry) -> Iterator[str]:
    posted = day_of(entry.at("statusModule", "resultsFirstPostDateStruct"))
    has_results = at(entry.study, "hasResults")
    if has_results is True and posted:
        yield f"Results of {entry.it} were first posted in the register {REGISTER} {posted.when}"
    elif isinstance(has_results, bool) and not posted:
        held = "results" if has_results else "no results"
        yield f"As of {entry.today.words}, the register {REGISTER} held {held} of {entry.it}"
    if has_results:
        entry.notes.append("The entry has results, which were not read.")


def _outcomes(entry: Entry) -> Iterator[str]:
    measures = [at(item, "measure") for item in items(entry.at("outcomesModule", "primaryOutcomes"))]
    for name in entry.labels(measures, "main result", timed=True):
        yield f"One main result that {entry.it} measures, in the register's words, is: {name}"


def _is_running(entry: Entry) -> bool:
    return entry.status in _STATUS and entry.status not in _ENDED


def _count(entry: Entry) -> int | None:
    count = entry.at("designModule", "enrollmentInfo", "count")
    return count if type(count) is int and count >= 0 else None


def _count_kind(entry: Entry) -> object:
    return entry.at("designModule", "enrollmentInfo", "type")


_PARTS: Final = (
    ("What does {} look at?", _tested),
    ("Is {} looking for participants?", _status),
    ("How many people are in {}?", _people),
    ("Which groups does {} have?", _groups),
    ("Who can join {}?", _who),
    ("Who runs {}?", _sponsors),
    ("When does {} start and end?", _dates),
    ("Have results of {} been posted?", _results),
    ("What does {} measure?", _outcomes),
)
