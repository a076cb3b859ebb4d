/**
 * Registers `<askms-chat>`. The one file a host page includes, as a module or as a classic script:
 *
 *     <script type="module" src="/widget.js"></script>
 *     <askms-chat></askms-chat>
 *
 * So there is no static `import` here: a classic script may not hold one.
 */
(async () => {
  const own = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : ""
  try {
    const element = await import(own ? new URL("askms-chat.js", own).href : "./askms-chat.js")
    await element.styled
    if (!customElements.get("askms-chat")) customElements.define("askms-chat", element.AskmsChatElement)
  } catch (error) {
    console.error(error)
    for (const chat of document.querySelectorAll("askms-chat")) {
      chat.textContent =
        "The chat could not load. Please reload this page. If you need medical help, call your doctor. " +
        "In an emergency call your local emergency number."
      chat.setAttribute("data-failed", "")
    }
  }
})()
