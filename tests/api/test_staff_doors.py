"""Who gets into the console and how: sign-in, sessions, roles, forms, and what every answer of it says."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from html import unescape
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from askms.api import create_app
from askms.api.staff.doors import place
from askms.assistant import Assistant
from askms.records import Role
from askms.reply import DISCLAIMER
from tests.api.staffed import PASSWORD, QUESTION, Browser, Staffed, staffed, words

PAGES = {
    "/staff/": Role.VIEWER,
    "/staff/receipts": Role.VIEWER,
    "/staff/receipts/{receipt}": Role.VIEWER,
    "/staff/receipts/{receipt}/export": Role.ADMIN,
    "/staff/receipts/compare": Role.VIEWER,
    "/staff/sources": Role.VIEWER,
    "/staff/sources/relapse": Role.VIEWER,
    "/staff/try": Role.VIEWER,
    "/staff/feedback": Role.VIEWER,
    "/staff/feedback/{task}": Role.VIEWER,
    "/staff/feedback/{task}/case": Role.EDITOR,
    "/staff/health": Role.VIEWER,
    "/staff/audit": Role.ADMIN,
}
FORMS = {
    "/staff/feedback/{task}/comment": Role.EDITOR,
    "/staff/feedback/{task}/assign": Role.EDITOR,
    "/staff/feedback/{task}/resolve": Role.EDITOR,
    "/staff/feedback/{task}/reopen": Role.EDITOR,
    "/staff/feedback/{task}/case": Role.EDITOR,
    "/staff/try": Role.VIEWER,
    "/staff/receipts/{receipt}/replay": Role.VIEWER,
    "/staff/receipts/{receipt}/erase": Role.ADMIN,
    "/staff/sources/relapse/done": Role.EDITOR,
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")
EVERYWHERE = (*PAGES, *FORMS, "/staff", "/staff/sign-out", "/staff/nothing", "/staff/../staff/audit")


@pytest.fixture(scope="module")
def shared(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    """A console whose people stay as they are."""
    with staffed(assistant, tmp_path_factory.mktemp("staffed")) as made:
        yield made


@pytest.fixture(scope="module")
def receipt(shared: Staffed) -> str:
    """The receipt of a reply."""
    found: str = shared.ask()["receipt_id"]
    shared.records.add_feedback(found, helpful=False)
    return found


@pytest.fixture(scope="module")
def browsers(shared: Staffed) -> dict[Role, Browser]:
    """One browser for each role, signed in."""
    return {role: shared.browser(role) for role in Role}


@pytest.fixture
def own(assistant: Assistant, tmp_path: Path) -> Iterator[Staffed]:
    """A console of the test's own."""
    with staffed(assistant, tmp_path) as made:
        yield made


@pytest.mark.parametrize(("path", "method"), list(product(EVERYWHERE, METHODS)))
def test_nothing_opens_without_a_session(shared: Staffed, receipt: str, path: str, method: str) -> None:
    nobody = shared.browser()

    response = nobody.client.request(method, path.format(receipt=receipt, task=1))

    assert response.status_code in (303, 307)
    assert re.fullmatch(r"(http://testserver)?/staff/(sign-in(\?next=.*)?)?", response.headers["location"])
    assert "relapse" not in response.text


@pytest.mark.parametrize(("path", "role"), list(product(PAGES, Role)))
def test_each_page_opens_for_its_roles_and_no_others(
    browsers: dict[Role, Browser], receipt: str, path: str, role: Role
) -> None:
    response = browsers[role].get(path.format(receipt=receipt, task=1))

    allowed = (200, 303) if path == "/staff/" else (200,)
    assert response.status_code in (allowed if role.may(PAGES[path]) else (403,))


@pytest.mark.parametrize(("path", "role"), list(product(FORMS, Role)))
def test_each_form_is_taken_from_its_roles_and_no_others(
    browsers: dict[Role, Browser], receipt: str, path: str, role: Role
) -> None:
    response = browsers[role].post(path.format(receipt=receipt, task=1))

    assert (response.status_code == 403) == (not role.may(FORMS[path]))
    assert response.status_code in (200, 303, 403, 422)  # 422: may, but the form is empty


