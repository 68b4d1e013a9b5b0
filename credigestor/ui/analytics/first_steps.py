"""The list that leads a new shop, each step a way to where it is done, until all of them are.

What is done is read from the shop itself, and nothing is ticked by hand. An administrator may
hide the list, for a shop that wants to do without one of its steps.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from credigestor.db.settings import ShopSettings, current_settings
from credigestor.reports.first_steps import Begun, begun
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import printing, settings
from credigestor.ui.kit import data, links, messages

_read = data.cached(begun, primary=True)


@dataclass(frozen=True)
class Step:
    """One step: what it is, what for, whether it is done, and where it is done by whom."""

    label: str
    why: str
    done: bool
    file: str
    needs: Permission
    words: dict[str, str] = field(default_factory=dict)


def show(actor: Actor) -> None:
    """Draw the list; nothing once all is done, or once it was hidden."""
    shop = data.settings()
    if shop.first_steps_hidden:
        return
    steps = _steps(shop, _read())
    done = sum(step.done for step in steps)
    if done == len(steps):
        return
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.header("Primeiros passos", anchor=False, width="content")
            st.caption(f"{done} de {len(steps)} feitos", width="content")
        for step in steps:
            _draw(step, actor)
        if actor.can(Permission.SETTINGS) and st.button(
            "Esconder esta lista", type="tertiary", icon=":material/visibility_off:"
        ):
            messages.act(lambda: _hide(actor, True), "Primeiros passos escondidos.")


def offer_again(actor: Actor) -> None:
    """Let who has hidden the list have it back, while there is something left to do."""
    shop = data.settings()
    if not shop.first_steps_hidden or all(step.done for step in _steps(shop, _read())):
        return
    if st.button("Mostrar de novo os primeiros passos", icon=":material/checklist:"):
        messages.act(lambda: _hide(actor, False), "Os primeiros passos voltaram à primeira página.")


def _steps(shop: ShopSettings, there: Begun) -> list[Step]:
    return [
        Step(
            "Preencher os dados da loja",
            "Saem nas notas, no carnê e nos recibos.",
            not printing.missing(shop),
            "admin/settings.py",
            Permission.SETTINGS,
        ),
        Step(
            "Informar a chave Pix",
            "O cliente paga pelo QR Code, na tela e no carnê.",
            bool(shop.pix_key),
            "admin/settings.py",
            Permission.SETTINGS,
            {"settings_tab": "Pix"},
        ),
        Step(
            "Criar os usuários",
            "Cada pessoa com a sua senha: fica registrado quem fez o quê.",
            there.team,
            "admin/users.py",
            Permission.USERS,
        ),
        Step(
            "Trazer os clientes",
            "Importe uma planilha, ou carregue a loja de demonstração para experimentar.",
            there.customers,
            "admin/imports.py",
            Permission.IMPORT,
        ),
        Step(
            "Registrar a primeira venda",
            "As notas nascem dela, e os painéis começam a contar.",
            there.sold,
            "counter/new_sale.py",
            Permission.SELL,
        ),
    ]


def _draw(step: Step, actor: Actor) -> None:
    may = actor.can(step.needs)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if step.done:
            st.markdown(f":material/check_circle: {step.label}: feito", width="content")
            return
        if may:
            icon = ":material/radio_button_unchecked:"
            links.link(step.file, step.label, icon=icon, **step.words)
        else:
            st.markdown(f":material/radio_button_unchecked: {step.label}", width="content")
        st.caption(step.why if may else f"{step.why} Peça a um administrador.", width="content")


def _hide(actor: Actor, hidden: bool) -> None:
    change = {"first_steps_hidden": hidden}
    data.write(lambda s: settings.change(s, actor, current_settings(s).model_copy(update=change)))
