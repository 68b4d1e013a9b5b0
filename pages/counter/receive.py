"""Receive: who pays, which notes, how much; the allocation previewed, then confirmed.

The form's operation names its widgets, so a payment just made leaves an empty form. What the
confirm button writes are the arguments it was drawn with: exactly what was on the screen, and
for a second fast click the same operation, which the database knows already (R10).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import streamlit as st

from credigestor.db.models import Payment
from credigestor.errors import BusinessError, InvalidInput
from credigestor.reports import notes, store_credit, written_off
from credigestor.reports.notes import OpenNote
from credigestor.reports.pix_of_the_day import txid
from credigestor.reports.receiving import Discounts, Part, allocated, check_granted
from credigestor.rules.calendar import format_date
from credigestor.rules.methods import CREDIT, Method, in_a_sentence, way_of
from credigestor.rules.money import CENT, ZERO, format_brl, format_number, parse_money
from credigestor.rules.numbering import receipt_number
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import act_dates, payments
from credigestor.services.inputs import MAX_REASON
from credigestor.services.payments import NewPayment
from credigestor.ui.counter import lost_notes, methods, other_payer, pix, self_print, waiver_offer
from credigestor.ui.counter.discounts import INPUTS, choose_discounts
from credigestor.ui.counter.note_ticks import choose_notes, offer_next
from credigestor.ui.counter.payer import asked_note, choose_payer, tick_key
from credigestor.ui.counter.payment_preview import preview
from credigestor.ui.counter.recorded import tell_payment
from credigestor.ui.counter.waiver_offer import LetGo
from credigestor.ui.kit import clicks, data, forms, links, messages, operations, session
from credigestor.ui.kit.operations import Operation

FORM = "receive"
DONE, FAILED = "receive:done", "receive:failed"
LIVE = "300ms"
#: What was typed stays while a wrong date hides it, or another customer is looked for.
KEPT: Literal["page"] = "page"


def leave_when_done() -> None:
    """Go to the receipt of what the last click recorded."""
    done = st.session_state.pop(DONE, None)
    if done is not None:
        payment_id, amount = done
        self_print.recorded(payment_id)
        messages.flash(
            f"Pagamento {receipt_number(payment_id)} de {format_brl(amount)} registrado."
        )
        links.go("counter/payment.py", id=payment_id)


def choose_date(
    form: uuid.UUID, actor: Actor, fields: forms.Fields, today: date
) -> tuple[date | None, str]:
    """The payment's date and, far back or in closed days, a manager's reason (R11, R37)."""
    day = forms.date_field("Data do pagamento", today, key=f"paid_on:{form}", persist_state=KEPT)
    fields.slot("paid_on")
    try:
        if day is None:
            raise InvalidInput("Informe a data do pagamento.", field="paid_on")
        far_back = data.read(act_dates.check_day, actor, day, today=today)
    except BusinessError as error:
        fields.show(error)
        return None, ""
    if not far_back:
        return day, ""
    why = st.text_input(
        "Motivo da data anterior",
        key=f"backdate_reason:{form}",
        placeholder="Por que só agora este pagamento é registrado",
        max_chars=MAX_REASON,
        persist_state=KEPT,
    )
    fields.slot("backdate_reason")
    return day, why or ""


def choose_amount(
    form: uuid.UUID,
    chosen: Sequence[OpenNote],
    open_notes: Sequence[OpenNote],
    discounts: Discounts,
    fields: forms.Fields,
) -> list[Part]:
    """The amount as typed and how it is allocated; empty while there is none that fits (R10)."""
    key, paying = f"amount:{form}", chosen or open_notes
    whole = discounts.settles(*paying)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input(
            "Valor recebido (R$)",
            key=key,
            live=LIVE,
            placeholder="1.234,56",
            autocomplete="off",
            persist_state=KEPT,
        )
        clicks.button(
            "Quitar selecionadas" if chosen else "Quitar tudo",
            set_amount,
            (key, whole),
            key=f"whole:{form}",
            icon=":material/done_all:",
        )
    fields.slot("amount")
    st.caption(messages.plain(counted(paying, chosen, whole)))
    if not (typed or "").strip():
        return []
    with fields.catching():
        amount = parse_money(typed or "", field="amount", minimum=CENT)
        check_amount(amount, whole, open_notes, discounts)
        if amount > whole:
            offer_next(form, amount, chosen, open_notes, discounts)
            check_discounted(amount, paying, discounts)
        return allocated(amount, paying, discounts)
    return []


def check_amount(
    amount: Decimal, whole: Decimal, open_notes: Sequence[OpenNote], discounts: Discounts
) -> None:
    """A granted discount is for settling; otherwise no more than all that is owed fits (R10)."""
    check_granted(amount, whole, discounts)
    check_discounted(amount, open_notes, discounts)
    most = discounts.settles(*open_notes)
    if amount > most:
        raise InvalidInput(
            f"O valor passa de tudo o que o cliente deve: {format_brl(most)}.", field="amount"
        )


def check_discounted(amount: Decimal, paying: Sequence[OpenNote], discounts: Discounts) -> None:
    """Where only the discount makes the amount too large, tell both ways on."""
    whole, owed = discounts.settles(*paying), sum((note.owed.total for note in paying), ZERO)
    if whole < amount <= owed:
        raise InvalidInput(
            f"Com o desconto de {format_brl(owed - whole)}, basta receber {format_brl(whole)}. "
            "Para receber sem desconto, desligue-o acima.",
            field="amount",
        )


def set_amount(key: str, amount: Decimal) -> None:
    st.session_state[key] = format_number(amount)


def counted(paying: Sequence[OpenNote], chosen: Sequence[OpenNote], whole: Decimal) -> str:
    """What the notes owe, and what settles them where that is less."""
    owed = sum((note.owed.total for note in paying), ZERO)
    what = "Tudo o que está em aberto"
    if chosen:
        one = len(paying) == 1
        what = "A nota marcada deve" if one else f"As {len(paying)} notas marcadas devem"
    told = f"{what}: {format_brl(owed)}"
    if whole != owed:
        told += f". Com {format_brl(owed - whole)} de desconto, quita-se com {format_brl(whole)}"
    return told


def confirm(new: NewPayment, seen: Mapping[str, Any]) -> None:
    """Record what was previewed; a callback, so that it runs before anything is read again.

    `seen` are the inputs that the preview came from: a fast click may arrive together with a
    newer one, which nobody has seen previewed.
    """
    actor = session.current()
    if actor is None:
        return  # the page itself says so
    now = st.session_state
    try:
        if any(key in now and now[key] != value for key, value in seen.items()):
            raise InvalidInput("A prévia mudou neste momento. Confira e confirme de novo.")
        today = data.today()
        with operations.another(FORM):
            payment_id = data.write(lambda s: payments.receive(s, actor, new, today=today))
    except BusinessError as error:
        st.session_state[FAILED] = error
        return
    st.session_state[DONE] = (payment_id, new.amount)
    operations.finish(FORM)


def form_area(operation: Operation, customer_id: int, actor: Actor) -> None:
    """Date, notes, amount, method, preview and the one button that writes."""
    form, fields = operation.key, forms.Fields()

    def key(name: str) -> str:
        return f"{name}:{form}"

    today = data.today()
    left, right = st.columns(2)
    with left:
        paid_on, why = choose_date(form, actor, fields, today)
    with right:
        credit = data.read(store_credit.balance, customer_id, on=today)
        chosen_way = methods.choose(
            key, fields, default=Method.CASH, persist=KEPT, credit=max(credit, ZERO)
        )
    if paid_on is None:
        return
    open_notes = data.read(notes.open_notes, customer_id, on=paid_on, today=today)
    lost = data.read(written_off.recoverable, customer_id, on=paid_on)
    explain_asked(form, [*open_notes, *lost])
    failed = st.session_state.pop(FAILED, None)
    chosen = choose_notes(form, open_notes) if open_notes else []
    recovered = lost_notes.choose(form, lost)
    chosen, open_notes = [*chosen, *recovered], [*open_notes, *recovered]
    if not open_notes:
        st.info(f"Nada em aberto em {format_date(paid_on)}.", icon=":material/task_alt:")
        if failed:
            fields.show(failed)
        return
    discounts = choose_discounts(form, chosen, open_notes, paid_on, actor, fields)
    parts = choose_amount(form, chosen, open_notes, discounts, fields) if discounts else []
    let_go = LetGo()
    if discounts and parts and not recovered:
        parts, let_go = waiver_offer.offer(form, parts, discounts, actor, fields)
    if failed:
        fields.show(failed)
    if not (discounts and parts):
        return
    amount = sum((part.amount for part in parts), ZERO)
    with fields.catching():
        kept, way = ZERO, chosen_way or Method.CASH
        handed = methods.parts(key, way, amount, fields, persist=KEPT, credit=credit)
        preview(parts, let_go.by_note)
        # What few need stands below the button: it costs the others no key.
        place = st.container()
        below, beside = st.columns(2)
        with beside:
            payer = other_payer.choose(key, fields)
        with below:
            if cash := dict(handed).get(Method.CASH):
                kept = methods.change(key, cash, fields)
        new = NewPayment(
            operation_id=operation.id,
            customer_id=customer_id,
            paid_on=paid_on,
            methods=handed,
            by_credit=way == CREDIT,
            kept=kept,
            payer=payer,
            items=tuple((part.note.id, part.amount) for part in parts),
            backdate_reason=why or None,
            discounts={part.note.id: part.discount for part in parts if part.discount},
            discount_reason=discounts.reason if discounts.granted else None,
            waived=dict(let_go.by_note),
            waiver_reason=let_go.reason,
            previewed={part.note.id: part.split for part in parts},
        )
        with place:
            waiver_offer.tell_lapses(new, today)
            offer_to_confirm(form, new, let_go.told, parts, open_notes)


def offer_to_confirm(
    form: uuid.UUID,
    new: NewPayment,
    told: str,
    parts: Sequence[Part],
    open_notes: Sequence[OpenNote],
) -> None:
    """The Pix to be shown, if there is one, and the button that writes."""
    if by_pix := dict(new.handed).get(Method.PIX):
        notes_paid = [part.note for part in parts]
        pix.show(data.settings(), by_pix, txid(notes_paid, new.customer_id))
    drawn = (*INPUTS, *waiver_offer.INPUTS, *methods.INPUTS, *other_payer.INPUTS)
    names = ("paid_on", "backdate_reason", "amount", *drawn)
    keys = [f"{name}:{form}" for name in names]
    keys += [tick_key(form, note.id) for note in open_notes]
    clicks.button(
        messages.plain(
            f"Confirmar: {format_brl(new.amount)} em {in_a_sentence(way_of(new.handed))}, "
            f"{format_date(new.paid_on)}{told}"
            + (f", e {format_brl(new.kept)} de crédito" if new.kept else "")
        ),
        confirm,
        (new, {key: st.session_state[key] for key in keys if key in st.session_state}),
        key=f"confirm:{form}",
        type="primary",
        icon=":material/check:",
        shortcut="Ctrl+Enter",
        width="stretch",
    )


def explain_asked(form: uuid.UUID, open_notes: Sequence[OpenNote]) -> None:
    """Say so when the note that was asked for takes no payment."""
    asked = asked_note(form)
    if asked is not None and asked not in {note.id for note in open_notes}:
        st.info("A nota escolhida não está em aberto nessa data.", icon=":material/info:")


def receive_page() -> None:
    """The whole page."""
    actor = session.require(Permission.SELL)
    leave_when_done()
    operation = operations.begin(FORM, actor, Payment, tell_payment)
    messages.header("Receber")
    customer_id = choose_payer(operation.key)
    if customer_id is not None:
        form_area(operation, customer_id, actor)


receive_page()
