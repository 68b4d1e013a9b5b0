"""What is chosen for all rows of an import, on the command line."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import Any

import click

from credigestor.errors import InvalidInput
from credigestor.exports.csv_format import write_rows
from credigestor.imports.account import REPORT, report_rows
from credigestor.imports.choices import Choices, Rates
from credigestor.imports.plan import Plan
from credigestor.imports.row_checks import METHODS
from credigestor.rules.charges import MAX_FINE_RATE
from credigestor.rules.identity import fold
from credigestor.rules.installments import MAX_RATE
from credigestor.rules.money import parse_rate
from credigestor.rules.quoting import quote

_FLAGS = {
    "waive_short": "Pago pelo valor da parcela ou arredondado: dispensa o resto dos encargos.",
    "spill": "O que passa da parcela segue para as próximas; sem parcela, para as mais antigas.",
    "as_paid": "O que passa de todos os encargos é juros, como foi pago.",
    "settled_on_due": "Pago sem data ou valor: quitado no vencimento.",
    "earlier_day": "Venda datada depois do primeiro vencimento ou pagamento: vale o dia dele.",
    "apply_changes": "Acerta o que mudou desde a importação anterior.",
}


def import_choices(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of an import, and hand it `choices`."""

    @wraps(command)
    def run(**given: Any) -> Any:
        flags = {name: given.pop(name) for name in _FLAGS}
        rates = Rates(
            late_rate=_rate(given.pop("late_rate"), MAX_RATE),
            fine_rate=_rate(given.pop("fine_rate"), MAX_FINE_RATE),
            grace_days=given.pop("grace_days"),
            contract_rate=_rate(given.pop("contract_rate"), MAX_RATE),
        )
        zeros = given.pop("same_without_zeros")
        methods = dict(map(_method, given.pop("methods")))
        choices = Choices(**flags, methods=methods, rates=rates, same_without_zeros=zeros)
        return command(**given, choices=choices)

    options = [
        *(
            click.option(f"--{n.replace('_', '-')}", is_flag=True, help=h)
            for n, h in _FLAGS.items()
        ),
        click.option(
            "--same-without-zeros/--other-without-zeros",
            default=None,
            help="Se a referência que perdeu os zeros (123) é a já importada (00123).",
        ),
        click.option(
            "--method",
            "methods",
            metavar="NOME=FORMA",
            multiple=True,
            help="Forma de pagamento de um nome do arquivo, como Crediário=cartão; pode repetir.",
        ),
        click.option("--late-rate", metavar="TAXA", help="Juros de mora destas vendas, % ao mês."),
        click.option("--fine-rate", metavar="TAXA", help="Multa destas vendas, até 2 %."),
        click.option("--grace-days", metavar="DIAS", type=click.IntRange(0, 60), help="Carência."),
        click.option("--contract-rate", metavar="TAXA", help="Juros de contrato, % ao mês."),
    ]
    decorated: Callable[..., Any] = run
    for option in reversed(options):
        decorated = option(decorated)
    return decorated


def write_report(path: Path, plan: Plan) -> None:
    """Write the check of an import as a CSV file."""
    with path.open("wb") as file:
        write_rows(file, REPORT, report_rows(plan))


def _rate(text: str | None, maximum: Decimal) -> Decimal | None:
    return None if text is None else parse_rate(text, maximum=maximum)


def _method(word: str) -> tuple[str, str]:
    name, _, method = word.rpartition("=")
    found = METHODS.get(fold(method))
    if found is None or "=" not in word:
        raise InvalidInput(f"Escreva --method como Crediário=cartão, não {quote(word)}.")
    return name.strip(), str(found)
