"""Prepare a PDF page so that pypdf tells where each piece of text starts, and where one word ends.

pypdf hands text over only where the font or the position is changed. It takes a narrow
space between two words for none, and does not count the room that is added to spaces. So
a stop, a move that moves nothing, is set in front of every piece and in every gap as wide
as a space, and added room is written out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pypdf import PageObject
    from pypdf.generic import ContentStream

GAP: Final = b"askms gap"
"""No operator of PDF: the piece that follows belongs to the one before, after a space."""

_WORD_GAP: Final = 0.15
"""Of the font size. Kerning stays below 0.1; word spaces of tightly set lines were seen from 0.16 up."""
_WIDEST_SPACE: Final = 350
"""Thousandths of the font size. Where a font says more, it has no space, and the width is a stand-in."""
_SPACE: Final = ord(" ")
_STILL: Final = (1, 0, 0, 1, 0, 0)

_Operation = tuple[Any, bytes]


def set_stops(page: PageObject, look: Callable[[], None]) -> None:
    """Set the stops in a page, and in the forms that it draws.

    Args:
        page: is changed.
        look: called for every form; may raise to give up.
    """
    from pypdf.generic import ContentStream, NameObject

    contents = page.get("/Contents")
    if contents is None:
        return
    stream = ContentStream(contents.get_object(), page.pdf, "bytes")
    _mark(stream, _entry(page, "/Resources"), page.pdf, look)
    page[NameObject("/Contents")] = stream


def _mark(stream: ContentStream, resources: Mapping[str, Any], pdf: Any, look: Callable[[], None]) -> None:
    from pypdf.generic import ContentStream, NameObject

    look()
    fonts, drawn = _entry(resources, "/Font"), _entry(resources, "/XObject")
    for name in fonts:
        _correct_space(_entry(fonts, name))
    two_byte = frozenset(name for name in fonts if _entry(fonts, name).get("/Subtype") == "/Type0")
    stream.operations = list(_with_stops(stream.operations, two_byte))
    for name in drawn:
        form = _entry(drawn, name)
        if form.get("/Subtype") == "/Form" and not isinstance(form, ContentStream):
            marked = ContentStream(form, pdf, "bytes")
            marked.update(form)
            drawn[NameObject(name)] = marked  # before its own forms are marked, which may lead back to it
            _mark(marked, _entry(form, "/Resources"), pdf, look)


def _entry(holder: Mapping[str, Any], name: str) -> dict[Any, Any]:
    found = holder.get(name)
    found = found.get_object() if found is not None else None
    return found if isinstance(found, dict) else {}


def _correct_space(font: Mapping[str, Any]) -> None:
    from pypdf.generic import NumberObject

    widths, first = font.get("/Widths"), font.get("/FirstChar", 0)
    widths = widths.get_object() if widths is not None else None
    if not isinstance(widths, list) or not isinstance(first, int) or not 0 <= _SPACE - first < len(widths):
        return
    typewriter = len({width for width in widths if width}) == 1
    if widths[_SPACE - first] > _WIDEST_SPACE and not typewriter:
        widths[_SPACE - first] = NumberObject(250)


@dataclass(slots=True)
class _State:
    """What is set for the text to come; the rooms are of the font size."""

    two_byte: frozenset[str]
    font: str = ""
    size: float = 1.0
    after_each: float = 0.0
    after_space: float = 0.0

    def follow(self, operator: bytes, operands: Sequence[Any]) -> None:
        match operator, list(operands):
            case b"Tf", [name, int() | float() as number, *_]:
                self.font, self.size = str(name), abs(float(number)) or 1.0
            case b"Tc", [int() | float() as number, *_]:
                self.after_each = float(number) / self.size
            case b"Tw", [int() | float() as number, *_]:
                self.after_space = float(number) / self.size


def _with_stops(operations: Sequence[_Operation], two_byte: frozenset[str]) -> Iterator[_Operation]:
    from pypdf.generic import ArrayObject, FloatObject

    stop: _Operation = ([FloatObject(number) for number in _STILL], b"cm")
    state = _State(two_byte)
    for operands, operator in operations:
        state.follow(operator, operands)
        if operator not in (b"TJ", b"Tj") or not operands:
            if operator in (b"'", b'"'):
                yield stop
            yield operands, operator
            continue
        items = operands[0] if isinstance(operands[0], list) else [operands[0]]
        for place, piece in enumerate(_pieces(items, state)):
            yield stop
            if place:
                yield [], GAP
            yield [ArrayObject(piece)], b"TJ"


def _pieces(items: Sequence[Any], state: _State) -> list[list[Any]]:
    """Cut where the gap between two strings is as wide as a space.

    Some typesetters make the room after each character as wide as a space, and take it back after each letter that
    ends no word; then there may be a gap inside of a string.
    """
    one_byte = state.font not in state.two_byte
    wide = one_byte and state.after_each >= _WORD_GAP
    parts = [part for item in items for part in (_characters(item) if wide else [item])]
    if one_byte and state.after_space:
        parts = [part for item in parts for part in _written_out(item, state.after_space)]
    pieces: list[list[Any]] = [[]]
    gap, within = 0.0, 0
    for part in parts:
        if isinstance(part, bytes):
            if gap >= _WORD_GAP:
                pieces.append([])
            elif pieces[-1]:
                within += 1
            gap = state.after_each
        elif isinstance(part, int | float):
            gap -= float(part) / 1000
        pieces[-1].append(part)
    spread = wide and not within  # letters set wide apart, as in a heading
    return [list(items)] if spread else pieces


def _characters(item: Any) -> list[Any]:
    return [item[place : place + 1] for place in range(len(item))] if isinstance(item, bytes) else [item]


def _written_out(item: Any, room: float) -> Iterator[Any]:
    from pypdf.generic import FloatObject

    if not isinstance(item, bytes):
        yield item
        return
    for number, word in enumerate(item.split(b" ")):
        if number:
            yield b" "
            yield FloatObject(-1000 * room)
        if word:
            yield word
