/**
 * The requests the widget makes, and the addresses it links to.
 */

import { AskError, checkResponse, inTime, readEvents } from "./stream.js"
import { COPY, FAILED, FEEDBACK } from "./words.js"

/** @typedef {import("./stream.js").Citation} Citation */
/** @typedef {import("./stream.js").Passage} Passage */

/** How many earlier messages go with a question. */
const HISTORY = 6

export class Api {
  /** @param {{src: string, locale: string, send: (request: Request) => Promise<Response>}} chat */
  constructor(chat) {
    this.chat = chat
  }

  /**
   * The events of the answer to one question. The last one is the reply; if none comes, that is an error.
   *
   * @param {string} question
   * @param {{role: string, content: string}[]} history
   * @param {string} conversation id of the server's copy, "" if it has none
   * @param {AbortSignal} signal
   */
  async *ask(question, history, conversation, signal) {
    const body = { question, history: history.slice(-HISTORY), locale: this.chat.locale, ...named(conversation) }
    const response = await inTime(this.#post("ask/stream", body, signal))
    await checkResponse(response)
    for await (const event of readEvents(response)) {
      signal.throwIfAborted()
      if (event.name === "error") throw AskError.of(event.data)
      yield event
      if (event.name === "reply") return
    }
    throw new AskError(FAILED.broken)
  }

  /**
   * Passes feedback on, and returns what to tell the reader.
   *
   * @param {import("./feedback.js").Feedback} feedback
   * @param {string} conversation id of the server's copy, so that it is erased with it; "" if there is none
   */
  async feedback(feedback, conversation) {
    try {
      const { ok, status } = await inTime(this.#post("feedback", { ...feedback, ...named(conversation) }))
      if (ok) return FEEDBACK.thanks
      if (status === 404 && conversation) return FEEDBACK.gone
      return [404, 405].includes(status) ? FEEDBACK.nobody : FEEDBACK.failed
    } catch {
      return FEEDBACK.failed
    }
  }

  /** Erases the server's copy of a conversation. Returns why that did not work, or "". @param {string} id */
  async erase(id) {
    try {
      const request = new Request(this.#address(`conversations/${encodeURIComponent(id)}`), {
        method: "DELETE",
        keepalive: true, // the reader may clear the chat and close the page at once
      })
      const response = await inTime(this.chat.send(request))
      if (response.ok) return ""
      // Already gone, as the server says itself; a 404 of something in between says nothing about the copy.
      const body = await response.json().catch(() => null)
      return response.status === 404 && body?.error?.type === "UnknownRecord" ? "" : COPY.refused
    } catch {
      return COPY.unreached
    }
  }

  /** @param {string} key @returns {Promise<Passage>} */
  async passage(key) {
    const response = await this.chat.send(new Request(this.#address(`passages/${encodeURIComponent(key)}`)))
    await checkResponse(response)
    return response.json()
  }

  /** The page that says what is kept. */
  get privacyPage() {
    return this.#address("../privacy")
  }

  /** Our page of a source. @param {string} id */
  sourcePage(id) {
    return this.#address(`../sources/${encodeURIComponent(id)}`)
  }

  /** Our page of a source, opened at a quotation. @param {Citation} citation */
  quotationPage({ source_id: id, passage_key: passage, start, end }) {
    const query = new URLSearchParams({ passage, start: String(start), end: String(end) })
    return `${this.sourcePage(id)}?${query}#quote`
  }

  /** @param {string} path @param {object} body @param {AbortSignal} [signal] */
  #post(path, body, signal) {
    return this.chat.send(new Request(this.#address(path), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal,
    }))
  }

  /** @param {string} path */
  #address(path) {
    return new URL(path, this.chat.src).href
  }
}

/** The part of a body that names a conversation, if there is one. @param {string} conversation */
function named(conversation) {
  return conversation ? { conversation } : {}
}
