/**
 * What the browser keeps for the reader. A browser that keeps nothing is no error: the chat works without.
 */

export class Memory {
  #area
  #key

  /** @param {() => Storage} area asked each time, as the very mention of it throws where it is blocked @param {string} key */
  constructor(area, key) {
    this.#area = area
    this.#key = key
  }

  /** What was kept, or `null`. @returns {any} */
  load() {
    try {
      return JSON.parse(this.#area().getItem(this.#key) ?? "null")
    } catch {
      return null
    }
  }

  /** Keeps a value, or erases what was kept if it is `null`. Returns whether the browser did so. @param {unknown} value */
  save(value) {
    try {
      if (value === null) this.#area().removeItem(this.#key)
      else this.#area().setItem(this.#key, JSON.stringify(value))
      return true
    } catch {
      return false
    }
  }
}
