"""Readers: one module per kind of source, each turning it into `Document`s."""

from __future__ import annotations

from askms.sources.corpus import load_corpus
from askms.sources.markdown import STUDY_DOSE_HEADING, read_markdown

__all__ = ["STUDY_DOSE_HEADING", "load_corpus", "read_markdown"]
