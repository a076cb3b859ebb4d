/**
 * `<askms-chat>`: asks questions and shows reviewed answers with their sources.
 *
 * Attributes:
 * - `src`: the address of the API; `/v1/` where this file came from, unless set
 * - `locale` (us, ca, uk, ie, eu): whose emergency numbers are shown
 * - `position="floating"`: a button in the corner that opens the chat, instead of the chat in its place
 * - `theme` (auto, light, dark, contrast, contrast-dark) and `mode` (full, short): what holds until the reader chooses
 * - `lang`: the language in which the reader may speak a question; answers are in English
 *
 * Buttons placed inside the element are example questions. Colours and type are the custom properties at the top of
 * askms-chat.css.
 *
 * Fires `askms-question` (`detail.question`), `askms-reply` (`detail.reply`, the reply in wire form; a page that cancels it
 * shows the answer itself, while the safety cards and the disclaimer stay here), `askms-error` (`detail.message` and
 * `detail.status`, 0 where no response came) and `askms-feedback` (`detail.receipt_id`, `helpful`, `problem`).
 *
 * What the server sends is inserted as text, never as HTML. The conversation is kept in this tab until it is cleared or the
 * tab is closed, the settings in this browser. A server that keeps a copy of the conversation names it by an id, which goes to
 * that server alone: with the next question, with feedback, and to erase the copy when the chat is cleared.
 */

import { ChatActions } from "./actions.js"
import { Api } from "./api.js"
import { Composer } from "./composer.js"
import { Conversation } from "./conversation.js"
import { ServerCopy } from "./copy.js"
import { button, el, newTabLink } from "./dom.js"
import { Floating } from "./floating.js"
import { Help, NUMBERS } from "./help.js"
import { Memory } from "./memory.js"
import { QuotationDialog } from "./quotation.js"
import { SafetyCards } from "./safety.js"
import { Settings } from "./settings.js"
import { VisitSheet } from "./sheet.js"
import { StatusLine } from "./status.js"
import { CHAT } from "./words.js"

const sheet = new CSSStyleSheet()

/** Settles when the style sheet is in, or cannot be had: an unstyled chat is better than none. */
export const styled = fetch(new URL("askms-chat.css", import.meta.url))
  .then((response) => (response.ok ? response.text() : ""))
  .then((text) => sheet.replace(text))
  .catch(() => undefined)

export class AskmsChatElement extends HTMLElement {
  static observedAttributes = ["locale", "theme", "mode"]

