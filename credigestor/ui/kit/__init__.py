"""What pages of every audience share: words, links, forms, tables, data, files, who is looking."""
