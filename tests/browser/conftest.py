"""A real browser for the tests of the widget and the console.

Where no Chromium or no axe is found, these tests are skipped and say so; under CI that is a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from tests.browser.canned import Canned, serving
from tests.browser.driving import box

CANDIDATES = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")

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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a test file. Not for the session: its event loop would disturb tests of other folders."""
    path = _chromium_path()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page that fails its test on an uncaught script error or a request to another machine."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    problems: list[str] = []

    def local_only(route: Route) -> None:
        if urlsplit(route.request.url).hostname in ("127.0.0.1", "localhost"):
            route.continue_()
        else:
            problems.append(f"request to another machine: {route.request.url}")
            route.abort()

    context.route("**/*", local_only)
    context.on("weberror", lambda error: problems.append(f"uncaught error: {error.error}"))
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
    assert problems == []


@pytest.fixture(scope="module")
def canned() -> Iterator[Canned]:
    """The server with canned replies, for a test file."""
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


@pytest.fixture
def axe() -> AxeCheck:
    """Return a check that lists the accessibility violations of a page, one line each; none is an empty list.

    Named rules are checked alone, else all.
    """
    try:
        runner: Any = import_module("axe_playwright_python.sync_playwright").Axe()
    except ModuleNotFoundError:
        _missing("axe-playwright-python is not installed")

    def check(page: Page, *rules: str) -> list[str]:
        results = runner.run(page, options={"runOnly": list(rules)} if rules else None)
        return [
            f"{violation['id']}: {violation['help']} at {node['target']}"
            for violation in results.response["violations"]
            for node in violation["nodes"]
        ]

    return check
