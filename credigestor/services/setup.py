"""The first run: a guarded code, then the shop's first administrator and its settings."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated

from pydantic import BeforeValidator, ValidationInfo, field_validator
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from credigestor.db.models import Installation, User
from credigestor.db.settings import ShopSettings
from credigestor.errors import BusinessError, InvalidInput
from credigestor.rules.identity import parse_name, parse_tax_id, parse_uf
from credigestor.rules.permissions import Actor, Role
from credigestor.services import backup_runs, lockout, settings, users
from credigestor.services.inputs import InputModel
from credigestor.services.passwords import ALPHABET, check_password

#: Not a login that anybody can have: it has a space.
_NAME = "setup code"


def _unless_empty(parser: Callable[[str], str]) -> BeforeValidator:
    return BeforeValidator(lambda value: parser(value) if value.strip() else "")


def code(session: Session) -> str:
    """The code that proves access to the server; made once, whichever process asks first."""
    backup_runs.installation(session)  # the row is there, and waits for who writes it now
    made = "".join(secrets.choice(ALPHABET) for _ in range(20))
    lacking = update(Installation).where(Installation.setup_code.is_(None))
    session.execute(lacking.values(setup_code=made))
    return session.scalars(select(Installation.setup_code)).one() or made


def check_code(
    session: Session, *, given: str, address: str, now: datetime
) -> BusinessError | None:
    """Count a try at the setup code, with the limits of a login; give the refusal, if any.

    Nothing is raised, because the count must be committed.
    """
    refusal = lockout.refusal(session, login=_NAME, address=address, now=now)
    if refusal is not None:
        return refusal
    wanted = code(session).encode()
    matches = hmac.compare_digest(given.strip().encode("utf-8", "replace"), wanted)
    lockout.count(session, login=_NAME, address=address, succeeded=matches, now=now)
    return None if matches else InvalidInput("Código de configuração incorreto.", field="code")


class NewShop(InputModel):
    """What the first run asks: the shop, and its first administrator with the password twice.

    CNPJ or CPF, city and state may be empty. Wrong fields raise InvalidInputs through
    `inputs.parse`, all of them at once.
    """

    shop_name: Annotated[str, BeforeValidator(partial(parse_name, field="shop_name"))]
    tax_id: Annotated[str, _unless_empty(partial(parse_tax_id, field="tax_id"))] = ""
    city: Annotated[str, _unless_empty(partial(parse_name, field="city"))] = ""
    state: Annotated[str, _unless_empty(parse_uf)] = ""
    name: Annotated[str, BeforeValidator(parse_name)]
    login: Annotated[str, BeforeValidator(users.parse_login)]
    password: str
    again: str

    @field_validator("password")
    @classmethod
    def _fit(cls, value: str, info: ValidationInfo) -> str:
        check_password(value, login=info.data.get("login", ""), name=info.data.get("name", ""))
        return value

    @field_validator("again")
    @classmethod
    def _same(cls, value: str, info: ValidationInfo) -> str:
        if value != info.data.get("password", value):
            raise InvalidInput("As duas senhas são diferentes.", field="again")
        return value


def found_shop(session: Session, data: NewShop) -> User:
    """Register the first administrator and the shop's settings; Conflict if anybody exists."""
    user = users.create_first_admin(
        session, login=data.login, name=data.name, password=data.password
    )
    shop = ShopSettings(
        shop_name=data.shop_name, tax_id=data.tax_id, city=data.city, state=data.state
    )
    settings.change(session, Actor(user.id, user.name, Role.ADMIN), shop)
    return user
