/**
 * Builds elements. Text goes in as text nodes; nothing in the widget ever parses HTML.
 */

let lastId = 0

/** An id that no other element of this page's widgets has. @param {string} stem */
export function uniqueId(stem) {
  lastId += 1
  return `${stem}-${lastId}`
}

/**
 * One element: attributes by name, `onclick` and the like as listeners, `null` and `false` left out.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean | null | EventListener>} [attributes]
 * @param {...(Node | string | null | false)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value)
    else if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : String(value))
  }
  node.append(.../** @type {(Node | string)[]} */ (children.filter((child) => child !== null && child !== false)))
  return node
}

/** @param {string} name @param {string} label @param {() => void} press */
export function button(name, label, press) {
  return el("button", { type: "button", class: name, onclick: press }, label)
}

/**
 * A link that opens in a new tab, and says so; `null` unless the address is a plain web address.
 *
 * @param {string | null} url
 * @param {string} label
 * @returns {HTMLAnchorElement | null}
 */
export function newTabLink(url, label) {
  if (!url || !URL.canParse(url)) return null
  if (!["http:", "https:"].includes(new URL(url).protocol)) return null
  return el("a", { href: url, target: "_blank", rel: "noopener", class: "link" }, `${label} (opens in a new tab)`)
}
