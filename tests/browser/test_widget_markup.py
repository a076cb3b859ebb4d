"""Whatever text comes in, from the reader, the server or a source: it is shown as text, and nothing in it runs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from askms.reply import source_to_dict
from tests.browser.canned import ANSWER, CRISIS, TRIAL, TRIAL_TEXT, Canned
from tests.browser.driving import box, make_sheet

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


# What a reader does, done from within: so many payloads take long when each press of a key is a message to the browser.
USE = """async ([payload, text]) => {
  const root = document.querySelector('askms-chat').shadowRoot
  const there = async find => {
    for (const end = Date.now() + 10_000; Date.now() < end; await new Promise(requestAnimationFrame)) {
      const found = find()
      if (found) return found
    }
    throw new Error(`not there: ${find}`)
  }
  const send = (form, words) => {
    const box = form.querySelector('textarea')
    box.value = words
    box.dispatchEvent(new InputEvent('input', {bubbles: true}))
    form.requestSubmit()
  }
  send(root.querySelector('.composer'), payload)
  const turn = await there(() => root.querySelector('.turn[data-state=answered]'))
  turn.querySelector('button.cite').click()
  await there(() => turn.querySelector('dialog[open] blockquote')?.textContent === text)
  turn.querySelector('.report').open = true
  send(turn.querySelector('.problem'), payload)
  await there(() => turn.querySelector('.result').textContent)
  return turn.querySelector('.question').textContent
}"""


def hostile(text: str, shift: int = 0) -> dict[str, Any]:
    """A reply that says one thing, everywhere; its quotations stand so many characters further on."""
    wire = ANSWER.to_dict()
    evil = {"title": text, "full_title": text, "url": text, "evidence_label": text, "status": text, "checked_on": text}
    wire["cards"] = [{**CRISIS_WIRE, "kind": text, "title": text, "text": text, "language": text}]
    for sentence in wire["sentences"]:
        sentence["text"] = text
        for citation in sentence["citations"]:
            citation |= {"evidence_label": text, "checked_on": text}
            citation |= {"start": citation["start"] + shift, "end": citation["end"] + shift}
    wire["sources"] = [{**source, **evil} for source in wire["sources"]]
    wire["suggestions"] = [{"label": text, "url": None}, {"label": text, "url": text}]
    return {**wire, "route": text, "strength": text, "note": text, "disclaimer": text, "receipt_id": text}


CRISIS_WIRE = {"contacts": [{"label": CRISIS.title, "tel": "1"}]}


def test_no_payload_runs_or_becomes_an_element(own_page: Page, server: Canned) -> None:
    assert len(set(PAYLOADS)) >= 40
    own_page.add_init_script(WATCH)
    own_page.goto(server.url)
    expect(box(own_page)).to_be_visible()
    passage = {"key": "trial", "source_id": TRIAL.id, "start": 0, "end": 9, "source": source_to_dict(TRIAL)}
    for payload in PAYLOADS:
        text = f"{payload} {TRIAL_TEXT}"
        reply = hostile(payload, shift=len(payload) + 1)
        server.extra = {payload.strip(): reply}
        server.passage = {**passage, "text": text, "source": reply["sources"][0]}

        assert own_page.evaluate(USE, [payload, text]) == payload.strip()
        assert own_page.evaluate("() => [window.ran ?? 0, window.violations]") == [0, []], payload
        assert own_page.evaluate(STRANGE) == [], payload
        own_page.evaluate("() => document.querySelector('askms-chat').clear()")
    assert [one["problem"] for one in server.feedback] == [payload.strip() for payload in PAYLOADS]


def test_no_payload_runs_from_memory_or_on_the_sheet(own_page: Page, server: Canned) -> None:
    turns = [{"question": payload, "reply": hostile(payload)} for payload in PAYLOADS]
    kept = {"turns": turns, "cards": hostile(PAYLOADS[0])["cards"], "draft": PAYLOADS[0], "notes": PAYLOADS[1]}
    own_page.add_init_script(WATCH + f";sessionStorage.setItem('askms-chat', {json.dumps(json.dumps(kept))})")
    own_page.goto(server.url)
    expect(own_page.get_by_role("article")).to_have_count(len(PAYLOADS))
    paper = make_sheet(own_page)

    expect(paper).to_contain_text(PAYLOADS[0])
    assert own_page.evaluate(STRANGE) == []
    assert own_page.evaluate("() => [window.ran ?? 0, window.violations]") == [0, []]
