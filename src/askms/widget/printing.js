/**
 * Prints one part of the page alone, wherever on the page it stands and however the reader asks for it.
 *
 * While the browser prints, everything beside the path from the part to the top of the page is taken out of the layout by
 * a style sheet of our own; afterwards the page is as it was.
 */

const AWAY = "data-askms-away"
const PATH = "data-askms-path"
const sheet = new CSSStyleSheet()
sheet.replaceSync(`@media print {
  [${AWAY}] { display: none !important }
  [${PATH}] { display: block !important; position: static !important; overflow: visible !important;
    width: auto !important; max-width: none !important; height: auto !important; max-height: none !important;
    margin: 0 !important; padding: 0 !important; border: 0 !important }
}`)

/** Makes printing print this element alone until the returned function is called. @param {HTMLElement} part */
export function printAlone(part) {
  const before = () => isolate(part)
  window.addEventListener("beforeprint", before)
  window.addEventListener("afterprint", putBack)
  return () => {
    window.removeEventListener("beforeprint", before)
    window.removeEventListener("afterprint", putBack)
    putBack()
  }
}

/** @type {Element[]} */
let marked = []
/** @type {Set<Document | ShadowRoot>} */
const styled = new Set()

/** @param {HTMLElement} part */
function isolate(part) {
  putBack()
  /** @type {Node} */
  let node = part
  while (node !== document.documentElement) {
    const parent = node.parentNode
    if (!parent) break
    const above = parent instanceof ShadowRoot ? parent.host : parent
    for (const other of parent.children) if (other !== node) mark(other, AWAY)
    if (above instanceof Element && above !== document.documentElement) mark(above, PATH)
    if (parent instanceof ShadowRoot) style(parent)
    node = above
  }
  style(document)
}

/** @param {Document | ShadowRoot} root */
function style(root) {
  root.adoptedStyleSheets.push(sheet)
  styled.add(root)
}

/** @param {Element} element @param {string} name */
function mark(element, name) {
  element.setAttribute(name, "")
  marked.push(element)
}

function putBack() {
  for (const element of marked) {
    element.removeAttribute(AWAY)
    element.removeAttribute(PATH)
  }
  for (const root of styled) root.adoptedStyleSheets = root.adoptedStyleSheets.filter((one) => one !== sheet)
  marked = []
  styled.clear()
}
