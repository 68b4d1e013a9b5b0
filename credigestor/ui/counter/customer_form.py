"""The form of a customer's data, to register a new one or to edit one that exists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import streamlit as st

from credigestor.db.models import Customer
from credigestor.errors import BusinessError, Conflict, InvalidInput, InvalidInputs
from credigestor.reports import customers as report
from credigestor.rules.countries import countries, country_name
from credigestor.rules.identity import UFS, format_cep, format_phone, format_tax_id
from credigestor.rules.money import format_number, parse_money
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import customers
from credigestor.services.inputs import parse
from credigestor.ui.counter import newcomer
from credigestor.ui.counter.recorded import tell_customer
from credigestor.ui.kit import data, forms, links, messages, operations
from credigestor.ui.kit.operations import Operation

_NEW = "new-customer"


def begin_new(actor: Actor) -> Operation:
    """The operation of the form of a new customer."""
    return operations.begin(_NEW, actor, Customer, tell_customer)


def new_customer(actor: Actor, operation: Operation, *, today: date) -> None:
    """Draw the form of a new customer; once saved, leave for them, or for the sale that waits."""
    fields = forms.Fields()
    key = f"{_NEW}:{operation.key}"
    may_lack = actor.can(Permission.OVERRIDE_CREDIT)
    newcomer.begin(key)
    typed = _draw(key, fields, None, save="Cadastrar cliente", may_limit=True, may_lack=may_lack)
    if typed is None:
        return
    try:
        given = _input(typed)
        with operations.another(_NEW):
            new_id = data.write(
                lambda s: customers.create(s, actor, given, operation_id=operation.id, today=today)
            )
    except BusinessError as error:
        fields.refuse(error)
        if isinstance(error, Conflict):
            _link_to_owner(given.tax_id or given.foreign_document or "")
        return
    operations.finish(_NEW)
    messages.flash("Cliente cadastrado.")
    newcomer.leave(new_id)


def edit_customer(actor: Actor, customer: Customer, *, today: date) -> None:
    """Draw the form of a customer's data as they are, and save what was changed."""
    form = f"edit-customer:{customer.id}"
    fields = forms.Fields()
    may_limit = actor.can(Permission.OVERRIDE_CREDIT)
    typed = _draw(
        forms.key(form),
        fields,
        customer,
        save="Salvar alterações",
        may_limit=may_limit,
        may_lack=may_limit and customer.identification is not None,
    )
    if typed is None:
        return
    try:
        given = _input(typed, customer)
        data.write(lambda s: customers.edit(s, actor, given, customer_id=customer.id, today=today))
    except BusinessError as error:
        fields.refuse(error)
        return
    forms.renew(form)
    messages.flash("Cadastro atualizado.")
    st.rerun()


def _draw(
    key: str,
    fields: forms.Fields,
    customer: Customer | None,
    *,
    save: str,
    may_limit: bool,
    may_lack: bool,
) -> dict[str, Any] | None:
    """What was typed, raw, when Save was pressed; the widgets are new after each save."""
    shown = _shown(customer)
    typed: dict[str, Any] = {}

    def field(name: str, label: str, *, slot: bool = True, **options: Any) -> None:
        typed[name] = st.text_input(
            label, value=shown.get(name, ""), key=f"{key}:{name}", autocomplete="off", **options
        )
        if slot:
            fields.slot(name)

    with st.form(key, border=False):
        field("name", "Nome completo *")
        with st.grid(2, min_column_width=260):
            for name, label, options in _CONTACT:
                with st.container():
                    field(name, label, **options)
            with st.container():
                typed["birth_date"] = forms.date_field(
                    "Data de nascimento",
                    customer.birth_date if customer else None,
                    key=f"{key}:birth_date",
                )
                fields.slot("birth_date")
            with st.container():
                field(
                    "credit_limit",
                    "Limite de crédito (R$)",
                    placeholder="1.500,00" if may_limit else "sem limite",
                    help="Deixe em branco para não ter limite."
                    if may_limit
                    else "Só o gerente ou o administrador muda o limite.",
                    disabled=not may_limit,
                )
        st.markdown("**Endereço**")
        with st.grid(2, min_column_width=260):
            for name, label, options in _ADDRESS:
                with st.container():
                    field(name, label, **options)
            with st.container():
                state = shown.get("state", "")
                typed["state"] = st.selectbox(
                    "UF",
                    ["", *UFS],
                    index=["", *UFS].index(state) if state in UFS else 0,
                    format_func=lambda uf: uf or "—",
                    key=f"{key}:state",
                )
                fields.slot("state")
        typed["remarks"] = st.text_area(
            "Observações", value=shown.get("remarks", ""), key=f"{key}:remarks"
        )
        fields.slot("remarks")
        with st.expander("Mais dados", expanded=any(shown.get(name) for name in _MORE_NAMES)):
            with st.grid(2, min_column_width=260):
                for name, label, options in _MORE:
                    with st.container():
                        field(name, label, slot=False, **options)
            with st.grid(2, min_column_width=260):
                with st.container():
                    field(
                        "foreign_document",
                        "Documento estrangeiro",
                        slot=False,
                        placeholder="Passaporte ou CRNM, de quem não tem CPF",
                    )
                with st.container():
                    country, codes = shown.get("country", ""), ["", *countries()]
                    typed["country"] = st.selectbox(
                        "País do documento",
                        codes,
                        index=codes.index(country) if country in codes else 0,
                        format_func=lambda code: country_name(code) or "—",
                        key=f"{key}:country",
                    )
            if may_lack:
                typed["without"] = st.checkbox(
                    "Fica sem CPF por enquanto", help=_WITHOUT, key=f"{key}:without"
                )
            if "phone_text" in shown:
                field("phone_text", "Telefone a conferir", slot=False, help=_PHONE_TEXT)
            typed["personal_references"] = st.text_area(
                "Referências pessoais",
                value=shown.get("personal_references", ""),
                key=f"{key}:personal_references",
            )
        for name in _MORE_NAMES:  # seen although it is shut
            fields.slot(name)
        saved = st.form_submit_button(save, type="primary", icon=":material/save:")
    return typed if saved else None


