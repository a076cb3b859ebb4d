"""`askms staff`: adding, listing, changing and removing who may sign in."""

from __future__ import annotations

import os
import pty
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from askms.records import Records, open_records

Run = Callable[..., Any]
PASSWORD = "correct horse battery"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def opened(folders: Path) -> Any:
    records: Records = open_records(f"sqlite:///{folders / 'records' / 'records.sqlite'}", 30)
    return closing(records)


def acts(folders: Path) -> list[tuple[str, str]]:
    with opened(folders) as records:
        return [(act.what, act.on_what) for act in records.desk.acts(1).rows]


def test_a_person_is_added_with_a_password_from_stdin(run: Run, folders: Path) -> None:
    ran = run("staff", "add", "ann", "--role", "editor", given=f"{PASSWORD}\n")

    assert (ran.status, ran.out) == (0, "ann may sign in as editor.\n")
    assert PASSWORD not in ran.out + ran.err
    with opened(folders) as records:
        assert records.staff.sign_in("ann", PASSWORD, NOW) is not None
    assert acts(folders)[1:] == [("add staff", "ann as editor")]
    with opened(folders) as records:
        assert records.desk.acts(1).rows[1].who.endswith(" (command line)")


def test_staff_are_listed_changed_and_removed(run: Run, folders: Path) -> None:
    run("staff", "add", "ann", "--role", "viewer", given=f"{PASSWORD}\n")

    assert run("staff", "role", "ann", "admin").out == "ann is admin now.\n"
    assert run("staff", "password", "ann", given="another long one\n").out == "The password of ann is changed.\n"
    listed = run("staff", "list").out
    assert listed.startswith("ann  admin  since 20")
    assert listed.endswith("\n1 may sign in.\n")
    assert run("staff", "remove", "ann").out == "ann is removed.\n"
    assert run("staff", "list").out == "0 may sign in.\n"
    assert [what for what, _ in acts(folders)] == [
        "list staff",
        "remove staff",
        "list staff",
        "change password",
        "change role",
        "add staff",
    ]


def test_a_locked_person_is_let_in_again(run: Run, folders: Path) -> None:
    run("staff", "add", "ann", "--role", "viewer", given=f"{PASSWORD}\n")
    with opened(folders) as records:
        for _ in range(5):
            records.staff.sign_in("ann", "wrong" * 3, NOW)
        assert records.staff.sign_in("ann", PASSWORD, NOW) is None

    assert run("staff", "unlock", "ann").out == "ann may sign in again.\n"

    with opened(folders) as records:
        assert records.staff.sign_in("ann", PASSWORD, NOW) is not None
    assert ("unlock staff", "ann") in acts(folders)


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        (["add", "ann", "--role", "viewer"], "too short\n", "A password has 12 to 1,000 characters"),
        (["add", "Ann Smith", "--role", "viewer"], f"{PASSWORD}\n", "is no name for a member of staff"),
        (["remove", "bob"], None, "'bob' is no member of staff. See: askms staff list"),
        (["unlock", "bob"], None, "'bob' is no member of staff"),
        (["role", "bob", "viewer"], None, "'bob' is no member of staff"),
        (["password", "bob"], f"{PASSWORD}\n", "'bob' is no member of staff"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, arguments: list[str], given: str | None, said: str) -> None:
    ran = run("staff", *arguments, given=given)

    assert ran.status == 1
    assert said in ran.err
    assert ran.disclaims


def test_where_nothing_is_kept_nobody_can_be_added(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKMS_RECORDS", "none")

    ran = run("staff", "add", "ann", "--role", "viewer", given=f"{PASSWORD}\n")

    assert ran.status == 1
    assert "ASKMS_RECORDS is none" in ran.err


def test_at_a_terminal_the_password_is_asked_for_twice_and_never_shown(folders: Path) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "askms", "staff", "add", "ann", "--role", "viewer"]
    with Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True) as process:
        os.close(theirs)
        shown = ""
        for prompt, typed in (
            ("Password: ", PASSWORD),
            ("The same again: ", "another one here"),
            ("Password: ", PASSWORD),
        ):
            shown += until(ours, prompt)
            os.write(ours, f"{typed}\n".encode())
        shown += until(ours, "The same again: ")
        os.write(ours, f"{PASSWORD}\n".encode())
        shown += until(ours, "may sign in")
        assert process.wait(30) == 0
    os.close(ours)
    assert PASSWORD not in shown
    assert "another one here" not in shown
    with opened(folders) as records:
        assert records.staff.sign_in("ann", PASSWORD, NOW) is not None


def until(terminal: int, wanted: str) -> str:
    """What the terminal shows until it shows that."""
    shown = ""
    while wanted not in shown:
        shown += os.read(terminal, 1000).decode()
    return shown
