"""askms answers questions about multiple sclerosis from sources it holds, and only from them.

from askms import Assistant

reply = Assistant.open().ask("Does ketamine help MS fatigue?")
print(reply.text)
"""

from __future__ import annotations

from askms.assistant import Answer, Assistant
from askms.briefs import Brief
from askms.errors import AskmsError
from askms.guardrails import Screening
from askms.receipt import Receipt
from askms.reply import DISCLAIMER, Card, Reply
from askms.settings import Settings
from askms.types import Citation, Claim, Document, EvidenceLevel, Flag, Hit, Passage, Route, Turn

__all__ = [
    "DISCLAIMER",
    "Answer",
    "AskmsError",
    "Assistant",
    "Brief",
    "Card",
    "Citation",
    "Claim",
    "Document",
    "EvidenceLevel",
    "Flag",
    "Hit",
    "Passage",
    "Receipt",
    "Reply",
    "Route",
    "Screening",
    "Settings",
    "Turn",
]
