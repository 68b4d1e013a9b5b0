"""Receive: who pays, which notes, how much; the allocation previewed, then confirmed.

The form's operation names its widgets, so a payment just made leaves an empty form. What the
confirm button writes are the arguments it was drawn with: exactly what was on the screen, and
for a second fast click the same operation, which the database knows already (R10).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from credigestor.db.models import Payment
from credigestor.errors import BusinessError, InvalidInput
from credigestor.reports import notes, store_credit, written_off
from credigestor.reports.notes import OpenNote
from credigestor.reports.pix_of_the_day import txid
from credigestor.rules.calendar import format_date
from credigestor.rules.methods import CREDIT, SEVERAL, Method, in_a_sentence, way_of
from credigestor.rules.money import ZERO, format_brl
from credigestor.rules.numbering import receipt_number
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import act_dates, payments
from credigestor.services.inputs import MAX_REASON
from credigestor.services.payments import NewPayment
from credigestor.ui.counter import (
    interrupted,
    lost_notes,
    methods,
    other_payer,
    pix,
    self_print,
    waiver_offer,
)
from credigestor.ui.counter.amount_received import choose_amount, key_of, turn_of
from credigestor.ui.counter.discounts import INPUTS, choose_discounts
from credigestor.ui.counter.note_ticks import choose_notes
from credigestor.ui.counter.payer import asked_note, choose_payer, tick_key
from credigestor.ui.counter.payment_preview import note_by_note, preview
from credigestor.ui.counter.recorded import tell_payment
from credigestor.ui.counter.waiver_offer import LetGo
from credigestor.ui.kit import clicks, data, forms, keyboard, links, messages, operations, session
from credigestor.ui.kit.operations import Operation

FORM = "receive"
DONE, FAILED = "receive:done", "receive:failed"
#: What was typed stays while a wrong date hides it, another customer is looked for, or one is
#: called away to another page.
KEPT: Literal["session"] = "session"


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


def confirm(form: uuid.UUID, new: NewPayment, seen: Mapping[str, Any]) -> None:
    """Record what was previewed; a callback, so that it runs before anything is read again.

    `seen` are the inputs that the preview came from: a fast click may arrive together with a
    newer one, which nobody has seen previewed. Written otherwise it is the same.
    """
    actor = session.current()
    if actor is None:
        return  # the page itself says so
    now = st.session_state
    try:
        if not all(forms.alike(now.get(key, value), value) for key, value in seen.items()):
            raise InvalidInput("A prévia mudou neste momento. Confira e confirme de novo.")
        today = data.today()
        with operations.another(FORM):
            payment_id = data.write(lambda s: payments.receive(s, actor, new, today=today))
    except BusinessError as error:
        st.session_state[FAILED] = error
        return
    st.session_state[DONE] = (payment_id, new.amount)
    operations.finish(FORM)
    operations.forget(form)


@dataclass(frozen=True)
class Draft:
    """A payment under way: whose, on which day, and the operation that names its inputs."""

    operation: Operation
    customer_id: int
    actor: Actor
    today: date
    paid_on: date
    backdate_reason: str
    credit: Decimal
    fields: forms.Fields

    def key(self, name: str) -> str:
        """Key of an input; the next operation has others."""
        return f"{name}:{self.operation.key}"


def form_area(operation: Operation, customer_id: int, actor: Actor) -> None:
    """Amount, method, preview and the one button that writes, in view; the rest below."""
    form, fields = operation.key, forms.Fields()
    paying, seeing = st.columns(2)
    listed = st.container()
    dated, other = st.columns(2)
    today = data.today()
    with dated:
        paid_on, why = choose_date(form, actor, fields, today)
    if paid_on is None:
        return
    credit = data.read(store_credit.balance, customer_id, on=today)
    draft = Draft(operation, customer_id, actor, today, paid_on, why, credit, fields)
    open_notes = data.read(notes.open_notes, customer_id, on=paid_on, today=today)
    lost = data.read(written_off.recoverable, customer_id, on=paid_on)
    with listed:
        chosen = choose_notes(form, open_notes) if open_notes else []
        recovered = lost_notes.choose(form, lost)
    with paying:
        explain_asked(form, [*open_notes, *lost])
    with seeing:
        if failed := st.session_state.pop(FAILED, None):
            tell_failed = st.container()
    chosen, open_notes = [*chosen, *recovered], [*open_notes, *recovered]
    if open_notes:
        pay_area(draft, chosen, open_notes, (paying, seeing, other), waivable=not recovered)
    else:
        paying.info(f"Nada em aberto em {format_date(paid_on)}.", icon=":material/task_alt:")
    if failed:
        with tell_failed:
            fields.show(failed)


def pay_area(
    draft: Draft,
    chosen: Sequence[OpenNote],
    open_notes: Sequence[OpenNote],
    places: tuple[DeltaGenerator, DeltaGenerator, DeltaGenerator],
    *,
    waivable: bool,
) -> None:
    """What is paid of the notes and how, and beside it what that does; `places` are these two and
    that of what few need."""
    form, fields, actor = draft.operation.key, draft.fields, draft.actor
    paying, seeing, other = places
    parts, let_go = [], LetGo()
    with paying, st.container(gap="xsmall"):
        discounts = choose_discounts(form, chosen, open_notes, draft.paid_on, actor, fields, other)
        if discounts:
            parts = choose_amount(form, chosen, open_notes, discounts, fields)
        if discounts and parts and waivable:
            parts, let_go = waiver_offer.offer(form, parts, discounts, actor, fields)
        with st.container(key=keyboard.DIGITS):
            way = methods.choose(
                draft.key,
                fields,
                default=Method.CASH,
                persist=KEPT,
                credit=max(draft.credit, ZERO),
                label_visibility="collapsed",
            )
        handed_place = st.container(gap="xxsmall")
    typing = methods.first_part(draft.key) if way == SEVERAL else key_of(form)
    keyboard.put_caret(typing, (draft.customer_id, way, turn_of(form)))
    if not (discounts and parts):
        seeing.caption("A prévia aparece aqui enquanto você digita o valor.")
        return
    with seeing, fields.catching():
        amount = sum((part.amount for part in parts), ZERO)
        with handed_place:
            handed = methods.parts(
                draft.key, way or Method.CASH, amount, fields, persist=KEPT, credit=draft.credit
            )
        preview(parts, let_go.by_note)
        # What few need stands below the button: it costs the others no key.
        place = st.container()
        with other:
            payer = other_payer.choose(draft.key, fields)
        cash = dict(handed).get(Method.CASH)
        new = NewPayment(
            operation_id=draft.operation.id,
            customer_id=draft.customer_id,
            paid_on=draft.paid_on,
            methods=handed,
            by_credit=way == CREDIT,
            kept=methods.change(draft.key, cash, fields) if cash else ZERO,
            payer=payer,
            items=tuple((part.note.id, part.amount) for part in parts),
            backdate_reason=draft.backdate_reason or None,
            discounts={part.note.id: part.discount for part in parts if part.discount},
            discount_reason=discounts.reason if discounts.granted else None,
            waived=dict(let_go.by_note),
            waiver_reason=let_go.reason,
            previewed={part.note.id: part.split for part in parts},
        )
        with place:
            waiver_offer.tell_lapses(new, draft.today)
            offer_to_confirm(form, new, let_go.told, open_notes)
        if by_pix := dict(handed).get(Method.PIX):
            paid = [part.note for part in parts]
            pix.show(data.settings(), by_pix, txid(paid, draft.customer_id))
        note_by_note(parts, let_go.by_note)


def offer_to_confirm(
    form: uuid.UUID, new: NewPayment, told: str, open_notes: Sequence[OpenNote]
) -> None:
    """The button that writes, another one for each preview.

    So a click on one that is on the screen still, while another preview is on its way, is of no
    button any more and writes nothing.
    """
    drawn = (*INPUTS, *waiver_offer.INPUTS, *methods.INPUTS, *other_payer.INPUTS)
    names = ("paid_on", "backdate_reason", "amount", *drawn)
    keys = [f"{name}:{form}" for name in names]
    keys += [tick_key(form, note.id) for note in open_notes]
    seen = {key: st.session_state[key] for key in keys if key in st.session_state}
    keyboard.tell_seen(seen)  # before the button: who sees that may press Enter
    with st.container(key=keyboard.CONFIRM):
        clicks.button(
            messages.plain(
                f"Confirmar: {format_brl(new.amount)} em {in_a_sentence(way_of(new.handed))}, "
                f"{format_date(new.paid_on)}{told}"
                + (f", e {format_brl(new.kept)} de crédito" if new.kept else "")
            ),
            confirm,
            (form, new, seen),
            key=f"confirm:{uuid.uuid5(form, new.model_dump_json())}:{form}",
            type="primary",
            icon=":material/check:",
            shortcut="Ctrl+Enter",
            width="stretch",
            wrap=True,
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
    interrupted.set_aside(FORM)
    operation = operations.begin(FORM, actor, Payment, tell_payment)
    messages.header("Receber")
    customer_id = choose_payer(operation.key)
    if customer_id is None:
        interrupted.offer(FORM)
    if customer_id is not None:
        form_area(operation, customer_id, actor)


receive_page()
