"""The portfolio as a manager sees it, read from the summaries (R16–R22).

Every figure has an as-of date and a scope, and costs the same however many notes there are.
Call `services.summaries.refresh` before: what is not folded in yet is not seen here.
"""
