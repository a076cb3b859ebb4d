"""The widget's files as they go out: scripts and style sheets small and compressed, the chat's modules as one file.

They are written to be read, many small modules with no build step; tired people on slow lines should not pay for that.
Each version is made small once, when it is first asked for. The modules also work as they stand, from any server of
files.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from os import PathLike, stat_result
from pathlib import Path
from typing import Final

import minify
import zopfli.gzip
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

ENTRY: Final = "askms-chat.js"
"""The module that goes out with all that it imports."""
_KINDS: Final = {".css": "text/css", ".js": "text/javascript"}
_IMPORT: Final = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+\.js)"$', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:async )?(?:const|class|function\*?) (\w+))", re.MULTILINE)


def joined(entry: Path) -> str:
    """Return a module and all that it imports as one module, each in a scope of its own.

    Raises:
        ValueError: two modules import each other.
    """
    done: dict[str, str] = {}
    _join(entry, done, ())
    exported = ", ".join(_EXPORT.findall(entry.read_text(encoding="utf-8")))
    return "".join(done.values()) + f"export const {{ {exported} }} = {_name(entry)}\n"


def _join(path: Path, done: dict[str, str], above: tuple[str, ...]) -> None:
    if path.name in above:
        raise ValueError(f"{path.name} imports itself by way of {', '.join(above)}. Break the circle.")
    if path.name in done:
        return
    text = path.read_text(encoding="utf-8")
    for found in _IMPORT.finditer(text):
        _join(path.with_name(found[2]), done, (*above, path.name))
    body = _IMPORT.sub(lambda found: f"const {{{found[1]}}} = {_name(path.with_name(found[2]))}", text)
    exported = ", ".join(_EXPORT.findall(text))
    done[path.name] = f"const {_name(path)} = (() => {{\n{_EXPORT.sub('', body)}\nreturn {{ {exported} }}\n}})()\n"


def _name(path: Path) -> str:
    return "$" + path.stem.replace("-", "_")


@lru_cache(maxsize=128)
def small(path: Path, changed: float) -> bytes:
    """Return a script or style sheet without what only its authors need.

    Args:
        path: the file.
        changed: when anything beside it last changed; a new time makes it anew.

    Raises:
        minify.MinifyError: the file is no valid script or style sheet.
    """
    text = joined(path) if path.name == ENTRY else path.read_text(encoding="utf-8")
    made: str = minify.string(_KINDS[path.suffix], text)
    return made.encode()


@lru_cache(maxsize=128)
def compressed(content: bytes) -> bytes:
    """Return the content in gzip form, always the same for the same content: 4% smaller than gzip makes it itself."""
    packed: bytes = zopfli.gzip.compress(content)
    return packed


class WidgetFiles(StaticFiles):
    """Serves a folder; scripts and style sheets go out small."""

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Answer with a file, or with 304 where the browser has it already."""
        path = Path(full_path)
        if path.suffix not in _KINDS:
            return super().file_response(full_path, stat_result, scope, status_code)
        asked = Headers(scope=scope)
        content = small(path, max(file.stat().st_mtime for file in path.parent.iterdir()))
        headers = {"etag": f'"{sha256(content).hexdigest()[:32]}"', "vary": "Accept-Encoding"}
        if self.is_not_modified(Headers(headers), asked):
            return NotModifiedResponse(Headers(headers))
        if "gzip" in asked.get("accept-encoding", ""):
            content = compressed(content)
            headers["content-encoding"] = "gzip"
        return Response(content, status_code=status_code, headers=headers, media_type=_KINDS[path.suffix])
