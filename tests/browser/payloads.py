"""What a name could be made of, each of it something to Markdown or to Streamlit's own words."""

PLACES = ("markdown", "bold", "small", "title", "caption", "button", "checkbox", "message")
PAYLOADS = (
    *("ana@exemplo.com.br", "escreva a ana.luz+x@exemplo.com hoje", "a@b.co,c@d.co", "@ana"),
    *(
        "www.exemplo.com",
        "(WWW.x.com)",
        "https://exemplo.com/a?b=c",
        "HTTP://x.y",
        "mailto:a@x.com",
    ),
    *("<http://x.com>", "[a](http://x.com)", "![a](http://x.com/a.png)", "[^1]", "[x] a"),
    *(":material/home:", ":material_home:", ":streamlit:", ":heart:", ":+1:", ":100:", ":a::b:"),
    *("&lt;b&gt;", "&amp;", "&#65;", "O'Neil & Filhos", "<b>a</b>", "a\\b", "{a}", "|a|b|"),
    *("a <- b", "<- b", "-> c", "a <-> b", "a -- b", "-->", "---", "x >= 2", "x <= 2", "x ~= 2"),
    *("1. Ana", "1) Ana", "- Ana", "# Ana", "> Ana", "* Ana", "+ Ana", "**a**", "_a_", "`a`"),
    *("~~a~~", "==a==", ":red[a]", ":red-badge[a]", ":small[a]", ":help[a]", "12:30:45", "a:b:c"),
    *("$x$ e $y$", "R$ 1,00 a R$ 2,00", "Flor 🌻", "a_b_c"),
)
