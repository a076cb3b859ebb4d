/**
 * The server's copy of the chat, where the server keeps one: the id it is kept under, and erasing it.
 *
 * Whoever has the id can read the copy, so it is shown nowhere and told to no listener. An id to erase stays on a list, which
 * outlives the page, until the server says that nothing is kept under it.
 */

import { button, el } from "./dom.js"
import { CHAT, COPY } from "./words.js"

/**
 * What the copy needs from the chat.
 *
 * @typedef {object} Chat
 * @property {import("./api.js").Api} api
 * @property {(words: string) => void} say
 * @property {() => void} changed
 * @property {() => void} focus moves the focus to where the reader goes on
 */

export class ServerCopy {
  /** Where the chat goes on; "" until the server has named it. */
  id = ""
  /** @type {Set<string>} */
  #erasing = new Set()
  #again = button("erase-copy", COPY.again, () => this.#erase(""))
  /** What is not erased yet, and another try. */
  element = el("div", { class: "copy row", hidden: true }, el("span", {}, COPY.left), this.#again)
  #chat

  /** @param {Chat} chat */
  constructor(chat) {
    this.#chat = chat
  }

  /** What must outlive the page. */
  get kept() {
    return { conversation: this.id, erasing: [...this.#erasing] }
  }

  /** Whether there is, or may be, anything on the server. */
  get any() {
    return Boolean(this.id) || this.#erasing.size > 0
  }

  /** @param {any} kept what was kept */
  restore({ conversation, erasing }) {
    this.note(conversation, true)
    if (Array.isArray(erasing)) for (const id of erasing) this.note(id, false)
    this.element.hidden = this.#erasing.size === 0
  }

  /** Takes the id that a reply came with, if any. @param {unknown} id @param {boolean} wanted false: its chat was cleared */
  note(id, wanted) {
    if (typeof id !== "string" || !id) return
    if (wanted) this.id = id
    else this.#erasing.add(id)
  }

  /** Erases the copy of a chat that was cleared. @param {Promise<unknown>} late settles when nothing of it is on its way */
  async clear(late) {
    this.note(this.id, false)
    this.id = ""
    this.#chat.changed()
    this.#chat.say(this.#erasing.size > 0 ? COPY.here + COPY.now : CHAT.cleared)
    await late
    if (this.#erasing.size > 0) await this.#erase(COPY.here)
  }

  /** @param {string} here what to say first: on a later try another chat may stand here */
  async #erase(here) {
    const ids = [...this.#erasing]
    let failed = ""
    this.#chat.say(here + COPY.now)
    await Promise.all(ids.map(async (id) => {
      const why = await this.#chat.api.erase(id)
      if (why) failed = why
      else this.#erasing.delete(id)
    }))
    const left = ids.some((id) => this.#erasing.has(id))
    const root = this.element.getRootNode()
    if (!left && root instanceof ShadowRoot && root.activeElement === this.#again) this.#chat.focus()
    this.element.hidden = !left
    this.#chat.changed()
    if (left) this.#chat.say(here + failed)
    else this.#chat.say(here ? COPY.both : COPY.later)
  }
}
