/**
 * The widget's own words: what the wire form says in codes, in plain words, and what settings and messages say.
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
  offtopic: "About askms",
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

/** What begins a disagreement, and what begins its other side. The same words as in wording.json; a test compares. */
/** @type {Record<string, string>} */
export const SIDES = {
  "Studies disagree:": "Another source says:",
  "A source we hold makes this claim, and it is disputed:": "What better sources say:",
}

/** What a short answer never leaves out. The same words as in wording.json; a test compares. */
export const ALWAYS_SHOWN = ["What is not known:", "The main weak point:"]

/** Questions for the visit. The same as `routes.decision.questions` in wording.json; a test compares. */
export const VISIT_QUESTIONS = [
  "What do the studies show for people like me, and what do they not show?",
  "What harms were seen, and how likely are they with my other health problems?",
  "What else could we look at, and what happens if we wait?",
  "How would we know if it works, and when would we look at it again?",
]

/** @type {Record<string, string>} */
export const THEMES = {
  auto: "Same as my device",
  light: "Light",
  dark: "Dark",
  contrast: "Strong contrast, light",
  "contrast-dark": "Strong contrast, dark",
}

export const SETTINGS = {
  title: "Settings",
  size: "Text size",
  smaller: "Smaller",
  larger: "Larger",
  colours: "Colours",
  short: "Short answers",
  shortHint: "For tired days: the first three points. The rest when you ask for it.",
  space: "More space",
  spaceHint: "More room between letters, words and lines.",
  dictate: "Speak my question",
  dictateHint:
    "Your browser turns your voice into text. To do so, it may send the sound to the company that makes it. Off until you switch it on.",
  kept: "This browser remembers these choices. They are sent to nobody.",
}

export const SPEAKING = {
  start: "Read aloud",
  pause: "Pause",
  resume: "Go on reading",
  stop: "Stop reading",
  noVoice: "Your device has no voice of its own to read with.",
  failed: "Reading aloud stopped: the voice of your device did not answer.",
}

export const DICTATION = {
  start: "Speak",
  stop: "Stop listening",
  listening: "Listening. Press Stop listening when you are done.",
  done: "Not listening any more. Check the words, then press Ask.",
  forbidden: "The microphone is blocked. You can allow it in the settings of your browser.",
  failed: "We could not hear you. You can try again, or type.",
}

export const HELP = {
  title: "Help now",
  text: "If someone may be in danger, do not wait for an answer here. Call:",
}

export const FEEDBACK = {
  question: "Was this helpful?",
  yes: "Yes",
  no: "No",
  report: "Report a problem",
  problem: "What is wrong with this answer?",
  private: "Please leave out names and numbers.",
  send: "Send",
  longest: 2000,
  thanks: "Thank you. We have passed it on.",
  nobody: "We could not pass this on: this service takes no feedback.",
  gone: "We could not pass this on: this answer is not kept any more.",
  failed: "We could not send this. Please try again later.",
}

export const SHEET = {
  open: "Make a visit sheet",
  heading: "Visit sheet",
  title: "For my visit",
  made: "Made with askms on",
  quotes: "askms quotes its sources. It does not know me.",
  mine: "My questions",
  sources: "What the sources say",
  strength: "How strong is this?",
  ask: "What to ask my neurologist",
  choose: "What goes on the sheet?",
  notes: "My own questions for the visit, one a line",
  print: "Print or save as PDF",
  save: "Download as text",
  back: "Back to the chat",
}

export const CHAT = {
  open: "Ask about MS",
  close: "Close",
  clear: "Clear chat",
  sure: "Erase this chat for good?",
  yes: "Yes, erase it",
  no: "No, keep it",
  cleared: "The chat is erased here. You can ask a new question.",
  kept: "This chat stays in this tab until you clear it or close the tab.",
  lost: "Your browser keeps nothing for this page. If you load the page again, the chat is gone.",
  there: "The server keeps a copy for a while. Clear chat erases both.",
  privacy: "What is kept of what you type",
  go: "Go to the answer",
  more: "Show more",
  less: "Show less",
}

export const COPY = {
  here: "The chat is erased here. ",
  now: "We are erasing it on the server too.",
  unreached: "We could not reach the server to erase it there too.",
  refused: "The server could not erase its copy just now.",
  both: "The chat is erased, here and on the server. You can ask a new question.",
  later: "The chat that you erased is now erased on the server too.",
  left: "The server may still hold a chat that you erased. Keep this tab open and try again.",
  again: "Erase it on the server",
}

export const FAILED = {
  title: "No answer yet",
  none: "askms could not answer just now. Please try again in a few minutes.",
  unreached: "We could not reach askms. Please check your connection and try again.",
  offline: "You are not online. Please check your connection and try again.",
  broken: "The answer broke off before it was complete. Please try again.",
  busy: "Too many questions are coming in.",
  stopped: "You stopped this answer.",
  reloaded: "The page was loaded again before the answer was complete.",
  kept: "Your question is still in the box.",
  above: "Your question is kept above: press Try again.",
  half: "We took away the part you saw. Half an answer can mislead.",
  now: "If someone may be in danger, do not wait.",
}

/** Why to wait, and for how long. @param {string | null} after the Retry-After header: seconds, or a date */
export function busyWords(after) {
  const seconds = Number(after) || Math.ceil((Date.parse(after ?? "") - Date.now()) / 1000)
  return `${FAILED.busy} Please wait ${seconds > 0 ? waitWords(seconds) : "a minute"}, then try again.`
}

/** @param {number} seconds */
function waitWords(seconds) {
  if (seconds > 90) return `${Math.ceil(seconds / 60)} minutes`
  return seconds === 1 ? "1 second" : `${seconds} seconds`
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

/** Kind, number of people and year in one line. @param {{evidence_level: string, evidence_label: string, year: number | null, n: number | null}} cited */
export function evidenceLine({ evidence_level: level, evidence_label: label, year, n }) {
  return [evidenceWords(label), peopleWords(level, n), year ? String(year) : "no year given"].filter(Boolean).join(", ")
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
