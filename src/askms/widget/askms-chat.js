/**
 * `<askms-chat>`: asks questions and shows reviewed answers with their sources.
 *
 * Attributes: `src`, the address of the API (`/v1/` where this file came from, unless set), and `locale` (us, ca, uk,
 * ie or eu), which decides whose emergency numbers are shown. Buttons placed inside the element are
 * example questions. Colours and type are the custom properties at the top of askms-chat.css.
 *
 * Fires `askms-answer` (cancelable, `detail.answer` is the reply in wire form) when an answer is complete. A page that
 * cancels it shows the answer itself; the safety cards and the disclaimer stay here whatever it does.
 *
 * What the server sends is inserted as text, never as HTML. Nothing is stored: closing the page forgets the chat.
 */

import { Api } from "./api.js"
import { Composer } from "./composer.js"
import { el } from "./dom.js"
import { QuotationDialog } from "./quotation.js"
import { SafetyCards } from "./safety.js"
import { StatusLine } from "./status.js"
import { AskError } from "./stream.js"
import { Turn } from "./turn.js"
import { readyWords } from "./words.js"

/** @typedef {import("./stream.js").Reply} Reply */

const LOCALES = ["us", "ca", "uk", "ie", "eu"]
const KEPT = "Your question is still in the box."
const STOPPED = new AskError("You stopped this answer.")
const NOT_REACHED = new AskError("We could not reach askms. Please check your connection and try again.")

const sheet = new CSSStyleSheet()

/** Settles when the style sheet is in, or cannot be had: an unstyled chat is better than none. */
export const styled = fetch(new URL("askms-chat.css", import.meta.url))
  .then((response) => (response.ok ? response.text() : ""))
  .then((text) => sheet.replace(text))
  .catch(() => undefined)

export class AskmsChatElement extends HTMLElement {
  // Not live: a screen reader would speak every sentence as it streams in. The status line does.
  #log = el("div", { class: "log", role: "log", "aria-live": "off", "aria-label": "Questions and answers" })
  #status = new StatusLine(() => this.stop(), () => this.#bringBack())
  #slot = el("slot", { onslotchange: () => this.#showExamples(), onclick: (event) => this.#askExample(event) })
  #examples = el("div", { class: "examples", hidden: true }, el("p", {}, "Try one of these:"), this.#slot)
  #composer = new Composer((question) => this.ask(question), (words) => this.#status.say(words))
  #safety = new SafetyCards()
  #onResize = () => this.#safety.fit()
  #api = new Api(this)
  #quotation = new QuotationDialog(this.#api)
  /** @type {{role: string, content: string}[]} */
  #history = []
  /** Ends the wait for the answer that is on its way. @type {AbortController | null} */
  #asking = null
  /** Puts the last chat back. @type {(() => void) | null} */
  #restore = null

