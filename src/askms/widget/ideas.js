/**
 * Lays out the sentences of an answer as they come: the two sides of a disagreement side by side, and all beyond three
 * ideas marked as "more", which short answers leave out until asked.
 *
 * An idea is a cited sentence with the fixed sentences before it and the sentences after it that lean on it; a disagreement
 * fills a short answer by itself. Neither is ever cut from what qualifies it. What is not known, and fixed sentences after
 * the last idea, always show.
 */

import { el } from "./dom.js"
import { ALWAYS_SHOWN, SIDES } from "./words.js"

/** @typedef {import("./stream.js").Sentence} Sentence */
/** A column, the words that begin the other one ("" in the second), and the source it quotes. */
/** @typedef {{column: HTMLElement, next: string, source: string}} Side */

/** How many ideas a short answer shows. */
const FEW = 3

/** How a sentence begins that limits the one before it, or means nothing without it. */
const LEANS =
  /^(however|but|yet|still|nevertheless|even so|in contrast|on the other hand|only|none|nor|neither|it|they|this|these|those|that|such|its|their|also|both|in addition|moreover|furthermore|therefore|thus|as a result|the (same|study|trial|authors|latter|former))\b/i

export class Ideas {
  element = el("div", { class: "sentences" })
  /** The side that sentences go to. @type {Side | null} */
  #side = null
  #ideas = 0
  /** Whether what comes now shows whatever its place. */
  #always = false
  /** The sentence before, if it is quoted and stands outside a disagreement. @type {Sentence | null} */
  #before = null

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
      const same = !template && this.#before && leans(sentence, this.#before)
      const more = same ? this.element.lastElementChild?.hasAttribute("data-more") : this.#ideas >= FEW
      this.#side = null
      shown.toggleAttribute("data-more", more && !this.#always)
      this.element.append(shown)
      if (!template && !same && !this.#always) this.#ideas += 1
    }
    this.#before = template || this.#side ? null : sentence
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
    this.#before = null
  }

  /** @param {string} next @param {HTMLElement} shown */
  #open(next, shown) {
    const column = el("div", { class: "side" })
    const box = el("div", { class: "sides", "data-more": this.#ideas >= FEW }, shown, column)
    this.element.append(box)
    this.#side = { column, next, source: "" }
    this.#ideas += FEW
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

/** Whether a sentence belongs to the one before: by how it begins, or as the next of the same passage. @param {Sentence} sentence @param {Sentence} before */
function leans({ text, citations: [cited] }, { citations }) {
  return LEANS.test(text) || citations.some(({ passage_key: key, end }) =>
    key === cited?.passage_key && cited.start >= end && cited.start <= end + 2)
}
