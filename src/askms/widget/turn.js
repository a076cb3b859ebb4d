/**
 * One question and what became of it: being answered, answered, stopped or failed.
 *
 * From the first words on, the disclaimer stands at the end.
 */

import { button, el, uniqueId } from "./dom.js"
import { feedbackElement } from "./feedback.js"
import { Ideas } from "./ideas.js"
import { sentenceElement, sourcesElement, suggestionsElement } from "./parts.js"
import { Reading } from "./speaking.js"
import { answerHeading, CHAT, DISCLAIMER, FAILED, HELP, SHEET } from "./words.js"

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
 * @property {import("./speaking.js").Desk} desk
 * @property {(question: string) => void} ask
 * @property {(turn: Turn) => void} retry
 * @property {(feedback: import("./feedback.js").Feedback) => Promise<string>} feedback
 * @property {() => void} help
 * @property {() => void} changed there is something else to keep
 */

/** After so many characters a heading cuts the question. */
const LONG = 60

export class Turn {
  /**
   * What came of the question: a reply, or why there is none; and a report of a problem that is not sent.
   * @type {{reply?: Reply, withheld?: boolean, failure?: [string, string], problem?: string}}
   */
  outcome = {}
  heading = el("h4", { tabindex: -1, hidden: true })
  #ideas = new Ideas()
  #sentences = this.#ideas.element
  #rest = el("div", { class: "rest" })
  #disclaimer = el("p", { class: "disclaimer", hidden: true }, DISCLAIMER)
  #tools = el("div", { class: "row tools", hidden: true })
  #reading
  /** @type {Sentence[]} */
  #shown = []
  /** @type {Map<string, number>} */
  #numbers = new Map()
  /** @type {Source[]} */
  #sources = []
  #host

  /** @param {number} number @param {string} question @param {Host} host */
  constructor(number, question, host) {
    this.number = number
    this.question = question
    this.#host = host
    this.#reading = new Reading(() => this.#lines(), host.desk)
    const id = uniqueId("question")
    this.title = el("h3", { id, tabindex: -1 })
    this.#name(this.title, `Question ${number}`)
    this.element = el(
      "article",
      { class: "turn", "aria-labelledby": id, "data-state": "waiting" },
      this.title,
      el("p", { class: "question" }, question),
      el("div", { class: "answer" }, this.heading, this.#tools, this.#sentences, this.#rest, this.#disclaimer),
    )
    this.#name(this.heading, answerHeading(""))
  }

  /** Writes a heading; who goes from heading to heading hears which question it belongs to. @param {HTMLElement} heading @param {string} words */
  #name(heading, words) {
    const question = this.question.length > LONG ? `${this.question.slice(0, LONG)}…` : this.question
    heading.textContent = words
    heading.setAttribute("aria-label", `${words}: ${question}`)
  }

  /** Styles the turn by its route. @param {string} route */
  setRoute(route) {
    this.element.dataset.route = route
    this.#name(this.heading, answerHeading(route))
  }

  /** Shows the next checked sentence. @param {Sentence} sentence */
  addSentence(sentence) {
    this.#show(DISCLAIMER)
    for (const { source_id: id } of sentence.citations) {
      if (!this.#numbers.has(id)) this.#numbers.set(id, this.#numbers.size + 1)
    }
    this.#shown.push(sentence)
    this.#ideas.add(sentence, this.#sentenceElement(sentence))
  }

  /**
   * Shows the whole reply; what already stands there is left alone if the reply says the same.
   *
   * @param {Reply} reply
   * @param {string} [problem] what the reader had begun to report
   */
  finish(reply, problem) {
    const numbers = new Map(reply.sources.map((source, i) => [source.id, i + 1]))
    const same =
      JSON.stringify(this.#shown) === JSON.stringify(reply.sentences) &&
      [...this.#numbers].every(([id, number]) => numbers.get(id) === number)
    this.#sources = reply.sources
    this.#numbers = numbers
    this.#settle("answered", reply.disclaimer, { reply, problem })
    this.setRoute(reply.route)
    if (!same) {
      this.#clear()
      for (const sentence of reply.sentences) this.#ideas.add(sentence, this.#sentenceElement(sentence))
      this.#shown = reply.sentences
    }
    this.#ideas.close()
    this.#nameSources()
    this.#tools.replaceChildren(this.#reading.element)
    this.#tools.hidden = false
    this.#rest.replaceChildren(
      ...[
        reply.cards.length > 0 && el("p", {}, "Please read the safety message at the top first."),
        reply.strength && el("p", { class: "strength" }, el("strong", {}, SHEET.strength), ` ${reply.strength}`),
        reply.note && el("p", { class: "hint" }, `Note: ${reply.note}`),
        suggestionsElement(reply.suggestions ?? [], this.#host.ask),
        sourcesElement(reply.sources, this.#host.api),
        reply.receipt_id && feedbackElement(reply.receipt_id, this.#host.feedback, problem, (words) => {
          this.outcome.problem = words
          this.#host.changed()
        }),
      ].filter((part) => part instanceof Node),
    )
    if (this.element.querySelector("[data-more]")) this.#rest.append(this.#moreButton())
  }

  /** Takes the answer away: the page around the widget has chosen to show it itself. @param {Reply} reply */
  withhold(reply) {
    this.#clear()
    this.#settle("answered", reply.disclaimer, { reply, withheld: true })
    this.setRoute(reply.route)
  }

  /**
   * Says kindly why there is no answer. Half an answer can mislead, so it is taken away.
   *
   * @param {string} heading
   * @param {string} message
   * @param {string} [disclaimer]
   */
  fail(heading, message, disclaimer) {
    if (this.#shown.length > 0) message += ` ${FAILED.half}`
    this.#clear()
    this.#settle("failed", disclaimer, { failure: [heading, message] })
    this.#name(this.heading, heading)
    this.#rest.replaceChildren(
      el("p", {}, message),
      el("div", { class: "row" },
        button("retry", "Try again", () => this.#host.retry(this)),
        el("span", {}, FAILED.now), button("to-help", HELP.title, this.#host.help)),
    )
  }

  /** @param {string} state @param {string | undefined} disclaimer @param {typeof this.outcome} outcome */
  #settle(state, disclaimer, outcome) {
    this.outcome = outcome
    this.element.dataset.state = state
    this.#show(disclaimer || DISCLAIMER)
  }

  /** What there is to read aloud. */
  #lines() {
    /** @type {HTMLElement[]} */
    const all = [...this.element.querySelectorAll(/** @type {"p"} */ (".sentence > p, .strength, .disclaimer"))]
    return all.filter((line) => line.checkVisibility())
  }

  /** In short answers, what shows the rest. */
  #moreButton() {
    const more = button("more", CHAT.more, () => {
      const whole = this.element.toggleAttribute("data-whole")
      more.textContent = whole ? CHAT.less : CHAT.more
      more.setAttribute("aria-expanded", String(whole))
    })
    more.setAttribute("aria-expanded", "false")
    return more
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
    this.#ideas.clear()
    this.#shown = []
  }

  /** @param {string} disclaimer */
  #show(disclaimer) {
    this.heading.hidden = false
    this.#disclaimer.hidden = false
    this.#disclaimer.textContent = disclaimer
  }
}