  constructor() {
    super()
    const root = this.attachShadow({ mode: "open" })
    root.adoptedStyleSheets = [sheet]
    root.append(
      el("header", {}, el("h2", {}, "Ask about MS"), button("new-chat", "New chat", () => this.newChat())),
      this.#safety.element,
      button("to-safety", "Back to the safety message", () => this.#safety.focus()),
      this.#log,
      this.#status.element,
      this.#examples,
      this.#composer.element,
    )
    root.addEventListener("keydown", (event) => {
      if (event instanceof KeyboardEvent && event.key === "Escape") this.#quotation.close()
    })
  }

  connectedCallback() {
    window.addEventListener("resize", this.#onResize)
  }

  disconnectedCallback() {
    window.removeEventListener("resize", this.#onResize)
    this.stop()
  }

  /** Address of the API. */
  get src() {
    const given = this.getAttribute("src")
    const { href } = given ? new URL(given, document.baseURI) : new URL("/v1/", import.meta.url)
    return href.replace(/\/*$/, "/")
  }

  set src(address) {
    this.setAttribute("src", address)
  }

  /** Whose emergency numbers to show; a place that the server does not know is "unknown", never an error. */
  get locale() {
    const given = this.getAttribute("locale")?.toLowerCase() ?? ""
    return LOCALES.includes(given) ? given : "unknown"
  }

  set locale(locale) {
    this.setAttribute("locale", locale)
  }

  /** The only way to the server; tests and host pages replace it. @param {Request} request */
  send(request) {
    return fetch(request)
  }

  /** Asks one question, unless another is being answered. @param {string} text */
  async ask(text) {
    const question = text.trim()
    if (this.#asking) return this.#status.say("Still looking for the last answer. Press Stop to end it.")
    if (!this.#composer.accepts(question)) return
    const asking = (this.#asking = new AbortController())
    const turn = this.#addTurn(question)
    this.#status.beginWait()
    try {
      const reply = await this.#receive(turn, asking.signal)
      this.#history.push({ role: "user", content: question }, { role: "assistant", content: reply.text })
      this.#status.say(readyWords(reply))
    } catch (error) {
      if (turn.element.isConnected) this.#explain(turn, error, asking.signal.aborted)
    } finally {
      if (this.#asking === asking) this.#endAsking()
    }
  }

  /** Ends the wait for an answer. */
  stop() {
    this.#asking?.abort()
  }

  /** Clears the conversation and the safety cards. Until the next question they can be brought back. */
  newChat() {
    this.stop()
    this.#endAsking()
    this.#quotation.close()
    const turns = [...this.#log.children].filter((turn) => turn.getAttribute("data-state") !== "waiting")
    const history = this.#history
    const putCardsBack = this.#safety.clear()
    this.#log.replaceChildren()
    this.#history = []
    this.#restore = () => {
      this.#log.replaceChildren(...turns)
      this.#history = history
      putCardsBack()
    }
    this.#status.offerUndo(turns.length > 0)
    this.#showExamples()
    this.#composer.clear()
    this.#composer.focus()
    this.#status.say("New chat. You can ask a question.")
  }

  #bringBack() {
    this.#restore?.()
    this.#composer.focus()
    this.#forget()
    this.#showExamples()
    this.#status.say("Your chat is back.")
  }

  /** Puts a new turn at the end of the log and in view. @param {string} question */
  #addTurn(question) {
    const turn = new Turn(this.#log.childElementCount + 1, question, {
      api: this.#api,
      quotation: this.#quotation,
      ask: (next) => this.ask(next),
      retry: (failed) => this.#retry(failed),
    })
    const fromExample = document.activeElement?.assignedSlot === this.#slot
    this.#log.append(turn.element)
    this.#showExamples()
    if (fromExample) turn.title.focus({ preventScroll: true })
    turn.element.scrollIntoView({ block: "start" })
    this.#composer.release(question)
    this.#forget()
    return turn
  }

  /** Lets go of the last chat. */
  #forget() {
    this.#restore = null
    this.#status.offerUndo(false)
  }

  /**
   * Shows the reply to a turn as it comes in, and returns it.
   *
   * @param {Turn} turn
   * @param {AbortSignal} signal
   * @returns {Promise<Reply>}
   */
  async #receive(turn, signal) {
    for await (const { name, data } of this.#api.ask(turn.question, this.#history, signal)) {
      if (name === "start") turn.setRoute(data.route)
      else if (name === "card") this.#safety.show(data)
      else if (name === "sentence") turn.addSentence(data)
      else if (name === "reply") return this.#showReply(turn, data)
    }
    throw new AskError() // not reached: `ask` of the API ends with a reply or throws
  }

  /** @param {Turn} turn @param {Reply} answer */
  #showReply(turn, answer) {
    for (const card of answer.cards) this.#safety.show(card)
    const event = new CustomEvent("askms-answer", { detail: { answer }, bubbles: true, cancelable: true })
    if (this.dispatchEvent(event)) turn.finish(answer)
    else turn.withhold(answer)
    return answer
  }

  /** @param {Turn} turn @param {unknown} error @param {boolean} stopped */
  #explain(turn, error, stopped) {
    this.#composer.keep(turn.question)
    const { message, disclaimer } = stopped ? STOPPED : error instanceof AskError ? error : NOT_REACHED
    const heading = stopped ? "Stopped" : "No answer yet"
    turn.fail(heading, `${message} ${KEPT}`, disclaimer)
    this.#status.say(`${heading}. ${KEPT}`)
  }

  /** Asks a failed question again, in the place of the failed turn. @param {Turn} failed */
  #retry(failed) {
    if (!this.#asking) failed.element.remove()
    this.ask(failed.question)
    if (!failed.element.isConnected) this.#log.querySelector(/** @type {"h3"} */ (".turn:last-child h3"))?.focus()
  }

  #endAsking() {
    this.#asking = null
    if (this.#status.endWait()) this.#composer.focus()
  }

  /** @param {Event} event */
  #askExample(event) {
    const example = event.target instanceof Element ? event.target.closest("button") : null
    if (example) this.ask(example.textContent ?? "")
  }

  /** The host page's examples show until the first question. */
  #showExamples() {
    this.#examples.hidden = this.#slot.assignedElements().length === 0 || this.#log.childElementCount > 0
  }
}

/** @param {string} name @param {string} label @param {() => void} press */
function button(name, label, press) {
  return el("button", { type: "button", class: name, onclick: press }, label)
}