@pytest.mark.parametrize(("path", "method"), list(product((*PAGES, *FORMS), METHODS)))
def test_a_page_takes_no_method_that_it_was_not_made_for(
    browsers: dict[Role, Browser], receipt: str, path: str, method: str
) -> None:
    ours = [name for name, table in (("GET", PAGES), ("POST", FORMS)) if path in table]
    if method in ours:
        return

    response = browsers[Role.ADMIN].client.request(method, path.format(receipt=receipt, task=1))

    assert response.status_code in (403, 405)


@pytest.mark.parametrize("key", ["", "x", "0" * 64, None, "☃"])
@pytest.mark.parametrize("path", [*FORMS, "/staff/sign-out"])
def test_a_form_without_the_key_of_the_session_changes_nothing(
    shared: Staffed, browsers: dict[Role, Browser], receipt: str, path: str, key: str | None
) -> None:
    before = shared.acts()

    response = browsers[Role.ADMIN].client.post(
        path.format(receipt=receipt, task=1), data={"sure": "true", **({} if key is None else {"key": key})}
    )

    assert response.status_code == 403
    assert "out of date" in words(response.text)
    assert shared.acts() == before


def test_the_key_of_one_session_opens_no_form_of_another(shared: Staffed, browsers: dict[Role, Browser]) -> None:
    response = browsers[Role.ADMIN].client.post("/staff/sign-out", data={"key": shared.browser(Role.ADMIN).key})

    assert response.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://testserver.evil.example"},
        {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
    ],
)
def test_a_form_sent_by_another_site_is_refused_even_with_the_key(
    browsers: dict[Role, Browser], headers: dict[str, str]
) -> None:
    for path in ("/staff/sign-out", "/staff/sign-in"):
        response = browsers[Role.VIEWER].post(path, headers=headers)
        assert response.status_code == 403
        assert "another site" in words(response.text)


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "same-origin"}, {"origin": "http://testserver"}, {}])
def test_our_own_forms_are_taken(own: Staffed, headers: dict[str, str]) -> None:
    assert own.browser(Role.VIEWER).post("/staff/sign-out", headers=headers).status_code == 303


def test_signing_in_sets_a_cookie_for_the_console_alone(own: Staffed) -> None:
    response = own.browser().sign_in(" Vera ")

    assert (response.status_code, response.headers["location"]) == (303, "/staff/receipts")
    cookie = response.headers["set-cookie"]
    assert re.fullmatch(r"askms-staff=[\w-]{43}; HttpOnly; Path=/staff; SameSite=strict", cookie)


def test_by_https_the_cookie_is_for_https_alone(own: Staffed) -> None:
    browser = Browser(own.app, "https://testserver")

    cookie = browser.sign_in("vera").headers["set-cookie"]

    assert re.fullmatch(r"__Secure-askms-staff=[\w-]{43}; HttpOnly; Path=/staff; SameSite=strict; Secure", cookie)
    assert browser.get("/staff/receipts").status_code == 200
    plain = Browser(own.app, "https://testserver")
    plain.client.cookies.set("askms-staff", cookie.split("=")[1].split(";")[0])
    assert plain.get("/staff/receipts").status_code == 303


def test_wrong_name_wrong_password_and_a_locked_name_are_told_alike(own: Staffed) -> None:
    browser = own.browser()
    said = [browser.sign_in("vera", "wrong" * 3), browser.sign_in("nobody", "wrong" * 3)]
    for _ in range(4):
        browser.sign_in("vera", "wrong" * 3)
    said.append(browser.sign_in("vera"))  # right, but too late

    assert {response.status_code for response in said} == {403}
    assert len({re.sub(r'value="(vera|nobody)"', "", response.text) for response in said}) == 1
    assert not [response for response in said if "set-cookie" in response.headers]
    assert browser.sign_in("edith").status_code == 303
    own.clock.pass_by(minutes=15)
    assert browser.sign_in("vera").status_code == 303


def test_the_lock_is_shared_by_processes(own: Staffed, assistant: Assistant) -> None:
    for _ in range(5):
        own.browser().sign_in("vera", "wrong" * 3)
    other = Browser(create_app(assistant, records=own.records, clock=own.clock))

    assert other.sign_in("vera").status_code == 403


