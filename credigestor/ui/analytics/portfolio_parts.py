"""The portfolio taken apart by seller, city or the sale's value, as one exhibit each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from credigestor.reports.note_filters import NO_CITY
from credigestor.reports.portfolio.breakdown import Part
from credigestor.rules.aging import bands_over
from credigestor.rules.money import ZERO, format_brl
from credigestor.rules.namesakes import distinct
from credigestor.ui.analytics.exhibit import Exhibit, Lead, drawn, exhibit
from credigestor.ui.analytics.portfolio_risk import NOTES, NOTHING_OPEN
from credigestor.ui.analytics.view import View
from credigestor.ui.charts.portfolio import NOT_DUE, OVERDUE, STOCK_COLORS, ranked
from credigestor.ui.kit.figures import format_count, format_rate, rounded

#: Parts that the chart shows one by one; the rest is one bar.
SHOWN = 15
#: Percent of the receivable from which on a part's rate is worth naming.
MEANINGFUL = 1
OTHERS = "others"
_TIPS = {
    "name": "De",
    "receivable": "A receber",
    "overdue": "Em atraso",
    "rate": "Inadimplência",
    "sold": "Vendido no período",
    "received": "Recebido no período",
}


@drawn
def breakdown(
    view: View,
    parts: Sequence[Part],
    names: Mapping[str, str],
    *,
    key: str,
    title: str,
    one: str,
    many: str,
    other: str,
    ordered: Sequence[str] = (),
) -> Exhibit:
    """The portfolio by seller, city or value range; `key` is that filter's name in the address.

    `names` names the parts' keys, `one` and `many` the things ("cidade", "cidades"), `other` the
    rest ("Outras"). `ordered` gives the keys an order of their own.
    """
    names = distinct({part.key: names.get(part.key, part.key) for part in parts})
    owing = [part for part in parts if part.receivable]
    shown, rest = owing[:SHOWN], owing[SHOWN:]
    if ordered:
        shown.sort(key=lambda part: ordered.index(part.key))
    bars = [(part.key or NO_CITY, names[part.key], part) for part in shown]
    if rest:
        label = f"{other} {format_count(len(rest))}"
        bars.append((OTHERS, label, _together(rest)))
    whole = _together(parts)
    return exhibit(
        title,
        ranked(_bars(bars), tips=_TIPS, colors=STOCK_COLORS) if owing else None,
        key=key,
        definition=(
            f"Principal a receber na data-base por {one}, a parte em atraso separada, e a taxa de "
            "inadimplência por nota ao fim da barra. O arquivo traz também o vendido (com as "
            f"entradas) e o recebido (com juros e multa) de {view.period}."
        ),
        sentence=_sentence(shown, names, whole, rest, (other, many)) if owing else "",
        table=pd.DataFrame(
            {
                one.capitalize(): names[part.key],
                "A receber": part.receivable,
                "Em atraso": part.overdue,
                "Inadimplência (%)": rounded(part.rate),
                "Vendido no período": part.sold,
                "Recebido no período": part.received,
            }
            for part in parts
        ),
        file_name=f"carteira-por-{one.replace(' ', '-')}",
        leads={
            id_: Lead(
                f"{name}: {format_brl(part.overdue)} em atraso",
                NOTES,
                view.filters(**{key: id_}, status="open", band=list(bands_over(0))),
            )
            for id_, name, part in bars
            if part.overdue and id_ != OTHERS
        },
        alt=f"Principal a receber e em atraso por {one}",
        empty=None if owing else NOTHING_OPEN,
    )


def _together(parts: Iterable[Part]) -> Part:
    rows = list(parts)
    sums = [
        sum((getattr(part, name) for part in rows), ZERO)
        for name in ("receivable", "overdue", "sold", "received")
    ]
    return Part(OTHERS, *sums)


def _bars(rows: Iterable[tuple[str, str, Part]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": id_,
            "name": name,
            "kind": kind,
            "value": float(value),
            "label": label,
            "said": f"{name}, {kind}: {format_brl(value)}",
            "receivable": format_brl(part.receivable),
            "overdue": format_brl(part.overdue),
            "rate": format_rate(part.rate),
            "sold": format_brl(part.sold),
            "received": format_brl(part.received),
        }
        for id_, name, part in rows
        for kind, value, label in (
            (OVERDUE, part.overdue, ""),
            (NOT_DUE, part.receivable - part.overdue, format_rate(part.rate)),
        )
    )


def _sentence(
    shown: Sequence[Part],
    names: Mapping[str, str],
    whole: Part,
    rest: Sequence[Part],
    words: tuple[str, str],
) -> str:
    if not whole.overdue:
        said = f"Nada em atraso: {format_brl(whole.receivable)} a receber, tudo em dia."
    elif len(shown) == 1:
        said = (
            f"{names[shown[0].key]}: {format_brl(whole.receivable)} a receber, "
            f"{format_brl(whole.overdue)} em atraso, inadimplência de {format_rate(whole.rate)}."
        )
    else:
        least = whole.receivable * MEANINGFUL / 100
        worst = max(
            [part for part in shown if part.receivable >= least] or shown,
            key=lambda part: part.rate or ZERO,
        )
        said = (
            f"Maior inadimplência: {names[worst.key]}, {format_rate(worst.rate)} "
            f"({format_brl(worst.overdue)} em atraso, de {format_brl(worst.receivable)}); "
            f"no total, {format_rate(whole.rate)}."
        )
    if not rest:
        return said
    other, many = words
    owed = format_brl(_together(rest).receivable)
    return f"{said} {other} {format_count(len(rest))} {many} devem {owed}."
