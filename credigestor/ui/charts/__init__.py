"""Charts: their building blocks (house), kinds that pages share (kinds), and each page's own."""
