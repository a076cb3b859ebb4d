/**
 * The questions asked and what became of each: asks, shows what comes in, explains what does not, and tries again.
 *
 * Fires `askms-question`, `askms-reply` and `askms-error` through its host.
 */

import { el } from "./dom.js"
import { AskError } from "./stream.js"
import { Turn } from "./turn.js"
import { FAILED, readyWords } from "./words.js"

/** @typedef {import("./stream.js").Reply} Reply */
/** @typedef {import("./turn.js").Turn["outcome"] & {question: string}} Kept */

/**
 * What a conversation needs from the chat.
 *
 * @typedef {object} Chat
 * @property {import("./api.js").Api} api
 * @property {import("./quotation.js").QuotationDialog} quotation
 * @property {import("./speaking.js").Desk} desk
 * @property {import("./safety.js").SafetyCards} safety
 * @property {import("./status.js").StatusLine} status
 * @property {import("./composer.js").Composer} composer
 * @property {import("./copy.js").ServerCopy} copy
 * @property {(name: string, detail: object) => boolean} fire returns whether no listener cancelled it
 * @property {() => void} help
 * @property {() => void} changed what stands in the conversation has changed
 */

export class Conversation {
  // Not live: a screen reader would speak every sentence as it streams in. The status line does.
  element = el("div", { class: "log", role: "log", "aria-live": "off", "aria-label": "Questions and answers" })
  /** @type {Turn[]} */
  #turns = []
  /** Ends the wait for the answer that is on its way. @type {AbortController | null} */
  #asking = null
  /** What was sent and is not through yet. @type {Set<Promise<unknown>>} */
  #underWay = new Set()
  #chat

  /** @param {Chat} chat */
  constructor(chat) {
    this.#chat = chat
  }

  get isEmpty() {
    return this.#turns.length === 0
  }

  /** Every turn, as it can be kept and restored. @returns {Kept[]} */
  get kept() {
    return this.#turns.map(({ question, outcome }) => ({ question, ...outcome }))
  }

  /** The questions that have an answer, with it. @returns {{question: string, reply: Reply}[]} */
  get answered() {
    return this.kept.flatMap(({ question, reply }) => (reply ? [{ question, reply }] : []))
  }

  /** Shows again what was kept. A question that was waiting for its answer can be asked again. @param {Kept[]} kept */
  restore(kept) {
    for (const { question, reply, withheld, failure, problem } of kept) {
      const turn = this.#addTurn(question)
      if (reply && withheld) turn.withhold(reply)
      else if (reply) turn.finish(reply, problem)
      else if (failure) turn.fail(...failure)
      else {
        this.#chat.composer.keep(question)
        turn.fail(FAILED.title, FAILED.reloaded)
      }
    }
  }

