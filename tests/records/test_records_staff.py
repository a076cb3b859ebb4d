"""Staff: their passwords, the sessions that these begin and how those end, and how guessing is stopped."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from askms.errors import RecordsUnavailable, StaffError, UnknownRecord
from askms.records import Records, Role
from askms.records.attempts import MOST, WINDOW, begin, is_locked
from askms.records.database import Database
from askms.records.passwords import _NOBODYS, hashed, matches, renewed
from askms.records.people import ABSOLUTE, IDLE
from askms.records.tables import STAFF, STAFF_SESSIONS
from tests.records.made import on_disk

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RIGHT = "correct horse battery"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def database(url: str, records: Records) -> Iterator[Database]:
    """The same database, to look into."""
    with closing(Database(url)) as opened:
        yield opened


@pytest.fixture
def ann(records: Records) -> Records:
    """Records with one editor."""
    records.staff.add("ann", Role.EDITOR, RIGHT, by="tests")
    return records


def acts(records: Records) -> list[tuple[str, str, str]]:
    rows = reversed(records.desk.acts(1).rows)
    return [(act.who, act.what, act.on_what) for act in rows if act.who != "tests"]


def test_a_right_password_begins_a_session_that_can_be_found_again(ann: Records) -> None:
    visit = ann.staff.sign_in("ann", RIGHT, NOW)

    assert visit is not None
    assert (visit.name, visit.role) == ("ann", Role.EDITOR)
    assert len(visit.token) >= 43  # 256 bits
    assert ann.staff.visit(visit.token, NOW) == visit
    assert ann.staff.visit(visit.token + "x", NOW) is None
    assert acts(ann) == [("ann", "sign in", "console")]


def test_each_session_has_its_own_token_and_form_key(ann: Records) -> None:
    one, other = ann.staff.sign_in("ann", RIGHT, NOW), ann.staff.sign_in("ann", RIGHT, NOW)

    assert one
    assert other
    assert len({one.token, other.token, one.form_key, other.form_key}) == 4


@pytest.mark.parametrize(
    ("name", "password"), [("ann", RIGHT + "x"), ("ann", ""), ("bob", RIGHT), ("", ""), ("a\0", RIGHT)]
)
def test_what_does_not_fit_begins_nothing_and_is_written_down_without_the_words(
    ann: Records, name: str, password: str
) -> None:
    assert ann.staff.sign_in(name, password, NOW) is None
    assert acts(ann) == [("-", "failed sign-in", "ann" if name == "ann" else "unknown name")]


def test_neither_password_nor_token_is_in_the_file(in_sqlite: Records, sqlite_file: Path) -> None:
    in_sqlite.staff.add("ann", Role.ADMIN, RIGHT, by="tests")
    in_sqlite.staff.sign_in("sesame in the wrong field", "x", NOW)
    visit = in_sqlite.staff.sign_in("ann", RIGHT, NOW)

    assert visit is not None
    kept = on_disk(sqlite_file)
    assert not [word for word in (RIGHT, visit.token, visit.form_key, "sesame") if word.encode() in kept]
    assert b"$argon2id$" in kept


@pytest.mark.parametrize(
    ("after", "is_over"),
    [(IDLE - MINUTE, False), (IDLE, True), (ABSOLUTE, True), (-MINUTE, False)],
)
def test_a_session_that_is_not_used_ends(ann: Records, after: timedelta, is_over: bool) -> None:
    visit = ann.staff.sign_in("ann", RIGHT, NOW)

    assert visit is not None
    assert (ann.staff.visit(visit.token, NOW + after) is None) == is_over


def test_a_session_that_is_used_lasts_twelve_hours_and_no_longer(ann: Records) -> None:
    visit = ann.staff.sign_in("ann", RIGHT, NOW)

    assert visit is not None
    used = [ann.staff.visit(visit.token, NOW + timedelta(minutes=50 * n)) is not None for n in range(1, 16)]
    assert used == [True] * 14 + [False]


def test_signing_out_ends_one_session(ann: Records) -> None:
    here, there = ann.staff.sign_in("ann", RIGHT, NOW), ann.staff.sign_in("ann", RIGHT, NOW)
    assert here
    assert there

    ann.staff.sign_out(here)

    assert ann.staff.visit(here.token, NOW) is None
    assert ann.staff.visit(there.token, NOW) is not None


def test_a_new_password_or_role_ends_all_sessions_of_that_person(ann: Records) -> None:
    ann.staff.add("bob", Role.VIEWER, RIGHT, by="tests")
    bob = ann.staff.sign_in("bob", RIGHT, NOW)
    assert bob
    changes: list[Callable[[], None]] = [
        lambda: ann.staff.set_role("ann", Role.ADMIN, by="tests"),
        lambda: ann.staff.set_password("ann", RIGHT, by="tests"),
        lambda: ann.staff.remove("ann", by="tests"),
    ]
    for change in changes:
        visit = ann.staff.sign_in("ann", RIGHT, NOW)
        assert visit

        change()

        assert ann.staff.visit(visit.token, NOW) is None
    assert ann.staff.visit(bob.token, NOW) is not None
    assert [person.name for person in ann.staff.people()] == ["bob"]


def test_an_old_password_opens_nothing_any_more(ann: Records) -> None:
    ann.staff.set_password("ann", "another long one", by="tests")

    assert ann.staff.sign_in("ann", RIGHT, NOW) is None
    assert ann.staff.sign_in("ann", "another long one", NOW) is not None


def test_five_wrong_passwords_lock_a_name_and_only_that_for_a_quarter_of_an_hour(ann: Records) -> None:
    ann.staff.add("bob", Role.VIEWER, RIGHT, by="tests")
    for n in range(MOST):
        assert ann.staff.sign_in("ann", f"wrong number {n}", NOW + n * MINUTE) is None
    last = NOW + (MOST - 1) * MINUTE

    assert ann.staff.sign_in("ann", RIGHT, last + WINDOW - MINUTE) is None
    assert ann.staff.sign_in("bob", RIGHT, last) is not None
    assert ann.staff.sign_in("ann", RIGHT, last + WINDOW) is not None


def test_a_right_password_begins_the_count_anew(ann: Records) -> None:
    for _ in range(2):
        for _ in range(MOST - 1):
            ann.staff.sign_in("ann", "wrong", NOW)
        assert ann.staff.sign_in("ann", RIGHT, NOW) is not None


def test_wrong_passwords_far_apart_lock_nothing() -> None:
    assert is_locked([NOW + n * MINUTE for n in range(MOST)], NOW + MOST * MINUTE)
    assert not is_locked([NOW + 4 * n * MINUTE for n in range(MOST)], NOW + 17 * MINUTE)
    assert not is_locked([NOW] * (MOST - 1), NOW)


def test_guesses_at_the_same_time_are_counted_one_by_one(database: Database) -> None:
    def attempt(_: int) -> bool:
        for _ in range(20):
            try:
                with database.writing() as connection:
                    return begin(connection, "ann", NOW)
            except RecordsUnavailable:  # SQLite waits a second for others who write
                continue
        raise AssertionError("never heard")

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(16))) == MOST


def test_an_unknown_and_a_locked_name_cost_one_hash_of_the_same_settings_like_a_known_one(
    in_sqlite: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the time taken tells no names. Time itself is not measured: on a busy machine it tells nothing."""
    verify, compared = PasswordHasher.verify, list[str]()

    def counted(self: PasswordHasher, stored: str, password: str) -> bool:
        compared.append(stored.rsplit("$", 2)[0])
        return verify(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    in_sqlite.staff.add("ann", Role.VIEWER, RIGHT, by="tests")

    for name, times in (("ann", 1), ("nobody", 1), ("ann", MOST)):
        for _ in range(times):
            in_sqlite.staff.sign_in(name, "wrong password", NOW)
    in_sqlite.staff.sign_in("ann", RIGHT, NOW)  # locked

    assert len(compared) == 3 + MOST
    assert len(set(compared)) == 1


def test_a_hash_of_weaker_settings_is_made_anew_at_the_next_sign_in(ann: Records, database: Database) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(RIGHT)
    with database.writing() as connection:
        connection.execute(update(STAFF).values(password_hash=weak))

    assert ann.staff.sign_in("ann", RIGHT, NOW) is not None

    with database.reading() as connection:
        stored = connection.scalar(select(STAFF.c.password_hash))
    assert stored != weak
    assert stored
    assert matches(stored, RIGHT)


def test_the_hash_of_nobody_costs_what_others_cost_and_fits_nothing() -> None:
    assert renewed(_NOBODYS, RIGHT) == _NOBODYS
    assert not matches(None, RIGHT)


def test_the_same_password_typed_with_other_letters_is_the_same() -> None:
    assert matches(hashed("une clé très longue"), "une cle\u0301 tre\u0300s longue")


@pytest.mark.parametrize("password", ["", "eleven char", "x" * 1001])
def test_a_password_too_short_or_too_long_is_refused(ann: Records, password: str) -> None:
    with pytest.raises(StaffError, match="12 to 1,000 characters"):
        ann.staff.add("bob", Role.VIEWER, password, by="tests")
    with pytest.raises(StaffError):
        ann.staff.set_password("ann", password, by="tests")


@pytest.mark.parametrize("name", ["", "Ann", "ann smith", "-ann", "a" * 41, "<b>", "ann\n", "änn"])
def test_a_name_that_cannot_be_told_from_others_is_refused(records: Records, name: str) -> None:
    with pytest.raises(StaffError, match="is no name"):
        records.staff.add(name, Role.VIEWER, RIGHT, by="tests")


def test_a_name_is_taken_once(ann: Records) -> None:
    with pytest.raises(StaffError, match="ann is a member of staff already"):
        ann.staff.add("ann", Role.ADMIN, RIGHT, by="tests")


def test_nobody_else_can_be_changed(ann: Records) -> None:
    changes: list[Callable[[], None]] = [
        lambda: ann.staff.remove("bob", by="tests"),
        lambda: ann.staff.set_role("bob", Role.ADMIN, by="tests"),
        lambda: ann.staff.set_password("bob", RIGHT, by="tests"),
    ]
    for change in changes:
        with pytest.raises(UnknownRecord, match=r"'bob' is no member of staff. See: askms staff list"):
            change()


def test_each_role_may_what_those_before_it_may() -> None:
    may = {role: [needed for needed in Role if role.may(needed)] for role in Role}

    assert may == {
        Role.VIEWER: [Role.VIEWER],
        Role.EDITOR: [Role.VIEWER, Role.EDITOR],
        Role.ADMIN: [Role.VIEWER, Role.EDITOR, Role.ADMIN],
    }


def test_sessions_that_are_over_are_not_kept(ann: Records, database: Database) -> None:
    for day in range(3):
        ann.staff.sign_in("ann", RIGHT, NOW + timedelta(days=day))

    with database.reading() as connection:
        assert len(connection.execute(select(STAFF_SESSIONS.c.key)).all()) == 1


def test_a_database_that_is_locked_signs_nobody_in(in_sqlite: Records, sqlite_file: Path) -> None:
    in_sqlite.staff.add("ann", Role.VIEWER, RIGHT, by="tests")
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RecordsUnavailable):
            in_sqlite.staff.sign_in("ann", RIGHT, NOW)


@pytest.mark.parametrize("change", ["add", "remove", "set_role", "set_password", "unlock"])
def test_nothing_is_changed_that_cannot_be_written_down(
    ann: Records, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    visit = ann.staff.sign_in("ann", RIGHT, NOW)
    assert visit
    for _ in range(MOST):
        ann.staff.sign_in("ann", "wrong" * 3, NOW)

    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("askms.records.staff.store_act", fail)
        with pytest.raises(RuntimeError):
            {
                "add": lambda: ann.staff.add("bob", Role.VIEWER, RIGHT, by="ada"),
                "remove": lambda: ann.staff.remove("ann", by="ada"),
                "set_role": lambda: ann.staff.set_role("ann", Role.ADMIN, by="ada"),
                "set_password": lambda: ann.staff.set_password("ann", "another long one", by="ada"),
                "unlock": lambda: ann.staff.unlock("ann", by="ada"),
            }[change]()

    assert [(one.name, one.role) for one in ann.staff.people()] == [("ann", Role.EDITOR)]
    assert ann.staff.visit(visit.token, NOW) == visit
    assert ann.staff.sign_in("ann", RIGHT, NOW) is None, "still locked"
    assert ann.staff.sign_in("ann", RIGHT, NOW + WINDOW) is not None
