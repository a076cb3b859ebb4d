"""The console with one person of each role, and a clock that tests turn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from askms.api import create_app
from askms.assistant import Assistant
from askms.records import Records, Role, open_records

PASSWORD: Final = "correct horse battery"
NAMES: Final = {Role.VIEWER: "vera", Role.EDITOR: "edith", Role.ADMIN: "ada"}
QUESTION: Final = "What is a relapse?"
_KEY: Final = re.compile(r'name="key" value="([0-9a-f]{64})"')


@dataclass
class Clock:
    """What time it is."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def pass_by(self, **long: float) -> None:
        """Let time pass."""
        self.now += timedelta(**long)


class Browser:
    """A browser of somebody, signed in or not. Does not follow redirects by itself."""

    def __init__(self, app: FastAPI, base_url: str = "http://testserver") -> None:
        self.client = TestClient(app, raise_server_exceptions=False, follow_redirects=False, base_url=base_url)
        self.key = ""

    def get(self, path: str, **more: Any) -> Response:
        """Open a page."""
        return self.client.get(path, **more)

    def post(self, path: str, data: Mapping[str, str] | None = None, **more: Any) -> Response:
        """Send a form, with the key of the session."""
        return self.client.post(path, data={"key": self.key, **(data or {})}, **more)

    def sign_in(self, name: str, password: str = PASSWORD, **more: str) -> Response:
        """Sign in by the form."""
        response = self.client.post("/staff/sign-in", data={"name": name, "password": password, **more})
        if response.status_code == 303:
            found = _KEY.search(self.get("/staff/receipts").text)
            assert found
            self.key = found[1]
        return response


@dataclass(frozen=True, kw_only=True)
class Staffed:
    """The application, its records, its clock."""

    app: FastAPI
    records: Records
    clock: Clock
    file: Path
    cases: Path
    """Where eval cases are written."""
    runs: Path
    """Where runs of the evals are looked for."""

    def browser(self, role: Role | None = None) -> Browser:
        """A new browser, of a person with that role or of nobody."""
        made = Browser(self.app)
        if role is not None:
            visit = self.records.staff.sign_in(NAMES[role], PASSWORD, self.clock.now)
            assert visit
            made.client.cookies.set("askms-staff", visit.token, domain="testserver.local", path="/staff")
            made.key = visit.form_key
        return made

    def ask(self, question: str = QUESTION, **fields: Any) -> dict[str, Any]:
        """Ask as a patient does; the reply in wire form."""
        response = TestClient(self.app).post("/v1/ask", json={"question": question, **fields})
        assert response.status_code == 200
        reply: dict[str, Any] = response.json()
        return reply

    def acts(self) -> list[tuple[str, str, str]]:
        """What stands in the audit log, the latest first."""
        return [(act.who, act.what, act.on_what) for act in self.records.desk.acts(1).rows]


@contextmanager
def staffed(assistant: Assistant, folder: Path) -> Iterator[Staffed]:
    """Set up a console.

    Args:
        assistant: who answers.
        folder: where the records are made.
    """
    file = folder / "records" / "records.sqlite"
    clock = Clock()
    with closing(open_records(f"sqlite:///{file}", 30)) as records:
        for role, name in NAMES.items():
            records.staff.add(name, role, PASSWORD, by="tests")
        cases, runs = folder / "cases", folder / "runs"
        app = create_app(assistant, records=records, clock=clock, cases=cases, runs=runs)
        yield Staffed(app=app, records=records, clock=clock, file=file, cases=cases, runs=runs)


def words(page: str) -> str:
    """What a page says, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())
