/**
 * The question box: Enter asks, Shift and Enter makes a new line, and a counter appears near the limit.
 */

import { Dictation } from "./dictation.js"
import { el, uniqueId } from "./dom.js"
import { FAILED } from "./words.js"

/** Longest question the server takes, in characters. */
const LONGEST = 4000

/** How much room is left when the counter appears. */
const COUNTER_FROM = 400

export class Composer {
  #box
  #counter
  #dictation = new Dictation(
    (words) => this.#add(words),
    (words) => this.say(words),
    () => this.language(),
  )

  /**
   * @param {(question: string) => void} ask
   * @param {(words: string) => void} say speaks through the status line
   * @param {() => void} changed what is in the box has changed
   * @param {() => string} language the reader's, for dictation
   */
  constructor(ask, say, changed, language) {
    this.say = say
    this.changed = changed
    this.language = language
    const id = { box: uniqueId("box"), hint: uniqueId("hint"), counter: uniqueId("counter") }
    this.#counter = el("p", { class: "counter", id: id.counter, hidden: true })
    this.#box = el("textarea", {
      id: id.box, rows: 3, autocomplete: "off", enterkeyhint: "send", "aria-describedby": `${id.hint} ${id.counter}`,
    })
    this.element = el(
      "form",
      { class: "composer" },
      el("p", { class: "who" },
        "askms is an AI program, not a doctor. In an emergency call your local emergency number."),
      el("label", { for: id.box }, "Your question"),
      this.#box,
      this.#counter,
      el("p", { class: "hint", id: id.hint }, "Press Enter to ask. Press Shift and Enter for a new line."),
      el("div", { class: "row" }, el("button", { type: "submit", class: "ask" }, "Ask"), this.#dictation.element),
    )
    this.element.addEventListener("submit", (event) => {
      event.preventDefault()
      ask(this.#box.value)
    })
    this.#box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
      event.preventDefault()
      if (!event.repeat) ask(this.#box.value)
    })
    this.#box.addEventListener("input", () => this.#count())
  }

  /** What the reader has typed. */
  get text() {
    return this.#box.value
  }

  /** Whether the reader may speak instead of typing. @param {boolean} wanted */
  offerDictation(wanted) {
    this.#dictation.offer(wanted)
  }

  focus() {
    this.#box.focus()
  }

  /** Whether a question may be sent; if not, says why. @param {string} question */
  accepts(question) {
    const excess = characterCount(question) - LONGEST
    if (question && excess <= 0) return true
    this.say(question ? `Your question is ${characters(excess)} too long.` : "Please type a question first.")
    this.focus()
    return false
  }

  /** Empties the box if it holds this question, now that it is asked. @param {string} question */
  release(question) {
    if (this.#box.value.trim() === question) this.clear()
  }

  /** Puts a question back that got no answer, unless the reader has begun another. Says where it is. @param {string} question */
  keep(question) {
    if (!this.#box.value.trim()) this.#set(question)
    return this.#box.value.trim() === question ? FAILED.kept : FAILED.above
  }

  clear() {
    this.#set("")
  }

  /** @param {string} text */
  #set(text) {
    this.#box.value = text
    this.#count()
  }

  /** Puts spoken words after what is there. @param {string} words */
  #add(words) {
    this.#set([this.#box.value.trim(), words.trim()].filter(Boolean).join(" "))
  }

  #count() {
    const left = LONGEST - characterCount(this.#box.value)
    const appears = this.#counter.hidden && left <= COUNTER_FROM
    this.#counter.hidden = left > COUNTER_FROM
    const words = left < 0 ? `${characters(-left)} too many` : `${characters(left)} left`
    this.#counter.textContent = this.#counter.hidden ? "" : words // the box is described by it, seen or not
    this.#box.setAttribute("aria-invalid", String(left < 0))
    if (appears) this.say(words)
    this.changed()
  }
}

/** Length as the server counts it: one emoji is one character. @param {string} text */
function characterCount(text) {
  return Array.from(text).length
}

/** @param {number} count */
function characters(count) {
  return count === 1 ? "1 character" : `${count} characters`
}
