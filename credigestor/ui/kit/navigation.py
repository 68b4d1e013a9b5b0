"""Every page of the product, in one list: address, title, icon, and who may open it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from credigestor.rules.permissions import Permission

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class PageSpec:
    """One page: file under pages/, Portuguese address, title, Material icon, permission.

    `section` is its heading in the menu; None keeps it out of the menu (it is reached from
    another page, by a link that names a row).
    """

    file: str
    url_path: str
    title: str
    icon: str
    permission: Permission
    section: str | None = None

    @property
    def path(self) -> str:
        """Absolute path of the page's file."""
        return str(ROOT / "pages" / self.file)


COUNTER = "Balcão"
ANALYTICS = "Gestão"
ADMIN = "Administração"

#: The first page is the default one: its address is `/`.
PAGES: tuple[PageSpec, ...] = (
    PageSpec("counter/home.py", "inicio", "Início", "home", Permission.COUNTER, COUNTER),
    PageSpec(
        "counter/new_sale.py",
        "nova-venda",
        "Nova venda",
        "add_shopping_cart",
        Permission.SELL,
        COUNTER,
    ),
    PageSpec("counter/receive.py", "receber", "Receber", "payments", Permission.SELL, COUNTER),
    PageSpec("counter/customers.py", "clientes", "Clientes", "group", Permission.COUNTER, COUNTER),
    PageSpec("counter/sales.py", "vendas", "Vendas", "receipt_long", Permission.COUNTER, COUNTER),
    PageSpec("counter/notes.py", "notas", "Notas", "description", Permission.COUNTER, COUNTER),
    PageSpec(
        "counter/payments.py",
        "pagamentos",
        "Pagamentos",
        "account_balance_wallet",
        Permission.COUNTER,
        COUNTER,
    ),
    PageSpec("counter/customer.py", "cliente", "Cliente", "person", Permission.COUNTER),
    PageSpec("counter/sale.py", "venda", "Venda", "receipt", Permission.COUNTER),
    PageSpec(
        "counter/renegotiate.py",
        "renegociar",
        "Renegociar",
        "handshake",
        Permission.RENEGOTIATE,
    ),
    PageSpec("counter/proposal.py", "proposta", "Proposta", "contract", Permission.COUNTER),
    PageSpec("counter/note.py", "nota", "Nota", "request_quote", Permission.COUNTER),
    PageSpec("counter/payment.py", "pagamento", "Recibo", "receipt", Permission.COUNTER),
    PageSpec("analytics/today.py", "hoje", "Hoje", "today", Permission.ANALYTICS, ANALYTICS),
    PageSpec(
        "analytics/dashboard.py", "painel", "Painel", "monitoring", Permission.ANALYTICS, ANALYTICS
    ),
    PageSpec(
        "analytics/portfolio.py",
        "carteira",
        "Carteira",
        "account_balance",
        Permission.ANALYTICS,
        ANALYTICS,
    ),
    PageSpec(
        "analytics/delinquency.py",
        "inadimplencia",
        "Inadimplência",
        "running_with_errors",
        Permission.ANALYTICS,
        ANALYTICS,
    ),
    PageSpec(
        "analytics/vintages.py",
        "safras",
        "Safras",
        "stacked_line_chart",
        Permission.ANALYTICS,
        ANALYTICS,
    ),
    PageSpec(
        "analytics/collection.py",
        "cobranca",
        "Cobrança",
        "currency_exchange",
        Permission.ANALYTICS,
        ANALYTICS,
    ),
    PageSpec(
        "analytics/cash.py", "previsao", "Previsão", "savings", Permission.ANALYTICS, ANALYTICS
    ),
    PageSpec(
        "analytics/closings.py",
        "fechamento",
        "Fechamento",
        "lock_clock",
        Permission.CLOSE_DAYS,
        ANALYTICS,
    ),
    PageSpec(
        "analytics/exports.py", "exportar", "Exportar", "download", Permission.EXPORT, ANALYTICS
    ),
    PageSpec("admin/users.py", "usuarios", "Usuários", "badge", Permission.USERS, ADMIN),
    PageSpec(
        "admin/settings.py", "configuracoes", "Configurações", "tune", Permission.SETTINGS, ADMIN
    ),
    PageSpec("admin/backup.py", "backup", "Backup", "backup", Permission.BACKUP, ADMIN),
    PageSpec("admin/imports.py", "importar", "Importar", "upload", Permission.IMPORT, ADMIN),
    PageSpec("admin/webhooks.py", "webhooks", "Webhooks", "webhook", Permission.SETTINGS, ADMIN),
    PageSpec("admin/audit.py", "auditoria", "Auditoria", "policy", Permission.AUDIT, ADMIN),
    PageSpec("counter/account.py", "minha-conta", "Minha conta", "lock", Permission.COUNTER),
)


def page(file: str) -> PageSpec:
    """The page of a file under pages/, e.g. `counter/note.py`; KeyError where there is none."""
    return _BY_FILE[file]


@cache
def streamlit_page(spec: PageSpec, *, shown: bool = True) -> st.Page:
    """A page as Streamlit takes it, for a link or, copied, for a run's navigation.

    Made once: Streamlit looks for the file whenever a page is made, and for each link by a path.
    """
    assert get_script_run_ctx(), "outside a run Streamlit makes half a page"
    return st.Page(
        spec.path,
        title=spec.title,
        icon=f":material/{spec.icon}:",
        url_path=spec.url_path,
        default=spec is PAGES[0],
        visibility="visible" if shown else "hidden",
    )


_BY_FILE = {spec.file: spec for spec in PAGES}
