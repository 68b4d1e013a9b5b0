"""What is measured, who may read it, and that the log can be read by programs."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import StringIO

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from credigestor import logs
from credigestor.db.engine import get_engine, transaction
from credigestor.errors import Busy
from credigestor.rules.permissions import Actor
from credigestor.services import backup_runs, summaries
from credigestor.ui.app import incidents
from credigestor.web.measured import exposition
from tests.portfolio import TODAY
from tests.services.paying import sell
from tests.web.fetching import Answer, fetch
from tests.webhooks import receiving

pytestmark = pytest.mark.usefixtures("db")

LOCAL, AWAY = "127.0.0.1", "203.0.113.9"


def measures(*, peer: str = LOCAL, host: str = "localhost", **headers: str) -> Answer:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return fetch("/metrics", None, peer=peer, host=host, headers=told)


def values() -> dict[str, float]:
    """Each sample by its name and labels."""
    return {
        " ".join([sample.name, *map("=".join, sorted(sample.labels.items()))]): sample.value
        for family in text_string_to_metric_families(exposition().decode())
        for sample in family.samples
    }


def test_this_machine_reads_it_and_nobody_else() -> None:
    assert measures().status == 200
    assert measures().headers["content-type"].startswith("text/plain")
    assert measures(peer=AWAY).status == 403
    assert measures(x_forwarded_for=AWAY).status == 403
    assert measures(host="evil.example").status == 403
    assert fetch("/metrics", None, method="POST").status == 405


def test_with_a_token_whoever_has_it_reads_from_anywhere_and_this_machine_needs_it_too(
    configured: Callable[..., None],
) -> None:
    configured(CREDIGESTOR_METRICS_TOKEN="um segredo")
    for peer in (LOCAL, AWAY):
        for given, status in (("Bearer um segredo", 200), ("Bearer outro", 403), ("", 403)):
            told = {"authorization": given} if given else {}
            assert measures(peer=peer, **told).status == status


def test_requests_are_counted_by_their_part_and_answer() -> None:
    def counted(part: str, answer: str) -> float:
        return values().get(f"credigestor_request_seconds_count answer={answer} part={part}", 0)

    healthy, absent = counted("health", "2xx"), counted("document", "3xx")
    fetch("/saude", None)
    assert counted("health", "2xx") == healthy + 1
    assert counted("document", "3xx") == absent


def test_the_shops_state_is_told(admin: Actor) -> None:
    never = values()
    assert never["credigestor_database_up"] == 1
    assert never["credigestor_backup_timestamp_seconds"] == 0
    receiving.endpoint()
    sell(("100.00", TODAY))
    with transaction() as session:
        run = backup_runs.begin(
            session,
            kind="backup",
            automatic=True,
            actor_name="x",
            file="loja.zip",
            encrypted=False,
        )
        backup_runs.finish(session, run, ok=True, size=1)
        begun = session.scalar(text("SELECT started_at FROM backup_runs"))
    assert isinstance(begun, datetime)
    now = values()
    assert now["credigestor_backup_timestamp_seconds"] == begun.astimezone(UTC).timestamp()
    assert now["credigestor_verification_timestamp_seconds"] == 0
    assert now["credigestor_sales_to_fold"] == 1
    assert now["credigestor_connections_limit"] == 50
    folds = now["credigestor_fold_seconds_count"]
    with transaction() as session:
        assert values()["credigestor_connections"] == 0
        session.execute(text("SELECT 1"))
        assert values()["credigestor_connections"] == 1
        summaries.refresh(session, today=TODAY)
    after = values()
    assert after["credigestor_sales_to_fold"] == 0
    assert after["credigestor_fold_seconds_count"] == folds + 1


def test_who_waited_in_vain_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    before = values()["credigestor_busy_total waited_for=lock"]
    with transaction() as one:
        one.execute(text("LOCK TABLE notes"))
        with pytest.raises(Busy), transaction() as other:
            other.execute(text("SET LOCAL lock_timeout = 50; SELECT FROM notes"))
    assert values()["credigestor_busy_total waited_for=lock"] == before + 1


def test_without_the_database_the_process_still_tells_of_itself(
    configured: Callable[..., None],
) -> None:
    get_engine.cache_clear()
    configured(DATABASE_URL="postgresql://127.0.0.1:1/nowhere")
    try:
        found = values()
    finally:
        get_engine.cache_clear()
    assert found["credigestor_database_up"] == 0
    assert "credigestor_sales_to_fold" not in found


@pytest.fixture
def as_json(configured: Callable[..., None]) -> Iterator[Callable[[], list[dict[str, str]]]]:
    """The log as JSON for the test; gives what was written."""
    root, written = logging.getLogger(), StringIO()
    before = root.handlers
    configured(CREDIGESTOR_LOG_FORMAT="json")
    logs.configure()
    [handler] = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.handlers = before


def test_the_log_as_json_has_an_incidents_code_and_traceback_on_one_line(
    as_json: Callable[[], list[dict[str, str]]],
) -> None:
    try:
        raise RuntimeError("duas\nlinhas")
    except RuntimeError as error:
        incidents.show(error)
    [written] = [record for record in as_json() if record["logger"] == "credigestor"]
    assert written["level"] == "ERROR"
    assert written["message"] == f"Incident {written['incident']}"
    assert "RuntimeError: duas\nlinhas" in written["exc_info"]


def test_as_text_the_log_is_left_as_it_was(configured: Callable[..., None]) -> None:
    before = list(logging.getLogger().handlers)
    logs.configure()
    assert logging.getLogger().handlers == before
