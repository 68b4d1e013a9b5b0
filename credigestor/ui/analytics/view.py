"""A manager's view: the as-of date, period, comparison and filters that analytics pages share.

It stands in the address and follows from page to page (see `view_state`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

import streamlit as st

from credigestor.reports import filter_choices, sales
from credigestor.reports.scope import Scope
from credigestor.rules.aging import BAND_NAMES, BANDS
from credigestor.rules.periods import CUSTOM, PRESETS, Period, period_of, year_before
from credigestor.rules.value_ranges import VALUE_RANGE_NAMES
from credigestor.ui.analytics import view_address
from credigestor.ui.analytics.view_address import Labels
from credigestor.ui.kit import address, data, forms, links, messages

Compare = Literal["previous", "last-year"]
#: Parameter → word, or words where it repeats.
Params = dict[str, Any]

COMPARE = {"previous": "Período anterior", "last-year": "Mesmo período do ano passado"}
SINCE = {"previous": "ante o período anterior", "last-year": "ante o ano anterior"}

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
    compare: Compare = "previous"
    scope: Scope = field(default_factory=Scope)
    bands: tuple[str, ...] = ()
    preset: str = CUSTOM
    today: date | None = None

    @property
    def before(self) -> tuple[date, Period]:
        """The as-of date and the period that this view is compared with."""
        if self.compare == "last-year":
            return year_before(self.as_of), self.period.last_year
        return self.as_of - timedelta(days=self.period.days), self.period.previous

    @property
    def since(self) -> str:
        """What it is compared with, as it stands after a change."""
        return SINCE[self.compare]

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
        "compare": COMPARE,
        "seller": address.seller_names(read_sellers()),
        "city": {"": "Todas", **{city: city for city in read_cities()}},
        "value": {"": "Todos", **VALUE_RANGE_NAMES},
        "band": {band: BAND_NAMES[band] for band in BANDS[1:]},
    }


def _draw_dates(values: dict[str, Any], labels: Labels, drawn: Sequence[str]) -> None:
    with st.grid(3, min_column_width=165):
        help = "A página mostra a loja como ela estava ao fim deste dia."
        values["as_of"] = _draw_day("Data-base", "as_of", help) or st.session_state["view:today"]
        for label, name in (("Período", "period"), ("Comparar com", "compare")):
            if name in drawn:
                values[name] = _draw_choice(label, name, labels)
        if "period" in drawn and values["period"] == CUSTOM:
            month = period_of(CUSTOM, values["as_of"])
            for label, name, day in (("De", "from", month.start), ("Até", "to", month.end)):
                st.session_state.setdefault(view_address.key(name), day)
                values[name] = _draw_day(label, name) or day
            if values["to"] < values["from"]:
                st.error("O período termina antes de começar. Corrija uma das datas.")
                st.stop()


def _draw_filters(values: dict[str, Any], labels: Labels, drawn: Sequence[str]) -> None:
    names = [name for name in ("seller", "city", "value", "band") if name in drawn]
    active = sum(bool(values[name]) for name in names)
    with st.popover(f"Filtros ({active})" if active else "Filtros", icon=":material/tune:"):
        values["seller"] = _draw_choice("Vendedor", "seller", labels)
        values["city"] = _draw_choice("Cidade do cliente", "city", labels)
        values["value"] = _draw_choice("Valor da venda", "value", labels)
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


def _draw_choice(label: str, name: str, labels: Labels) -> str:
    names = labels[name]
    word: str = st.selectbox(
        label,
        list(names),
        format_func=lambda word: names.get(word, word),
        key=view_address.key(name),
    )
    return word


def _view(values: Mapping[str, Any], today: date, *, bands: bool) -> View:
    as_of, preset = values["as_of"], values["period"]
    period = period_of(preset, as_of)
    if preset == CUSTOM:
        start, end = values["from"] or period.start, values["to"] or period.end
        period = Period(start, end) if start <= end else period
    return View(
        as_of,
        period,
        values["compare"],
        Scope(
            address.seller_of(values["seller"]),
            values["city"] or None,
            values["value"] or None,
        ),
        tuple(band for band in BANDS if band in values["band"]) if bands else (),
        preset,
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