def test_a_token_that_the_browser_brought_along_is_never_taken_over(own: Staffed) -> None:
    browser = own.browser()
    browser.client.cookies.set("askms-staff", "fixed-by-somebody", domain="testserver.local", path="/staff")

    cookie = browser.sign_in("vera").headers["set-cookie"]

    assert "fixed-by-somebody" not in cookie
    stranger = own.browser()
    stranger.client.cookies.set("askms-staff", "fixed-by-somebody")
    assert stranger.get("/staff/receipts").status_code == 303


def test_signing_in_again_ends_the_session_before(own: Staffed) -> None:
    browser = own.browser(Role.VIEWER)
    before = browser.client.cookies["askms-staff"]

    browser.sign_in("edith")

    old = own.browser()
    old.client.cookies.set("askms-staff", before)
    assert old.get("/staff/receipts").status_code == 303
    assert "edith, editor" in words(browser.get("/staff/receipts").text)


def test_a_session_ends_after_an_hour_unused_and_after_twelve_in_any_case(own: Staffed) -> None:
    idle, busy = own.browser(Role.VIEWER), own.browser(Role.VIEWER)
    own.clock.pass_by(minutes=59)
    assert busy.get("/staff/receipts").status_code == 200
    own.clock.pass_by(minutes=1)

    assert idle.get("/staff/receipts").status_code == 303
    for _ in range(11):
        assert busy.get("/staff/receipts").status_code == 200
        own.clock.pass_by(minutes=59)
    own.clock.pass_by(minutes=11)
    assert busy.get("/staff/receipts").status_code == 303


def test_signing_out_ends_the_session_on_the_server(own: Staffed) -> None:
    browser = own.browser(Role.VIEWER)
    token = browser.client.cookies["askms-staff"]

    response = browser.post("/staff/sign-out")

    assert response.headers["location"] == "/staff/sign-in"
    assert 'askms-staff=""' in response.headers["set-cookie"]
    again = own.browser()
    again.client.cookies.set("askms-staff", token)
    assert again.get("/staff/receipts").status_code == 303
    assert own.acts()[0] == ("vera", "sign out", "console")


def test_a_changed_role_counts_at_once(own: Staffed) -> None:
    browser = own.browser(Role.ADMIN)
    own.records.staff.set_role("ada", Role.VIEWER, by="tests")

    assert browser.get("/staff/audit").status_code == 303
    assert own.browser(Role.ADMIN).get("/staff/audit").status_code == 403  # "ada" is a viewer now


def test_after_the_sign_in_one_is_where_one_wanted_to_be(own: Staffed) -> None:
    browser = own.browser()
    wanted = "/staff/receipts?route=answer&page=2"

    sent = browser.get(wanted)

    assert sent.headers["location"] == f"/staff/sign-in?next={quote(wanted, safe='/')}"
    form = browser.get(sent.headers["location"]).text
    assert 'name="next" value="/staff/receipts?route=answer&amp;page=2"' in form
    assert browser.sign_in("vera", next=wanted).headers["location"] == wanted


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/staff//evil.example",
        "/staff/../../evil",
        "/staff@evil.example",
        "/staffed",
        "javascript:alert(1)",
        "/staff/receipts\r\nSet-Cookie: a=b",
        "/staff/receipts\n",
        "/v1/ask",
        "/staff/sign-in",
        "/staff/sign-in?next=/staff/sign-in",
        "",
        "/staff/☃",
    ],
)
def test_nobody_is_sent_elsewhere_after_the_sign_in(own: Staffed, elsewhere: str) -> None:
    assert place(elsewhere) == "/staff/receipts"

    assert own.browser().sign_in("vera", next=elsewhere).headers["location"] == "/staff/receipts"


@pytest.mark.parametrize("path", ["/staff/sign-in", "/staff/receipts", "/staff/nothing", "/staff/files/console.css"])
@pytest.mark.parametrize("role", [None, Role.VIEWER])
def test_every_answer_is_kept_nowhere_and_shown_in_no_frame(shared: Staffed, path: str, role: Role | None) -> None:
    headers = shared.browser(role).get(path).headers

    assert headers["cache-control"] == "no-store"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_pages_have_no_script_or_style_of_their_own(browsers: dict[Role, Browser], receipt: str) -> None:
    for path in ("/staff/sign-in", *PAGES):
        text = browsers[Role.ADMIN].get(path.format(receipt=receipt, task=1)).text
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text)