_CONTACT: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("tax_id", "CPF ou CNPJ *", {"placeholder": "529.982.247-25"}),
    ("phone", "Telefone com DDD", {"placeholder": "(85) 98872-4443", "type": "phone"}),
    ("email", "E-mail", {"placeholder": "nome@exemplo.com.br"}),
)
_ADDRESS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("zip_code", "CEP", {"placeholder": "60175-000"}),
    ("street", "Logradouro", {}),
    ("street_number", "Número", {}),
    ("complement", "Complemento", {}),
    ("district", "Bairro", {}),
    ("city", "Cidade", {}),
)
_MORE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("second_phone", "Segundo telefone", {"placeholder": "(85) 3231-4455", "type": "phone"}),
    ("workplace", "Trabalho", {"placeholder": "Onde trabalha e em quê"}),
    ("spouse", "Cônjuge", {}),
)
_MORE_NAMES = (
    *("second_phone", "workplace", "spouse", "foreign_document", "country", "phone_text"),
    "personal_references",
)
_WITHOUT = "Até o CPF ser preenchido, só compra à vista, e nenhuma nota é impressa."
_PHONE_TEXT = (
    "Como veio de outro sistema. Confira, digite o número no campo de telefone e apague este."
)
_FORMATS: dict[str, Callable[[Any], str]] = {
    "tax_id": format_tax_id,
    "phone": format_phone,
    "second_phone": format_phone,
    "zip_code": format_cep,
    "credit_limit": format_number,
}


def _shown(customer: Customer | None) -> dict[str, str]:
    """The stored values as people write them."""
    if customer is None:
        return {}
    values = {name: getattr(customer, name) for name in customers.CustomerInput.model_fields}
    return {
        name: _FORMATS.get(name, str)(value) for name, value in values.items() if value is not None
    }


def _input(typed: dict[str, Any], customer: Customer | None = None) -> customers.CustomerInput:
    """The checked input; raises InvalidInputs for all wrong fields, the typed limit included."""
    errors: dict[str, str] = {}
    values = dict(typed, credit_limit=None)
    meant = values.pop("without", False) or typed["foreign_document"].strip()
    if not typed["tax_id"].strip() and (meant or (customer and customer.identification is None)):
        values["tax_id"] = None
    if not typed["foreign_document"].strip():
        values["country"] = None
    try:
        if typed["credit_limit"].strip():
            values["credit_limit"] = parse_money(typed["credit_limit"], field="credit_limit")
    except InvalidInput as error:
        errors["credit_limit"] = error.message
    try:
        given = parse(customers.CustomerInput, values)
    except InvalidInputs as error:
        errors = error.errors | errors
    if errors:
        raise InvalidInputs(errors)
    return given


def _link_to_owner(tax_id: str) -> None:
    for found in data.read(report.search, tax_id, today=data.today(), limit=1):
        if newcomer.waited_for():
            links.link("counter/new_sale.py", f"Vender para {found.name}", customer=found.id)
        links.link(
            "counter/customer.py",
            f"Abrir o cadastro de {found.name}",
            icon=":material/person:",
            id=found.id,
        )
