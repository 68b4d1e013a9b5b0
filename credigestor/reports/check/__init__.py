"""The check of a shop: invariants in SQL, the replay by the rules, the recount of summaries."""
