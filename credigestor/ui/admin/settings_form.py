"""The forms of the settings page, each saving its own part of the settings as a new version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import streamlit as st

from credigestor.db.settings import (
    MAX_RATE,
    TIME_ZONES,
    LocalHoliday,
    ShopSettings,
    bounds,
    current_settings,
)
from credigestor.errors import BusinessError, InvalidInput, InvalidInputs
from credigestor.reports.settings_history import LABELS, worded
from credigestor.rules import identity
from credigestor.rules.address import LENGTHS
from credigestor.rules.calendar import format_date
from credigestor.rules.charges import USUAL_LATE_RATE
from credigestor.rules.money import format_number, parse_money, parse_rate
from credigestor.rules.permissions import Actor
from credigestor.rules.pix_key import PIX_KIND_NAMES, PixKind, kind_of, parse_pix_key
from credigestor.services import settings as service
from credigestor.services.settings_inputs import cleaned, fine_rate, holidays
from credigestor.ui.kit import data, forms, messages

#: Contract interest above this, percent a month, shows a warning (R2; STJ REsp 1.720.656).
USUAL_CONTRACT_RATE = Decimal(1)
ZONE_NAMES = {
    "America/Sao_Paulo": "Brasília, São Paulo, Sul e Sudeste",
    "America/Bahia": "Bahia",
    "America/Fortaleza": "Fortaleza",
    "America/Recife": "Recife",
    "America/Maceio": "Maceió",
    "America/Belem": "Belém",
    "America/Araguaina": "Araguaína",
    "America/Santarem": "Santarém",
    "America/Campo_Grande": "Campo Grande",
    "America/Cuiaba": "Cuiabá",
    "America/Manaus": "Manaus",
    "America/Porto_Velho": "Porto Velho",
    "America/Boa_Vista": "Boa Vista",
    "America/Rio_Branco": "Rio Branco",
    "America/Noronha": "Fernando de Noronha",
}

#: The fields of the shop before those of its street.
_SHOP = ("shop_name", "legal_name", "tax_id", "phone", "email", "zip_code")
_FORMATS: dict[str, Callable[[str], str]] = {
    "tax_id": identity.format_tax_id,
    "phone": identity.format_phone,
    "zip_code": identity.format_cep,
}


def shop_form(actor: Actor, current: ShopSettings) -> None:
    """Draw the shop's identity, contact and address."""
    form, fields = "settings-shop", forms.Fields()
    key = forms.key(form)
    typed: dict[str, str] = {}
    with st.form(key, border=False):
        with st.grid(2, min_column_width=260):
            for name in (*_SHOP, *LENGTHS):
                with st.container():
                    stored = getattr(current, name)
                    shown = _FORMATS[name](stored) if stored and name in _FORMATS else stored
                    typed[name] = st.text_input(LABELS[name], shown, key=f"{key}:{name}")
                    fields.slot(name)
            ufs = ["", *identity.UFS]
            state = st.selectbox(
                LABELS["state"],
                ufs,
                index=ufs.index(current.state) if current.state in ufs else 0,
                format_func=lambda uf: uf or "—",
                key=f"{key}:state",
            )
        saved = st.form_submit_button("Salvar loja", type="primary", icon=":material/save:")
    if saved:
        save(form, fields, actor, lambda: cleaned({**typed, "state": state}, labels=LABELS))


def pix_form(actor: Actor, current: ShopSettings) -> None:
    """Draw the kind of Pix key and the key."""
    form, fields = "settings-pix", forms.Fields()
    key = forms.key(form)
    kinds = list(PIX_KIND_NAMES)
    with st.form(key, border=False):
        kind = st.selectbox(
            "Tipo de chave",
            kinds,
            index=kinds.index(kind_of(current.pix_key)),
            format_func=PIX_KIND_NAMES.__getitem__,
            key=f"{key}:kind",
        )
        typed = st.text_input(
            LABELS["pix_key"], _pix_shown(current.pix_key), key=f"{key}:pix_key", autocomplete="off"
        )
        fields.slot("pix_key")
        saved = st.form_submit_button("Salvar Pix", type="primary", icon=":material/save:")
    if saved:
        save(form, fields, actor, lambda: {"pix_key": parse_pix_key(PixKind(kind), typed)})


