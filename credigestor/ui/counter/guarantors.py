"""Guarantors of a sale (avalistas): typed with a new sale, shown and changed on its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from credigestor.errors import BusinessError, InvalidInput, InvalidInputs
from credigestor.reports import guarantors as report
from credigestor.reports.guarantors import SaleGuarantor
from credigestor.reports.sale import SaleDetail
from credigestor.rules.identity import format_tax_id, parse_name, parse_tax_id
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import guarantors
from credigestor.services.guarantors import MOST, GuarantorInput, field_of, parse_address
from credigestor.services.inputs import parse
from credigestor.ui.kit import data, folds, forms, messages
from credigestor.ui.kit.live_form import LiveForm

_PLACES = range(1, MOST + 1)
_PARTS: dict[str, tuple[str, Callable[[str], str]]] = {
    "name": ("Nome completo", parse_name),
    "tax_id": ("CPF ou CNPJ", parse_tax_id),
    "address": ("Endereço", parse_address),
}
_NEEDED = {"name": "nome", "tax_id": "CPF"}


def typed(draft: LiveForm, *, no_notes: bool) -> tuple[GuarantorInput, ...]:
    """Draw the expander of a new sale's guarantors; those that are complete and right.

    Who is half typed is asked for what is missing. A sale without notes has none.
    """
    raw = {
        (place, part): (st.session_state.get(draft.key(field_of(place, part))) or "").strip()
        for place in _PLACES
        for part in _PARTS
    }
    # Once open it stays so: it must not close over the input that is being emptied.
    opened = draft.key("guarantors_opened")
    st.session_state[opened] = any(raw.values()) or bool(st.session_state.get(opened))
    found = []
    fold = folds.fold(
        "Avalistas (opcional)",
        key=draft.key("guarantors"),
        expanded=st.session_state[opened],
        holds=[draft.key(field_of(place, part)) for place, part in raw],
    )
    if fold is None:
        return ()
    with fold:
        if no_notes:
            st.caption("Entrada de 100 %: sem notas não há o que avalizar.")
            return ()
        st.caption("Quem assina as notas junto com o cliente e responde por elas.")
        for place in _PLACES:
            if place > 1:
                st.divider()
            # The second one is no first: errors name guarantors by their order.
            begun = any(text for (other, _), text in raw.items() if other >= place)
            given = _typed_one(draft, place, begun=begun)
            if given is not None:
                found.append(given)
        draft.check(lambda: guarantors.check(found, customer_tax_id=None))
    return tuple(found)


def _typed_one(draft: LiveForm, place: int, *, begun: bool) -> GuarantorInput | None:
    values: dict[str, Any] = {}
    for part, (label, _) in _PARTS.items():
        needed = f"{_NEEDED[part]} do avalista {place}" if begun and part in _NEEDED else ""
        values[part] = draft.typed(
            field_of(place, part),
            f"{label} do avalista {place}",
            lambda text, part=part: _read(place, part, text),  # type: ignore[misc]
            needed=needed,
        )
    if values["name"] is None or values["tax_id"] is None:
        return None
    return GuarantorInput.model_construct(**{**values, "address": values["address"] or ""})


def _read(place: int, part: str, text: str) -> str:
    """One input read, its error told at the input of this guarantor."""
    try:
        return _PARTS[part][1](text)
    except InvalidInput as error:
        raise InvalidInput(error.message, field=field_of(place, part)) from error


def of_sale(sale: SaleDetail, actor: Actor) -> None:
    """Show a sale's guarantors and, where they still may be changed, the form that does it."""
    changeable = sale.cancelled_on is None and not sale.notes.empty
    stored = data.read(report.of_sale, sale.id)
    if not stored and not changeable:
        return
    st.header("Avalistas", anchor=False)
    if not stored:
        st.caption("Nenhum: só o cliente responde por esta venda.")
    for guarantor in stored:
        number = format_tax_id(guarantor.tax_id)
        where = f", {guarantor.address}" if guarantor.address else ", sem endereço"
        st.markdown(f"- **{messages.plain(guarantor.name)}**, {messages.plain(number + where)}")
    if not changeable or not actor.can(Permission.SELL):
        return
    printed = data.read(report.already_printed, sale.id)
    if printed and not actor.can(Permission.AMEND):
        st.caption("As notas já foram impressas: só um gerente muda os avalistas.")
        return
    _form(sale.id, actor, stored, printed=printed)


def _form(sale_id: int, actor: Actor, stored: tuple[SaleGuarantor, ...], *, printed: bool) -> None:
    form, fields = f"guarantors:{sale_id}", forms.Fields()
    key = forms.key(form)
    texts: dict[int, dict[str, str]] = {}
    label = "Mudar avalistas" if stored else "Incluir avalistas"
    fold = folds.fold(label, key=f"guarantors_fold:{sale_id}")
    if fold is None:
        return
    with fold, st.form(key, border=False):
        if printed:
            st.warning(
                "As notas já foram impressas. Recolha as que têm os avalistas antigos e imprima "
                "de novo: a assinatura vale pelo que está no papel.",
                icon=":material/print:",
            )
        st.caption("Deixe nome, CPF e endereço em branco para não ter o avalista.")
        for place in _PLACES:
            if place > 1:
                st.divider()
            texts[place] = {}
            for part, (label, _) in _PARTS.items():
                texts[place][part] = st.text_input(
                    f"{label} do avalista {place}",
                    _shown(stored, place, part),
                    key=f"{key}:{place}:{part}",
                    autocomplete="off",
                )
                fields.slot(field_of(place, part))
        if st.form_submit_button("Salvar avalistas", type="primary", icon=":material/save:"):
            try:
                given = _given(texts)
                changed = data.write(
                    lambda s: guarantors.replace(s, actor, sale_id=sale_id, guarantors=given)
                )
            except BusinessError as error:
                fields.show(_at_their_places(error, texts))
                return
            forms.renew(form)
            messages.flash("Avalistas gravados." if changed else "Nada mudou.")
            st.rerun()


def _shown(stored: tuple[SaleGuarantor, ...], place: int, part: str) -> str:
    if place > len(stored):
        return ""
    value: str = getattr(stored[place - 1], part)
    return format_tax_id(value) if part == "tax_id" else value


def _given(texts: dict[int, dict[str, str]]) -> list[GuarantorInput]:
    """Those who were typed; raises InvalidInputs for all that is wrong, by their order."""
    found: list[GuarantorInput] = []
    errors: dict[str, str] = {}
    for position, place in enumerate(_filled(texts), 1):
        try:
            found.append(parse(GuarantorInput, texts[place]))
        except InvalidInputs as error:
            errors |= {field_of(position, name): told for name, told in error.errors.items()}
    if errors:
        raise InvalidInputs(errors)
    return found


def _filled(texts: dict[int, dict[str, str]]) -> list[int]:
    return [place for place, values in texts.items() if any(map(str.strip, values.values()))]


def _at_their_places(error: BusinessError, texts: dict[int, dict[str, str]]) -> BusinessError:
    """The error with its fields where they stand in the form: the first may be left empty."""
    if not isinstance(error, InvalidInputs):
        return error
    fields = {
        field_of(position, part): field_of(place, part)
        for position, place in enumerate(_filled(texts), 1)
        for part in _PARTS
    }
    return InvalidInputs({fields.get(name, name): told for name, told in error.errors.items()})
