"""What schemathesis makes of the OpenAPI document, sent to a running server with data.

`schemathesis.toml` says how. A short run, the same each time; CREDIGESTOR_API_FUZZ=500 makes so
many examples an operation, at every boundary too (`make api-fuzz`).
"""

from __future__ import annotations

import os
import re
import uuid
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from schemathesis import hook
from schemathesis.cli import schemathesis
from starlette.types import Message, Receive, Scope, Send

from credigestor.api import app, lines
from credigestor.db.engine import transaction
from credigestor.rules.permissions import Actor, Role
from tests.api.asking import token_of
from tests.api.serving import served
from tests.api.test_document import operations
from tests.factories import add_user
from tests.portfolio import random_portfolio
from tests.services import renegotiating
from tests.services.paying import JANUARY, sell
from tests.webhooks import receiving

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
SHORT = ["--phases", "examples,fuzzing,stateful", "--max-examples", "3"]
EXAMPLES = int(os.environ.get("CREDIGESTOR_API_FUZZ", 0))

#: The lists that come whole, and what asks for them so.
LISTS = {
    path
    for _, path, operation in operations()
    if lines.MEDIA_TYPE in str(operation["responses"].get("200"))
}
AS_LINES = [
    *("-H", f"Accept: {lines.MEDIA_TYPE}", "--phases", "fuzzing", "--include-method", "GET"),
    *("--include-path-regex", f"^/api/v1({'|'.join(map(re.escape, sorted(LISTS)))})$"),
]


@hook
def before_call(_: object, case: Any, __: object) -> None:
    """A good key becomes another: few are made, and each may be used for one write.

    Not where each parameter is tried by itself: there a key may be what is to be missing.
    """
    if case.meta is not None and case.meta.phase.name.value == "coverage":
        return
    sent = str((case.headers or {}).get("Idempotency-Key", ""))
    with suppress(ValueError):
        uuid.UUID(sent)
        case.headers["Idempotency-Key"] = str(uuid.uuid4())


class Counting:
    """The API, and how often which operation was answered with which status."""

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, int]] = Counter()
        self.whole: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start" and "route" in scope:
                operation = f"{scope['method']} {scope['route'].path}"
                self.answers[operation, message["status"]] += 1
                if (b"content-type", lines.MEDIA_TYPE.encode()) in message["headers"]:
                    self.whole.add(scope["route"].path)
            await send(message)

        await app(scope, receive, noting)

    def worked(self) -> int:
        """How many operations were done at least once."""
        return len({operation for operation, status in self.answers if status < 300})


def test_nothing_that_schemathesis_thinks_of_is_answered_otherwise_than_the_document_says(
    admin: Actor,
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 7)
    for _ in range(4):  # nobody has paid anything of these, so they can be cancelled
        sell(("300.00", JANUARY), customer=1)
    renegotiating.make(admin, renegotiating.deal(renegotiating.three_late().notes))
    receiving.endpoint()
    how_long = ["--max-examples", str(EXAMPLES)] if EXAMPLES else SHORT
    counting = Counting()
    with served(counting) as address:
        # Last, since the rest makes rows that lists then have.
        for more in (how_long, [*AS_LINES, *how_long[-2:]]):
            token = token_of(add_user(Role.ADMIN))  # the one before may have been ended
            found = CliRunner().invoke(
                schemathesis,
                [
                    *("--config-file", str(CONFIGURATION), "run", f"{address}/api/v1/openapi.json"),
                    *("-H", f"Authorization: Bearer {token}", *more),
                ],
            )
            assert found.exit_code == 0, found.output
    assert counting.whole == LISTS
    # The rest needs what only an act before it makes: an endpoint, a file asked for, a backup.
    assert counting.worked() >= 0.7 * len(list(operations())), counting.answers
