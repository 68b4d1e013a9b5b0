"""What is put right in a customer's cells, by a person's choice: what was lost, and no more."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from credigestor.errors import InvalidInput
from credigestor.rules.identity import parse_phone
from credigestor.rules.mending import padded_tax_id, title_case, whole_phone

_PHONES = ("telefone", "telefone2")


@dataclass(frozen=True)
class Mending:
    """Zeros in front of a CPF, where its digits then fit; area code and ninth digit; capitals.

    `area_code` is the shop's, two digits; empty leaves phones as they are.
    """

    tax_ids: bool = True
    names: bool = False
    area_code: str = ""

    def of(self, cells: dict[str, str], mended: Counter[str]) -> dict[str, str]:
        """The cells put right, and counted what was."""
        if self.tax_ids and (whole := padded_tax_id(cells["cpf"])):
            cells["cpf"] = whole
            mended["CPF ou CNPJ completados com os zeros da frente"] += 1
        if self.names and (name := title_case(cells["nome"])) != cells["nome"]:
            cells["nome"] = name
            mended["Nomes em maiúsculas escritos com iniciais maiúsculas"] += 1
        for column in _PHONES if self.area_code else ():
            said = cells[column]
            if said and not _is_whole(said) and (phone := whole_phone(said, self.area_code)):
                cells[column] = phone
                mended["Telefones completados"] += 1
        return cells


def _is_whole(phone: str) -> bool:
    try:
        return bool(parse_phone(phone))
    except InvalidInput:
        return False


#: What is put right where nobody chose: a number whose check digits prove it.
AS_OFFERED = Mending()
