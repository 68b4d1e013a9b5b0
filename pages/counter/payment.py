"""One payment (`?id=`): its receipt on screen, and its reversal for who may (R12, R24)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from credigestor.documents.receipt_words import waived
from credigestor.errors import NotFound
from credigestor.reports.receipt import Receipt, receipt
from credigestor.rules.calendar import format_date
from credigestor.rules.identification import format_identity
from credigestor.rules.identity import format_tax_id
from credigestor.rules.methods import in_words
from credigestor.rules.money import format_brl
from credigestor.rules.permissions import Permission
from credigestor.services import payments as paying
from credigestor.services.inputs import MAX_REASON
from credigestor.ui.counter import document_bars, payment_to_right, pix, self_print
from credigestor.ui.kit import cards, data, folds, forms, links, messages, session, tables

NOTE_LABELS = {
    "number": "Nota",
    "due_date": "Vencimento",
    "amount": "Pago",
    "interest": "Juros",
    "fine": "Multa",
    "principal": "Principal",
    "discount": "Desconto",
    "waived": "Dispensado",
    "after": "Saldo depois",
}

actor = session.require(Permission.COUNTER)


def open_receipt() -> Receipt:
    """The payment that the address names; says so and ends the page where there is none."""
    payment_id = links.row_id()
    try:
        if payment_id is None:
            raise NotFound("O endereço não diz qual pagamento abrir.")
        return data.read(receipt, payment_id)
    except NotFound as error:
        tables.nothing_there("Recibo", error, "counter/payments.py", "Procurar nos pagamentos")


def show_reversal(found: Receipt) -> None:
    """That the payment no longer counts, since when, by whom and why."""
    if found.undone is None:
        return
    by = f" por {found.undone.by}" if found.undone.by else ""
    st.error(
        f"**ESTORNADO** em {format_date(found.undone.on)}{messages.plain(by)}: "
        f"{messages.plain(found.undone.reason)}",
        icon=":material/undo:",
    )


def show_receipt(found: Receipt) -> None:
    """Who paid whom, how much, for which notes, and what is still owed (R24)."""
    shop = found.shop
    payee = shop.legal_name or shop.shop_name or "—"
    if shop.tax_id:
        payee += f" · {format_tax_id(shop.tax_id)}"
    recorded = found.recorded_at.astimezone(ZoneInfo(shop.time_zone))
    facts = {
        **payer_facts(found),
        "Recebedor": payee,
        "Data do pagamento": format_date(found.paid_on),
        "Forma": in_words(found.method),
        "Recebido por": found.received_by or "—",
        "Registrado em": f"{format_date(recorded.date())} às {recorded:%H:%M}",
    }
    if found.recovers:
        facts["Recuperação"] = "De dívida que havia sido baixada por perda"
    if found.discount_reason:
        facts["Motivo do desconto"] = found.discount_reason
    let_go = waived(found)
    if let_go and found.waiver_reason:
        facts["Motivo da dispensa"] = found.waiver_reason
    if found.backdate_reason:
        facts["Motivo da data anterior"] = found.backdate_reason
    with st.container(border=True):
        cards.figures({"Valor recebido": format_brl(found.amount)})
        split = found.split
        beside = f" · desconto {format_brl(found.discount)}" if found.discount else ""
        beside += f" · dispensado: {let_go}" if let_go else ""
        st.caption(
            messages.plain(
                f"Principal {format_brl(split.principal)} + juros de mora "
                f"{format_brl(split.interest)} + multa {format_brl(split.fine)}{beside}"
            )
        )
        cards.figures(facts, small=True)


def payer_facts(found: Receipt) -> dict[str, str]:
    """Who paid, and for whom where that is another."""
    customer = f"{found.customer} · {format_identity(found.tax_id)}"
    if found.payer is None:
        return {"Recebemos de": customer}
    told = format_tax_id(found.payer_tax_id) if found.payer_tax_id else "CPF não informado"
    return {"Recebemos de": f"{found.payer} · {told}", "Em nome de": customer}


def show_notes(found: Receipt) -> None:
    """What the payment did to each note, and what was left."""
    st.header("Notas pagas", anchor=False)
    old = {"ref": "Nº anterior"} if any(item.ref for item in found.items) else {}
    labels = {"number": NOTE_LABELS["number"], **old, **NOTE_LABELS}
    if found.undone:
        del labels["after"]
    if not found.discount:
        del labels["discount"]
    if not waived(found):
        del labels["waived"]
    frame = pd.DataFrame(
        [
            {
                "id": item.note_id,
                "number": item.number,
                "ref": item.ref,
                "due_date": item.due_date,
                "amount": item.amount,
                "interest": item.split.interest,
                "fine": item.split.fine,
                "principal": item.split.principal,
                "discount": item.discount,
                "waived": item.waived.interest + item.waived.fine,
                "after": item.after,
            }
            for item in found.items
        ]
    )
    tables.table(
        frame,
        labels,
        key="receipt-notes",
        money=[name for name in labels if name not in ("number", "due_date", "ref")],
        dates=["due_date"],
        opens="counter/note.py",
    )
    if found.undone is None:
        when = format_date(found.paid_on)
        st.markdown(
            f"Saldo do cliente ao fim de {when}: "
            f"**{messages.plain(format_brl(found.customer_after))}**"
        )
        st.caption(
            "O recibo de uma parcela não prova o pagamento das anteriores (Código Civil, art. 322)."
        )


def show_ways_out(found: Receipt) -> None:
    """On to the customer, or to the next payment."""
    with st.container(horizontal=True):
        links.link(
            "counter/customer.py",
            found.customer,
            icon=":material/person:",
            id=found.customer_id,
        )
        links.link(
            "counter/receive.py",
            "Receber mais deste cliente",
            icon=":material/payments:",
            customer=found.customer_id,
        )
        links.link("counter/payments.py", "Todos os pagamentos", icon=":material/list:")


def show_way_on() -> None:
    """To whoever is next in the line, by Enter."""
    if actor.can(Permission.SELL):
        with st.container(key="cg-key-enter"):
            links.link("counter/receive.py", "Próximo cliente", icon=":material/arrow_forward:")


def offer_reversal(found: Receipt) -> None:
    """The reversal, behind a reason and a second button; only for who may."""
    if found.undone or not actor.can(Permission.REVERSE):
        return
    fields = forms.Fields()
    fold = folds.fold(
        "Estornar este pagamento", key=f"reverse_fold:{found.id}", icon=":material/undo:"
    )
    if fold is None:
        return
    with fold:
        st.write(
            "As notas voltam a dever o que deviam, com os encargos recalculados. O pagamento "
            "continua registrado, marcado como ESTORNADO. Não há como desfazer um estorno."
        )
        why = st.text_input("Motivo do estorno", key=f"why:{found.id}", max_chars=MAX_REASON)
        fields.slot("reason")
        if not st.button(
            messages.plain(f"Confirmar estorno de {format_brl(found.amount)}"),
            key=f"reverse:{found.id}",
            type="primary",
            icon=":material/undo:",
        ):
            return
        with fields.catching():
            today = data.today()
            data.write(
                lambda s: paying.reverse(s, actor, payment_id=found.id, why=why or "", today=today)
            )
            messages.flash(f"Pagamento {found.number} estornado.", ":material/undo:")
            st.rerun()


found = open_receipt()
messages.header(f"Recibo {found.number}", messages.plain(found.customer))
show_reversal(found)
document_bars.receipt_bar(found)
self_print.once(found)
show_way_on()
show_receipt(found)
show_notes(found)
pix.offer(found.customer_id, [item.note_id for item in found.items], key=str(found.id))
show_ways_out(found)
offer_reversal(found)
payment_to_right.of_payment(found, actor, data.today())