  // The widget's own words are English, whatever the page around it is in.
  #frame = el("div", { class: "frame", lang: "en" })
  #memory = new Memory(() => sessionStorage, "askms-chat")
  #status = new StatusLine(() => this.stop(), () => this.#conversation.focus())
  #slot = el("slot", { onslotchange: () => this.#update(), onclick: (event) => this.#askExample(event) })
  #examples = el("div", { class: "examples", hidden: true }, el("p", {}, "Try one of these:"), this.#slot)
  #composer = new Composer(
    (question) => this.ask(question), (words) => this.#status.say(words), () => this.#update(), () => this.#language,
  )
  #safety = new SafetyCards()
  #help = new Help()
  #onResize = () => this.#safety.fit()
  #api = new Api(this)
  #quotation = new QuotationDialog(this.#api)
  #copy = new ServerCopy({
    api: this.#api,
    say: (words) => this.#status.say(words),
    changed: () => this.#update(),
    focus: () => this.#composer.focus(),
  })
  #conversation
  #kept = el("p", { class: "hint" })
  #keeping = el("div", { class: "keeping" }, this.#kept)
  #actions = new ChatActions(() => this.#openSheet(), () => this.clear())
  #sheet = new VisitSheet({ changed: () => this.#update(), closed: () => this.#closeSheet() })
  #settings = new Settings(this.#frame, this, {
    changed: ({ dictate }) => this.#composer.offerDictation(dictate),
    say: (words) => this.#status.say(words),
  })
  #talk
  /** Whether there is a chat to keep: not before it is built, nor when the page goes and cuts off what is under way. */
  #ready = false
  #onPageHide = () => {
    this.#update() // with the place on the page
    this.#ready = false
  }
  #onPageShow = () => void (this.#ready = true)

  constructor() {
    super()
    this.#conversation = new Conversation({
      api: this.#api,
      quotation: this.#quotation,
      desk: { current: null, say: (words) => this.#status.say(words, true) },
      safety: this.#safety,
      status: this.#status,
      composer: this.#composer,
      copy: this.#copy,
      fire: (name, detail) =>
        this.dispatchEvent(new CustomEvent(`askms-${name}`, { detail, bubbles: true, cancelable: name === "reply" })),
      help: () => this.#help.open(),
      changed: () => this.#update(),
    })
    this.#talk = el("div", { class: "talk" },
      this.#conversation.element,
      this.#status.element,
      this.#actions.element,
      this.#copy.element,
      this.#examples,
      this.#composer.element,
      this.#keeping,
    )
    const root = this.attachShadow({ mode: "open" })
    root.adoptedStyleSheets = [sheet]
    root.append(this.#frame)
    root.addEventListener("keydown", (event) => {
      if (event instanceof KeyboardEvent && event.key === "Escape" && this.#escape()) event.preventDefault()
    }, { capture: true })
  }

  connectedCallback() {
    window.addEventListener("resize", this.#onResize)
    window.addEventListener("pagehide", this.#onPageHide)
    window.addEventListener("pageshow", this.#onPageShow)
    if (!this.#frame.hasChildNodes()) this.#begin()
  }

  disconnectedCallback() {
    window.removeEventListener("resize", this.#onResize)
    window.removeEventListener("pagehide", this.#onPageHide)
    window.removeEventListener("pageshow", this.#onPageShow)
    this.stop()
  }

  attributeChangedCallback() {
    if (!this.#ready) return
    this.#help.show(this.locale)
    this.#settings.apply()
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
    return /** @type {keyof typeof NUMBERS} */ (Object.hasOwn(NUMBERS, given) ? given : "unknown")
  }

  set locale(locale) {
    this.setAttribute("locale", locale)
  }

  /** The only way to the server; tests and host pages replace it. @param {Request} request */
  send(request) {
    return fetch(request)
  }

  /** Asks one question, unless another is being answered. @param {string} text */
  ask(text) {
    this.#help.close(false)
    return this.#conversation.ask(text, document.activeElement?.assignedSlot === this.#slot)
  }

  /** Ends the wait for an answer. */
  stop() {
    this.#conversation.stop()
  }

  /** Erases the conversation and the safety cards: here, in the browser's memory, and on the server if that has a copy. */
  clear() {
    this.#quotation.close()
    this.#safety.clear()
    this.#sheet.notes = ""
    this.#sheet.left = []
    this.#composer.clear()
    const late = this.#conversation.clear()
    this.#composer.focus()
    return this.#copy.clear(late)
  }

  /** Builds what is seen, and puts back what was there before the page was loaded again. */
  #begin() {
    this.#ready = true
    const chat = el("div", { class: "chat" },
      ...this.#help.elements, el("header", {}, el("h2", {}, CHAT.open), this.#settings.element), this.#safety.element,
      button("to-safety", "Back to the safety message", () => this.#safety.focus()),
      this.#talk, this.#sheet.element)
    if (this.getAttribute("position") === "floating") new Floating(this.#frame, chat)
    else this.#frame.append(chat)
    this.#keeping.append(newTabLink(this.#api.privacyPage, CHAT.privacy) ?? "")
    this.attributeChangedCallback()
    try {
      const { y, ...kept } = this.#memory.load() ?? {}
      this.#restore(kept)
      if (performance.getEntriesByType("navigation").some(({ type }) => type === "reload")) requestAnimationFrame(() => scrollTo(0, y))
    } catch (error) {
      console.error(error) // kept by another version of the widget, perhaps: the chat must work without
      this.#safety.clear()
      this.#conversation.clear()
    }
    this.#update()
  }

  /** @param {any} kept what `#update` kept */
  #restore({ turns = [], cards = [], draft = "", notes = "", left = [], ...copy }) {
    this.#copy.restore(copy)
    for (const card of cards) this.#safety.show(card, false)
    this.#composer.keep(draft)
    this.#conversation.restore(turns)
    Object.assign(this.#sheet, { notes, left })
  }

  /** Keeps what there is, and shows what goes with it. */
  #update() {
    if (!this.#ready) return
    const { kept: turns, answered, isEmpty } = this.#conversation
    const { cards } = this.#safety
    const draft = this.#composer.text
    const { notes, left } = this.#sheet
    const copy = this.#copy
    const any = !isEmpty || cards.length > 0 || copy.id !== ""
    const kept = any || draft || notes || copy.any ? { turns, cards, draft, notes, left, y: scrollY, ...copy.kept } : null
    const where = this.#memory.save(kept) ? CHAT.kept : CHAT.lost
    this.#kept.textContent = copy.id ? `${where} ${CHAT.there}` : where
    this.#actions.update({ any, answered: answered.length > 0 })
    this.#examples.hidden = this.#slot.assignedElements().length === 0 || !isEmpty
  }

  #openSheet() {
    this.#talk.hidden = true
    this.#sheet.open(this.#conversation.answered)
  }

  #closeSheet() {
    this.#talk.hidden = false
    this.#actions.focus()
  }

  /** Closes what has the focus, or else the numbers. Returns whether anything was closed. */
  #escape() {
    return this.#quotation.close(true) || this.#actions.close() || this.#help.close()
  }

  /** What the reader speaks: as the page says, or as the browser does. */
  get #language() {
    return this.closest("[lang]")?.getAttribute("lang") || navigator.language
  }

  /** @param {Event} event */
  #askExample(event) {
    const example = event.target instanceof Element ? event.target.closest("button") : null
    if (example) this.ask(example.textContent ?? "")
  }
}
