/**
 * Says in plain words what the wire form says in codes.
 */

/** @typedef {import("./stream.js").Source} Source */

/** Stands under every reply. The same text as `askms.reply.DISCLAIMER`; a test compares the two. */
export const DISCLAIMER =
  "This is research information, not medical advice. Consult your neurologist before you act on it."

/** @type {Record<string, string>} */
const ANSWER_HEADING = {
  crisis: "You can get help now",
  emergency: "Get help now",
  urgent: "Contact your MS team today",
  misuse: "We cannot help with this",
  dosing: "A question for your care team",
  decision: "A question for your care team",
  diagnosis: "A question for your care team",
  offtopic: "Outside what askms covers",
  no_evidence: "Our sources do not answer this",
  boundary: "What our sources say",
}

/** @type {Record<string, string>} */
const STATUS = {
  outdated: "This source is out of date.",
  superseded: "A newer source has replaced this one.",
  corrected: "This source was corrected after it came out.",
  retracted: "This source was withdrawn. Do not rely on it.",
}

/** The kind of evidence, as it stands inside a line. @param {string} label */
export function evidenceWords(label) {
  return label.slice(0, 1).toLowerCase() + label.slice(1)
}

/** How many were studied, or "" where no number is known. @param {string} level @param {number | null} n */
export function peopleWords(level, n) {
  if (!n) return ""
  if (level === "laboratory") return `${n} samples`
  if (level === "animal") return n === 1 ? "1 animal" : `${n} animals`
  return n === 1 ? "1 person" : `${n} people`
}

/** Kind, year and number of people in one line. @param {{evidence_level: string, evidence_label: string, year: number | null, n: number | null}} cited */
export function evidenceLine({ evidence_level: level, evidence_label: label, year, n }) {
  return [evidenceWords(label), year ? String(year) : "no year given", peopleWords(level, n)].filter(Boolean).join(", ")
}

/** What a reader must know about a source that is not current, or "". @param {Source | undefined} source */
export function statusWords(source) {
  return source ? (STATUS[source.status] ?? "") : ""
}

/** The heading above a reply. @param {string} route */
export function answerHeading(route) {
  return ANSWER_HEADING[route] ?? "Answer"
}

/** `2026-11-21` as "21 November 2026". @param {string} iso */
export function dateWords(iso) {
  const date = new Date(`${iso}T00:00:00Z`)
  if (Number.isNaN(date.getTime())) return iso
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(date)
}

/** What the status line says when a reply is complete. @param {import("./stream.js").Reply} reply */
export function readyWords({ sentences: { length }, cards }) {
  const first = cards.length > 0 ? " Please read the safety message first." : ""
  if (length === 0) return `Answer ready.${first}`
  return `Answer ready, ${length} ${length === 1 ? "sentence" : "sentences"}.${first}`
}
