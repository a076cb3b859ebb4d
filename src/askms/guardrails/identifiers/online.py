"""E-mail addresses, however they are spelled out, user names and passwords."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from askms.guardrails.identifiers.words import either, fold, is_nearly_ordinary, is_ordinary

_LOCAL: Final = r"(?<![\w.+'’-])[\w.+'’-]++(?: (?:dot|underscore|dash|hyphen|point|punkt|punto) [\w+-]++){0,4}"
_DOT: Final = r"(?:\.(?! )| \. ?| ?[\[({] ?(?:dot|\.) ?[\])}]| (?:dot|point|punkt|punto) )"
_HOST: Final = rf"[\w-]++(?:{_DOT} ?[\w-]++){{1,4}}"
_PLAIN: Final = re.compile(
    r"(?<![\w.+'’-])[\w.+'’-]++@{1,2}[\w-]++(?:\.[\w-]++|,(?:com|net|org|co|uk|ie|de|fr|es|it)(?!\w)){0,5}"
)
_SPACED: Final = re.compile(rf"{_LOCAL} ?@ ?{_HOST}", re.IGNORECASE)
_BRACKETED: Final = re.compile(
    rf"{_LOCAL} ?[\[({{<] ?(?:at|@) ?[\])}}>] ?[\w-]++(?:{_DOT} ?[\w-]++){{0,4}}", re.IGNORECASE
)
_SPELLED: Final = re.compile(rf"{_LOCAL} (?:at|arobase|arroba|chiocciola) {_HOST}", re.IGNORECASE)
_AT: Final = re.compile(r"\b(?:at|arobase|arroba|chiocciola)\b", re.IGNORECASE)
_LETTERS: Final = re.compile(r"[^\W\d_]")
_HANDLE: Final = re.compile(r"(?<![\w@.])@[A-Za-z_][\w.]{2,30}(?<!\.)")
_SOMEBODY: Final = re.compile(r"[\d_.+]| dot | underscore ", re.IGNORECASE)


def mask_online(text: str) -> str:
    """The text without e-mail addresses, user names and passwords."""
    for pattern in (_PLAIN, _BRACKETED, _SPACED, _SPELLED):
        text = pattern.sub(lambda m: "[e-mail]" if _is_address(m[0]) else m[0], text)
    text = _provider().sub("[e-mail]", text)
    text = _HANDLE.sub("[name]", text)
    return _login().sub(_without_secret, text)


@cache
def _provider() -> re.Pattern[str]:
    """`sarah at gmail`, with or without what comes after the dot."""
    domain = rf"(?:{_DOT} ?[a-z]{{2,4}}(?!\w)){{0,2}}"
    return re.compile(rf"{_LOCAL}(?: ?@ ?| at ){either('mail_providers')}(?!\w){domain}", re.IGNORECASE)


def _is_address(typed: str) -> bool:
    """`sarah71 at example.com` is one; `look at example.com` and `5mg @ 8.30` are none."""
    if "@" in typed:
        return _LETTERS.search(typed.rpartition("@")[2]) is not None
    local, host = _AT.split(typed, maxsplit=1)
    if not _LETTERS.search(local) or not _LETTERS.search(host):
        return False
    return _SOMEBODY.search(local) is not None or not is_ordinary(fold(local.strip()))


@cache
def _login() -> re.Pattern[str]:
    where = r"(?: (?:for|on|to|at|in) (?:\w+ ){0,3}\w+)?"
    link = r"(?P<link> ?[:=] ?| (?:is|was|est|ist|es|è|é) ?:? ?| [–—-] | )"
    value = r"[\"'“]?(?P<value>[^\s,;\"”]{3,64}?)(?=[.!?)\"”]*(?:[\s,;]|$))"
    return re.compile(rf"(?P<label>(?<!\w){either('login')}(?:['’]s)?{where}{link}){value}", re.IGNORECASE)


def _without_secret(match: re.Match[str]) -> str:
    value, word = match["value"], fold(match["value"])
    if value[0] == "[" or is_ordinary(word) or (not match["link"].strip() and is_nearly_ordinary(word)):
        return match[0]
    return match["label"] + ("[number]" if value.isdigit() else "[name]")
