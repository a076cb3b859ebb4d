/**
 * The chat as a panel over the page, opened by a button in the corner.
 *
 * On a large screen the page beside it stays usable. On a small one the panel covers it, so there it is modal.
 */

import { button, el } from "./dom.js"
import { CHAT } from "./words.js"

const SMALL = "(max-width: 40em), (max-height: 30em)"

export class Floating {
  #opener = button("opener", CHAT.open, () => this.open())
  #close = button("close-chat", CHAT.close, () => this.#panel.close())
  #panel

  /** @param {HTMLElement} frame what to put the panel and its opener in @param {HTMLElement} chat what goes into the panel */
  constructor(frame, chat) {
    this.#panel = el("dialog", { class: "floating", "aria-label": CHAT.open }, this.#close, chat)
    this.#panel.addEventListener("close", () => {
      this.#opener.hidden = false
      this.#opener.focus()
    })
    this.#panel.addEventListener("keydown", (event) => {
      // Escape first closes what is open inside (a quotation stops it there); a modal dialog closes by itself.
      if (event.key === "Escape" && !event.defaultPrevented) this.#panel.close()
    })
    frame.append(this.#panel, this.#opener)
  }

  open() {
    this.#opener.hidden = true
    if (matchMedia(SMALL).matches) this.#panel.showModal()
    else this.#panel.show()
    this.#close.focus()
  }
}
