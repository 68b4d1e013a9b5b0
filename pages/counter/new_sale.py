"""New sale: customer, money and dates as one types, the notes previewed live, one confirm.

Nothing is written before the confirmation; after it the operation is another one and the form
empty, so a late second click belongs to a button that is gone.
"""

from __future__ import annotations

import uuid
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st

from credigestor.db.models import Sale
from credigestor.db.settings import ShopSettings
from credigestor.documents.credit_words import effective
from credigestor.reports import customers
from credigestor.reports.customers import Exposure
from credigestor.rules import true_rate
from credigestor.rules.calendar import format_date, weekday
from credigestor.rules.due_schedule import MONTHLY
from credigestor.rules.installments import USUAL_MONTHLY_RATE
from credigestor.rules.money import (
    CENT,
    ZERO,
    exact_percent,
    format_brl,
    parse_money,
)
from credigestor.rules.numbering import sale_number
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.schedule import Plan
from credigestor.services import sales
from credigestor.services.sales import NewSale
from credigestor.ui.counter import down_payment, guarantors, proposals, sale_details, sale_schedule
from credigestor.ui.counter.credit_area import credit_area
from credigestor.ui.counter.customer_search import forget_customer, pick_customer
from credigestor.ui.counter.recorded import tell_sale
from credigestor.ui.kit import data, keyboard, links, messages, operations, session, tables
from credigestor.ui.kit.live_form import LiveForm

FORM = "new_sale"


def customer_area(draft: LiveForm, today: date) -> Exposure | None:
    """The customer's picker and, once one is chosen, what is owed already."""
    customer_id = pick_customer(draft.key("customer"), for_sale=True)
    if customer_id is None:
        draft.missing.append("cliente")
        return None
    keyboard.put_caret(draft.key("total"), customer_id)
    owes = data.read(customers.exposure, customer_id, today=today)
    limit = "sem limite de crédito" if owes.limit is None else f"limite {format_brl(owes.limit)}"
    if not owes.active:
        draft.refused = "Este cliente está inativo. Reative o cadastro para vender."
        st.error(draft.refused, icon=":material/person_off:")
    elif owes.overdue_notes:
        late = "1 nota atrasada" if owes.overdue_notes == 1 else f"{owes.overdue_notes} atrasadas"
        st.warning(
            messages.plain(
                f"Já deve {format_brl(owes.principal)} · {late}, {format_brl(owes.overdue)} "
                f"com encargos hoje · {limit}"
            ),
            icon=":material/warning:",
        )
    else:
        debt = f"Já deve {format_brl(owes.principal)}" if owes.principal else "Não deve nada hoje"
        st.caption(messages.plain(f"{debt} · {limit}"))
    return owes


def inputs_area(
    draft: LiveForm, customer_id: int | None, actor: Actor, settings: ShopSettings, today: date
) -> NewSale | None:
    """The sale's own inputs; None while they do not make a sale that could be planned."""
    left, right = st.columns(2)
    with left:
        total = draft.typed(
            "total",
            "Total da venda (R$)",
            partial(parse_money, field="total", minimum=CENT),
            needed="total",
            placeholder="1.234,56",
        )
    with right:
        down = draft.typed(
            "down_payment",
            "Entrada (R$)",
            partial(parse_money, field="down_payment"),
            placeholder="0,00",
        )
    paid_down = down_payment.typed(draft, down, customer_id)
    all_down = total is not None and down == total
    schedule_place = st.container()
    description = draft.typed(
        "description",
        "Descrição (opcional)",
        sales.parse_description,
        placeholder="O que foi vendido",
    )
    sold_on, why, seller_id, rate = sale_details.typed(draft, actor, settings, today)
    guaranteed_by = guarantors.typed(draft, no_notes=all_down)
    with schedule_place:
        due = sale_schedule.typed(
            draft,
            settings,
            min(sold_on or today, today),
            financed=None if total is None else total - (down or ZERO),
            no_notes=all_down,
        )
    if sold_on is None:
        draft.missing.append("data da venda")
    whole = due.is_whole or all_down
    if total is None or sold_on is None or not whole or draft.wrong:
        return None
    return NewSale(
        operation_id=draft.operation.id,
        customer_id=customer_id or 0,
        seller_id=seller_id,
        sold_on=sold_on,
        description=description or "",
        total=total,
        down_payment=down or ZERO,
        down_payment_methods=paid_down.methods,
        down_payment_by_credit=paid_down.by_credit,
        installments=due.count or 1,
        first_due_date=due.first_due,
        schedule=due.schedule or MONTHLY,
        contract_rate=rate or ZERO,
        backdate_reason=why,
        guarantors=guaranteed_by,
    )


