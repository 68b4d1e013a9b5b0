"""Who may do what: the one permission table, read by services, pages and navigation.

>>> Actor(1, "Ana", Role.SELLER).can(Permission.SELL)
True
>>> Actor(1, "Ana", Role.SELLER).can(Permission.REVERSE)
False

A program that calls by a key may do what both its user's role and the key's scopes allow.

>>> Actor(1, "Ana", Role.SELLER, frozenset({Permission.COUNTER})).can(Permission.SELL)
False
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from credigestor.errors import NotAllowed, OutOfScope


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
    CONTACT = "contact"  # record contacts with customers, and promises (R38)
    ANALYTICS = "analytics"  # dashboard, delinquency and the portfolio
    OVERRIDE_CREDIT = "override_credit"  # sell above the limit or to a late customer
    CANCEL = "cancel"
    REVERSE = "reverse"
    BACKDATE = "backdate"  # payment dated further back than the setting allows
    DISCOUNT = "discount"  # early settlement for less than the law's own discount (R14)
    WAIVE = "waive"  # late interest and fine, above a seller's limit (R29)
    RETURN = "return"  # goods that come back (R30)
    NEW_DATE = "new_date"  # a later due date by agreement, above a seller's limit (R32)
    RENEGOTIATE = "renegotiate"  # old debts for a new one (R15)
    WRITE_OFF = "write_off"  # give a debt up (R34)
    CLOSE_DAYS = "close_days"  # and what is dated in closed days (R37)
    MOVE = "move"  # a sale recorded for a namesake to the right customer
    AMEND = "amend"  # guarantors of a sale whose notes were printed
    USERS = "users"
    SETTINGS = "settings"
    EXPORT = "export"  # lists and tables as files
    IMPORT = "import"
    BACKUP = "backup"  # make, download and restore
    AUDIT = "audit"  # who wrote what
    PRIVACY = "privacy"  # one customer's data, and its anonymising (LGPD)


#: As a key's scopes are chosen and told.
PERMISSION_NAMES = {
    Permission.COUNTER: "Consultar clientes, vendas, notas e pagamentos",
    Permission.SELL: "Cadastrar clientes, vender e receber",
    Permission.CONTACT: "Registrar contatos e promessas de clientes",
    Permission.ANALYTICS: "Ver painel, carteira e inadimplência",
    Permission.OVERRIDE_CREDIT: "Liberar crédito acima do limite",
    Permission.CANCEL: "Cancelar vendas",
    Permission.REVERSE: "Estornar pagamentos",
    Permission.BACKDATE: "Datar pagamentos além do prazo",
    Permission.DISCOUNT: "Conceder descontos",
    Permission.WAIVE: "Dispensar juros e multa",
    Permission.RETURN: "Registrar devoluções",
    Permission.NEW_DATE: "Prorrogar vencimentos",
    Permission.RENEGOTIATE: "Renegociar dívidas",
    Permission.WRITE_OFF: "Baixar notas por perda",
    Permission.CLOSE_DAYS: "Fechar dias e lançar em dias fechados",
    Permission.MOVE: "Passar vendas ao cliente certo",
    Permission.AMEND: "Mudar avalistas de notas impressas",
    Permission.USERS: "Cuidar de usuários",
    Permission.SETTINGS: "Mudar configurações",
    Permission.EXPORT: "Exportar listas e tabelas",
    Permission.IMPORT: "Importar dados",
    Permission.BACKUP: "Fazer, baixar e restaurar backups",
    Permission.AUDIT: "Ler a auditoria",
    Permission.PRIVACY: "Copiar e anonimizar dados pessoais (LGPD)",
}


_SELLER = frozenset({Permission.COUNTER, Permission.SELL, Permission.CONTACT})
_MANAGER = _SELLER | {
    Permission.ANALYTICS,
    Permission.EXPORT,
    Permission.OVERRIDE_CREDIT,
    Permission.CANCEL,
    Permission.REVERSE,
    Permission.BACKDATE,
    Permission.DISCOUNT,
    Permission.WAIVE,
    Permission.RETURN,
    Permission.NEW_DATE,
    Permission.RENEGOTIATE,
    Permission.WRITE_OFF,
    Permission.CLOSE_DAYS,
    Permission.MOVE,
    Permission.AMEND,
}
TABLE: dict[Role, frozenset[Permission]] = {
    Role.SELLER: _SELLER,
    Role.MANAGER: _MANAGER,
    Role.ADMIN: frozenset(Permission),
}


@dataclass(frozen=True)
class Actor:
    """Who acts: the id of a row of users (None for the command line), name and role.

    `scopes` narrows what the role may, for a program that calls by a key; None narrows nothing.
    """

    id: int | None
    name: str
    role: Role
    scopes: frozenset[Permission] | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        """All that this actor may do."""
        of_role = TABLE[self.role]
        return of_role if self.scopes is None else of_role & self.scopes

    def can(self, permission: Permission) -> bool:
        """Tell whether this actor has the permission: by role and, with a key, by scope."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise NotAllowed unless this actor has the permission; OutOfScope if the key lacks it."""
        if self.can(permission):
            return
        if permission in TABLE[self.role]:
            raise OutOfScope(f"Esta chave não tem a permissão “{PERMISSION_NAMES[permission]}”.")
        raise NotAllowed(
            f"Seu perfil ({ROLE_NAMES[self.role]}) não tem permissão para esta operação."
        )