def charges_form(actor: Actor, current: ShopSettings) -> None:
    """Draw rates, grace and a seller's limits, with warnings as one types (R2, R6, R7, R29)."""
    form, fields = "settings-charges", forms.Fields()
    key = forms.key(form)
    st.info(
        "Valem para as vendas feitas a partir de agora: vendas e notas que já existem não mudam.",
        icon=":material/info:",
    )
    with st.grid(2, min_column_width=260):
        typed = {
            name: _rate(name, key, fields, getattr(current, name))
            for name in ("late_rate", "fine_rate", "contract_rate")
        }
        days = {
            "grace_days": st.number_input(
                LABELS["grace_days"],
                *bounds("grace_days"),
                current.grace_days,
                key=f"{key}:grace_days",
                help="Dias depois do último dia em dia sem juros nem multa.",
            ),
            "backdating_days": st.number_input(
                LABELS["backdating_days"],
                *bounds("backdating_days"),
                current.backdating_days,
                key=f"{key}:backdating_days",
                help="Até quantos dias atrás um vendedor pode datar um pagamento. Mais que isso "
                "precisa de um gerente e de um motivo.",
            ),
            "new_date_limit_days": st.number_input(
                LABELS["new_date_limit_days"],
                *bounds("new_date_limit_days"),
                current.new_date_limit_days,
                key=f"{key}:new_date_limit_days",
                help="Até quantos dias depois do vencimento com que a nota foi feita um vendedor "
                "pode prorrogá-la. Além disso, só um gerente. Com 0, só gerentes.",
            ),
            "deal_broken_days": st.number_input(
                LABELS["deal_broken_days"],
                *bounds("deal_broken_days"),
                current.deal_broken_days,
                key=f"{key}:deal_broken_days",
                help="Com quantos dias de atraso de uma nota uma renegociação conta como quebrada.",
            ),
        }
        with st.container():
            limit = st.text_input(
                LABELS["waiver_limit"],
                format_number(current.waiver_limit),
                key=f"{key}:waiver_limit",
                autocomplete="off",
                help="Quanto de juros e multa um vendedor pode dispensar de uma vez. Mais que isso "
                "só um gerente dispensa. Com 0,00, só gerentes.",
            )
            fields.slot("waiver_limit")
    if st.button("Salvar encargos", type="primary", icon=":material/save:", key=f"{key}:save"):
        read: dict[str, Callable[[], Decimal]] = {
            name: partial(_rate_value, name, value) for name, value in typed.items()
        }
        read["waiver_limit"] = partial(parse_money, limit or "", field="waiver_limit")
        save(form, fields, actor, lambda: {**gather(read), **days})


def calendar_form(actor: Actor, current: ShopSettings) -> None:
    """Draw the time zone and which holidays close the shop; the local ones are a list (R4)."""
    form, fields = "settings-calendar", forms.Fields()
    key = forms.key(form)
    with st.form(key, border=False):
        zone = st.selectbox(
            LABELS["time_zone"],
            TIME_ZONES,
            index=TIME_ZONES.index(current.time_zone),
            format_func=ZONE_NAMES.__getitem__,
            key=f"{key}:time_zone",
        )
        st.caption("Os feriados nacionais sempre contam. Notas já feitas mantêm seus prazos.")
        state = f" ({current.state})" if current.state else " (informe a UF na aba Loja)"
        chosen = {
            name: st.toggle(LABELS[name] + note, getattr(current, name), key=f"{key}:{name}")
            for name, note in (("state_holidays", state), ("carnival", ""), ("corpus_christi", ""))
        }
        saved = st.form_submit_button("Salvar calendário", type="primary", icon=":material/save:")
    if saved:
        save(form, fields, actor, lambda: {**chosen, "time_zone": zone})
    _local_holidays(actor, current)


