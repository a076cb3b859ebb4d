/**
 * The pieces of a reply as elements: safety cards, sentences with their sources, suggestions, the list of sources.
 */

import { el, newTabLink } from "./dom.js"
import { dateWords, evidenceLine, evidenceWords, peopleWords, statusWords } from "./words.js"

/** @typedef {import("./stream.js").Card} Card */
/** @typedef {import("./stream.js").Citation} Citation */
/** @typedef {import("./stream.js").Contact} Contact */
/** @typedef {import("./stream.js").Sentence} Sentence */
/** @typedef {import("./stream.js").Source} Source */
/** @typedef {import("./stream.js").Suggestion} Suggestion */

/** A safety card. Screen readers say it at once. @param {Card} card */
export function cardElement(card) {
  const contacts = (card.contacts ?? []).map((contact) => el("li", {}, contactElement(contact)))
  return el(
    "section",
    { class: "card", role: "alert", "data-kind": card.kind, lang: card.language },
    el("h3", { tabindex: -1 }, card.title),
    card.text ? el("p", { class: "card-text" }, card.text) : null,
    contacts.length > 0 && el("ul", { class: "contacts" }, ...contacts),
  )
}

/** Someone to call, as a link to dial where there is a number. @param {Contact} contact */
export function contactElement({ label, tel }) {
  const digits = (/** @type {string} */ text) => text.replace(/\D/g, "")
  if (!digits(tel)) return el("span", { class: "contact-text" }, label)
  const shown = digits(label).includes(digits(tel)) ? label : `${label}: ${tel}`
  return el("a", { class: "contact", href: `tel:${tel.replace(/[^\d+*#]/g, "")}` }, shown)
}

/**
 * One sentence. The buttons stand after it, so a screen reader reads the sentence in one go.
 *
 * @param {Sentence} sentence
 * @param {Map<string, number>} numbers source id to number
 * @param {(button: HTMLButtonElement, citations: Citation[]) => void} open
 */
export function sentenceElement(sentence, numbers, open) {
  const rows = [...groupBySource(sentence.citations)].map(([id, citations]) => {
    const number = numbers.get(id) ?? 0
    const button = el("button", {
      type: "button", class: "cite", "data-source": id, "aria-expanded": "false", "aria-haspopup": "dialog",
    }, `Source ${number}`)
    button.addEventListener("click", ({ detail }) => detail < 2 && open(button, citations)) // a double press is one
    return el("div", { class: "cite-row" }, button, el("span", { class: "kind" }, evidenceLine(citations[0])))
  })
  return el(
    "div",
    { class: "sentence", "data-template": sentence.template },
    el("p", {}, sentence.text),
    rows.length > 0 && el("div", { class: "cites" }, ...rows),
  )
}

/** @param {Citation[]} citations @returns {Map<string, Citation[]>} */
function groupBySource(citations) {
  const groups = new Map()
  for (const citation of citations) groups.set(citation.source_id, [...(groups.get(citation.source_id) ?? []), citation])
  return groups
}

/**
 * Other places to look. Those without an address are questions to ask here.
 *
 * @param {Suggestion[]} suggestions
 * @param {(question: string) => void} ask
 */
export function suggestionsElement(suggestions, ask) {
  const items = suggestions
    .map(({ label, url }) =>
      url === null ? el("button", { type: "button", class: "suggestion", onclick: () => ask(label) }, label) : newTabLink(url, label),
    )
    .filter((item) => item !== null)
    .map((item) => el("li", {}, item))
  if (items.length === 0) return null
  return el("div", { class: "suggestions", "data-more": true }, el("p", {}, "You could try:"), el("ul", {}, ...items))
}

/**
 * Every source of a reply, folded away: the buttons under the sentences say the same, one at a time.
 *
 * @param {Source[]} sources
 * @param {import("./api.js").Api} api
 */
export function sourcesElement(sources, api) {
  if (sources.length === 0) return null
  const items = sources.map((source, i) =>
    el(
      "li",
      {},
      el("p", { class: "source-title" }, `Source ${i + 1}: ${source.title}`),
      el("p", {}, kindWords(source.evidence_label)),
      sourceFacts(source),
      el("p", { class: "links" }, ...sourceLinks(source, api.sourcePage(source.id))),
    ),
  )
  const summary = el("summary", {}, `All sources of this answer (${sources.length})`)
  return el("details", { class: "sources", "data-more": true }, summary, el("ul", {}, ...items))
}

/** The kind of evidence, named as such. @param {string} label */
export function kindWords(label) {
  return `Kind of evidence: ${evidenceWords(label)}.`
}

/** How old a source is, how many were studied, when we last checked it, and what is wrong with it. @param {Source} source */
export function sourceFacts(source) {
  /** @type {[string, string][]} */
  const facts = [
    ["Year", source.year ? String(source.year) : "not given"],
    ["How many", peopleWords(source.evidence_level, source.n) || "not given"],
    ["Checked on", dateWords(source.checked_on)],
  ]
  const warning = statusWords(source)
  if (warning) facts.unshift(["Please note", warning])
  return el(
    "dl",
    { class: "facts" },
    ...facts.map(([term, words]) => el("div", {}, el("dt", {}, `${term}:`), el("dd", {}, words))),
  )
}

/** Links to the original and to our page of it. @param {Source} source @param {string} page */
export function sourceLinks(source, page) {
  return [newTabLink(source.url, "Read the original"), newTabLink(page, "Read all our notes on it")].filter(
    (link) => link !== null,
  )
}
