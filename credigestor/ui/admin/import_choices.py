"""What is chosen for all rows of an import: what is put right, and what is taken as it was."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from credigestor.errors import InvalidInput
from credigestor.imports.choices import Choices, Rates
from credigestor.imports.mappings import KeptMapping
from credigestor.imports.mending import Mending
from credigestor.imports.recognising import Kind
from credigestor.imports.table_lines import Sent
from credigestor.imports.unattended import mending_of
from credigestor.rules.charges import MAX_FINE_RATE
from credigestor.rules.installments import MAX_RATE
from credigestor.rules.money import parse_rate
from credigestor.ui.kit import messages

#: Each with what it is for; the first four are what a past as it happened needs.
_FLAGS = {
    "waive_short": (
        "Pago pelo valor da parcela, ou arredondado: dispensar o resto dos juros e da multa",
        "O que não foi cobrado na época não fica devendo agora.",
    ),
    "as_paid": (
        "Pago a mais do que a loja cobraria: é juros, como foi pago",
        "Sem isto, um pagamento que passa do que a parcela devia é recusado.",
    ),
    "settled_on_due": (
        "Paga sem data ou sem valor: foi quitada no vencimento",
        "Essas parcelas ficam marcadas.",
    ),
    "earlier_day": (
        "Venda datada depois do primeiro vencimento ou pagamento: vale o dia dele",
        "É o que acontece quando uma venda foi digitada mais tarde.",
    ),
    "spill": (
        "O que passa de uma parcela paga as próximas",
        "E um pagamento que não diz a parcela paga as mais antigas.",
    ),
    "apply_changes": (
        "Acertar o que mudou desde a importação anterior",
        "Sem isto, o que mudou é só mostrado.",
    ),
}
_USUAL = ("waive_short", "as_paid", "settled_on_due", "earlier_day")
_ZEROS = {"Perguntar": None, "É a mesma": True, "É outra": False}


def choose_mending(kept: KeptMapping | None, of: str) -> Mending:
    """What is put right in customers' cells; at first as `kept` with the reading of that name."""
    was = mending_of(kept)
    with st.container(horizontal=True):
        tax_ids = st.checkbox("Completar CPF sem os zeros da frente", value=was.tax_ids)
        names = st.checkbox("NOMES EM MAIÚSCULAS com iniciais maiúsculas", value=was.names)
        phones = st.checkbox(
            "Completar telefones com DDD e o nono dígito", value=bool(was.area_code)
        )
    key = f"import-area-{of}"
    area = st.text_input("DDD da loja", was.area_code, max_chars=2, key=key) if phones else ""
    if phones and not re.fullmatch("[1-9][0-9]", area):
        st.caption("Informe o DDD para completar os telefones.")
        area = ""
    return Mending(tax_ids=tax_ids, names=names, area_code=area)


def choose(sent: Sequence[Sent], kept: KeptMapping | None, of: str) -> Choices:
    """How rows are taken that are true of the past and do not fit the shop's rules.

    Of instalments that say when they were paid all of it is taken as it happened, and told; our
    own three files fit the rules already. At first it is as `kept` with the reading of that name.
    """
    was = kept.choices if kept else None
    happened = any(each.what.kind is Kind.NOTES or each.what.repeated for each in sent)
    with st.expander("O que não cabe nas regras da loja", expanded=happened):
        st.caption("Tudo o que for aceito assim aparece na conferência, contado e com exemplos.")
        flags: dict[str, Any] = {
            name: st.checkbox(
                label,
                value=getattr(was, name) if was else happened and name in _USUAL,
                help=why,
                key=f"import-choice-{name}-{happened}-{of}",
            )
            for name, (label, why) in _FLAGS.items()
        }
        zeros = st.selectbox(
            "Referência que perdeu os zeros: 123, com 00123 já importada",
            list(_ZEROS),
            index=list(_ZEROS.values()).index(was.same_without_zeros if was else None),
            key=f"import-choice-zeros-{of}",
        )
        rates = _choose_rates(was.rates if was else Rates(), of)
    return Choices(**flags, same_without_zeros=_ZEROS[zeros], rates=rates)


def _choose_rates(was: Rates, of: str) -> Rates:
    """Rates of the sales of these files, where they are not those of the settings."""
    st.caption("Taxas destas vendas; em branco, valem as colunas do arquivo ou as da loja hoje.")
    with st.grid(4, min_column_width=160):
        late = _rate("Juros de mora (% ao mês)", was.late_rate, f"late-{of}", MAX_RATE)
        fine = _rate("Multa (%)", was.fine_rate, f"fine-{of}", MAX_FINE_RATE)
        contract = _rate(
            "Juros do contrato (% ao mês)", was.contract_rate, f"contract-{of}", MAX_RATE
        )
        grace = st.number_input(
            "Carência (dias)", 0, 60, was.grace_days, step=1, key=f"import-rate-grace-{of}"
        )
    return Rates(late_rate=late, fine_rate=fine, contract_rate=contract, grace_days=grace)


def _rate(label: str, was: Decimal | None, name: str, maximum: Decimal) -> Decimal | None:
    with st.container():
        at_first = "" if was is None else str(was).replace(".", ",")
        said = st.text_input(label, at_first, key=f"import-rate-{name}")
        try:
            return parse_rate(said, maximum=maximum) if said.strip() else None
        except InvalidInput as error:
            st.error(messages.plain(error.message))
            st.stop()
