"""A customer's personal data, for who answers for it: the copy they may ask for, erasing (R28)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from credigestor import clock
from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer
from credigestor.db.settings import ShopSettings, bounds
from credigestor.errors import InvalidInput, NotAllowed
from credigestor.exports import customer_file
from credigestor.reports.settings_history import LABELS
from credigestor.rules.calendar import format_date
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import auth, privacy
from credigestor.ui.admin.settings_form import save
from credigestor.ui.kit import data, forms, messages, session

#: What is typed to confirm.
WORD = "ANONIMIZAR"


def banner(anonymised_at: datetime) -> None:
    """Say that this customer's data was erased, and what is left of it."""
    day = anonymised_at.astimezone(ZoneInfo(data.settings().time_zone)).date()
    st.info(
        f"Cliente anonimizado em {format_date(day)}, a pedido (LGPD). Nome, CPF, contatos e "
        "endereço foram apagados; ficam as vendas e os pagamentos, sem dizer de quem são.",
        icon=":material/person_off:",
    )


def personal_data(actor: Actor, customer: Customer, *, today: date) -> None:
    """Draw the copy of a customer's data and, where it may be, its erasing."""
    with st.expander("Dados pessoais (LGPD)", icon=":material/shield_person:"):
        st.markdown("**Cópia dos dados**")
        st.caption(
            "Tudo o que a loja guarda sobre o cliente (cadastro, vendas, avais, notas, pagamentos, "
            "estornos e quem escreveu o quê), em um ZIP com um PDF para ler e um JSON para "
            "outros sistemas. Entregue só ao próprio cliente. Cada cópia fica na auditoria."
        )
        st.download_button(
            "Baixar a cópia dos dados",
            _copy_of(customer.id, today),
            customer_file.name(customer.id, today),
            "application/zip",
            key=f"copy:{customer.id}",
            icon=":material/folder_zip:",
            on_click="ignore",
        )
        st.divider()
        st.markdown("**Anonimizar**")
        _anonymise(actor, customer.id, today)


def retention_form(actor: Actor, current: ShopSettings) -> None:
    """Draw for how many years after their last business people's data is kept."""
    form, fields = "settings-privacy", forms.Fields()
    key = forms.key(form)
    st.caption(
        "Antes desse prazo, contado do último negócio, o sistema não anonimiza um cliente. As "
        "leis fiscais e do consumidor pedem ao menos 5 anos; pergunte ao contador se a sua loja "
        "precisa de mais. A cópia e a anonimização ficam na página do cliente, aba Cadastro."
    )
    with st.form(key, border=False):
        name = "retention_years"
        years = st.number_input(
            LABELS[name], *bounds(name), current.retention_years, key=f"{key}:{name}"
        )
        saved = st.form_submit_button("Salvar privacidade", type="primary", icon=":material/save:")
    if saved:
        save(form, fields, actor, lambda: {name: years})


def _copy_of(customer_id: int, today: date) -> Callable[[], bytes]:
    # It runs on the click, outside any script run: who asks is found out anew from the cookie.
    token = session.user_token()

    def make() -> bytes:
        now = clock.now()
        with transaction() as db:
            found = auth.authenticate(db, token=token or "", now=now, touch=False)
        if found is None:
            raise NotAllowed("Sua sessão terminou. Entre de novo para continuar.")
        actor = found[0]
        actor.require(Permission.PRIVACY)
        with snapshot() as db:
            content = customer_file.make(db, customer_id, today=today, made_at=now)
        with transaction() as db:
            privacy.record_copy(db, actor, customer_id=customer_id)
        return content

    return make


def _anonymise(actor: Actor, customer_id: int, today: date) -> None:
    conditions = data.read(privacy.conditions, customer_id, today=today)
    for met, sentence in conditions:
        icon = ":material/check_circle:" if met else ":material/cancel:"
        st.markdown(f"{icon} {messages.plain(sentence)}")
    if not all(met for met, _ in conditions):
        st.caption("Só é possível anonimizar quando todas as condições estiverem cumpridas.")
        return
    st.warning(
        "Apaga para sempre nome, CPF ou CNPJ, telefone, e-mail, endereço, nascimento, limite, "
        "observações e referência, também na auditoria, e os avalistas das suas vendas. Isto não "
        "pode ser desfeito.",
        icon=":material/warning:",
    )
    st.caption(
        "Ficam cidade e UF, e as vendas, notas e pagamentos com os seus valores. Descrições de "
        "vendas, motivos escritos à mão e referências vindas de outro sistema não são apagados: "
        "confira antes. Backups e arquivos exportados antes ainda contêm os dados até vencer o "
        "prazo deles. Se houver cobrança ou processo na Justiça, não anonimize."
    )
    fields = forms.Fields()
    with st.form(f"anonymise:{customer_id}", border=False, enter_to_submit=False):
        typed = st.text_input(f"Para confirmar, digite {WORD}", autocomplete="off")
        fields.slot("confirmation")
        if st.form_submit_button("Anonimizar para sempre", icon=":material/person_off:"):
            with fields.catching():
                if typed.strip() != WORD:
                    raise InvalidInput(f"Digite {WORD} para confirmar.", field="confirmation")
                now = session.now()
                data.write(
                    lambda s: privacy.anonymise(
                        s, actor, customer_id=customer_id, now=now, today=today
                    )
                )
                messages.flash("Dados pessoais apagados.", part_goes=True)
                st.rerun()
