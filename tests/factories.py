"""Rows that many tests need, made with the least work."""

from __future__ import annotations

import os

from credigestor.db.engine import transaction
from credigestor.db.models import User
from credigestor.rules.permissions import Actor, Role

#: The password of every user made by `make_user`, and its bcrypt hash with the least work.
PASSWORD = "senha-de-teste"
PASSWORD_HASH = "$2b$04$WuPOyNJm3KjJQBqJenvTL.3Tb/caNqg7npCLQXrhcEkGo1ipgVaIy"


def add_user(
    role: Role | str = Role.SELLER,
    *,
    login: str | None = None,
    name: str | None = None,
    active: bool = True,
) -> User:
    """Insert a user whose password is PASSWORD; login and name are made up when not given."""
    with transaction() as session:
        user = User(
            login=login or f"usuario-{os.urandom(4).hex()}",
            name=name or f"Pessoa {Role(role).value}",
            role=Role(role).value,
            password_hash=PASSWORD_HASH,
            active=active,
        )
        session.add(user)
    return user


def actor_of(user: User) -> Actor:
    """The actor that a service takes, for a user made here."""
    return Actor(user.id, user.name, Role(user.role))
