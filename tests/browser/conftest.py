"""A real browser for the tests of the widget and the console.

Where no Chromium or no axe is found, these tests are skipped and say so; under CI that is a failure.

Browser, page and server are shared by all tests of this folder, as starting them costs more than most tests do. What a
test may have changed about them is put back.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from tests.browser.canned import Canned, serving
from tests.browser.driving import box

CANDIDATES: Final = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
OURS: Final = ("127.0.0.1", "localhost")
FLAGS: Final = (
    "--no-sandbox",
    f"--host-resolver-rules=MAP * ~NOTFOUND, {', '.join(f'EXCLUDE {ours}' for ours in OURS)}",
)
"""No other machine can be reached, whatever a page tries."""

# The page that is left may still be busy; it must not keep anything any more.
FORGET: Final = """() => {
  try { localStorage.clear(); sessionStorage.clear() } catch { return }
  Storage.prototype.setItem = () => {}
}"""

AXE: Final = """rules => axe.run({resultTypes: ['violations'], ...(rules.length && {runOnly: rules})}).then(
  ({violations}) => violations.flatMap(
    ({id, help, nodes}) => nodes.map(({target}) => `${id}: ${help} at ${target}`)))"""

AxeCheck = Callable[..., list[str]]


def _missing(what: str) -> str:
    """Skip, or fail under CI; the return type only serves expressions."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"{what}, and CI must run the browser tests")
    pytest.skip(f"{what}: browser tests not run")


def _chromium_path() -> str:
    wanted = os.environ.get("ASKMS_CHROMIUM")
    names = (wanted,) if wanted else CANDIDATES
    found = next((path for path in map(shutil.which, names) if path), None)
    return found or _missing(f"no Chromium among {', '.join(names)} (set ASKMS_CHROMIUM to one)")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for this folder. Not for the session: its event loop would disturb tests of other folders."""
    path = _chromium_path()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@dataclass(frozen=True, slots=True)
class Tab:
    """A page, and what went wrong on it: uncaught script errors and requests to other machines."""

    page: Page
    problems: list[str]

    def put_back(self) -> None:
        """Make everything as it was, but for what the page shows."""
        self.page.evaluate(FORGET)
        self.page.unroute_all()
        self.page.context.set_offline(False)
        self.page.set_viewport_size({"width": 1280, "height": 900})
        self.page.emulate_media(media="null", color_scheme="light", forced_colors="none", contrast="no-preference")


@contextmanager
def tab_of(browser: Browser) -> Iterator[Tab]:
    """A page in a context of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    tab = Tab(context.new_page(), [])

    def note(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.hostname not in OURS:
            tab.problems.append(f"request to another machine: {request.url}")

    context.on("request", note)
    context.on("weberror", lambda error: tab.problems.append(f"uncaught error: {error.error}"))
    yield tab
    context.close()


@pytest.fixture(scope="package")
def shared_tab(browser: Browser) -> Iterator[Tab]:
    """The page that most tests use, one after the other."""
    with tab_of(browser) as tab:
        yield tab


@pytest.fixture
def page(shared_tab: Tab) -> Iterator[Page]:
    """A page where nothing is kept. Fails its test on an uncaught script error or a request to another machine."""
    shared_tab.problems.clear()
    yield shared_tab.page
    shared_tab.put_back()
    assert shared_tab.problems == []


@pytest.fixture
def own_page(browser: Browser) -> Iterator[Page]:
    """A page of the test's own, for scripts that run before any other and for clocks: they cannot be taken back."""
    with tab_of(browser) as tab:
        yield tab.page
    assert tab.problems == []


@pytest.fixture(scope="package")
def canned() -> Iterator[Canned]:
    """The server with canned replies."""
    with serving() as server:
        yield server


@pytest.fixture
def server(canned: Canned) -> Iterator[Canned]:
    """The same server as if just started; whatever still waits at its gate goes on when the test is over."""
    fresh = Canned(url=canned.url)
    vars(canned).update(vars(fresh))
    yield canned
    canned.gate.set()


@pytest.fixture
def chat(page: Page, server: Canned) -> Page:
    """The demo page, ready for a question."""
    page.goto(server.url)
    expect(box(page)).to_be_visible()
    return page


@pytest.fixture(scope="session")
def axe() -> AxeCheck:
    """Return a check that lists the accessibility violations of a page, one line each; none is an empty list.

    Named rules are checked alone, else all.
    """
    try:
        script: str = import_module("axe_playwright_python.base").AXE_SCRIPT
    except ModuleNotFoundError:
        _missing("axe-playwright-python is not installed")

    def check(page: Page, *rules: str) -> list[str]:
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(script)
        found: list[Any] = page.evaluate(AXE, rules)
        return found

    return check
