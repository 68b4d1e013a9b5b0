"""What a curious seller tries, at full length: fifty megabytes thirteen times, forty guesses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from sqlalchemy import func, select

from credigestor.db.engine import transaction
from credigestor.db.models import LoginAttempt
from credigestor.errors import NotAllowed
from credigestor.rules.permissions import Role
from credigestor.services import users
from credigestor.services.lockout import PAIR_LIMIT
from tests.browser.conftest import Server
from tests.browser.wire import Wire, upload
from tests.factories import PASSWORD, actor_of, add_user
from tests.moments import NOW

MB = 2**20


def test_thirteen_files_of_fifty_megabytes_leave_the_memory_as_it_was(cluster: str) -> None:
    server = Server(cluster, "upload_faults")
    try:
        token = server.log_in(server.add_user("vera", Role.SELLER))
        wire = Wire(server, token).draw()
        process = psutil.Process(server.process.pid)
        before = process.memory_info().rss
        content = b"x" * 50 * MB
        refused = 0
        for number in range(13):
            try:
                status = upload(
                    server, wire.session_id, token, content=content, file_id=str(number)
                )
            except OSError:  # it was refused before it was all sent
                status = 403
            refused += status == 403
        assert refused == 13
        assert process.memory_info().rss - before < 30 * MB
        wire.close()
    finally:
        server.stop()


@pytest.mark.usefixtures("db")
def test_of_forty_guesses_five_are_evaluated_and_the_right_one_is_not() -> None:
    actor = actor_of(add_user(login="vera"))

    def guess(number: int) -> object:
        with transaction() as session:
            return users.change_own_password(
                session,
                actor,
                current=PASSWORD if number == 39 else f"palpite {number}",
                new="uma senha bem nova",
                address="198.51.100.1",
                now=NOW,
            )

    with ThreadPoolExecutor(8) as pool:
        refusals = [*pool.map(guess, range(39)), guess(39)]
    assert sum(isinstance(refusal, NotAllowed) for refusal in refusals) == 40 - PAIR_LIMIT
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(LoginAttempt)) == PAIR_LIMIT