def _local_holidays(actor: Actor, current: ShopSettings) -> None:
    form, fields = "settings-holidays", forms.Fields()
    key = forms.key(form)
    st.header(LABELS["local_holidays"], anchor=False)
    removed = None
    for holiday in current.local_holidays:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(messages.plain(f"{format_date(holiday.day)} {holiday.name}"))
            if st.button("Remover", key=f"{key}:remove:{holiday.day}", icon=":material/delete:"):
                removed = holiday
    if removed:
        rest = tuple(h for h in current.local_holidays if h != removed)
        save(form, fields, actor, lambda: {"local_holidays": rest})
    if not current.local_holidays:
        st.caption("Nenhum. Acrescente os feriados da cidade e os dias em que a loja não abre.")
    with st.form(key, border=False):
        with st.grid(2, min_column_width=200):
            with st.container():
                day = forms.date_field("Dia", None, key=f"{key}:day")
                fields.slot("day")
            with st.container():
                name = st.text_input("Nome do feriado", key=f"{key}:name")
                fields.slot("name")
        added = st.form_submit_button("Acrescentar feriado", icon=":material/add:")
    if added:
        save(
            form,
            fields,
            actor,
            lambda: {"local_holidays": _with_holiday(current.local_holidays, day, name)},
        )


def _with_holiday(
    there: tuple[LocalHoliday, ...], day: date | None, name: str
) -> tuple[LocalHoliday, ...]:
    if day is None:
        raise InvalidInput("Informe o dia do feriado.", field="day")
    return holidays((*there, LocalHoliday(day=day, name=name)))


def save(form: str, fields: forms.Fields, actor: Actor, read: Callable[[], dict[str, Any]]) -> None:
    """Save what the form reads over the settings in force, or show all that is wrong."""
    try:
        changes = read()
        changed = data.write(
            lambda s: service.change(s, actor, current_settings(s).model_copy(update=changes))
        )
    except BusinessError as error:
        fields.refuse(error)
        return
    forms.renew(form)
    messages.flash("Configurações salvas." if changed else "Nada mudou.")
    st.rerun()


def gather(parsers: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """What all the parsers read, by name; raises InvalidInputs naming every one that refused."""
    values, errors = {}, {}
    for name, parser in parsers.items():
        try:
            values[name] = parser()
        except InvalidInput as error:
            errors[error.field or name] = error.message
    if errors:
        raise InvalidInputs(errors)
    return values


def _rate(name: str, key: str, fields: forms.Fields, stored: Decimal) -> str:
    with st.container():
        typed = st.text_input(LABELS[name], worded(stored), key=f"{key}:{name}")
        fields.slot(name)
        warning = _rate_warning(name, typed)
        if warning:
            st.warning(messages.plain(warning), icon=":material/gavel:")
    return typed


def _rate_value(name: str, typed: str) -> Decimal:
    rate = parse_rate(typed, field=name, maximum=MAX_RATE)
    return fine_rate(rate) if name == "fine_rate" else rate


def _rate_warning(name: str, typed: str) -> str | None:
    try:
        rate = _rate_value(name, typed)
    except InvalidInput:
        return None  # said at the field when it is saved
    if name == "late_rate" and rate > USUAL_LATE_RATE:
        return "Juros de mora acima de 1 % ao mês podem ser recusados pela Justiça."
    if name == "contract_rate" and rate > USUAL_CONTRACT_RATE:
        return (
            "Loja que não é banco e cobra mais de 1 % ao mês no crediário já teve os juros "
            "reduzidos pela Justiça (STJ, REsp 1.720.656). A decisão é de antes da Lei "
            "14.905/2024 e a questão está em aberto."
        )
    return None


def _pix_shown(key: str) -> str:
    kind = kind_of(key)
    if kind is PixKind.TAX_ID:
        return identity.format_tax_id(key)
    return identity.format_phone(key) if kind is PixKind.PHONE else key
