"""What one process counts and times of itself, for Prometheus; each name is an operator's to keep.

Nothing here is about a person: parts of the address, pages by their word, reasons by ours.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

#: Seconds; what a person waits for, and what a file takes.
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Histogram(
    "credigestor_request_seconds",
    "HTTP requests, by part of the address and class of the answer (2xx, 4xx …)",
    ["part", "answer"],
    buckets=_BUCKETS,
    registry=REGISTRY,
)
OPEN_PAGES = Gauge(
    "credigestor_open_pages", "Browser tabs that are connected now", registry=REGISTRY
)
_RUNS = Histogram(
    "credigestor_page_run_seconds",
    "Runs of a page's script, by the page's address",
    ["page"],
    buckets=_BUCKETS,
    registry=REGISTRY,
)
_FOLDS = Histogram(
    "credigestor_fold_seconds",
    "Folds of changed sales into the summaries",
    buckets=_BUCKETS,
    registry=REGISTRY,
)
_REFUSED = Counter(
    "credigestor_busy",
    "What was refused after a wait: for a lock, a connection, a turn, or a long statement",
    ["waited_for"],
    registry=REGISTRY,
)
for _reason in ("lock", "connection", "turn", "statement", "idle"):
    _REFUSED.labels(_reason)  # at 0 from the beginning, so that the first one is a rise


def run_of(page: str) -> AbstractContextManager[object]:
    """Times the block as a run of a page's script."""
    return _RUNS.labels(page).time()


#: A function whose calls are timed as folds.
timed_fold = _FOLDS.time()


def refused(waited_for: str) -> None:
    """Count a refusal after a wait."""
    _REFUSED.labels(waited_for).inc()
