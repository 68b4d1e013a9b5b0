"""Webhooks: which programs are told what happens, what they were told, and a new one."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from credigestor.reports import webhooks as reports
from credigestor.rules.permissions import Permission
from credigestor.ui.admin import webhook_endpoints
from credigestor.ui.admin.webhook_deliveries import draw_deliveries
from credigestor.ui.kit import address, data, messages, session

actor = session.require(Permission.SETTINGS)
zone = ZoneInfo(data.settings().time_zone)
found = data.read(reports.endpoints)

messages.header(
    "Webhooks",
    "Avisos que a loja manda a outros programas quando algo acontece: uma venda, um pagamento, uma "
    "nota quitada ou atrasada. Levam números, datas e valores, e o nome de ninguém.",
)
webhook_endpoints.draw_secret()

address.tabs(
    {
        "Destinos": lambda: webhook_endpoints.draw_endpoints(actor, found, zone),
        "Entregas": lambda: draw_deliveries(actor, found, zone),
        "Novo destino": lambda: webhook_endpoints.draw_new(actor),
    },
    name="webhooks_tab",
)
