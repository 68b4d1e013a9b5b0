"""Who may do what: the one permission table, read by services, pages and navigation.

>>> Actor(1, "Ana", Role.SELLER).can(Permission.SELL)
True
>>> Actor(1, "Ana", Role.SELLER).can(Permission.REVERSE)
False
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from credigestor.errors import NotAllowed


class Role(StrEnum):
    """The three roles; each may do all that the one before it may."""

    SELLER = "seller"
    MANAGER = "manager"
    ADMIN = "admin"


ROLE_NAMES = {Role.SELLER: "Vendedor", Role.MANAGER: "Gerente", Role.ADMIN: "Administrador"}


class Permission(StrEnum):
    """One act, or one family of pages, that a role may be allowed."""

    COUNTER = "counter"  # customers, sales, notes and payments: look
    SELL = "sell"  # register customers, sales and payments
    ANALYTICS = "analytics"  # dashboard, delinquency and the portfolio
    OVERRIDE_CREDIT = "override_credit"  # sell above the limit or to a late customer
    CANCEL = "cancel"
    REVERSE = "reverse"
    BACKDATE = "backdate"  # payment dated further back than the setting allows
    DISCOUNT = "discount"  # early settlement for less than the law's own discount (R14)
    AMEND = "amend"  # guarantors of a sale whose notes were printed
    USERS = "users"
    SETTINGS = "settings"
    EXPORT = "export"  # lists and tables as files
    IMPORT = "import"
    BACKUP = "backup"  # make, download and restore
    AUDIT = "audit"  # who wrote what
    PRIVACY = "privacy"  # one customer's data, and its anonymising (LGPD)


_SELLER = frozenset({Permission.COUNTER, Permission.SELL})
_MANAGER = _SELLER | {
    Permission.ANALYTICS,
    Permission.EXPORT,
    Permission.OVERRIDE_CREDIT,
    Permission.CANCEL,
    Permission.REVERSE,
    Permission.BACKDATE,
    Permission.DISCOUNT,
    Permission.AMEND,
}
TABLE: dict[Role, frozenset[Permission]] = {
    Role.SELLER: _SELLER,
    Role.MANAGER: _MANAGER,
    Role.ADMIN: frozenset(Permission),
}


@dataclass(frozen=True)
class Actor:
    """Who acts: the id of a row of users (None for the command line), name and role."""

    id: int | None
    name: str
    role: Role

    def can(self, permission: Permission) -> bool:
        """Tell whether this actor's role has the permission."""
        return permission in TABLE[self.role]

    def require(self, permission: Permission) -> None:
        """Raise NotAllowed unless this actor's role has the permission."""
        if not self.can(permission):
            raise NotAllowed(
                f"Seu perfil ({ROLE_NAMES[self.role]}) não tem permissão para esta operação."
            )
