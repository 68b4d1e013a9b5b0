"""The look of lists whose rows are links (`ui/kit/rows.py`), on paper of either colour.

On a phone they are cards (`phone.css`), each value after its label, which the table's style tells.
"""

from __future__ import annotations

#: Of so many columns a card tells the labels.
MOST_COLUMNS = 16
_LINE = "color-mix(in srgb,currentColor 16%,transparent)"
_PAPER = "light-dark(#ffffff,#12191a)"
_LINK = "light-dark(#0b6e69,#5fd0c5)"
_HEAD = "light-dark(#f3f6f5,#1b2526)"

STYLE = "".join(
    (
        "<style>",
        f".cg-scroll{{overflow-x:auto;border:1px solid {_LINE};border-radius:.5rem}}",
        ".cg-scroll:focus-visible{outline:2px solid currentColor}",
        ".cg-rows table{border-collapse:separate;border-spacing:0;width:100%;margin:0;"
        "font-size:.875rem}",
        ".cg-rows th,.cg-rows td{padding:.5rem .75rem;text-align:left;white-space:nowrap;"
        "max-width:20rem;overflow:hidden;text-overflow:ellipsis;border:0;font-weight:400}",
        f".cg-rows tbody th,.cg-rows tbody td{{border-top:1px solid {_LINE}}}",
        ".cg-rows .cg-right{text-align:right;font-variant-numeric:tabular-nums}",
        f".cg-rows thead th{{background:{_HEAD};font-weight:600;font-size:.8125rem}}",
        f".cg-rows a,.cg-rows a:visited{{color:{_LINK};text-decoration:none}}",
        ".cg-rows a:hover{text-decoration:underline}",
        ".cg-rows thead a,.cg-rows thead a:visited{color:inherit}",
        ".cg-rows thead a,.cg-rows tbody th a{display:block;margin:-.5rem -.75rem;"
        "padding:.6875rem .75rem;overflow:hidden;text-overflow:ellipsis}",
        ".cg-rows a:focus-visible{outline:2px solid currentColor;outline-offset:-2px}",
        ".cg-rows tr>:first-child{position:sticky;left:0;z-index:1}",
        f".cg-rows tbody tr>:first-child{{background:{_PAPER}}}",
        f".cg-rows tbody tr:hover>*{{background:{_HEAD}}}",
        ".cg-pager{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;"
        "gap:.25rem 1rem;margin-top:.5rem;font-size:.875rem}",
        ".cg-pager nav{display:flex;flex-wrap:wrap;align-items:center}",
        ".cg-pager nav>*{display:flex;align-items:center;justify-content:center;"
        "min-width:2.75rem;min-height:2.75rem;padding:0 .25rem}",
        ".cg-pager [aria-current]{font-weight:700}",
        "@media screen and (max-width:640px){.cg-pager{justify-content:center}",
        *(
            f".cg-rows tbody tr>:nth-child({place})::before{{content:var(--cg-{place}) ' '}}"
            for place in range(2, MOST_COLUMNS + 1)
        ),
        "}</style>",
    )
)
