/**
 * The buttons under a conversation: make the visit sheet, and erase the chat, which asks first.
 */

import { button, el } from "./dom.js"
import { CHAT, SHEET } from "./words.js"

export class ChatActions {
  #sheet
  #clear
  #sure
  element

  /** @param {() => void} makeSheet @param {() => void} clear */
  constructor(makeSheet, clear) {
    this.#sheet = button("make-sheet", SHEET.open, makeSheet)
    this.#clear = button("clear", CHAT.clear, () => this.#confirm(true))
    const no = button("keep", CHAT.no, () => this.#confirm(false))
    const yes = button("erase", CHAT.yes, () => {
      this.#sure.hidden = true
      clear()
    })
    this.#sure = el("div", { class: "row", role: "group", "aria-label": CHAT.sure, hidden: true },
      el("span", { tabindex: -1 }, CHAT.sure), no, yes)
    this.element = el("div", { class: "actions" }, el("div", { class: "row" }, this.#sheet, this.#clear), this.#sure)
  }

  /** @param {{any: boolean, answered: boolean}} chat what there is to act on */
  update({ any, answered }) {
    this.element.hidden = !any
    this.#sheet.hidden = !answered
  }

  focus() {
    this.#sheet.focus()
  }

  /** Takes the question back. Returns whether it was asked. */
  close() {
    return !this.#sure.hidden && this.#confirm(false)
  }

  /** The focus goes to the question, not to an answer: a key pressed too long or twice must erase nothing. @param {boolean} asked */
  #confirm(asked) {
    this.#sure.hidden = !asked
    if (asked) this.#sure.querySelector("span")?.focus()
    else this.#clear.focus()
    return true
  }
}
