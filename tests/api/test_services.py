"""Services held against operations: what pages and commands can write, programs can.

A new act brings its operation along, or a line here with the reason why it has none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping

from tests.api.naming import ROOT, named, named_in, names_in, tree

SERVICES = ROOT / "credigestor" / "services"
#: Where people's acts come from; rooms of their own that the API reaches are named below.
OTHERS = ("pages", *(f"credigestor/{room}" for room in ("ui", "cli", "web", "backups", "imports")))

#: What writes and has no operation of its own, and why.
EXCEPTIONS = {
    "auth.redeem_ticket": "the cookie of a browser: a program's login is POST /auth/login",
    "auth.know_browser": "the cookie of a browser",
    "auth.authenticate": "the cookie of a browser",
    "auth.sign_out": "the cookie of a browser: a program's is POST /auth/logout",
    "auth.issue_ticket": "the way in after the first administrator was made on the page",
    "api_logins.reading_ticket": "the documentation's address, for whoever is logged in on a page",
    "api_keys.make": "no program lets another in: a key is made on the page or by the command",
    "api_keys.revoke": "on the page or by the command, where keys are seen",
    "audit.record": "what an import writes of itself; it comes from a folder, by page or command",
    "setup.check_code": "a shop is founded by the page or the command",
    "setup.code": "a shop is founded by the page or the command",
    "setup.found_shop": "a shop is founded by the page or the command, with the code of the server",
    "users.create_first_admin": "a shop is founded by the page or the command",
    "logos.change": "a picture is chosen by eye, on the page that shows how it will look",
    "users.change_own_password": "a person's own, typed by themselves on the page",
    "import_mappings.keep": "how an import's files are read: it comes from files, by page",
    "import_mappings.forget": "how an import's files are read: it comes from files, by page",
    "import_runs.note": "what came of a file of the watched folder, on the server alone",
    "import_runs.mark_seen": "a notice of the watched folder, put away on the page that has it",
    "repairs.repair": "on the server alone, by its command",
    "downloads.redeem": "a page's address, with its cookie: GET /exports/files/{token} has its own",
    "downloads.advance": "how far a file has come",
    "downloads.finish": "how far a file has come",
    "backup_runs.begin": "the history of POST /backups and its verification",
    "backup_runs.finish": "the history of POST /backups and its verification",
    "backup_runs.installation": "the mark of POST /backups",
    "customers.amend": "what an import puts right; a program's is PATCH /customers/{id}",
    "summaries.fold": "what an import brought: by its command, or the app beside pages",
}
_SQL = re.compile(r"\s*(INSERT|UPDATE|DELETE|TRUNCATE)\b")
_STATEMENTS = {"insert", "update", "delete"}


def _writes_itself(node: ast.AST) -> bool:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            if _SQL.match(each.value):
                return True
        elif isinstance(each, ast.Call):
            called = each.func
            if isinstance(called, ast.Name) and called.id in _STATEMENTS:
                return True
            if isinstance(called, ast.Attribute) and ast.unparse(called) in (
                "session.add",
                "session.add_all",
            ):
                return True
    return False


def writers(modules: Mapping[str, ast.Module]) -> set[str]:
    """The public functions of these services that write, by themselves or by what they call."""
    parts = {
        f"{name}.{part}": node
        for name, tree in modules.items()
        for node in tree.body
        for part in _defined(node)
    }
    calls = {
        key: {
            *named(node, names_in(modules[key.split(".")[0]], "services")),
            *(
                f"{key.split('.')[0]}.{each.id}"
                for each in ast.walk(node)
                if isinstance(each, ast.Name)
            ),
        }
        for key, node in parts.items()
    }
    found = {key for key, node in parts.items() if _writes_itself(node)}
    while more := {key for key in parts.keys() - found if calls[key] & found}:
        found |= more
    return {
        key
        for key in found
        if isinstance(parts[key], ast.FunctionDef) and not key.split(".")[1].startswith("_")
    }


def _defined(node: ast.stmt) -> Iterable[str]:
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [each.id for each in targets if isinstance(each, ast.Name)]


def _services() -> dict[str, ast.Module]:
    return {path.stem: tree(path) for path in SERVICES.glob("*.py")}


def test_what_pages_and_commands_write_has_an_operation_or_a_reason() -> None:
    reached = writers(_services()) & named_in("services", *OTHERS)
    without = reached - named_in("services", "credigestor/api")
    assert without - EXCEPTIONS.keys() == set(), "bring the operation, or give the reason"
    assert EXCEPTIONS.keys() - without == set(), (
        "has an operation, is reached by nobody, or is gone"
    )
    assert all(EXCEPTIONS.values())


def test_the_acts_that_everybody_knows_are_found() -> None:
    """Of each way of writing one: by statements built once, by what others write, by SQL."""
    found = writers(_services())
    known = {
        *("sales.register", "sales.cancel", "payments.receive", "payments.reverse"),
        *("customers.create", "customers.edit", "settings.change", "users.reset_password"),
        *("summaries.fold", "printing.print_notes", "privacy.anonymise", "downloads.ask"),
    }
    assert known <= found
    assert not {"users.list_users", "customers.locked", "ledger.lock_notes"} & found


def test_a_service_that_writes_is_told_from_one_that_reads() -> None:
    made_up = ast.parse(
        """
from credigestor.services import audit
_STATEMENT = insert(Table)
def by_statement(session, actor): session.execute(_STATEMENT)
def by_another(session, actor): _private(session)
def _private(session): audit.record(session)
def by_sql(session): session.execute(text("UPDATE notes SET amount = 0"))
def reads(session): return session.scalars(select(User).with_for_update()).all()
"""
    )
    found = writers({"made_up": made_up, "audit": tree(SERVICES / "audit.py")})
    of_it = {each.split(".")[1] for each in found if each.startswith("made_up.")}
    assert of_it == {"by_statement", "by_another", "by_sql"}
