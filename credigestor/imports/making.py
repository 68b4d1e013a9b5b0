"""A row of vendas.csv as a sale to write: its notes by the rules, or as parcelas.csv lists them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from credigestor.db.settings import ShopSettings
from credigestor.errors import InvalidInput
from credigestor.imports.batch import KnownCustomer, NewCustomer, NewSale, make_sale
from credigestor.imports.choices import Choices
from credigestor.imports.lines import PaymentLine, SaleLine
from credigestor.imports.listed import Listed, earlier, make_listed, rate_by_dates
from credigestor.imports.problems import NOTES, PAYMENTS, SALES, Refuse
from credigestor.imports.told import Told
from credigestor.rules.calendar import format_date
from credigestor.rules.due_schedule import ScheduleKind
from credigestor.rules.money import ZERO
from credigestor.services import sales

#: What no row says of a sale; made once, since a model copies all that it is not given.
_BLANK = sales.NewSale.model_construct(operation_id=UUID(int=0), customer_id=0)
_COLUMN_OF = {
    "sold_on": "data",
    "total": "valor_total",
    "down_payment": "entrada",
    "installments": "parcelas",
    "first_due_date": "primeiro_vencimento",
    "contract_rate": "taxa",
}


_PAID_BEFORE = "Vendas datadas depois do primeiro pagamento, que ficam com o dia dele"


def dated_back(sale: NewSale, line: PaymentLine, on: date, choices: Choices, told: Told) -> bool:
    """Date a sale that was typed in after its first payment on that day; False where it may not.

    A listed sale's, or by choice, where no contract interest is reckoned from its day (R2c).
    """
    listed = sale.values["schedule"] == ScheduleKind.LIST
    if not (listed or (choices.earlier_day and not sale.values["contract_rate"])):
        return False
    detail = (
        f"venda {line.sale_ref}: {format_date(on)} em vez de {format_date(sale.values['sold_on'])}"
    )
    told.add(PAYMENTS, line.line, _PAID_BEFORE, detail)
    sale.values["sold_on"] = on
    if listed:
        rate_by_dates(sale)
    return True


class SaleMaker:
    """Makes sales under the settings in force, the file's rates and the sales' own (R5)."""

    def __init__(
        self, settings: ShopSettings, choices: Choices, told: Told, refuse: Refuse, today: date
    ) -> None:
        self.settings = choices.rates.over(settings)
        self.choices = choices
        self.told = told
        self.refuse = refuse
        self.today = today
        self.listed = Listed(refuse)

    def make(self, line: SaleLine, customer: NewCustomer | KnownCustomer) -> NewSale | None:
        """The sale of a row; None where it is refused."""
        settings = line.rates.over(self.settings) if line.rates else self.settings
        rows = self.listed.take(line.ref) if line.ref in self.listed else ()
        if rows is None:
            return None
        sold_on, first_due = line.sold_on, line.first_due_date
        late = bool(first_due and not rows and self.choices.earlier_day and sold_on > first_due)
        data = _BLANK.model_copy(
            update={
                "sold_on": first_due if late else sold_on,
                "description": line.description,
                "total": line.total,
                "down_payment": line.down_payment,
                "installments": line.installments,
                "first_due_date": first_due,
                "contract_rate": self._contract_rate(line),
            }
        )
        made: Any = (settings, self.told)
        try:
            if rows:
                return make_listed(customer, line, data, rows, *made, today=self.today)
            sale = make_sale(customer, data, settings, ref=line.ref, today=self.today)
            sale.ended = line.ended
            sale.plain = line.ended is None
        except InvalidInput as error:
            if error.field == "schedule" and rows:
                self.refuse(NOTES, rows[0].line, "valor", error.message)
            else:
                column = _COLUMN_OF.get(error.field or "", "")
                self.refuse(SALES, line.line, column, error.message)
            return None
        if late:
            self.told.add(SALES, line.line, *earlier(line.ref, sold_on, data.sold_on))
        return sale

    def _contract_rate(self, line: SaleLine) -> Decimal:
        own = line.rates.contract_rate if line.rates else None
        return (self.choices.rates.contract_rate or ZERO) if own is None else own