  /** Asks one question, unless another is being answered. @param {string} text @param {boolean} [focus] on the new turn */
  async ask(text, focus = false) {
    const { api, composer, copy, fire, status } = this.#chat
    const question = text.trim()
    if (this.#asking) return status.say("Still looking for the last answer. Press Stop to end it.")
    if (!composer.accepts(question)) return
    this.#drop(this.#turns.find((turn) => turn.outcome.failure && turn.question === question))
    fire("question", { question })
    const asking = (this.#asking = new AbortController())
    const history = this.answered.flatMap(({ question, reply }) => [
      { role: "user", content: question },
      { role: "assistant", content: reply.text },
    ])
    const turn = this.#addTurn(question)
    if (focus) turn.title.focus({ preventScroll: true })
    turn.element.scrollIntoView({ block: "start" })
    composer.release(question)
    this.#chat.changed()
    status.beginWait()
    try {
      await this.#follow(this.#receive(turn, api.ask(question, history, copy.id, asking.signal)))
    } catch (error) {
      if (!(error instanceof AskError)) await aMoment()
      if (this.#turns.includes(turn)) this.#explain(turn, error, asking.signal.aborted)
    } finally {
      asking.abort()
      if (this.#asking === asking) this.#endAsking()
      this.#chat.changed()
    }
  }

  /** Moves the focus to the last answer. */
  focus() {
    this.#turns.at(-1)?.heading.focus()
  }

  /** Ends the wait for an answer, and the reading of one. */
  stop() {
    this.#asking?.abort()
    this.#chat.desk.current?.end()
  }

  /**
   * Takes every turn away. Returns what settles when nothing of them is on its way any more: an answer that is comes in
   * unseen, since its end may say where the server keeps it.
   */
  clear() {
    this.#chat.desk.current?.end()
    if (this.#asking) this.#endAsking()
    this.#turns = []
    this.element.replaceChildren()
    this.#chat.changed()
    return Promise.allSettled(this.#underWay)
  }

  /** @param {string} question */
  #addTurn(question) {
    const turn = new Turn((this.#turns.at(-1)?.number ?? 0) + 1, question, {
      ...this.#chat,
      ask: (next) => this.ask(next, true),
      retry: (failed) => this.ask(failed.question, true),
      feedback: async (feedback) => {
        this.#chat.fire("feedback", feedback)
        const words = await this.#follow(this.#chat.api.feedback(feedback, this.#chat.copy.id))
        this.#chat.status.say(words, true)
        return words
      },
    })
    this.#turns.push(turn)
    this.element.append(turn.element)
    return turn
  }

  /** @template T @param {Promise<T>} sent */
  #follow(sent) {
    const through = () => this.#underWay.delete(sent)
    this.#underWay.add(sent)
    sent.then(through, through)
    return sent
  }

  /**
   * Shows the reply to a turn as it comes in.
   *
   * @param {Turn} turn
   * @param {AsyncIterable<{name: string, data: any}>} events
   */
  async #receive(turn, events) {
    for await (const { name, data } of events) {
      const wanted = this.#turns.includes(turn)
      if (name === "start" || name === "reply") this.#chat.copy.note(data.conversation, wanted)
      if (name === "start") this.#chat.changed() // a page that is left now still knows where its chat is kept
      if (!wanted) continue
      if (name === "start") turn.setRoute(data.route)
      else if (name === "card") this.#chat.safety.show(data)
      else if (name === "sentence") turn.addSentence(data)
      else if (name === "reply") this.#showReply(turn, data)
    }
  }

  /** @param {Turn} turn @param {Reply & {conversation?: string}} reply whose id is the chat's to keep, and nobody else's */
  #showReply(turn, { conversation, ...reply }) {
    for (const card of reply.cards) this.#chat.safety.show(card)
    if (this.#chat.fire("reply", { reply })) turn.finish(reply)
    else turn.withhold(reply)
    this.#chat.status.say(readyWords(reply), false, true)
  }

  /** @param {Turn} turn @param {unknown} error @param {boolean} stopped */
  #explain(turn, error, stopped) {
    const { message, disclaimer, status } = stopped ? new AskError(FAILED.stopped) : explained(error)
    turn.fail(stopped ? "Stopped" : FAILED.title, message, disclaimer)
    this.#chat.status.say(`${message} ${this.#chat.composer.keep(turn.question)}`)
    if (!stopped) this.#chat.fire("error", { message, status })
  }

  /** Takes a failed turn away: its question is asked again. @param {Turn} [failed] */
  #drop(failed) {
    failed?.element.remove()
    this.#turns = this.#turns.filter((turn) => turn !== failed)
  }

  #endAsking() {
    this.#asking = null
    if (this.#chat.status.endWait()) this.#chat.composer.focus()
  }
}

/** A page that is left cuts its lines before anything else: after a moment it is gone, and nobody is told of a failure. */
function aMoment() {
  return new Promise((resolve) => setTimeout(resolve, 100))
}

/** An error of ours as it is; anything else is a line that failed. @param {unknown} error */
function explained(error) {
  if (error instanceof AskError) return error
  return new AskError(navigator.onLine ? FAILED.unreached : FAILED.offline)
}
