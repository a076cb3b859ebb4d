/**
 * The safety cards. Once shown, a card stays until the reader clears the chat, even when the page is loaded again; nothing
 * the server says later removes it.
 */

import { el } from "./dom.js"
import { cardElement } from "./parts.js"

/** @typedef {import("./stream.js").Card} Card */

/** Most pressing first. */
const ORDER = ["crisis", "emergency", "urgent"]

/** The part of the window that cards may keep. Higher ones scroll away whole: half a card would hide a number. */
const SHARE = 0.45

export class SafetyCards {
  element = el("div", { class: "safety" })
  /** @type {Map<string, HTMLElement>} card in wire form to its element */
  #cards = new Map()

  constructor() {
    new ResizeObserver(() => this.fit()).observe(this.element)
  }

  /** Decides whether the cards can stay in view while the reader scrolls. */
  fit() {
    this.element.classList.toggle("stays", this.element.offsetHeight <= window.innerHeight * SHARE)
  }

  /** The cards, as the server sent them. @returns {Card[]} */
  get cards() {
    return [...this.#cards.keys()].map((key) => JSON.parse(key))
  }

  /** Shows a card, unless it is there already. @param {Card} card @param {boolean} [scroll] whether to bring it into view */
  show(card, scroll = true) {
    const key = JSON.stringify(card)
    if (this.#cards.has(key)) return
    const element = cardElement(card)
    this.#cards.set(key, element)
    const rank = ORDER.indexOf(card.kind)
    const lower = [...this.element.children].find(
      (other) => ORDER.indexOf(/** @type {HTMLElement} */ (other).dataset.kind ?? "") > rank,
    )
    this.element.insertBefore(element, lower ?? null)
    this.fit()
    if (scroll) this.element.scrollIntoView({ block: "start" })
  }

  /** Moves focus to the first card. */
  focus() {
    this.element.querySelector("h3")?.focus()
  }

  /** Takes all cards away. */
  clear() {
    this.#cards.clear()
    this.element.replaceChildren()
  }
}