def preview(new: NewSale, planned: Plan, draft: LiveForm) -> None:
    """What the sale would make: the sums, then each note."""
    notes, to_pay = planned.notes, new.down_payment + planned.total
    with st.grid(2, min_column_width=130):
        st.metric("Total a pagar", format_brl(to_pay))
        st.metric("Entrada", format_brl(new.down_payment))
        if planned.contract_rate:
            st.metric("Juros", format_brl(to_pay - new.total))
        if notes:
            a_month, a_year = effective(planned.daily_rate)
            st.metric("Taxa efetiva ao mês", a_month)
            st.metric("CET ao ano", a_year)
    if planned.contract_rate != new.contract_rate and notes:
        st.caption(
            messages.plain(
                f"Juros do contrato: {exact_percent(planned.contract_rate)} ao mês, pelos valores "
                "digitados na lista."
            )
        )
    if true_rate.monthly(planned.daily_rate) > USUAL_MONTHLY_RATE:
        st.warning(
            "Taxa efetiva acima de 1 % ao mês: já se julgou abusiva numa loja que não é financeira "
            "(STJ, REsp 1.720.656). A decisão é de antes da Lei 14.905/2024 e a questão está em "
            "aberto.",
            icon=":material/gavel:",
        )
    if not notes:
        st.info("Entrada de 100 %: nenhuma nota será feita.", icon=":material/done_all:")
        return
    labels = {"number": "Nota", "due": "Vencimento", "amount": "Valor"}
    if any(note.free_until != note.due_date for note in notes):
        labels["free"] = "Sem encargos até"
    frame = pd.DataFrame(
        {
            "number": [f"{note.number}/{len(notes)}" for note in notes],
            "due": [day_with_weekday(note.due_date) for note in notes],
            "amount": [note.amount for note in notes],
            "free": [
                "" if note.free_until == note.due_date else day_with_weekday(note.free_until)
                for note in notes
            ],
        }
    )
    tables.table(frame, labels, key=draft.key("preview"), money=["amount"])


def day_with_weekday(day: date) -> str:
    """A date as 20/11/2026 (sex)."""
    return f"{format_date(day)} ({weekday(day)})"


def result_area(
    draft: LiveForm,
    actor: Actor,
    owes: Exposure | None,
    new: NewSale | None,
    settings: ShopSettings,
    today: date,
) -> tuple[NewSale | None, uuid.UUID | None]:
    """The preview and what a manager must say to it: the sale as it may be registered, and a name
    of what is shown of it."""
    plan = partial(sales.plan_notes, settings=settings, today=today)
    planned = None if new is None else draft.check(partial(plan, new))
    if new is None or planned is None:
        st.info("As notas aparecem aqui enquanto você digita.", icon=":material/preview:")
        return None, None
    preview(new, planned, draft)
    shown = (new.customer_id, new.total, new.down_payment, planned)
    seen = uuid.uuid5(draft.operation.key, repr(shown))
    if owes is None:
        return new, seen
    reason = credit_area(draft, actor, owes, planned.total)
    return new.model_copy(update={"override_reason": reason}), seen


def confirm(
    draft: LiveForm, actor: Actor, new: NewSale | None, seen: uuid.UUID | None, today: date
) -> None:
    """The one button that writes, and why it does not yet.

    It is another one for each preview: pressed while a newer one is on its way, which nobody has
    seen, it does nothing.
    """
    blocked = draft.blocked()
    if st.button(
        "Confirmar venda",
        key=draft.key(f"confirm:{seen}"),
        type="primary",
        icon=":material/check:",
        shortcut="Ctrl+Enter",
        width="stretch",
        disabled=new is None or bool(blocked),
    ):
        assert new is not None
        with draft.fields.catching(), operations.another(FORM):
            sale_id = data.write(lambda s: sales.register(s, actor, new, today=today))
            operations.finish(FORM)
            messages.flash(f"Venda {sale_number(sale_id)} registrada.")
            links.go("counter/sale.py", id=sale_id)
    if blocked:
        st.caption(messages.plain(blocked))
    proposals.keep_button(draft, FORM, actor, new, today)
    if st.button(
        "Limpar tudo", key=draft.key("clear"), type="tertiary", icon=":material/backspace:"
    ):
        operations.finish(FORM)
        forget_customer(draft.key("customer"))
        st.rerun()


def new_sale_page() -> None:
    """The whole page."""
    actor = session.require(Permission.SELL)
    settings, today = data.settings_today()
    draft = LiveForm(operations.begin(FORM, actor, Sale, tell_sale))
    messages.header("Nova venda")
    typing, result = st.columns(2, gap="medium")
    # What grows and shrinks has a container of its own: an input that changed its place would be
    # made anew in the browser and lose what is being typed.
    with typing:
        with st.container():
            owes = customer_area(draft, today)
        new = inputs_area(draft, owes.customer_id if owes else None, actor, settings, today)
    with result:
        with st.container():
            new, seen = result_area(draft, actor, owes, new, settings, today)
        confirm(draft, actor, new, seen, today)


new_sale_page()
