/**
 * The phone numbers that are always in reach: known to the widget itself, so that they need no server and no network.
 */

import { button, el } from "./dom.js"
import { contactElement } from "./parts.js"
import { CHAT, HELP } from "./words.js"

/** Label and number to dial, as `contacts.*.crisis` in wording.json has them, emergency numbers first. A test compares. */
export const NUMBERS = {
  us: ["Emergency: 911", "911", "Suicide & Crisis Lifeline: call or text 988", "988"],
  ca: ["Emergency: 911", "911", "Suicide crisis helpline: call or text 988", "988"],
  uk: ["Emergency: 999", "999", "Samaritans: 116 123", "116123", "NHS 111, mental health option 2", "111",
    "Text SHOUT to 85258", ""],
  ie: ["Emergency: 112", "112", "Emergency: 999", "999", "Samaritans: 116 123", "116123"],
  eu: ["Emergency, and for your local helpline: 112", "112"],
  unknown: ["US and Canada emergency: 911", "911", "UK emergency: 999", "999", "Ireland and EU emergency: 112", "112",
    "Anywhere else: your local emergency number", "", "US and Canada: call or text 988", "988",
    "UK and Ireland, Samaritans: 116 123", "116123"],
}

export class Help {
  #list = el("ul", { class: "contacts" })
  #button = button("help-now", HELP.title, () => (this.#inView ? this.close() : this.open()))
  #panel = el("div", { class: "panel help", hidden: true }, el("p", {}, HELP.text), this.#list,
    el("div", {}, button("close", CHAT.close, () => this.close())))
  /** Where the reader was: how far from the top of the window stood what follows. @type {number | null} */
  #place = null
  /** The bar stays in view; the numbers open under it, in the flow of the page, so that they lie over nothing. */
  elements = [el("div", { class: "bar" }, this.#button), this.#panel]

  constructor() {
    this.#mark()
  }

  get #inView() {
    return !this.#panel.hidden && this.#panel.getBoundingClientRect().bottom > this.#button.getBoundingClientRect().bottom
  }

  /** @param {keyof typeof NUMBERS} locale */
  show(locale) {
    const numbers = NUMBERS[locale]
    this.#list.replaceChildren(...numbers.flatMap((label, i) =>
      i % 2 ? [] : el("li", {}, contactElement({ label, tel: numbers[i + 1] }))))
  }

  /** Opens the numbers and brings the reader there. */
  open() {
    this.#place ??= this.#panel.nextElementSibling?.getBoundingClientRect().top ?? null
    this.#panel.hidden = false
    this.#mark()
    this.#panel.scrollIntoView({ block: "start" })
    this.#button.focus({ preventScroll: true })
  }

  /** Closes the numbers. Returns whether they were open. @param {boolean} [back] whether to go back to where the reader was */
  close(back = true) {
    const next = /** @type {HTMLElement | null} */ (this.#panel.nextElementSibling)
    const place = this.#place
    if (this.#panel.hidden) return false
    const root = this.#panel.getRootNode()
    if (root instanceof ShadowRoot && this.#panel.contains(root.activeElement)) this.#button.focus({ preventScroll: true })
    this.#panel.hidden = true
    this.#place = null
    this.#mark()
    if (back && next) {
      next.style.scrollMarginTop = `${place}px` // so it comes to stand where it stood, whatever scrolls
      next.scrollIntoView({ block: "start" })
      next.removeAttribute("style")
    }
    return true
  }

  #mark() {
    this.#button.setAttribute("aria-expanded", String(!this.#panel.hidden))
  }
}
