/**
 * The dialog that shows a quotation inside the passage it was taken from.
 *
 * It opens in the flow of the page, under its sentence, and does not trap anybody: no overlay to scroll at high
 * zoom, nothing hidden behind it. Escape closes it and focus goes back to the button.
 */

import { el, uniqueId } from "./dom.js"
import { kindWords, sourceFacts, sourceLinks } from "./parts.js"

/** @typedef {import("./api.js").Api} Api */
/** @typedef {import("./stream.js").Citation} Citation */
/** @typedef {import("./stream.js").Source} Source */

export class QuotationDialog {
  #dialog = el("dialog", { class: "quotation" })
  /** @type {HTMLButtonElement | null} */
  #button = null

  /** @param {Api} api */
  constructor(api) {
    this.api = api
  }

  /** @param {Element} container */
  isOpenIn(container) {
    return this.#button !== null && container.contains(this.#button)
  }

  /**
   * Shows what a sentence takes from one source; a second press of the same button closes it.
   *
   * @param {HTMLButtonElement} button
   * @param {number} number
   * @param {Source | undefined} known the source, once the reply has named it
   * @param {Citation[]} citations
   */
  open(button, number, known, citations) {
    const same = this.#button === button
    this.close()
    if (same) return
    this.#button = button
    button.setAttribute("aria-expanded", "true")

    const id = uniqueId("quotation")
    const heading = el("h5", { id, tabindex: -1 }, known ? `Source ${number}: ${known.title}` : `Source ${number}`)
    const about = el("div", {})
    const quotations = citations.map((citation) => this.#quotation(citation))
    this.#dialog.setAttribute("aria-labelledby", id)
    this.#dialog.replaceChildren(
      heading,
      el("p", {}, "These are our plain-word notes on the source. The marked words are what the answer rests on."),
      ...quotations.map(({ element }) => element),
      about,
      el("button", { type: "button", class: "close", onclick: () => this.close() }, "Close"),
    )
    button.closest(".cites")?.after(this.#dialog)
    if (known) this.#describe(about, known, citations[0])
    this.#dialog.show()
    heading.focus()

    for (const { loaded } of quotations) {
      loaded.then((passage) => {
        const source = known ?? passage?.source
        if (!source || (known && passage)) return
        heading.textContent = `Source ${number}: ${source.title}`
        this.#describe(about, source, citations[0], Boolean(passage))
      })
    }
  }

  /**
   * Closes the dialog, if open, and gives focus back if it was inside. Returns whether it was closed.
   *
   * @param {boolean} [focused] only if it, or the button that opened it, has the focus
   */
  close(focused = false) {
    const button = this.#button
    if (!button) return false
    const root = /** @type {ShadowRoot} */ (this.#dialog.getRootNode())
    const inside = this.#dialog.contains(root.activeElement)
    if (focused && !inside && root.activeElement !== button) return false
    this.#button = null
    this.#dialog.close()
    this.#dialog.remove()
    button.setAttribute("aria-expanded", "false")
    if (inside) button.focus()
    return true
  }

  /** @param {HTMLElement} about @param {Source} source @param {Citation} citation @param {boolean} [held] whether its text is still as it was */
  #describe(about, source, citation, held = true) {
    const page = held ? this.api.quotationPage(citation) : this.api.sourcePage(source.id)
    about.replaceChildren(sourceFacts(source), el("p", { class: "links" }, ...sourceLinks(source, page)))
  }

  /**
   * One quotation, at once on its own, then inside its passage when that has come.
   *
   * @param {Citation} citation
   */
  #quotation(citation) {
    const text = el("p", {}, el("mark", {}, citation.quote))
    const progress = el("p", { class: "hint" }, "Getting the text around it…")
    const element = el(
      "figure",
      {},
      el("figcaption", {}, kindWords(citation.evidence_label)),
      el("blockquote", {}, text),
      progress,
    )
    const loaded = this.api.passage(citation.passage_key).then(
      (passage) => {
        const around = splitAtQuote(passage.text, citation)
        if (around) text.replaceChildren(around.before, el("mark", {}, citation.quote), around.after)
        if (around) progress.remove()
        else progress.textContent = "We could not show the text around these words."
        return passage
      },
      () => {
        progress.textContent = "We could not get the text around these words."
        return null
      },
    )
    return { element, loaded }
  }
}

/**
 * The text before and after a quotation, or `null` if it does not stand exactly where the citation says. Offsets
 * count characters as Python does, so one emoji is one character here as well.
 *
 * @param {string} text
 * @param {{start: number, end: number, quote: string}} citation
 */
export function splitAtQuote(text, { start, end, quote }) {
  const characters = Array.from(text)
  if (characters.slice(start, end).join("") !== quote) return null
  return { before: characters.slice(0, start).join(""), after: characters.slice(end).join("") }
}
