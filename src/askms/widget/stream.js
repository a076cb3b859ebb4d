/**
 * Reads the server's answer: events as they arrive, or the reason why none came.
 *
 * @typedef {{label: string, tel: string}} Contact
 * @typedef {{kind: string, title: string, text: string, language: string, contacts: Contact[]}} Card
 * @typedef {{source_id: string, passage_key: string, start: number, end: number, quote: string,
 *   evidence_level: string, evidence_label: string, year: number | null, n: number | null, checked_on: string}} Citation
 * @typedef {{text: string, template: boolean, citations: Citation[]}} Sentence
 * @typedef {{id: string, title: string, full_title: string, url: string | null, evidence_level: string, evidence_label: string,
 *   year: number | null, n: number | null, as_of: string, checked_on: string, status: string}} Source
 * @typedef {{label: string, url: string | null}} Suggestion
 * @typedef {{route: string, flags: string[], cards: Card[], sentences: Sentence[], strength: string | null,
 *   sources: Source[], suggestions: Suggestion[], writer: string, note: string | null, disclaimer: string,
 *   text: string, receipt_id: string, snapshot: string}} Reply
 * @typedef {{key: string, source_id: string, text: string, start: number, end: number, source: Source}} Passage
 */

import { busyWords, FAILED } from "./words.js"

/** A line that has been silent for so many milliseconds is dead: the server says something every 15 seconds. */
const SILENCE = 60_000

/** Errors whose message is for the reader. Other kinds tell an operator what to repair. */
const FOR_READERS = new Set([undefined, "QuestionError", "TooLarge", "InternalError", "Busy"])

/** No answer came. The message is for the reader; the disclaimer is the server's, where it sent one. */
export class AskError extends Error {
  /** @param {string} [message] @param {string} [disclaimer] @param {number} [status] of the response, 0 if none came */
  constructor(message = FAILED.none, disclaimer = "", status = 0) {
    super(message)
    this.disclaimer = disclaimer
    this.status = status
  }

  /** @param {any} body an error body or event of the server @param {number} [status] */
  static of(body, status) {
    const message = body?.error?.message
    const disclaimer = body?.disclaimer
    return new AskError(
      typeof message === "string" && message && FOR_READERS.has(body.error.type) ? message : FAILED.none,
      typeof disclaimer === "string" ? disclaimer : "",
      status,
    )
  }
}

/** Throws what a failed response says. @param {Response} response */
export async function checkResponse(response) {
  const { ok, status, headers } = response
  if (ok) return
  const error = AskError.of(await response.json().catch(() => null), status)
  if (status === 429) error.message = busyWords(headers.get("Retry-After"))
  throw error
}

/**
 * What a promise gives, or an error once it has been silent for too long.
 *
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
export function inTime(promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new AskError(FAILED.broken)), SILENCE)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/**
 * The events of a `text/event-stream` response. `EventSource` cannot do this: it only sends GET.
 *
 * @param {Response} response
 * @returns {AsyncGenerator<{name: string, data: any}>}
 */
export async function* readEvents(response) {
  if (!response.body) return
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let waiting = ""
  try {
    for (;;) {
      const { done, value } = await inTime(reader.read())
      if (done) return
      waiting += decoder.decode(value, { stream: true })
      const blocks = waiting.split(/\r\n\r\n|\n\n|\r\r/)
      waiting = blocks.pop() ?? ""
      for (const block of blocks) {
        const event = parseBlock(block)
        if (event) yield event
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

/** One event, or `null` for a comment that only keeps the line open. @param {string} block */
function parseBlock(block) {
  let name = "message"
  const data = []
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line) ?? []
    if (field === "event") name = value
    if (field === "data") data.push(value)
  }
  return data.length ? { name, data: JSON.parse(data.join("\n")) } : null
}
