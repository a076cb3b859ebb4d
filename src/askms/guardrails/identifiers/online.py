"""E-mail addresses, however they are spelled out, user names and passwords."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from askms.guardrails.identifiers.words import either, fold, is_nearly_ordinary, is_ordinary, words

_LOCAL: Final = (
    r"(?<![\w.+'’-])[\w.+'’-]++"
    r"(?:(?: (?:dot|underscore|dash|hyphen|point|punkt|punto) | ?[\[(] ?dot ?[\])] ?)[\w+-]++){0,4}"
)
_DOT: Final = (
    r"(?:\.(?! )| ?, ?(?=(?:com|net|org|co|uk|ie|de|fr|es|it|ca|au|in|pl)(?!\w))"
    r"| \. ?| ?[\[({] ?(?:dot|\.|point|punkt|punto) ?[\])}]| (?:dot|point|punkt|punto) )"
)
_HOST: Final = rf"[\w-]++(?:{_DOT} ?[\w-]++){{1,4}}"
_PLAIN: Final = re.compile(
    r"(?<![\w.+'’-])[\w.+'’-]++@{1,2}[\w-]++(?:\.[\w-]++|,(?:com|net|org|co|uk|ie|de|fr|es|it)(?!\w)){0,5}"
)
_SPACED: Final = re.compile(rf"{_LOCAL} ?@ ?{_HOST}", re.IGNORECASE)
_BRACKETED: Final = re.compile(
    rf"{_LOCAL} ?[\[({{<] ?(?:at|@) ?[\])}}>] ?[\w-]++(?:{_DOT} ?[\w-]++){{0,4}}", re.IGNORECASE
)
_SPELLED: Final = re.compile(
    rf"(?!(?:me|us|him|her|them) ){_LOCAL},? (?:at|ät|aet|arobase|arroba|chiocciola) {_HOST}", re.IGNORECASE
)
_AT: Final = re.compile(r"\b(?:at|ät|aet|arobase|arroba|chiocciola)\b", re.IGNORECASE)
_ROUND: Final = re.compile(r"(?<![\w.+'’-])[\w.+-]++ ?[\[(]a[\])] ?[\w-]++\.[a-z]{2,6}(?!\w)", re.IGNORECASE)
"""`jw71 (a) example.com`"""
_TOKEN: Final = re.compile(r"(?<![\w@./:\[#-])[^\W_][\w.-]*+")
_STORED: Final = re.compile(r"(?:N[MPRCG]|X[MPR])_\d|[A-Z][A-Z\d]{1,7}_\d$")
"""Names of sequences in gene banks, and of receptors."""
_DOTTED: Final = re.compile(r"(?<![\w.@/:-])[a-z]{2,20}(?:\.[a-z]{1,20}){1,3}[._]?\d{2,4}(?![\w/])")
"""`sinead.g.1979`"""
_NUMBERED: Final = re.compile(r"(?<![\w.@/:-])(?P<word>[^\W\d_]{3,20})\d{2,4}(?![\w/%])")
"""`tamsin44`"""
_LETTERS: Final = re.compile(r"[^\W\d_]")
_HANDLE: Final = re.compile(r"(?<![\w@.])@(?!(?:home|work|night|school|hospital)\b)[A-Za-z_][\w.]{2,30}(?<!\.)")
_SECRET: Final = re.compile(r"[^\W_][\d!@#$%^&*_+=?]|\d[^\W\d_]")
"""Behind `pass`, which is also a verb."""
_SOMEBODY: Final = re.compile(r"[\d_.+]|(?:[ \[(]dot|underscore)(?!\w)", re.IGNORECASE)


def mask_online(text: str) -> str:
    """The text without e-mail addresses, user names and passwords."""
    for pattern in (_PLAIN, _BRACKETED, _SPACED, _SPELLED):
        text = pattern.sub(lambda m: "[e-mail]" if _is_address(m[0]) else m[0], text)
    text = _ROUND.sub("[e-mail]", text)
    text = _provider().sub("[e-mail]", text)
    text = _HANDLE.sub("[name]", text)
    text = _social().sub(r"\g<label>[name]", text)
    text = _login().sub(_without_secret, text)
    text = _TOKEN.sub(_without_user, text) if "_" in text else text
    text = _DOTTED.sub("[name]", text)
    return _NUMBERED.sub(lambda m: "[name]" if _is_somebody(m["word"]) else m[0], text)


def _without_user(match: re.Match[str]) -> str:
    """`wobbly_wanda.` is a user name and a stop."""
    name = match[0].rstrip("._-")
    if "_" not in name or _STORED.match(name) or not _LETTERS.search(name):
        return match[0]
    return "[name]" + match[0][len(name) :]


def _is_somebody(word: str) -> bool:
    """Whether a word with a number behind it is a user name, not a scale or a congress."""
    known = is_ordinary(fold(word)) or is_nearly_ordinary(fold(word))
    return fold(word) in words("given") or (word.islower() and not known)


@cache
def _provider() -> re.Pattern[str]:
    """`sarah at gmail`, with or without what comes after the dot."""
    domain = rf"(?:{_DOT} ?[a-z]{{2,4}}(?!\w)){{0,2}}"
    return re.compile(rf"{_LOCAL}(?: ?@ ?| at ){either('mail_providers')}(?!\w){domain}", re.IGNORECASE)


@cache
def _social() -> re.Pattern[str]:
    """`insta wobbly_wanda`: what has a figure or a stroke in it is no word."""
    label = rf"(?P<label>(?<!\w){either('social')}(?: (?:is|as|name|handle|user|id|account|under)){{0,2}}[ :=]{{1,2}})"
    return re.compile(rf"{label}(?=\S{{0,30}}?[^\W\d_])(?=[^\s\d_]{{0,30}}[\d_])[\w.:#-]{{4,40}}(?<!\.)", re.IGNORECASE)


def _is_address(typed: str) -> bool:
    """`sarah71 at example.com` is one; `look at example.com` and `5mg @ 8.30` are none."""
    if "@" in typed:
        before, at, _ = typed.partition(" @")
        if at and typed[len(before) + len(at)] != " " and is_ordinary(fold(before)):
            return False  # `vomiting blood @tingly.toes`: a user name behind a word
        return _LETTERS.search(typed.rpartition("@")[2]) is not None
    local, host = _AT.split(typed, maxsplit=1)
    if not _LETTERS.search(local) or not _LETTERS.search(host):
        return False
    if local.rstrip()[-1] == ",":
        return _SOMEBODY.search(local) is not None
    return _SOMEBODY.search(local) is not None or not is_ordinary(fold(local.strip()))


@cache
def _login() -> re.Pattern[str]:
    where = r"(?: (?:for|on|to|at|in) (?:\w+ ){0,3}\w+)?"
    link = r"(?P<link> ?[:=] ?| (?:is|was|est|ist|es|è|é) ?:? ?| [–—-] | )"
    value = r"[\"'“]?(?P<value>[^\s,;\"”]{3,64}?)(?=[.!?)\"”]*(?:[\s,;]|$))"
    return re.compile(
        rf"(?P<label>(?<!\w)(?:{either('login')}|(?P<short>pw|pass|psw|pwrd))(?:['’]s)?{where}{link}){value}",
        re.IGNORECASE,
    )


def _without_secret(match: re.Match[str]) -> str:
    value, word = match["value"], fold(match["value"])
    if match["short"] and not _SECRET.search(value):
        return match[0]
    if value[0] == "[" or is_ordinary(word) or (not match["link"].strip() and is_nearly_ordinary(word)):
        return match[0]
    return match["label"] + ("[number]" if value.isdigit() else "[name]")
