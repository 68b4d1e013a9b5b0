"""How money is handed over, on the pages: one method by one key, several with their parts (R36)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Literal

import streamlit as st

from credigestor.errors import InvalidInput
from credigestor.rules.methods import CREDIT, METHOD_NAMES, NAMES, SEVERAL, Method, Part
from credigestor.rules.money import CENT, ZERO, format_brl, parse_money
from credigestor.ui.kit import messages
from credigestor.ui.kit.forms import Fields

Keys = Callable[[str], str]

#: The inputs drawn here; a form's keys are made of these names.
INPUTS = (
    "method",
    "rest_in",
    *(f"part_{method}" for method in Method),
    "handed_over",
    "keep_change",
)
_CHOICES = {**{method.value: name for method, name in METHOD_NAMES.items()}, SEVERAL: "Várias"}
NAMES_SHOWN = {**_CHOICES, CREDIT: NAMES[CREDIT]}
_LIVE = "300ms"
_Persist = Literal["page", "session"] | None


def choose(
    key: Keys,
    fields: Fields,
    label: str = "Forma de pagamento",
    *,
    default: Method | None = None,
    persist: _Persist = None,
    credit: Decimal = ZERO,
    label_visibility: Literal["visible", "collapsed"] = "visible",
) -> str | None:
    """The method chosen, SEVERAL, or CREDIT where the customer has some (R31).

    None while there is neither a choice nor a default.
    """
    chosen: str | None = st.segmented_control(
        label,
        [*_CHOICES, *([CREDIT] if credit else ())],
        default=default,
        required=default is not None,
        format_func=NAMES_SHOWN.__getitem__,
        key=key("method"),
        wrap=True,
        persist_state=persist,
        label_visibility=label_visibility,
    )
    fields.slot("methods")
    if credit:
        st.caption(messages.plain(f"O cliente tem {format_brl(credit)} de crédito."))
    return chosen or default


def first_part(key: Keys) -> str:
    """Key of the first input that `parts` draws for several methods."""
    rest_in = st.session_state.get(key("rest_in"), Method.PIX)
    return key(f"part_{next(method for method in Method if method != rest_in)}")


def parts(
    key: Keys,
    chosen: str,
    amount: Decimal,
    fields: Fields,
    *,
    persist: _Persist = None,
    credit: Decimal = ZERO,
    more: str = "O que passa disso é outro pagamento.",
    field: str = "amount",
) -> tuple[Part, ...]:
    """The part of each method; of several one takes what the others leave, so nothing is reckoned.

    None of what is paid by credit. Raises InvalidInput, at the field, for parts that are more than
    the amount, and at `field` for more than the credit there is, with what to do then (`more`).
    """
    if chosen == CREDIT and amount > credit:
        raise InvalidInput(f"O cliente tem {format_brl(credit)} de crédito. {more}", field=field)
    if chosen == CREDIT:
        return ()
    if chosen != SEVERAL:
        return ((Method(chosen), amount),)
    told: dict[Method, Decimal] = {}
    # Three beside each other on a phone too: what is confirmed stays in view.
    with st.grid(3, min_column_width=100, gap="xsmall"):
        rest_in = Method(
            st.selectbox(
                "O restante em",
                list(Method),
                index=list(Method).index(Method.PIX),
                format_func=METHOD_NAMES.__getitem__,
                key=key("rest_in"),
                persist_state=persist,
            )
        )
        for method in Method:
            if method is rest_in:
                continue
            with st.container(gap="xxsmall"):
                typed = st.text_input(
                    f"{METHOD_NAMES[method]} (R$)",
                    key=key(f"part_{method}"),
                    live=_LIVE,
                    placeholder="0,00",
                    autocomplete="off",
                    persist_state=persist,
                )
                fields.slot(f"part_{method}")
            if (typed or "").strip():
                told[method] = parse_money(typed or "", field=f"part_{method}", minimum=CENT)
    rest = amount - sum(told.values(), ZERO)
    if rest < 0:
        raise InvalidInput(
            f"As formas passam de {format_brl(amount)} em {format_brl(-rest)}.",
            field=f"part_{list(told)[-1]}",
        )
    if rest:
        told[rest_in] = rest
    st.caption(messages.plain(f"{METHOD_NAMES[rest_in]}: {format_brl(rest)}"))
    return tuple((method, told[method]) for method in Method if method in told)


def change(key: Keys, cash: Decimal, fields: Fields) -> Decimal:
    """What `tell_change` does, and R$ of the change that are kept as credit (R31)."""
    over = tell_change(key, cash, fields)
    if not over or not st.checkbox(
        "Guardar o troco como crédito do cliente", key=key("keep_change")
    ):
        return ZERO
    fields.slot("kept")
    return over


def tell_change(key: Keys, cash: Decimal, fields: Fields, *, persist: _Persist = None) -> Decimal:
    """Ask what is handed over in cash and tell the change, R$, which nobody records.

    Raises InvalidInput, at the field, for less than the cash that is to be paid.
    """
    with st.container(key="cg-key-alt-t"):
        typed = st.text_input(
            "Entregue em dinheiro (R$), para o troco",
            key=key("handed_over"),
            live=_LIVE,
            placeholder="Opcional",
            autocomplete="off",
            persist_state=persist,
        )
    fields.slot("handed_over")
    if not (typed or "").strip():
        return ZERO
    over = parse_money(typed or "", field="handed_over", minimum=CENT) - cash
    if over < 0:
        raise InvalidInput(
            f"Faltam {format_brl(-over)} para os {format_brl(cash)} em dinheiro.",
            field="handed_over",
        )
    st.markdown(f"Troco: **{messages.plain(format_brl(over))}**")
    return over
