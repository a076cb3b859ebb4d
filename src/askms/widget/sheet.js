/**
 * The visit sheet: what was asked, what the sources say, and what to ask the neurologist, to print or keep as text.
 *
 * Made in the browser out of the conversation; nothing is sent. The paper and the text are two forms of the same lines.
 */

import { button, el, uniqueId } from "./dom.js"
import { printAlone } from "./printing.js"
import { dateWords, DISCLAIMER, evidenceLine, SHEET, statusWords, VISIT_QUESTIONS } from "./words.js"

/** @typedef {import("./stream.js").Reply} Reply */
/** @typedef {{question: string, reply: Reply}} Asked */
/** A heading, a paragraph, a point of a list. @typedef {["h4" | "h5" | "h6" | "p" | "li", string]} Line */

export class VisitSheet {
  element = el("section", { class: "sheet", "aria-label": SHEET.heading, hidden: true })
  #title = el("h3", { tabindex: -1 }, SHEET.heading)
  #paper = el("article", { class: "paper", "aria-label": SHEET.title })
  #notes = el("textarea", { id: uniqueId("notes"), rows: 3 })
  #choice = el("fieldset", { class: "choice" })
  /** @type {Asked[]} */
  #asked = []
  /** Which questions the reader has left out. @type {number[]} */
  left = []
  #printed = () => {}
  #closed

  /** @param {{changed: () => void, closed: () => void}} listener */
  constructor({ changed, closed }) {
    this.#closed = closed
    const update = () => {
      this.left = [...this.#boxes].flatMap(({ checked }, i) => (checked ? [] : [i]))
      this.#write()
      changed()
    }
    this.#notes.addEventListener("input", update)
    this.#choice.addEventListener("change", update)
    this.element.append(
      this.#title,
      this.#choice,
      el("label", { for: this.#notes.id }, SHEET.notes),
      this.#notes,
      el("div", { class: "row" },
        button("print", SHEET.print, () => window.print()),
        button("save", SHEET.save, () => this.#save()),
        button("back", SHEET.back, () => this.close())),
      this.#paper,
    )
  }

  /** The reader's own questions. */
  get notes() {
    return this.#notes.value
  }

  set notes(text) {
    this.#notes.value = text
  }

  /** Makes the sheet and moves the focus there. @param {Asked[]} asked */
  open(asked) {
    this.#asked = asked
    this.#choice.replaceChildren(
      el("legend", {}, SHEET.choose),
      ...asked.map(({ question }, i) =>
        el("label", {}, el("input", { type: "checkbox", checked: !this.left.includes(i) }), el("span", {}, question))),
    )
    this.#write()
    this.element.hidden = false
    this.#printed = printAlone(this.#paper)
    this.#title.focus()
  }

  close() {
    if (this.element.hidden) return
    this.#printed()
    this.element.hidden = true
    this.#closed()
  }

  #write() {
    this.#paper.replaceChildren(...elements(this.#lines()))
  }

  get #boxes() {
    return this.#choice.querySelectorAll("input")
  }

  #lines() {
    return sheetLines(this.#asked.filter((_, i) => this.#boxes[i].checked), this.notes, new Date().toISOString().slice(0, 10))
  }

  #save() {
    const address = URL.createObjectURL(new Blob([asText(this.#lines())], { type: "text/plain" }))
    el("a", { href: address, download: "for-my-visit.txt" }).click()
    setTimeout(() => URL.revokeObjectURL(address), 1_000)
  }
}

/** @param {Asked[]} asked @param {string} notes @param {string} today @returns {Line[]} */
function sheetLines(asked, notes, today) {
  const own = notes.split("\n").map((note) => note.trim()).filter(Boolean)
  return [
    ["h4", SHEET.title],
    ["p", `${SHEET.made} ${dateWords(today)}. ${SHEET.quotes}`],
    ["h5", SHEET.mine],
    ...points(asked.map(({ question }) => question)),
    ["h5", SHEET.sources],
    ...asked.flatMap(answerLines),
    ["h5", SHEET.ask],
    ...points([...own, ...VISIT_QUESTIONS]),
    ["p", DISCLAIMER],
  ]
}

/** @param {Asked} asked @returns {Line[]} */
function answerLines({ question, reply }) {
  const numbers = new Map(reply.sources.map(({ id }, i) => [id, i + 1]))
  const said = reply.sentences.map(({ text, citations }) => {
    const cited = new Set(citations.map(({ source_id: id }) => `[${numbers.get(id)}]`))
    return [text, ...cited].join(" ")
  })
  const sources = reply.sources.map((source) =>
    [`[${numbers.get(source.id)}] ${source.title}: ${evidenceLine(source)}.`, statusWords(source),
      `Checked on ${dateWords(source.checked_on)}.`, source.url].filter(Boolean).join(" "))
  return [
    ["h6", question],
    ...said.map((text) => /** @type {Line} */ (["p", text])),
    ...(reply.strength ? [/** @type {Line} */ (["p", `${SHEET.strength} ${reply.strength}`])] : []),
    ...points(sources),
  ]
}

/** @param {string[]} texts @returns {Line[]} */
function points(texts) {
  return texts.map((text) => ["li", text])
}

/** @param {Line[]} lines */
function elements(lines) {
  /** @type {HTMLElement[]} */
  const made = []
  for (const [kind, text] of lines) {
    if (kind !== "li") made.push(el(kind, {}, text))
    else if (made.at(-1)?.matches("ul")) made.at(-1)?.append(el("li", {}, text))
    else made.push(el("ul", {}, el("li", {}, text)))
  }
  return made
}

/** @param {Line[]} lines */
function asText(lines) {
  return lines.map(([kind, text]) => (kind === "li" ? `- ${text}\n` : `${kind === "p" ? "" : "\n"}${text}\n`)).join("").trim() + "\n"
}