def test_where_nothing_is_kept_every_page_says_so(assistant: Assistant) -> None:
    browser = Browser(create_app(assistant))
    for path in ("/staff/", "/staff/sign-in", "/staff/receipts", "/staff/nothing"):
        response = browser.get(path)
        assert response.status_code == 503
        assert "keeps no records" in words(response.text)
        assert DISCLAIMER in words(response.text)
    assert browser.get("/staff/files/console.css").status_code == 200


def test_an_error_of_the_database_is_a_page_that_names_no_machine(own: Staffed) -> None:
    browser = own.browser(Role.VIEWER)
    own.file.rename(own.file.with_name("gone"))

    for path in ("/staff/receipts", "/staff/sign-in"):
        response = browser.get(path)
        assert response.status_code == 503
        assert "Our records cannot be used now" in words(response.text)
        assert str(own.file) not in response.text


def test_a_fault_of_ours_is_a_page_and_its_words_are_not_logged(
    own: Staffed, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError(QUESTION)

    monkeypatch.setattr(own.records.desk, "search", broken)
    with caplog.at_level(logging.INFO):
        response = own.browser(Role.VIEWER).get("/staff/receipts")

    assert response.status_code == 500
    assert "Something went wrong on our side" in words(response.text)
    assert QUESTION not in response.text + caplog.text


def test_the_audit_log_is_for_admins_and_tells_that_they_looked(own: Staffed) -> None:
    own.browser().sign_in("vera", "wrong" * 3)
    browser = own.browser(Role.ADMIN)

    text = words(browser.get("/staff/audit").text)

    assert "failed sign-in vera" in text
    assert own.acts()[0] == ("ada", "look at audit log", "page 1")
    assert re.search(r"\d\d:\d\d:\d\d UTC - failed sign-in vera", text)


def test_the_audit_log_is_shown_of_one_person_or_one_kind_of_act(own: Staffed) -> None:
    own.browser().sign_in("vera", "wrong" * 3)
    own.browser(Role.VIEWER).get("/staff/health")
    browser = own.browser(Role.ADMIN)

    of_vera = words(browser.get("/staff/audit?who=vera").text).split("On what")[1]
    failed = words(browser.get("/staff/audit?what=failed+sign-in").text).split("On what")[1]
    unknown = browser.get("/staff/audit?who=%3Cb%3E")

    assert "vera look at health" in of_vera
    assert "failed" not in of_vera
    assert failed.count("failed sign-in") == 1
    assert "look at health" not in failed
    assert unknown.status_code == 200
    assert own.acts()[1] == ("ada", "look at audit log", "what=failed sign-in page 1")


def test_the_console_is_no_part_of_the_public_schema(shared: Staffed) -> None:
    assert "staff" not in TestClient(shared.app).get("/openapi.json").text


def test_no_password_is_ever_shown_again(own: Staffed) -> None:
    response = own.browser().sign_in("vera", "a wrong password")

    assert "a wrong password" not in response.text
    assert PASSWORD not in response.text


@pytest.mark.parametrize("path", ["/staff/receipts/%00", "/staff/sources/a%00b", "/staff/feedback/%00", "/staff/%00"])
def test_an_address_that_no_database_can_look_up_is_no_page(browsers: dict[Role, Browser], path: str) -> None:
    assert browsers[Role.ADMIN].get(path).status_code == 404


def test_a_form_that_cannot_be_kept_is_refused(shared: Staffed, browsers: dict[Role, Browser]) -> None:
    for path, field in (("/staff/feedback/1/comment", "text"), ("/staff/sign-in", "name")):
        assert browsers[Role.ADMIN].post(path, {field: "a\0b"}).status_code == 400


@pytest.mark.parametrize(
    "more",
    [
        {"content": b"%", "headers": {"content-type": "application/x-www-form-urlencoded"}},
        {"content": b"{}", "headers": {"content-type": "application/json"}},
        {"content": b"x", "headers": {"content-type": "multipart/form-data; boundary=b"}},
        {
            "content": b"&".join(b"a=b" for _ in range(2000)),
            "headers": {"content-type": "application/x-www-form-urlencoded"},
        },
        {"files": {"name": ("a.txt", b"vera")}},
        {"data": {"name": ["vera", "edith"], "password": PASSWORD}},
        {"data": {"name": "v" * 200_000, "password": "p" * 200_000}},
    ],
)
def test_forms_of_any_shape_sign_nobody_in_and_break_nothing(shared: Staffed, more: dict[str, Any]) -> None:
    response = shared.browser().client.post("/staff/sign-in", **more)

    assert response.status_code in (303, 400, 403, 413, 422)
    assert (response.status_code == 303) == (more.get("data", {}).get("name") == ["vera", "edith"])


@pytest.mark.parametrize("path", ["nothing", "%2e%2e/receipts", "..%2freceipts", "%2e%2e/%2e%2e/pyproject.toml", ""])
def test_only_the_files_of_the_console_are_served_to_everybody(shared: Staffed, path: str) -> None:
    response = shared.browser().get(f"/staff/files/{path}")

    assert response.status_code in (303, 404)
    assert "receipt" not in words(response.text).lower()


BOUNDED = (
    "/staff/sign-in",
    "/staff/try",
    "/staff/feedback/1/case",
    "/staff/feedback/1/comment",
    "/staff/sources/relapse/done",
)


@pytest.mark.parametrize("path", BOUNDED)
def test_a_form_has_no_file_and_so_many_fields(own: Staffed, path: str) -> None:
    editor = own.browser(Role.EDITOR)
    many = {f"field{n}": "x" for n in range(80)}

    file = editor.client.post(path, data={"key": editor.key}, files={"question": ("a.txt", b"words", "text/plain")})
    fields = editor.client.post(path, data={"key": editor.key, **many}, files={"none": (None, "", None)})

    assert (file.status_code, fields.status_code) == (400, 400)
    assert "Too many" in words(file.text)
    assert "Too many" in words(fields.text)
    assert DISCLAIMER in file.text


def test_what_was_typed_outlives_an_ended_session(own: Staffed) -> None:
    sent = own.ask()
    own.records.add_feedback(sent["receipt_id"], helpful=False)
    editor = own.browser(Role.EDITOR)
    own.clock.pass_by(hours=2)
    words_typed = 'I shall add a source. <b>"Soon"</b>'

    stopped = editor.post(
        "/staff/feedback/1/comment",
        {"text": words_typed},
        headers={"referer": "http://testserver/staff/feedback/1", "sec-fetch-site": "same-origin"},
    )
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', stopped.text))
    form = {name: unescape(value) for name, value in hidden.items()}
    wrong = editor.client.post("/staff/sign-in", data={**form, "name": "edith", "password": "wrong" * 3})
    resumed = editor.client.post("/staff/sign-in", data={**form, "name": "edith", "password": PASSWORD})
    again = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', resumed.text)}

    assert stopped.status_code == 401
    assert "You were signed out: a session ends after an hour without use" in words(stopped.text)
    assert hidden["typed"] in wrong.text
    assert (resumed.status_code, wrong.status_code) == (200, 403)
    assert "nothing of it was sent" in words(resumed.text)
    assert '<a href="/staff/feedback/1">Leave it' in resumed.text
    assert "I shall add" not in words(editor.get("/staff/feedback/1").text)
    assert again["text"] == words_typed
    assert editor.client.post("/staff/feedback/1/comment", data=again).status_code == 303
    assert words_typed in unescape(editor.get("/staff/feedback/1").text)


def test_who_was_signed_out_is_told_why_and_comes_back_to_the_page(own: Staffed) -> None:
    editor = own.browser(Role.EDITOR)
    own.clock.pass_by(hours=2)

    sent = editor.get("/staff/health")
    page = words(editor.get(sent.headers["location"]).text)

    assert sent.headers["location"] == "/staff/sign-in?next=/staff/health&ended=true"
    assert "You were signed out" in page
    assert "You were signed out" not in words(own.browser().get("/staff/sign-in?next=/staff/health").text)
    assert editor.sign_in("edith", next="/staff/health").headers["location"] == "/staff/health"


ELSEWHERE = ["http://evil.example/", "//evil.example", "/v1/ask", "/staff/sign-in", "javascript:x"]


@pytest.mark.parametrize("again", ELSEWHERE)
def test_what_was_typed_goes_nowhere_but_to_the_console(own: Staffed, again: str) -> None:
    response = own.browser().sign_in("edith", again=again, typed='{"text": "x"}')

    assert response.status_code == 303
    for typed in ("[]", "{", "1", '{"a": '):
        assert own.browser().sign_in("edith", again="/staff/try", typed=typed).status_code == 303
