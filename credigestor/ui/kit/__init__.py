"""What pages of every audience are made of: messages, links, fields, files, and who is looking."""
