"""The plans of sale among the settings: what a shop often agrees on, picked by one key (R33)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from credigestor.db.settings import SalePlan, ShopSettings
from credigestor.errors import InvalidInput
from credigestor.rules.days_after import parse_days_after
from credigestor.rules.due_schedule import SCHEDULE_NAMES, STEPS, ScheduleKind
from credigestor.rules.installments import parse_count
from credigestor.rules.permissions import Actor
from credigestor.services.settings_inputs import MAX_PLANS, plan_field, sale_plans
from credigestor.ui.admin.settings_form import gather, save
from credigestor.ui.kit import forms, messages

_KINDS = SCHEDULE_NAMES | {ScheduleKind.LIST: "Prazos depois da venda"}
_HELP = (
    "A cada n dias: quantos (15). Dia útil: qual (5). Prazos: os dias (30/60/90). Mensal: vazio."
)


def sale_plans_form(actor: Actor, current: ShopSettings) -> None:
    """Draw the plans with what each says, and the form that adds one."""
    form, fields = "settings-plans", forms.Fields()
    key, plans = forms.key(form), current.sale_plans
    st.caption(
        "Aparecem na venda nova, na ordem abaixo: Alt+1 escolhe o primeiro, Alt+2 o segundo…"
    )
    removed = None
    for place, plan in enumerate(plans, 1):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(messages.plain(f"Alt+{place} · {plan.name}: {plan.told}"))
            if st.button(
                messages.plain(f"Remover {plan.name}"),
                key=f"{key}:remove:{place}",
                icon=":material/delete:",
            ):
                removed = plan
    if removed:
        rest = tuple(plan for plan in plans if plan != removed)
        save(form, fields, actor, lambda: {"sale_plans": rest})
    if len(plans) == MAX_PLANS:
        st.caption(f"São no máximo {MAX_PLANS}. Remova um para acrescentar outro.")
        return
    at = partial(plan_field, len(plans))
    with st.form(key, border=False):
        with st.grid(2, min_column_width=200):
            with st.container():
                name = st.text_input("Nome do plano", key=f"{key}:name", autocomplete="off")
                fields.slot(at("name"))
            kind = st.selectbox(
                "Vencimentos", list(_KINDS), format_func=_KINDS.__getitem__, key=f"{key}:kind"
            )
            with st.container():
                step = st.text_input(
                    "Dias, dia útil ou prazos", key=f"{key}:step", help=_HELP, autocomplete="off"
                )
                for field in ("step", "days"):
                    fields.slot(at(field))
            with st.container():
                count = st.text_input(
                    "Parcelas (opcional)", key=f"{key}:installments", autocomplete="off"
                )
                for field in (at("installments"), "installments"):
                    fields.slot(field)
        added = st.form_submit_button("Acrescentar plano", icon=":material/add:")
    if added:
        save(
            form,
            fields,
            actor,
            lambda: {"sale_plans": sale_plans((*plans, _read(name, kind, step, count, at)))},
        )


def _read(name: str, kind: ScheduleKind, step: str, count: str, at: Any) -> SalePlan:
    """The plan as typed; InvalidInputs names every field that cannot be read."""
    values: dict[str, Any] = {"name": name, "kind": kind}
    parsers: dict[str, Callable[[], Any]] = {}
    if kind is ScheduleKind.LIST:
        parsers["days"] = partial(parse_days_after, step, field=at("days"))
    elif step.strip():
        parsers["step"] = partial(_whole, step, kind, at("step"))
    if count.strip():
        parsers["installments"] = partial(parse_count, count, field=at("installments"))
    return SalePlan(**values, **gather(parsers))


def _whole(typed: str, kind: ScheduleKind, field: str) -> int:
    digits = typed.strip()
    if kind not in STEPS:
        raise InvalidInput("Deixe vazio: os vencimentos são mensais.", field=field)
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidInput("Digite um número inteiro.", field=field)
    return int(digits[:9])
