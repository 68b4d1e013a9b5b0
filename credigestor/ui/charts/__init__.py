"""Charts: what they are built of (theme), kinds that pages share (kinds), and each page's own."""
