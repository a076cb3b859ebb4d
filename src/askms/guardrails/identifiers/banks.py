"""Sort codes and bank codes, told by the word beside them or by the account behind them."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from askms.guardrails.identifiers.runs import AMOUNT
from askms.guardrails.identifiers.words import either, fold, is_ordinary, words

_PAIRS: Final = r"(?:\d\d[ –-]\d\d[ –-]\d\d|\d{6})"
_LINK: Final = r"(?: (?:is|no|number|code|est|ist|es|è|é|et|de|et bic)){0,2}[ :=,(/#–-]{1,3}"
_BEFORE_ACCOUNT: Final = re.compile(
    r"(?<![\w.,/-])(?:\d\d-\d\d-\d\d|\d\d \d\d \d\d)"
    r"(?=[ ,;/&]{1,3}(?:and )?(?:a/?c|acct?|account)?(?: ?(?:no|number|is|:)){0,3}\.? ?(?:\d{8}(?!\d)|\[))",
    re.IGNORECASE,
)
"""`20-44-91 73310284`"""
_ROUTES: Final = re.compile(
    r"(?P<label>(?<!\w)(?:transit|institution|branch|agencia|sucursal|guichet|abi|cab)"
    rf"(?: (?:no|number|code|is)){{0,3}}[ :=#.]{{1,3}})\d{{3,6}}(?!\w)(?!{AMOUNT})",
    re.IGNORECASE,
)
_BANK_CODE: Final = re.compile(
    r"(?<![\w-])[A-Z]{4}(?P<country>[A-Z]{2})[A-Z\d]{2}(?:[A-Z\d]{3})?(?![\w-])", re.IGNORECASE
)
_CALLED: Final = re.compile(r"(?<!\w)(?:bic|swift)(?: (?:is|code|no|number)){0,2}[ :=(]{1,3}$", re.IGNORECASE)
_NEAR: Final = 40
"""Characters before a bank's code in which something says what it is."""


def mask_banks(text: str) -> str:
    """The text without the numbers that say at which bank an account is held."""
    text = _labelled().sub(r"\g<label>[number]", text)
    text = _BEFORE_ACCOUNT.sub("[number]", text)
    if _account().search(text):
        text = _ROUTES.sub(r"\g<label>[number]", text)
        text = _BANK_CODE.sub(_without_code, text)
    return text


def _without_code(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - _NEAR) : match.start()]
    known = match["country"].lower() in words("countries_of_banks")
    label = _account() if match[0].isupper() else _CALLED
    told = known and label.search(before) and not is_ordinary(fold(match[0]))
    return "[record number]" if told else match[0]


@cache
def _labelled() -> re.Pattern[str]:
    label = rf"(?P<label>(?<!\w){either('sort_codes')}{_LINK})"
    return re.compile(rf"{label}{_PAIRS}(?!\w|[ -]?\d)(?!{AMOUNT})", re.IGNORECASE)


@cache
def _account() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){either('bank_words')}(?!\w)", re.IGNORECASE)
