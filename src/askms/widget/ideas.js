/**
 * Lays out the sentences of an answer as they come: the two sides of a disagreement side by side, and all beyond three
 * ideas marked as "more", which short answers leave out until asked.
 *
 * An idea is a cited sentence with the fixed sentences before it, or the two sides of a disagreement: neither is ever
 * cut from what qualifies it. What is not known, and fixed sentences after the last idea, always show.
 */

import { el } from "./dom.js"
import { ALWAYS_SHOWN, SIDES } from "./words.js"

/** @typedef {import("./stream.js").Sentence} Sentence */
/** A column, the words that begin the other one ("" in the second), and the source it quotes. */
/** @typedef {{column: HTMLElement, next: string, source: string}} Side */

/** How many ideas a short answer shows. */
const FEW = 3

export class Ideas {
  element = el("div", { class: "sentences" })
  /** The side that sentences go to. @type {Side | null} */
  #side = null
  #ideas = 0
  /** Whether what comes now shows whatever its place. */
  #always = false

  /** @param {Sentence} sentence @param {HTMLElement} shown */
  add(sentence, shown) {
    const { text, template, citations } = sentence
    const opens = template && Object.hasOwn(SIDES, text) ? SIDES[text] : ""
    if (template) this.#always = ALWAYS_SHOWN.includes(text)
    if (opens) this.#open(opens, shown)
    else if (this.#side && template && text === this.#side.next) this.#turn(shown)
    else if (this.#side && belongs(sentence, this.#side)) {
      this.#side.column.append(shown)
      if (!this.#side.next && citations.length > 0) this.#side.source = citations[0].source_id
    } else {
      this.#side = null
      shown.toggleAttribute("data-more", this.#ideas >= FEW && !this.#always)
      this.element.append(shown)
      if (!template && !this.#always) this.#ideas += 1
    }
  }

  /** Shows the fixed sentences at the end: they belong to no idea that is left out. */
  close() {
    const all = [...this.element.children]
    const last = all.findLastIndex((one) => !one.matches("[data-template]"))
    for (const one of all.slice(last + 1)) one.removeAttribute("data-more")
  }

  clear() {
    this.element.replaceChildren()
    this.#side = null
    this.#ideas = 0
    this.#always = false
  }

  /** @param {string} next @param {HTMLElement} shown */
  #open(next, shown) {
    const column = el("div", { class: "side" })
    const box = el("div", { class: "sides", "data-more": this.#ideas >= FEW }, shown, column)
    this.element.append(box)
    this.#side = { column, next, source: "" }
    this.#ideas += 2
  }

  /** @param {HTMLElement} shown */
  #turn(shown) {
    const column = el("div", { class: "side" }, shown)
    this.#side?.column.after(column)
    this.#side = { column, next: "", source: "" }
  }
}

/** Whether a sentence is still of this side. The second ends with its source. @param {Sentence} sentence @param {Side} side */
function belongs({ template, citations }, { next, source }) {
  return Boolean(next) || !source || (!template && citations.some((one) => one.source_id === source))
}
