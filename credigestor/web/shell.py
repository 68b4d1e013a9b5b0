"""Streamlit's one HTML page made ours, and the headers that every response carries."""

from __future__ import annotations

import re
from pathlib import Path

from credigestor.config import get_config
from credigestor.web import row_style

#: The page runs only scripts that we serve: none inline, none from elsewhere, no eval (Vega
#: interprets its expressions). Styles are inline because Streamlit's are.
CSP = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'self'",  # a document of ours that prints itself; pages let nobody frame them
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=(), "
        "browsing-topics=()"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
HSTS = "max-age=31536000; includeSubDomains"

NOSCRIPT = "<noscript><p>Ative o JavaScript do navegador para usar o CrediGestor.</p></noscript>"
_SHEETS = (Path(__file__).with_name(name) for name in ("shell.css", "cards.css"))
STYLE = f"<style>{''.join(sheet.read_text('utf-8') for sheet in _SHEETS)}</style>"
PHONE = f"<style>{Path(__file__).with_name('phone.css').read_text('utf-8')}</style>"
SCRIPT = '<script src="/cg/pt-br.js" defer></script>'

_Headers = list[tuple[bytes, bytes]]


def security_headers(*, framed: bool = False) -> _Headers:
    """The headers above, and HSTS behind an HTTPS proxy, as ASGI wants them.

    What is `framed` our own pages may show in a frame, and nobody else's.
    """
    headers = dict(HEADERS)
    if framed:
        policy = CSP.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        headers |= {"content-security-policy": policy, "x-frame-options": "SAMEORIGIN"}
    if get_config().behind_proxy:
        headers["strict-transport-security"] = HSTS
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def portuguese(html: str) -> str:
    """The shell with our language, title, text without JavaScript, style, and script as a file."""
    html = re.sub(r"<!--.*?-->\s*", "", html, flags=re.DOTALL)
    html = re.sub(r"<html\b[^>]*>", '<html lang="pt-BR" translate="no">', html, count=1)
    html = re.sub(r"<title>.*?</title>", "<title>CrediGestor</title>", html, flags=re.DOTALL)
    html = re.sub(r"<noscript>.*?</noscript>", NOSCRIPT, html, flags=re.DOTALL)
    html = re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
    html = re.sub(r'<link rel="service-desc"[^>]*>', "", html)
    return html.replace("</head>", f"{STYLE}{row_style.STYLE}{PHONE}{SCRIPT}</head>", 1)
