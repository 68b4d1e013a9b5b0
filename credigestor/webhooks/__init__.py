"""Webhooks on their way out: what is due, how it is sent, and the thread that does both."""
