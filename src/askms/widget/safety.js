/**
 * The safety cards. Once shown, a card stays until the reader starts a new chat; nothing the server says later
 * removes it.
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

  /** Shows a card, unless it is there already. @param {Card} card */
  show(card) {
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
    this.element.scrollIntoView({ block: "start" })
  }

  /** Moves focus to the first card. */
  focus() {
    this.element.querySelector("h3")?.focus()
  }

  /** Takes all cards away and returns what puts them back. */
  clear() {
    const cards = this.#cards
    this.#cards = new Map()
    this.element.replaceChildren()
    return () => {
      this.#cards = cards
      this.element.replaceChildren(...cards.values())
    }
  }
}
