/**
 * One question and what became of it: being answered, answered, stopped or failed.
 *
 * From the first words on, the disclaimer stands at the end.
 */

import { el, uniqueId } from "./dom.js"
import { sentenceElement, sourcesElement, suggestionsElement } from "./parts.js"
import { answerHeading, DISCLAIMER } from "./words.js"

/** @typedef {import("./stream.js").Citation} Citation */
/** @typedef {import("./stream.js").Reply} Reply */
/** @typedef {import("./stream.js").Sentence} Sentence */
/** @typedef {import("./stream.js").Source} Source */

/**
 * What a turn needs from the chat.
 *
 * @typedef {object} Host
 * @property {import("./api.js").Api} api
 * @property {import("./quotation.js").QuotationDialog} quotation
 * @property {(question: string) => void} ask
 * @property {(turn: Turn) => void} retry
 */

export class Turn {
  #heading = el("h4", { class: "answer-heading", hidden: true }, "Answer")
  #sentences = el("div", { class: "sentences" })
  #rest = el("div", { class: "rest" })
  #disclaimer = el("p", { class: "disclaimer", hidden: true }, DISCLAIMER)
  /** @type {Sentence[]} */
  #shown = []
  /** @type {Map<string, number>} */
  #numbers = new Map()
  /** @type {Source[]} */
  #sources = []
  #host

  /** @param {number} number @param {string} question @param {Host} host */
  constructor(number, question, host) {
    this.question = question
    this.#host = host
    const id = uniqueId("question")
    this.title = el("h3", { id, tabindex: -1 }, `Question ${number}`)
    this.element = el(
      "article",
      { class: "turn", "aria-labelledby": id, "data-state": "waiting" },
      this.title,
      el("p", { class: "question" }, question),
      el("div", { class: "answer" }, this.#heading, this.#sentences, this.#rest, this.#disclaimer),
    )
  }

  /** Styles the turn by its route. @param {string} route */
  setRoute(route) {
    this.element.dataset.route = route
    this.#heading.textContent = answerHeading(route)
  }

  /** Shows the next checked sentence. @param {Sentence} sentence */
  addSentence(sentence) {
    this.#show(DISCLAIMER)
    for (const { source_id: id } of sentence.citations) {
      if (!this.#numbers.has(id)) this.#numbers.set(id, this.#numbers.size + 1)
    }
    this.#shown.push(sentence)
    this.#sentences.append(this.#sentenceElement(sentence))
  }

  /** Shows the whole reply; what already stands there is left alone if the reply says the same. @param {Reply} reply */
  finish(reply) {
    const numbers = new Map(reply.sources.map((source, i) => [source.id, i + 1]))
    const same =
      JSON.stringify(this.#shown) === JSON.stringify(reply.sentences) &&
      [...this.#numbers].every(([id, number]) => numbers.get(id) === number)
    this.#sources = reply.sources
    this.#numbers = numbers
    this.setRoute(reply.route)
    this.element.dataset.state = "answered"
    this.#show(reply.disclaimer || DISCLAIMER)
    if (!same) {
      this.#clear()
      this.#sentences.append(...reply.sentences.map((sentence) => this.#sentenceElement(sentence)))
      this.#shown = reply.sentences
    }
    this.#nameSources()
    this.#rest.replaceChildren(
      ...[
        reply.cards.length > 0 && el("p", {}, "Please read the safety message at the top first."),
        reply.strength && el("p", { class: "strength" }, el("strong", {}, "How strong is this? "), reply.strength),
        reply.note && el("p", { class: "hint" }, `Note: ${reply.note}`),
        suggestionsElement(reply.suggestions ?? [], this.#host.ask),
        sourcesElement(reply.sources, this.#host.api),
      ].filter((part) => part instanceof Node),
    )
  }

  /** Takes the answer away: the page around the widget has chosen to show it itself. @param {Reply} reply */
  withhold(reply) {
    this.#clear()
    this.setRoute(reply.route)
    this.element.dataset.state = "answered"
    this.#show(reply.disclaimer || DISCLAIMER)
  }

  /**
   * Says kindly why there is no answer. Half an answer can mislead, so it is taken away.
   *
   * @param {string} heading
   * @param {string} message
   * @param {string} [disclaimer]
   */
  fail(heading, message, disclaimer) {
    const half = this.#shown.length > 0
    this.#clear()
    this.element.dataset.state = "failed"
    this.#heading.textContent = heading
    this.#show(disclaimer || DISCLAIMER)
    this.#rest.replaceChildren(
      el("p", {}, message),
      half ? el("p", {}, "We took away the part you saw. Half an answer can mislead.") : "",
      el("button", { type: "button", class: "retry", onclick: () => this.#host.retry(this) }, "Try again"),
    )
  }

  /** @param {Sentence} sentence */
  #sentenceElement(sentence) {
    return sentenceElement(sentence, this.#numbers, (button, citations) => {
      const id = citations[0].source_id
      const source = this.#sources.find((one) => one.id === id)
      this.#host.quotation.open(button, this.#numbers.get(id) ?? 0, source, citations)
    })
  }

  /** Gives every citation button the title of its source. */
  #nameSources() {
    const titles = new Map(this.#sources.map((source) => [source.id, source.title]))
    for (const button of this.#sentences.querySelectorAll("button.cite")) {
      const title = titles.get(button.getAttribute("data-source") ?? "")
      if (title) button.setAttribute("aria-label", `${button.textContent}: ${title}`)
    }
  }

  /** Removes the sentences; a reader whose focus was on one is put at the start of this turn. */
  #clear() {
    if (this.#host.quotation.isOpenIn(this.#sentences)) this.#host.quotation.close()
    const root = this.element.getRootNode()
    if (this.#sentences.contains(root instanceof ShadowRoot ? root.activeElement : null)) this.title.focus()
    this.#sentences.replaceChildren()
    this.#shown = []
  }

  /** @param {string} disclaimer */
  #show(disclaimer) {
    this.#heading.hidden = false
    this.#disclaimer.hidden = false
    this.#disclaimer.textContent = disclaimer
  }
}
