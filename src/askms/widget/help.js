/**
 * The phone numbers that are always in reach: known to the widget itself, so that they need no server and no network.
 */

import { el } from "./dom.js"
import { contactElement } from "./parts.js"
import { HELP } from "./words.js"

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
  #summary = el("summary", {}, HELP.title)
  element = el("details", { class: "help" }, this.#summary,
    el("div", { class: "panel" }, el("p", {}, HELP.text), this.#list))

  /** @param {keyof typeof NUMBERS} locale */
  show(locale) {
    const numbers = NUMBERS[locale]
    this.#list.replaceChildren(...numbers.flatMap((label, i) =>
      i % 2 ? [] : el("li", {}, contactElement({ label, tel: numbers[i + 1] }))))
  }

  /** Opens the numbers and moves the focus there. */
  open() {
    this.element.open = true
    this.#summary.focus()
  }
}
