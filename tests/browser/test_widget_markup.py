"""Whatever text comes in, from the reader, the server or a source: it is shown as text, and nothing in it runs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from askms.reply import source_to_dict
from tests.browser.canned import ANSWER, CRISIS, TRIAL, TRIAL_TEXT, Canned
from tests.browser.driving import make_sheet, turn

pytestmark = pytest.mark.browser

RUN = "window.ran=(window.ran||0)+1"
PAYLOADS = (
    f"<script>{RUN}</script>",
    f"<SCRIPT SRC=data:text/javascript,{RUN}></SCRIPT>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"</textarea><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"--><script>{RUN}</script>",
    f"]]><script>{RUN}</script>",
    f"<script\x0btype=text/javascript>{RUN}</script>",
    f"<script/x>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<img src=x onerror='{RUN}'//",
    f"<IMG SRC=x ONERROR={RUN}>",
    f'<img src="x`" `onerror={RUN}>',
    f"<image src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg/onload={RUN}//",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s></svg>",
    f"<svg><foreignObject><body onload={RUN}></foreignObject></svg>",
    f"<svg><use href=\"data:image/svg+xml,<svg id=x xmlns='http://www.w3.org/2000/svg'><script>{RUN}</script></svg>#x\">",
    f"<math><mtext><img src=x onerror={RUN}></mtext></math>",
    f"<math href='javascript:{RUN}'>press</math>",
    f"<body onload={RUN}>",
    f"<iframe src='javascript:{RUN}'></iframe>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<object data='javascript:{RUN}'></object>",
    f"<embed src='javascript:{RUN}'>",
    f"<a href='javascript:{RUN}'>press</a>",
    f"<a href='&#106;avascript:{RUN}'>press</a>",
    f"<form action='javascript:{RUN}'><button>press</button></form>",
    f"<button formaction='javascript:{RUN}'>press</button>",
    f"<details open ontoggle={RUN}>x</details>",
    f"<video><source onerror={RUN}></video>",
    f"<audio src=x onerror={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<select autofocus onfocus={RUN}>",
    f"<marquee onstart={RUN}>x</marquee>",
    f"<template><script>{RUN}</script></template>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
    f"<link rel=stylesheet href='data:text/css,*{{color:red}}' onload={RUN}>",
    "<style>*{display:none}</style>",
    f"<base href='javascript:{RUN}//'>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    f"<p style='background:url(javascript:{RUN})'>x</p>",
    f"javascript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    f"\u202e<script>{RUN}</script>\u202c",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"\\u003cscript\\u003e{RUN}\\u003c/script\\u003e",
    f"${{{RUN}}}",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"';{RUN};//",
    f'"onmouseover="{RUN}',
    "[link](javascript:alert(1)) **bold** <b>bold</b>",
    f"<askms-chat src='javascript:{RUN}'></askms-chat>",
    f"<slot onslotchange={RUN}></slot>",
    "\x00<b>null\ufeff</b>",
)

WATCH = "window.violations = []; addEventListener('securitypolicyviolation', e => window.violations.push(e.blockedURI))"
STRANGE = """() => {
  const root = document.querySelector('askms-chat').shadowRoot
  const ours = new Set(['article','aside','a','blockquote','button','dd','details','dialog','div','dl','dt','fieldset',
    'figcaption','figure','form','h2','h3','h4','h5','h6','header','input','label','legend','li','mark','p','section',
    'slot','span','strong','summary','textarea','ul'])
  const all = [...root.querySelectorAll('*')]
  const odd = all.filter(one => !ours.has(one.localName) ||
    [...one.attributes].some(({name, value}) => name.startsWith('on') || name === 'style' && !one.matches('.frame') ||
      ['href', 'src', 'action', 'formaction'].includes(name) && !/^(https?|tel|mailto):/.test(value)))
  return odd.map(one => one.outerHTML.slice(0, 200))
}"""


def hostile(text: str) -> dict[str, Any]:
    """A reply that says one thing, everywhere."""
    wire = ANSWER.to_dict()
    evil = {"title": text, "full_title": text, "url": text, "evidence_label": text, "status": text, "checked_on": text}
    wire["cards"] = [{**CRISIS_WIRE, "kind": text, "title": text, "text": text, "language": text}]
    for sentence in wire["sentences"]:
        sentence["text"] = text
        for citation in sentence["citations"]:
            citation |= {"evidence_label": text, "checked_on": text}
    wire["sources"] = [{**source, **evil} for source in wire["sources"]]
    wire["suggestions"] = [{"label": text, "url": None}, {"label": text, "url": text}]
    return {**wire, "route": text, "strength": text, "note": text, "disclaimer": text, "receipt_id": text}


CRISIS_WIRE = {"contacts": [{"label": CRISIS.title, "tel": "1"}]}


def test_no_payload_runs_or_becomes_an_element(page: Page, server: Canned) -> None:
    assert len(set(PAYLOADS)) >= 40
    page.add_init_script(WATCH)
    page.goto(server.url)
    passage = {"key": "trial", "source_id": TRIAL.id, "start": 0, "end": 9, "source": source_to_dict(TRIAL)}
    for payload in PAYLOADS:
        server.extra = {payload.strip(): hostile(payload)}
        text = f"{payload} {TRIAL_TEXT}"
        server.passage = {**passage, "text": text, "source": hostile(payload)["sources"][0]}
        page.get_by_role("textbox", name="Your question").fill(payload)
        page.get_by_role("textbox", name="Your question").press("Enter")
        expect(turn(page)).to_have_attribute("data-state", "answered")
        expect(turn(page).locator(".question")).to_have_text(payload)
        turn(page).locator("button.cite").first.click()
        expect(page.get_by_role("dialog").locator("blockquote")).to_be_visible()
        page.get_by_text("Report a problem").last.click()
        page.get_by_label("What is wrong with this answer?").last.fill(payload)
        page.get_by_role("button", name="Send").last.click()

        assert page.evaluate("() => [window.ran ?? 0, window.violations]") == [0, []], payload
        assert page.evaluate(STRANGE) == [], payload
        page.get_by_role("button", name="Clear chat").click()
        page.get_by_role("button", name="Yes, erase it").click()
    assert [one["problem"] for one in server.feedback] == [payload.strip() for payload in PAYLOADS]


def test_no_payload_runs_from_memory_or_on_the_sheet(page: Page, server: Canned) -> None:
    turns = [{"question": payload, "reply": hostile(payload)} for payload in PAYLOADS]
    kept = {"turns": turns, "cards": hostile(PAYLOADS[0])["cards"], "draft": PAYLOADS[0], "notes": PAYLOADS[1]}
    page.add_init_script(WATCH + f";sessionStorage.setItem('askms-chat', {json.dumps(json.dumps(kept))})")
    page.goto(server.url)
    expect(page.get_by_role("article")).to_have_count(len(PAYLOADS))
    paper = make_sheet(page)

    expect(paper).to_contain_text(PAYLOADS[0])
    assert page.evaluate(STRANGE) == []
    assert page.evaluate("() => [window.ran ?? 0, window.violations]") == [0, []]
