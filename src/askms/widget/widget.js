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
    await Promise.race([element.styled, new Promise((resolve) => setTimeout(resolve, 5_000))]) // a style sheet that hangs is none
    if (!customElements.get("askms-chat")) customElements.define("askms-chat", element.AskmsChatElement)
  } catch (error) {
    console.error(error)
    for (const chat of document.querySelectorAll("askms-chat")) {
      chat.setAttribute("data-failed", "")
      if (chat.querySelector("[slot=fallback]")) continue // it stands there, or comes in a moment
      chat.textContent =
        "The chat could not load. Please reload this page. If you need medical help, call your doctor. " +
        "In an emergency call your local emergency number: 911 in the US and Canada, 999 in the UK, 112 in Ireland and the EU."
    }
  }
})()
