/**
 * Speaking a question instead of typing it, where the browser can turn speech into text.
 *
 * Many browsers send the sound to their maker for that, so it is off until the reader switches it on in the settings,
 * where this is said. What was heard goes into the question box; the reader sends it.
 */

import { button } from "./dom.js"
import { DICTATION } from "./words.js"

/** @type {any} */
const page = globalThis
const Recognition = page.SpeechRecognition ?? page.webkitSpeechRecognition

export const canDictate = Boolean(Recognition)

export class Dictation {
  element = button("speak", DICTATION.start, () => (this.#listening ? this.#listening.stop() : this.#listen()))
  /** @type {any} */
  #listening = null

  /** @param {(words: string) => void} write @param {(words: string) => void} say @param {() => string} language */
  constructor(write, say, language) {
    this.write = write
    this.say = say
    this.language = language
    this.element.hidden = true
  }

  /** Shows the button or takes it away. @param {boolean} wanted */
  offer(wanted) {
    this.element.hidden = !(wanted && canDictate)
    if (this.element.hidden) this.#listening?.abort()
  }

  #listen() {
    const hearing = (this.#listening = new Recognition())
    hearing.lang = this.language()
    hearing.continuous = true
    hearing.onresult = (/** @type {any} */ event) => {
      for (const result of [...event.results].slice(event.resultIndex)) if (result.isFinal) this.write(result[0].transcript)
    }
    let failed = ""
    hearing.onerror = (/** @type {any} */ event) => {
      failed = event.error === "not-allowed" ? DICTATION.forbidden : DICTATION.failed
    }
    hearing.onend = () => {
      this.#listening = null
      this.element.textContent = DICTATION.start
      this.say(failed || DICTATION.done)
    }
    hearing.start()
    this.element.textContent = DICTATION.stop
    this.say(DICTATION.listening)
  }
}
