"""One mask stands for each stretch, and for stretches that overlap."""

from __future__ import annotations

from askms.guardrails.identifiers.spans import covered


def test_stretches_are_covered_in_whatever_order_they_come() -> None:
    assert covered("ask Ann or Bob today", [(11, 14), (4, 7)], "[name]") == "ask [name] or [name] today"


def test_stretches_that_overlap_go_under_one_mask() -> None:
    assert covered("Ann Mary Lee here", [(4, 12), (0, 8), (4, 8)], "[name]") == "[name] here"


def test_stretches_that_touch_keep_a_mask_each() -> None:
    assert covered("AnnBob", [(0, 3), (3, 6)], "*") == "**"


def test_a_mask_can_depend_on_all_that_it_covers() -> None:
    assert covered("see abc def", [(4, 7), (6, 11)], str.upper) == "see ABC DEF"
