"""A manager's view: the as-of date, period, comparison and filters that analytics pages share.

It stands in the address and follows from page to page (see `view_state`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode, urlsplit

import streamlit as st

from credigestor.reports import filter_choices, sales
from credigestor.reports.scope import Scope
from credigestor.rules.aging import BAND_NAMES, BANDS
from credigestor.rules.periods import (
    COMPARE,
    CUSTOM,
    PRESETS,
    Compare,
    Period,
    compared,
    period_of,
)
from credigestor.rules.value_ranges import VALUE_RANGE_NAMES
from credigestor.ui.analytics import age, view_address
from credigestor.ui.analytics.view_address import Labels
from credigestor.ui.kit import address, data, forms, links, messages

#: Parameter → word, or words where it repeats.
Params = dict[str, Any]

#: What the comparisons are called: of a page without a period it is a month that is compared.
COMPARED = {"previous": "Período anterior", "last-year": "Ano anterior"}
USUAL = {"month": "Mês anterior", "last-month": "Mês anterior", "year": "Ano anterior"}
COMPARED_MONTHS = {"previous": "Mês anterior", "last-year": "Mesmo mês do ano passado"}

read_cities = data.portfolio(filter_choices.portfolio_cities)
read_sellers = data.cached(sales.sellers)


@dataclass(frozen=True)
class View:
    """What a page's figures are of, and what they are compared with.

    `preset` is the word of the period in the address, `today` the shop's day: an as-of date
    equal to it is left out of addresses. `bands` of () means all of them.
    """

    as_of: date
    period: Period
    compare: Compare = "usual"
    scope: Scope = field(default_factory=Scope)
    bands: tuple[str, ...] = ()
    preset: str = CUSTOM
    today: date | None = None

    @property
    def before(self) -> tuple[date, Period]:
        """The as-of date and the period that this view is compared with."""
        return compared(self.preset, self.as_of, self.period, self.compare)

    @property
    def since(self) -> str:
        """What it is compared with, as it stands after a change."""
        return f"ante {self.counted_before.brief}"

    @property
    def counted_before(self) -> Period:
        """The days compared with: of a period that goes on after the as-of date, as many."""
        seen_on, period = self.before
        return replace(period, end=min(period.end, max(period.start, seen_on)))

    def params(self, **extra: object) -> Params:
        """This view as it stands in the address, what is default left out, and `extra`.

        For links to pages that have the same view; an `extra` of None leaves its
        parameter out.
        """
        found: dict[str, object] = {}
        if self.preset != view_address.DEFAULTS["period"]:
            found["period"] = self.preset
        if self.preset == CUSTOM:
            found |= {"from": self.period.start, "to": self.period.end}
        if self.compare != view_address.DEFAULTS["compare"]:
            found["compare"] = self.compare
        return self.filters(**(found | extra))

    def filters(self, **extra: object) -> Params:
        """As `params`, without period and comparison: for the lists of notes and sales."""
        found: dict[str, object] = {
            "as_of": None if self.as_of == self.today else self.as_of,
            "seller": self.scope.seller,
            "city": self.scope.city,
            "value": self.scope.value,
            "band": list(self.bands) or None,
        } | extra
        return links.address_words({k: v for k, v in found.items() if v is not None})

    def link(self, base: str, **extra: object) -> str:
        """The address of this view and `extra` for somebody else, also on a later day."""
        params = {"as_of": self.as_of} | self.params(**extra)
        return f"{base if urlsplit(base).path else base + '/'}?{urlencode(params, doseq=True)}"


def choose(
    *,
    period: bool = True,
    compare: bool = True,
    bands: bool = False,
    own: Params | None = None,
    today: date | None = None,
) -> View:
    """Draw the bar of filters, keep it in the address and for the next page, and give the view.

    What is switched off is not drawn, and stays as it was for the pages that have it. `own` are
    the page's own filters in force, as they stand in its address: the link to copy has them too,
    and the reset takes them out. `today` is the shop's day, for a page that has asked for it.
    """
    own = own or {}
    today = today or data.today()
    age.show()
    hidden = (() if period else ("period", "from", "to")) + (() if compare else ("compare",))
    drawn = [
        name for name in view_address.NAMES if name not in hidden and (bands or name != "band")
    ]
    labels = _labels()
    values = view_address.current(drawn, labels, today)
    _draw_dates(values, labels, drawn)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _draw_filters(values, labels, drawn)
        chosen = _view(values, today, bands=bands)
        _offer_link(chosen, own)
        _offer_reset(chosen, own)
    _show_filters(chosen, labels)
    view_address.keep(chosen.params(band=values["band"] or None), drawn)
    if chosen.as_of > today:
        st.info("Data-base no futuro: ninguém pagou depois de hoje nesta conta.")
    return chosen


def _labels() -> dict[str, dict[str, str]]:
    """What may be chosen: parameter → word in the address → label."""
    return {
        "period": PRESETS,
        "compare": {word: word for word in COMPARE},  # named as they are drawn
        "seller": address.seller_names(read_sellers()),
        "city": {"": "Todas", **{city: city for city in read_cities()}},
        "value": {"": "Todos", **VALUE_RANGE_NAMES},
        "band": {band: BAND_NAMES[band] for band in BANDS[1:]},
    }


def _draw_dates(values: dict[str, Any], labels: Labels, drawn: Sequence[str]) -> None:
    with st.grid(3, min_column_width=165):
        help = "A página mostra a loja como ela estava ao fim deste dia."
        values["as_of"] = _draw_day("Data-base", "as_of", help) or st.session_state["view:today"]
        if "period" in drawn:
            values["period"] = _draw_choice("Período", "period", labels["period"])
        if "period" in drawn and values["period"] == CUSTOM:
            month = period_of(CUSTOM, values["as_of"])
            for label, name, day in (("De", "from", month.start), ("Até", "to", month.end)):
                st.session_state.setdefault(view_address.key(name), day)
                values[name] = _draw_day(label, name) or day
            if values["to"] < values["from"]:
                st.error("O período termina antes de começar. Corrija uma das datas.")
                st.stop()
        if "compare" in drawn:
            names = _comparisons(values, drawn)
            values["compare"] = _draw_choice("Comparar com", "compare", names)


def _comparisons(values: Mapping[str, Any], drawn: Sequence[str]) -> dict[str, str]:
    """What there is to compare with: word → name and dates, what is alike once.

    Of two that are alike the one chosen stays, for the pages and periods where they differ.
    """
    chosen: Compare = values["compare"]
    if "period" not in drawn:
        usual: Compare = "usual" if chosen == "last-year" else chosen
        return {usual: COMPARED_MONTHS["previous"], "last-year": COMPARED_MONTHS["last-year"]}
    view = View(values["as_of"], _period(values), preset=values["period"])
    found: dict[tuple[date, Period], tuple[Compare, str]] = {}
    for word in COMPARE:
        same = replace(view, compare=word)
        name = COMPARED.get(word) or USUAL.get(view.preset) or COMPARED["previous"]
        alike = found.setdefault(same.before, (word, f"{name}: {same.counted_before.brief}"))
        if word == chosen:
            found[same.before] = (word, alike[1])
    return dict(found.values())


def _period(values: Mapping[str, Any]) -> Period:
    """The days of what is chosen; those of the preset where there are none, or none that can be."""
    period = period_of(values["period"], values["as_of"])
    if values["period"] != CUSTOM:
        return period
    start, end = values["from"] or period.start, values["to"] or period.end
    return Period(start, end) if start <= end else period


def _draw_filters(values: dict[str, Any], labels: Labels, drawn: Sequence[str]) -> None:
    names = [name for name in ("seller", "city", "value", "band") if name in drawn]
    active = sum(bool(values[name]) for name in names)
    with st.popover(f"Filtros ({active})" if active else "Filtros", icon=":material/tune:"):
        values["seller"] = _draw_choice("Vendedor", "seller", labels["seller"])
        values["city"] = _draw_choice("Cidade do cliente", "city", labels["city"])
        values["value"] = _draw_choice("Valor da venda", "value", labels["value"])
        if "band" in drawn:
            values["band"] = st.pills(
                "Dias de atraso",
                list(labels["band"]),
                format_func=lambda band: labels["band"][band],
                selection_mode="multi",
                key=view_address.key("band"),
                help="Sem nenhuma faixa escolhida, valem todas.",
            )


def _draw_day(label: str, name: str, help: str | None = None) -> date | None:
    return forms.date_field(label, None, key=view_address.key(name), help=help, filters=True)


def _draw_choice(label: str, name: str, names: Mapping[str, str]) -> str:
    word: str = st.selectbox(
        label,
        list(names),
        format_func=lambda word: names.get(word, word),
        key=view_address.key(name),
    )
    return word


def _view(values: Mapping[str, Any], today: date, *, bands: bool) -> View:
    return View(
        values["as_of"],
        _period(values),
        values["compare"],
        Scope(
            address.seller_of(values["seller"]),
            values["city"] or None,
            values["value"] or None,
        ),
        tuple(band for band in BANDS if band in values["band"]) if bands else (),
        values["period"],
        today,
    )


def _offer_link(chosen: View, own: Params) -> None:
    with st.popover("Copiar link", icon=":material/link:"):
        st.caption("Este endereço abre a página com esta data-base, este período e estes filtros.")
        st.code(chosen.link(st.context.url or "", **own), language=None, wrap_lines=True)


def _offer_reset(chosen: View, own: Params) -> None:
    if chosen.params(**own):
        st.button(
            "Limpar filtros",
            on_click=view_address.forget,
            args=tuple(own),
            type="tertiary",
            icon=":material/filter_alt_off:",
            key=view_address.key("reset"),
        )


def _show_filters(chosen: View, labels: Labels) -> None:
    """The filters in force, which would otherwise hide in their popover."""
    scope = chosen.scope
    active = [
        labels["seller"][str(scope.seller)] if scope.seller else "",
        scope.city or "",
        f"Valor: {VALUE_RANGE_NAMES[scope.value]}" if scope.value else "",
        *(BAND_NAMES[band] for band in chosen.bands),
    ]
    if any(active):
        with st.container(horizontal=True, gap="small"):
            for text in filter(None, active):
                st.badge(messages.plain(text), icon=":material/filter_alt:", color="gray")
