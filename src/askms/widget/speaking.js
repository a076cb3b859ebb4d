/**
 * Reading an answer aloud, sentence by sentence, with the spoken sentence marked.
 *
 * Only voices of the device itself are used: some browsers offer others that send the words to a server. To pause is to
 * remember the sentence and begin it again, since not every browser can halt within one.
 */

import { button, el } from "./dom.js"
import { SPEAKING } from "./words.js"

const LANGUAGE = "en"

/** How long to wait for the browser's list of voices, in milliseconds. */
const VOICES_WITHIN = 1_000

export const canSpeak = "speechSynthesis" in globalThis

if (canSpeak) {
  speechSynthesis.getVoices() // the first call only sets the browser looking for voices
  addEventListener("pagehide", () => speechSynthesis.cancel()) // some browsers go on reading when the page is gone
}

/** The one reading of a chat that is going on, if any. @typedef {{current: Reading | null, say: (words: string) => void}} Desk */

/** The buttons that read one answer aloud. */
export class Reading {
  #main = button("read", SPEAKING.start, () => this.#press())
  #stop = button("stop-reading", SPEAKING.stop, () => this.end())
  #note = el("span", { class: "hint" })
  element = el("div", { class: "row", hidden: !canSpeak }, this.#main, this.#stop, this.#note)
  /** @type {HTMLElement[]} */
  #lines = []
  #at = 0
  /** @type {SpeechSynthesisVoice | null} */
  #voice = null
  /** The sentence being spoken; `null` while paused. @type {SpeechSynthesisUtterance | null} */
  #spoken = null

  /** @param {() => HTMLElement[]} lines what there is to read, in order @param {Desk} desk */
  constructor(lines, desk) {
    this.lines = lines
    this.desk = desk
    this.#stop.hidden = true
  }

  /** Ends the reading. */
  end() {
    if (this.desk.current !== this) return
    this.desk.current = null
    this.#hush()
    this.#lines[this.#at]?.removeAttribute("data-spoken")
    const root = this.element.getRootNode()
    if (root instanceof ShadowRoot && root.activeElement === this.#stop) this.#main.focus()
    this.#stop.hidden = true
    this.#main.textContent = SPEAKING.start
  }

  async #press() {
    if (this.desk.current !== this) return this.#begin()
    if (this.#spoken) {
      this.#hush()
      this.#main.textContent = SPEAKING.resume
    } else {
      this.#speak()
    }
  }

  /** Says what is wrong beside the button, and aloud. @param {string} words */
  #tell(words) {
    this.#note.textContent = words
    this.desk.say(words)
  }

  async #begin() {
    this.#note.textContent = ""
    this.#voice = await ownVoice()
    if (!this.#voice) return this.#tell(SPEAKING.noVoice)
    this.desk.current?.end()
    this.desk.current = this
    this.#lines = this.lines()
    this.#at = 0
    this.#stop.hidden = false
    this.#speak()
  }

  #speak() {
    const line = this.#lines[this.#at]
    if (!line) return this.end()
    this.#main.textContent = SPEAKING.pause
    line.setAttribute("data-spoken", "")
    line.scrollIntoView({ block: "nearest" })
    const spoken = (this.#spoken = new SpeechSynthesisUtterance(spokenWords(line.textContent ?? "")))
    spoken.voice = this.#voice
    spoken.lang = this.#voice?.lang ?? LANGUAGE
    spoken.onend = () => {
      if (spoken !== this.#spoken) return
      line.removeAttribute("data-spoken")
      this.#at += 1
      this.#speak()
    }
    spoken.onerror = () => {
      if (spoken !== this.#spoken) return
      this.#tell(SPEAKING.failed)
      this.end()
    }
    speechSynthesis.speak(spoken)
  }

  #hush() {
    this.#spoken = null
    speechSynthesis.cancel()
  }
}

/** A sentence without what only the eye needs: source numbers and web addresses. @param {string} text */
export function spokenWords(text) {
  return text.replace(/\s*\[\d+(?:,\s*\d+)*\]|\s*(?:\(https?:[^\s)]+\)|https?:\S+)/g, "").trim()
}

/** A voice of the device, or `null`. @returns {Promise<SpeechSynthesisVoice | null>} */
async function ownVoice() {
  if (speechSynthesis.getVoices().length === 0) {
    await new Promise((resolve) => {
      speechSynthesis.addEventListener("voiceschanged", resolve, { once: true })
      setTimeout(resolve, VOICES_WITHIN)
    })
  }
  const own = speechSynthesis.getVoices().filter(({ lang, localService }) => localService && lang.startsWith(LANGUAGE))
  return own.find(({ lang }) => lang.replace("_", "-") === navigator.language) ?? own.find((voice) => voice.default) ?? own[0] ?? null
}
