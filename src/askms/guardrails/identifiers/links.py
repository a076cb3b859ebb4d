"""Links and web addresses, but for those of public hosts on health and research, which people ask about."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from askms.guardrails.identifiers.spans import Span
from askms.guardrails.identifiers.words import either, fold, is_medicine, words

_REST: Final = r"[^\s<>\"“”\[\]]"
_LINK: Final = re.compile(rf"(?<![\w@.])(?:(?:https?|s?ftp)://|www\.){_REST}++", re.IGNORECASE)
_TOP: Final = (
    r"(?:com|org|net|gov|edu|int|info|co|uk|ie|de|fr|es|it|pt|nl|be|at|ch|pl|eu|us|ca|au|nz|in|me|io|tv|app|dev|blog|site|online|shop"
    r"|page|link|ly|gg|gl|ai|to|cc|fm|so|sh|se|no|dk|fi|cz|gr|hu|ro|br|mx|ar|za|social|health|news|live|store|cloud|world|life|xyz|example)"
)
_BARE: Final = re.compile(
    rf"(?<![\w@./:-])(?P<host>(?:[a-z\d][a-z\d-]{{0,62}}+\.){{1,4}}{_TOP})(?![\w@-]|\.\w)(?P<path>/{_REST}*+)?",
    re.IGNORECASE,
)
"""`linkedin.com/in/jane-roe`"""
_END: Final = ".,;:!?'’…"
_PERSONAL: Final = re.compile(
    r"/(?:~|u/|users?/|profiles?/|members?/|accounts?/|my-?(?:account|chart))|@"
    r"|[?&](?:user|patient|name|e?-?mail|token|session|nhs|mrn|rec)\w*=|\?.*\d{9}",
    re.IGNORECASE,
)
"""A page about one person or for one person, whoever the host is."""
_SHORTEST_MEDICINE: Final = 3
_MOST_LABELS: Final = 6
"""Of a host, from its end."""
_OWN: Final = 40
"""Characters before a host in which somebody may call it theirs."""


def mask_links(text: str) -> str:
    """The text without links and without the addresses of people's own sites."""
    text = _LINK.sub(_without_link, text)
    return _BARE.sub(_without_bare, text) if "." in text else text


def public_links(text: str) -> list[Span]:
    """Where links to public hosts begin and end; `www.drugs.com/...` is told twice."""
    matches = [*_LINK.finditer(text), *(m for m in _BARE.finditer(text) if m["path"])]
    found = ((m.start(), m.start() + len(_trimmed(m[0]))) for m in matches)
    return [(start, end) for start, end in found if _is_public(text[start:end])]


def _without_link(match: re.Match[str]) -> str:
    link = _trimmed(match[0])
    return match[0] if _is_public(link) else "[link]" + match[0][len(link) :]


def _without_bare(match: re.Match[str]) -> str:
    link = _trimmed(match[0])
    before = match.string[max(0, match.start() - _OWN) : match.start()]
    told = len(link) > len(match["host"]) + 1 or _hosts_people(match["host"]) or _own_site().search(before)
    return "[link]" + match[0][len(link) :] if told and not _is_public(link) else match[0]


def _trimmed(link: str) -> str:
    """The link without the stop of the sentence around it."""
    link = link.rstrip(_END)
    return link[:-1].rstrip(_END) if link.endswith(")") and "(" not in link else link


def _is_public(link: str) -> bool:
    labels = _labels(link)
    known = words("public_hosts")
    listed = any(".".join(labels[at:]) in known for at in range(len(labels)))
    maker = any(len(label) > _SHORTEST_MEDICINE and is_medicine(fold(label)) for label in labels[-2:-1])
    return (listed or maker or "gov" in labels[-2:]) and not _PERSONAL.search(link)


def _hosts_people(host: str) -> bool:
    """`jane.wordpress.com`"""
    labels = _labels(host)
    return len(labels) > 2 and ".".join(labels[-2:]) in words("personal_hosts")


def _labels(link: str) -> list[str]:
    host = re.split(r"[/?#:]", link.lower().partition("://")[2] or link.lower(), maxsplit=1)[0]
    return host.removeprefix("www.").strip(".").split(".")[-_MOST_LABELS:]


@cache
def _own_site() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){either('own_site')}(?: (?:is|at|called|ist|est|es|è|é))?[ :,(]{{1,2}}$", re.IGNORECASE)
