"""The tables, and the invariants that the database itself keeps.

Named CHECK, UNIQUE and FOREIGN KEY constraints carry the rules; `db.violations` words each
for the person at the counter. Money is NUMERIC(12,2) in R$, rates are percent. payments,
reversals and audit_log are append-only and a payment item keeps its money: triggers in the
migrations see to it. What INSTALLATION names tells of this server, not of the shop: no backup
holds it, and a restore leaves it as it is.
"""

from __future__ import annotations

from credigestor.db.models.acts import (
    ACT_NUMBERS,
    Act,
    ActItem,
    ActReversal,
    CreditMovement,
    DayClosing,
    Renegotiation,
    Return,
)
from credigestor.db.models.base import Base, DailyRate, Money, Rate
from credigestor.db.models.customers import (
    Contact,
    Customer,
    CustomerMove,
    PromiseToPay,
    PromiseWithdrawal,
)
from credigestor.db.models.files import BackupRun, Download, ImportMapping, ImportRun
from credigestor.db.models.handing import Handed
from credigestor.db.models.papers import ContractPrinting, Logo, NotePrinting
from credigestor.db.models.payments import Payer, Payment, PaymentItem, Reversal, SaleMoney
from credigestor.db.models.people import LoginAttempt, LoginSession, User
from credigestor.db.models.programs import (
    ApiCalls,
    ApiKey,
    ApiOperation,
    WebhookAttempt,
    WebhookEndpoint,
    WebhookEvent,
)
from credigestor.db.models.sales import Guarantor, Note, Proposal, Sale
from credigestor.db.models.shop import Installation, SettingsVersion
from credigestor.db.models.trail import AuditEntry, AuditSeal

INSTALLATION = frozenset(
    {
        *(Download.__tablename__, BackupRun.__tablename__, Installation.__tablename__),
        *(ApiKey.__tablename__, ApiCalls.__tablename__),
        # A copy of the shop on another machine must not tell anybody anything.
        *(WebhookEndpoint.__tablename__, WebhookEvent.__tablename__, WebhookAttempt.__tablename__),
    }
)

__all__ = [
    "ACT_NUMBERS",
    "INSTALLATION",
    "Act",
    "ActItem",
    "ActReversal",
    "ApiCalls",
    "ApiKey",
    "ApiOperation",
    "AuditEntry",
    "AuditSeal",
    "BackupRun",
    "Base",
    "Contact",
    "ContractPrinting",
    "CreditMovement",
    "Customer",
    "CustomerMove",
    "DailyRate",
    "DayClosing",
    "Download",
    "Guarantor",
    "Handed",
    "ImportMapping",
    "ImportRun",
    "Installation",
    "LoginAttempt",
    "LoginSession",
    "Logo",
    "Money",
    "Note",
    "NotePrinting",
    "Payer",
    "Payment",
    "PaymentItem",
    "PromiseToPay",
    "PromiseWithdrawal",
    "Proposal",
    "Rate",
    "Renegotiation",
    "Return",
    "Reversal",
    "Sale",
    "SaleMoney",
    "SettingsVersion",
    "User",
    "WebhookAttempt",
    "WebhookEndpoint",
    "WebhookEvent",
]
