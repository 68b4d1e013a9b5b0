"""Steps of a login, each in a transaction of its own, at a moment and from an address."""

from __future__ import annotations

from datetime import UTC, datetime

from credigestor.db.engine import transaction
from credigestor.db.models import LoginAttempt
from credigestor.errors import NotAllowed
from credigestor.services import auth
from credigestor.services.auth import SignIn
from tests.factories import PASSWORD

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
HOME, AWAY = "198.51.100.1", "203.0.113.9"


def try_in(
    login: str,
    password: str,
    *,
    address: str = HOME,
    now: datetime = NOW,
    visitor: str = "visitor",
    browser: str | None = None,
) -> SignIn:
    with transaction() as session:
        return auth.sign_in(
            session,
            login=login,
            password=password,
            address=address,
            visitor_token=visitor,
            user_agent="Firefox",
            now=now,
            browser=browser,
        )


def redeem(ticket: str, *, visitor: str = "visitor", now: datetime = NOW) -> str:
    with transaction() as session:
        return auth.redeem_ticket(session, ticket=ticket, visitor_token=visitor, now=now)


def who(token: str, *, now: datetime = NOW, touch: bool = False) -> str | None:
    with transaction() as session:
        found = auth.authenticate(session, token=token, now=now, touch=touch)
    return found[0].name if found else None


def enter(login: str, *, now: datetime = NOW) -> str:
    return redeem(try_in(login, PASSWORD, now=now).ticket_or_raise(), now=now)


def locked(outcome: SignIn) -> bool:
    return isinstance(outcome.refusal, NotAllowed)


def fail(times: int, login: str, *, address: str = HOME, now: datetime = NOW) -> None:
    with transaction() as session:
        session.add_all(
            LoginAttempt(login=login, address=address, at=now, succeeded=False)
            for _ in range(times)
        )
