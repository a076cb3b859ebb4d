/**
 * The status line, the only part a screen reader speaks by itself (besides safety cards), with the buttons that
 * belong to what it says.
 */

import { button, el } from "./dom.js"
import { CHAT } from "./words.js"

/** What it says after so many milliseconds of waiting. @type {[number, string][]} */
const PROGRESS = [
  [0, "Looking in the sources…"],
  [6_000, "Still looking in the sources."],
  [20_000, "This is taking longer than usual."],
]

export class StatusLine {
  #words = el("p", { class: "status", role: "status" })
  #stop
  #go
  /** @type {ReturnType<typeof setTimeout>[]} */
  #timers = []

  /** @param {() => void} stop @param {() => void} go leads to the answer */
  constructor(stop, go) {
    this.#stop = button("stop", "Stop", stop)
    this.#go = button("go", CHAT.go, go)
    this.#stop.hidden = this.#go.hidden = true
    this.element = el("div", { class: "status-row" }, this.#words, this.#stop, this.#go)
  }

  /** @param {string} words @param {boolean} [unseen] they are on the page already @param {boolean} [ready] of an answer to go to */
  say(words, unseen = false, ready = false) {
    this.#words.textContent = words
    this.#words.classList.toggle("unseen", unseen)
    this.#go.hidden = !ready
  }

  /** Says what is going on until `endWait`, and offers to stop. */
  beginWait() {
    this.#timers = PROGRESS.map(([after, words]) => setTimeout(() => this.say(words), after))
    this.#stop.hidden = false
  }

  /** Returns whether the focus was on the Stop button, which is gone now. */
  endWait() {
    this.#timers.forEach(clearTimeout)
    const root = this.element.getRootNode()
    const focused = root instanceof ShadowRoot && root.activeElement === this.#stop
    this.#stop.hidden = true
    return focused
  }
}
