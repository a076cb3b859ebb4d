/**
 * What the reader can change: text size, colours, short answers, spacing, dictation.
 *
 * The choices go on the frame as data attributes, where the style sheet finds them, and are remembered in this browser
 * alone. What the reader has not chosen is as the page around the widget says (`theme`, `mode`).
 */

import { canDictate } from "./dictation.js"
import { button, el, uniqueId } from "./dom.js"
import { Memory } from "./memory.js"
import { SETTINGS, THEMES } from "./words.js"

/** @typedef {{size: number, theme: string, short: boolean, space: boolean, dictate: boolean}} Choices */

/** In percent. */
const SMALLEST = 100
const LARGEST = 250
const STEP = 25

export class Settings {
  #memory = new Memory(() => localStorage, "askms-settings")
  /** @type {Partial<Choices>} */
  #chosen
  #percent = el("span", { class: "percent" })
  #smaller = button("smaller", SETTINGS.smaller, () => this.#resize(-STEP))
  #larger = button("larger", SETTINGS.larger, () => this.#resize(STEP))
  /** Not a list to open: its words could not wrap at a large text size. */
  #themes = Object.entries(THEMES).map(([theme, words]) => {
    const input = el("input", {
      type: "radio", name: "theme", value: theme, onchange: () => this.#choose({ theme }),
    })
    return { input, element: el("label", {}, input, el("span", {}, words)) }
  })
  /** @type {Record<"short" | "space" | "dictate", HTMLInputElement>} */
  #boxes = { short: this.#box("short"), space: this.#box("space"), dictate: this.#box("dictate") }

  /**
   * @param {HTMLElement} frame
   * @param {HTMLElement} chat whose attributes say what holds until the reader chooses
   * @param {{changed: (choices: Choices) => void, say: (words: string) => void}} listener
   */
  constructor(frame, chat, listener) {
    this.frame = frame
    this.chat = chat
    this.listener = listener
    this.#chosen = sound(this.#memory.load())
    const { short, space, dictate } = this.#boxes
    this.element = el(
      "details",
      { class: "settings" },
      el("summary", {}, SETTINGS.title),
      el("div", { class: "panel" },
        el("div", { class: "row", role: "group", "aria-label": SETTINGS.size },
          el("span", {}, SETTINGS.size), this.#smaller, this.#percent, this.#larger),
        el("fieldset", { class: "choice" }, el("legend", {}, SETTINGS.colours),
          ...this.#themes.map(({ element }) => element)),
        option(short, SETTINGS.short, SETTINGS.shortHint),
        option(space, SETTINGS.space, SETTINGS.spaceHint),
        canDictate && option(dictate, SETTINGS.dictate, SETTINGS.dictateHint),
        el("p", { class: "hint" }, SETTINGS.kept)),
    )
  }

  /** Puts everything as chosen. */
  apply() {
    const choices = {
      size: SMALLEST,
      theme: known(this.chat.getAttribute("theme")),
      short: this.chat.getAttribute("mode") === "short",
      space: false,
      dictate: false,
      ...this.#chosen,
    }
    const { size, theme, short, space, dictate } = choices
    this.frame.style.setProperty("--scale", String(size / 100))
    this.frame.dataset.theme = theme
    this.frame.toggleAttribute("data-short", short)
    this.frame.toggleAttribute("data-space", space)
    this.#percent.textContent = `${size}%`
    this.#smaller.setAttribute("aria-disabled", String(size <= SMALLEST))
    this.#larger.setAttribute("aria-disabled", String(size >= LARGEST))
    for (const { input } of this.#themes) input.checked = input.value === theme
    Object.assign(this.#boxes.short, { checked: short })
    Object.assign(this.#boxes.space, { checked: space })
    Object.assign(this.#boxes.dictate, { checked: dictate })
    this.listener.changed(choices)
    return choices
  }

  /** @param {Partial<Choices>} choices */
  #choose(choices) {
    Object.assign(this.#chosen, choices)
    this.#memory.save(this.#chosen)
    return this.apply()
  }

  /** @param {number} step */
  #resize(step) {
    const size = (this.#chosen.size ?? SMALLEST) + step
    if (size < SMALLEST || size > LARGEST) return
    this.#choose({ size })
    const pressed = step > 0 ? this.#larger : this.#smaller
    pressed.scrollIntoView({ block: "nearest" }) // everything has moved, and it may be pressed again
    this.listener.say(`${SETTINGS.size}: ${size}%`)
  }

  /** @param {"short" | "space" | "dictate"} name */
  #box(name) {
    const box = el("input", {
      type: "checkbox", id: uniqueId(name), onchange: () => this.#choose({ [name]: box.checked }),
    })
    return box
  }
}

/** @param {HTMLInputElement} box @param {string} words @param {string} hint */
function option(box, words, hint) {
  const id = uniqueId("hint")
  box.setAttribute("aria-describedby", id)
  return el("div", { class: "option" },
    el("label", { for: box.id }, box, el("span", {}, words)), el("p", { class: "hint", id }, hint))
}

/** @param {string | null} theme */
function known(theme) {
  return theme && Object.hasOwn(THEMES, theme) ? theme : "auto"
}

/** Of what was kept, what still makes sense. @param {any} kept @returns {Partial<Choices>} */
function sound(kept) {
  const { size, theme, ...rest } = kept ?? {}
  /** @type {Partial<Choices>} */
  const choices = {}
  if (Number.isInteger(size) && size >= SMALLEST && size <= LARGEST && size % STEP === 0) choices.size = size
  if (theme === known(theme)) choices.theme = theme
  for (const name of /** @type {const} */ (["short", "space", "dictate"])) {
    if (typeof rest[name] === "boolean") choices[name] = rest[name]
  }
  return choices
}
