"""Checks of pages that the server makes, in every look and size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from playwright.sync_api import Locator, Page

from tests.browser.conftest import AxeCheck

LOOKS: Final[dict[str, dict[str, Any]]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
}
PRINT: Final[dict[str, dict[str, Any]]] = {"print": {"media": "print"}}
SIZES: Final = {"wide": (1280, 900), "tablet": (768, 1024), "phone": (320, 640)}
_PLAIN: Final[dict[str, Any]] = {"color_scheme": "light", "forced_colors": "none", "media": "screen"}
_STYLED: Final = "() => [...document.querySelectorAll('link[rel=stylesheet]')].every(({ sheet }) => sheet)"


def styled(page: Page) -> None:
    """Wait for the page's style sheets: what it says can be read, though not yet seen, before they have come."""
    page.wait_for_function(_STYLED)


def looks_right(page: Page, axe: AxeCheck, looks: Mapping[str, dict[str, Any]] = LOOKS) -> None:
    """Check that the page that is shown is accessible and never scrolls sideways, in every look and size."""
    styled(page)
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        assert axe(page) == [], width
        for look, media in looks.items():
            page.emulate_media(**{**_PLAIN, **media})
            assert axe(page, "color-contrast") == [], (width, look)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, look)
        page.emulate_media(**_PLAIN)


def large_enough(controls: Locator) -> None:
    """Check that each of the controls that are seen can be pressed by an unsteady hand."""
    for control in controls.all():
        if control.is_visible():
            box = control.bounding_box()
            assert box is not None
            assert box["height"] >= 43.9, control.evaluate("it => it.outerHTML")
