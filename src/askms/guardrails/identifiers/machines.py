"""Addresses of machines on a network, which lead to whoever sits at them: IP and MAC addresses."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

_V6: Final = re.compile(r"(?<![\w:.])[0-9a-f:]{6,39}(?![\w:])", re.IGNORECASE)
_V4: Final = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)")
_MAC: Final = re.compile(r"(?<![\w:-])[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?![\w:-])", re.IGNORECASE)
_HEX: Final = re.compile(r"[a-f]|\d{4}", re.IGNORECASE)
"""A ratio such as 1:2:3:4:5:6:7:8 has neither."""
_HIGH: Final = 32
"""Versions and the sections of a paper are counted in smaller numbers."""
_CALLED: Final = re.compile(r"(?<!\w)ip(?:['’]?s|v4)?(?!\w)[^.!?\n]{0,20}$", re.IGNORECASE)
_NEAR: Final = 25


def mask_machines(text: str) -> str:
    """The text without IP and MAC addresses."""
    if ":" in text:
        text = _V6.sub(lambda m: "[number]" if _is_v6(m[0]) else m[0], text)
    text = _MAC.sub(lambda m: "[number]" if _HEX.search(m[0]) else m[0], text)
    return _V4.sub(lambda m: "[number]" if _is_v4(m) else m[0], text)


def _is_v6(typed: str) -> bool:
    if typed.count(":") < 2 or not _HEX.search(typed):
        return False
    try:
        IPv6Address(typed)
    except AddressValueError:
        return False
    return True


def _is_v4(match: re.Match[str]) -> bool:
    try:
        IPv4Address(match[0])
    except AddressValueError:
        return False
    called = _CALLED.search(match.string[max(0, match.start() - _NEAR) : match.start()])
    return called is not None or max(int(part) for part in match[0].split(".")) >= _HIGH
