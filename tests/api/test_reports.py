"""Reports held against operations: what pages show, programs can read.

A report that pages begin to show brings its operation along, or a line here with the reason.
"""

from __future__ import annotations

import ast

from tests.api.naming import ROOT, named_in, tree

REPORTS = ROOT / "credigestor" / "reports"
PAGES = ("pages", "credigestor/ui")

#: What pages read and no operation calls, and why.
EXCEPTIONS = {
    "audit.count": "a pager's: pages of the API follow a cursor",
    "audit.entries": "GET /audit, by the same report's `listed`",
    "audit.people": "the choice of a filter: GET /users tells who there is",
    "backups.last_good": "GET /backups/runs has it",
    "backups.last_try": "GET /backups/runs has it",
    "call_list.overdue_of": "one customer's card: GET /customers/{id}/owed, and /contacts",
    "closings.history": "GET /closings, by the same report's `listed`",
    "closings.page": "GET /closings/changes, by the same report's `changes`",
    "closings.totals": "a pager's, and the sums of a list that can be had whole",
    "contacts.contacts": "GET /contacts, by the same report's `listed`",
    "customer_profile.payments": "GET /payments of a customer",
    "customer_profile.purchases": "GET /customers/{id}/statement tells the sales",
    "customers.any_unidentified": "whether a filter is offered: GET /customers has it",
    "customers.count": "a pager's: pages of the API follow a cursor",
    "customers.exposure": "GET /customers/{id}/credit tells it with its limit",
    "customers.one": "a customer that was picked, as rows show one: GET /customers/{id}",
    "customers.owed": "the sum of a list that can be had whole",
    "customers.page": "GET /customers, by the same report's `listed`",
    "customers.search": "who is like what is typed: GET /search",
    "day.due_totals": "a pager's, and the sum of a list that can be had whole",
    "day.due_on": "GET /notes?status=open with due_from and due_to of the day",
    "debtors_first.search": "who is like what is typed, in the order of a counter: GET /search",
    "delinquency.delinquency": "GET /reports/delinquency, by the same report's `listed`",
    "filter_choices.cities": "the choices of a filter",
    "filter_choices.portfolio_cities": "the choices of a filter",
    "first_steps.begun": "whether a page leads a new shop by the hand",
    "guarantors.already_printed": "a warning before a form is sent: GET /sales/{id}/printings",
    "guarantors.of_sale": "GET /sales/{id}/record has them",
    "import_runs.detail": "the watched folder of the server, by page",
    "import_runs.newest": "the watched folder of the server, by page",
    "import_runs.to_see": "a notice of the watched folder, put away on the page that has it",
    "imports.newest": "an import comes from files, by page or command",
    "logos.content": "a picture is chosen by eye, on the page",
    "new_dates.of_sale": "GET /notes/{id} tells each note's acts",
    "notes.counted": "a pager's: pages of the API follow a cursor",
    "notes.customer_name": "the word of a filter: GET /customers/{id}",
    "notes.few": "how a page sorts: GET /notes has one order",
    "notes.list_notes": "GET /notes, by the same report's `listed`",
    "notes.summarised": "the sums of a list that can be had whole",
    "notes.totals": "a pager's, and the sums of a list that can be had whole",
    "numbered.of_debts": "who is meant by a number: GET /search",
    "overview.details": "GET /dashboard and /portfolio tell its parts",
    "overview.headline": "GET /dashboard tells its parts",
    "payments.list_payments": "GET /payments, by the same report's `listed`",
    "payments.receivers": "the choices of a filter: GET /users tells who there is",
    "payments.totals": "a pager's, and the sums of a list that can be had whole",
    "portfolio.collections.collection": "GET /portfolio/collections has the same month by month",
    "renegotiations.closing": "GET /notes/{id}: the act that closed a note names its deal",
    "renegotiations.made": "GET /sales/{id} names its deal, GET /renegotiations/{id} tells it",
    "deals.broken_deals": "GET /renegotiations?broken=true, by the same report's `listed`",
    "sale_money.list_money": "GET /down_payments, by the same report's `listed`",
    "sale_money.totals": "a pager's, and the sums of a list that can be had whole",
    "sales.owed": "the sum of a list that can be had whole",
    "sales.page": "GET /sales, by the same report's `listed`",
    "sales.totals": "a pager's, and the sums of a list that can be had whole",
    "settings_history.settings_history": "GET /audit?entity=settings tells who changed what",
    "shop_contents.shop_contents": "what a restore would replace, which is done by page or command",
    "webhooks.count_deliveries": "a pager's: pages of the API follow a cursor",
    "webhooks.off_by_themselves": "GET /webhooks tells which are off, and why",
    "written.latest": "when a page reads anew",
    "written_off.candidate_totals": "the sums of GET /losses/candidates",
    "written_off.recoverable": "GET /customers/{id}/losses, by the same report's `of_customer`",
}


def _reports() -> set[str]:
    """What is read of the database: the public functions that take its session."""
    return {
        f"{'.'.join(path.relative_to(REPORTS).with_suffix('').parts)}.{node.name}"
        for path in REPORTS.rglob("*.py")
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if node.args.args and node.args.args[0].arg == "session"
    }


def test_what_pages_show_has_an_operation_or_a_reason() -> None:
    shown = _reports() & named_in("reports", *PAGES)
    without = shown - named_in("reports", "credigestor/api")
    assert without - EXCEPTIONS.keys() == set(), "bring the operation, or give the reason"
    assert EXCEPTIONS.keys() - without == set(), "has an operation, is shown by nobody, or is gone"
    assert all(EXCEPTIONS.values())


def test_the_reports_that_everybody_knows_are_found() -> None:
    known = {"summary.summary", "takings.shop_day", "portfolio.stock.stocks", "note.detail"}
    assert known <= _reports()
    assert "sales.listed" not in _reports(), "a statement, which its caller runs"
