"""Safety briefs: one page on a medicine or a symptom, made of checked quotations in a fixed order."""

from __future__ import annotations

from askms.briefs.brief import Brief, Part, Quoted, Sides
from askms.briefs.keeping import Briefs
from askms.briefs.topics import PartPlan, Topic, topics
from askms.briefs.writing import Tell, title_of

__all__ = ["Brief", "Briefs", "Part", "PartPlan", "Quoted", "Sides", "Tell", "Topic", "title_of", "topics"]
