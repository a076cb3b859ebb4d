/**
 * The status line, the only part a screen reader speaks by itself (besides safety cards), with the buttons that
 * belong to what it says.
 */

import { el } from "./dom.js"

/** What it says after so many milliseconds of waiting. @type {[number, string][]} */
const PROGRESS = [
  [0, "Looking in the sources…"],
  [6_000, "Still looking in the sources. You can wait, or press Stop."],
  [20_000, "This is taking longer than usual. You can wait, or press Stop."],
]

export class StatusLine {
  #words = el("p", { class: "status", role: "status" })
  #stop
  /** @type {ReturnType<typeof setTimeout>[]} */
  #timers = []

  /** @param {() => void} stop */
  constructor(stop) {
    this.#stop = el("button", { type: "button", class: "stop", hidden: true, onclick: stop }, "Stop")
    this.element = el("div", { class: "status-row" }, this.#words, this.#stop)
  }

  /** @param {string} words */
  say(words) {
    this.#words.textContent = words
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
