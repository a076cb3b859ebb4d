"""How long a patient looks at nothing: from pressing Ask on the demo page to the first sentence on the screen.

    askms index build && python -m benchmarks.page

A server with the real corpus and model, and Chromium, each in a process of its own; every question is the first of a
new browser window, after one that warms the server up. Two times are taken: until any sentence is painted, which may be
a fixed one, and until a quoted one is.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from askms import Settings
from benchmarks.load import serving
from benchmarks.rounds import machine

QUESTIONS: Final = (
    "What is a relapse?",
    "Does ketamine help MS fatigue?",
    "Why does heat make MS worse?",
    "Is ketamine approved for MS?",
    "How is MS diagnosed?",
)
CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome")
PATIENCE: Final = 60_000
"""Milliseconds to wait for a sentence."""

WATCH: Final = """() => {
  const root = document.querySelector('askms-chat').shadowRoot
  let sent
  root.addEventListener('click', event => { sent ??= event.timeStamp }, true)
  window.first = new Promise(resolve => {
    const times = {}
    const painted = name => {
      if (name in times) return
      times[name] = null
      // After the frame that shows it: what a frame asks for runs before it is painted.
      requestAnimationFrame(() => setTimeout(() => {
        times[name] = performance.now() - sent
        if (times.any && times.quoted) resolve(times)
      }))
    }
    new MutationObserver(() => {
      const said = [...root.querySelectorAll('.sentence')]
      if (said.length) painted('any')
      if (said.some(one => one.querySelector('button'))) painted('quoted')
    }).observe(root, {childList: true, subtree: true})
  })
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """Milliseconds from pressing Ask."""

    any: float
    """Until the first sentence is painted, a fixed one or not."""
    quoted: float
    """Until the first one with a source is."""


def first_sentence(browser: Browser, address: str, question: str) -> First:
    """Ask in a new window, by pressing the button.

    Raises:
        playwright.sync_api.TimeoutError: no quoted sentence came within a minute.
    """
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    try:
        page = context.new_page()
        page.goto(address)
        page.get_by_role("textbox", name="Your question").fill(question)
        page.evaluate(WATCH)
        page.get_by_role("button", name="Ask", exact=True).click()
        page.locator(".sentence button").first.wait_for()
        times = page.evaluate("() => window.first")
        return First(any=times["any"], quoted=times["quoted"])
    finally:
        context.close()


def _words(name: str, milliseconds: Sequence[float]) -> str:
    return f"{name}: p50 {statistics.median(milliseconds):.0f} ms, max {max(milliseconds):.0f} ms"


def _chromium() -> str:
    wanted = os.environ.get("ASKMS_CHROMIUM")
    found = next(filter(None, map(shutil.which, (wanted,) if wanted else CHROMIUM)), None)
    if found is None:
        raise SystemExit("No Chromium is found. Set ASKMS_CHROMIUM to one.")
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1, help="how often each question is asked")
    rounds = parser.parse_args().rounds
    with TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        (folder / "index").symlink_to(Settings().index_dir.resolve())
        with serving(folder, ASKMS_RECORDS="none") as server:
            browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
            first_sentence(browser, server.address, "What is MS?")
            print(machine())
            taken = []
            for question in QUESTIONS * rounds:
                taken.append(first_sentence(browser, server.address, question))
                print(f"{taken[-1].any:6.0f} ms {taken[-1].quoted:6.0f} ms  {question}")
            browser.close()
    print(f"{len(taken)} questions. {_words('Any sentence', [one.any for one in taken])}.")
    print(_words("A quoted sentence", [one.quoted for one in taken]) + ".")


if __name__ == "__main__":
    main()
