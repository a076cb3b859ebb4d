/**
 * "Was this helpful?" and "Report a problem" under an answer.
 */

import { button, el, uniqueId } from "./dom.js"
import { FEEDBACK } from "./words.js"

/** @typedef {{receipt_id: string, helpful?: boolean, problem?: string}} Feedback */

/**
 * @param {string} receipt the id of the answer it is about
 * @param {(feedback: Feedback) => Promise<string>} send returns what to tell the reader
 * @param {string} [problem] what the reader had begun to report
 * @param {(words: string) => void} typed keeps what the reader reports until it is sent
 */
export function feedbackElement(receipt, send, problem = "", typed) {
  const result = el("p", { class: "result" })
  /** @param {Omit<Feedback, "receipt_id">} said */
  const give = async (said) => (result.textContent = await send({ receipt_id: receipt, ...said }))
  /** @param {HTMLButtonElement} pressed @param {boolean} helpful */
  const vote = (pressed, helpful) => {
    for (const one of [yes, no]) one.setAttribute("aria-pressed", String(one === pressed))
    return give({ helpful })
  }
  const yes = button("yes", FEEDBACK.yes, () => vote(yes, true))
  const no = button("no", FEEDBACK.no, () => vote(no, false))
  for (const one of [yes, no]) one.setAttribute("aria-pressed", "false")

  const id = uniqueId("problem")
  const box = el("textarea", { id, rows: 3, maxlength: FEEDBACK.longest, oninput: () => typed(box.value) }, problem)
  const form = el("form", { class: "problem" },
    el("label", { for: id }, FEEDBACK.problem), el("p", { class: "hint" }, FEEDBACK.private), box,
    el("button", { type: "submit" }, FEEDBACK.send))
  const report = el("details", { class: "report", open: problem !== "" }, el("summary", {}, FEEDBACK.report), form)
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    const problem = box.value.trim()
    if (!problem) return box.focus()
    if ((await give({ problem })) !== FEEDBACK.thanks) return
    typed((box.value = ""))
    report.open = false
    report.querySelector("summary")?.focus()
  })
  return el("div", { class: "feedback", "data-more": true },
    el("div", { class: "row", role: "group", "aria-label": FEEDBACK.question }, el("span", {}, FEEDBACK.question), yes, no),
    report, result)
}
