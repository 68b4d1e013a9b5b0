"""The first run: one shop is founded, by one administrator, who knows the setup code."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import select

from credigestor.db.engine import transaction
from credigestor.db.models import Installation, User
from credigestor.db.settings import current_settings
from credigestor.errors import BusinessError, Conflict, InvalidInput, InvalidInputs, NotAllowed
from credigestor.rules.permissions import Role
from credigestor.services import inputs, setup, users
from tests.factories import add_user
from tests.moments import NOW
from tests.services.selling import at_once

pytestmark = pytest.mark.usefixtures("db")


def test_the_first_administrator_is_made_once() -> None:
    def make(login: str) -> None:
        with transaction() as session:
            users.create_first_admin(session, login=login, name="Ada", password="senha comprida")

    errors = at_once([partial(make, f"ada{n}") for n in range(4)])
    assert sum(error is None for error in errors) == 1
    assert all(isinstance(error, Conflict) for error in errors if error)
    with transaction() as session:
        assert users.has_users(session)
        assert len(session.scalars(select(User)).all()) == 1


def test_an_inactive_user_also_closes_the_first_run() -> None:
    add_user(Role.SELLER, active=False)
    with pytest.raises(Conflict), transaction() as session:
        users.create_first_admin(session, login="ada", name="Ada", password="senha comprida")


FIRST_RUN = {
    "shop_name": "Loja Modelo",
    "city": "Fortaleza",
    "login": "Ada",
    "name": "Ada",
    "password": "senha comprida",
    "again": "senha comprida",
}


def test_every_wrong_field_of_the_first_run_is_named_at_once() -> None:
    wrong = {
        "shop_name": " ",
        "tax_id": "11.111.111/1111-11",
        "state": "XX",
        "name": "",
        "login": "a b",
        "password": "curta",
    }
    with pytest.raises(InvalidInputs) as caught:
        inputs.parse(setup.NewShop, FIRST_RUN | wrong)
    assert set(caught.value.errors) == set(wrong)
    with pytest.raises(InvalidInputs) as caught:
        inputs.parse(setup.NewShop, FIRST_RUN | {"again": "outra senha"})
    assert set(caught.value.errors) == {"again"}


def test_founding_a_shop_keeps_its_settings_and_its_administrator() -> None:
    with transaction() as session:
        setup.found_shop(session, inputs.parse(setup.NewShop, FIRST_RUN))
    with transaction() as session:
        assert current_settings(session).shop_name == "Loja Modelo"
        assert session.scalars(select(User.role)).one() == "admin"


def test_the_setup_code_has_the_limits_of_a_login() -> None:
    def attempt(given: str, address: str = "203.0.113.1") -> BusinessError | None:
        with transaction() as session:
            return setup.check_code(session, given=given, address=address, now=NOW)

    with transaction() as session:
        right = setup.code(session)
    assert attempt(f" {right}\n", "203.0.113.2") is None
    for wrong in ("", right[:-1], f"{right}x", "ç", right[::-1]):
        assert isinstance(attempt(wrong), InvalidInput)
    assert isinstance(attempt(right), NotAllowed)


def test_the_setup_code_is_one_for_all_processes_and_gone_with_the_first_administrator() -> None:
    def asked(_: int) -> str:
        with transaction() as session:
            return setup.code(session)

    with ThreadPoolExecutor(4) as processes:
        [code] = set(processes.map(asked, range(4)))
    assert len(code) == 20
    kept = select(Installation.setup_code)
    with transaction() as session:
        assert session.scalar(kept) == code
        setup.found_shop(session, inputs.parse(setup.NewShop, FIRST_RUN))
        assert session.scalar(kept) is None
