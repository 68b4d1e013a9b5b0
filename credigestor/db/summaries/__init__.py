"""Summaries of the portfolio: tables, the facts they are made of, and their SQL.

A manager's page must not read every note. What it needs is kept as *changes by day and by
month*: the state at any as-of date, past or to come, is a sum over a few hundred rows,
however many notes there are.

facts    what the ledger says of a sale and of every state of its notes, as last folded in
cubes    changes that follow from the facts; each row belongs to a segment
segment  the whole portfolio, one seller, one city, or one range of the sale's total

Whoever writes the ledger only leaves a mark (`stale_sales`, by trigger), so sellers never
wait for each other. `services.summaries.refresh` takes the marked sales' old facts out of the
cubes and puts the new ones in; `reports.check.recount` proves the cubes equal to a recount.
"""
