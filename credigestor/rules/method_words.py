"""What shops write for how money came, as a method of ours (R36): proposed, for a person to change.

>>> def mean(*said):
...     return sorted({str(method_of(each)) for each in said})
>>> mean("Dinheiro", "ESPÉCIE", "à vista", "a vista (dinheiro)"), mean("Pix", "PIX Itaú", "QR Code")
(['cash'], ['pix'])
>>> mean("Cartão de Crédito", "cartão débito", "C. CRÉDITO", "c/c deb", "débito", "VISA", "máquina")
['card']
>>> mean("boleto bancário", "Bol.", "BLT"), mean("cheque pré", "CH", "cheque pre-datado", "Ch. pré")
(['boleto'], ['cheque'])
>>> mean("depósito", "TED", "DOC", "Transf. bancária", "dep. em conta")
['transfer']

Our own words, and what is told beside them:

>>> mean("transfer"), mean("cheque nº 000123"), mean("cash"), mean("pix - chave cnpj")
(['transfer'], ['cheque'], ['cash'], ['pix'])

What says how it was sold and not how it was paid, two methods in one cell, and nothing at all are
no method:

>>> mean("", "-", "crediário", "promissória", "carnê", "Pix + dinheiro", "dinheiro e cartão")
['None']
>>> mean("crédito", "vale", "permuta")
['None']
"""

from __future__ import annotations

import re

from credigestor.rules.identity import fold
from credigestor.rules.methods import Method

#: Words, without case and accents, that name a method by themselves. "Crédito" alone does not:
#: a card's, or the customer's own (R31).
_WORDS = {
    Method.CASH: "dinheiro especie vista avista cash moeda din dinh",
    Method.PIX: "pix qrcode qr",
    Method.CARD: (
        "cartao cartoes card debito deb visa master mastercard elo hipercard amex maquininha"
        " maquineta maquina pos tef"
    ),
    Method.TRANSFER: (
        "transferencia transf transfer deposito dep depos ted doc tev bancaria conta"
    ),
    Method.CHEQUE: "cheque cheques ch chq cheq chequepre predatado",
    Method.BOLETO: "boleto boletos bol blt bloqueto",
}
_METHOD = {word: method for method, words in _WORDS.items() for word in words.split()}
#: Said beside a method's word and by no means of another one.
_CARD_CREDIT = re.compile(r"c(?:art|rt|c)?\s+(?:de\s+)?cred(?:ito)?\b.*|c\s+c\s+cred(?:ito)?")
_SEVERAL = re.compile(r"[+;&]|\be\b")
#: Words by which boletos and transfers are described, which are then no method's own.
_BESIDE = {"bancaria", "bancario", "conta", "vista", "avista"}


def method_of(said: str) -> Method | None:
    """The method that a shop's words mean; None where they mean none, or more than one."""
    plain = fold(said)
    if _SEVERAL.search(plain):
        return None
    words = re.findall("[a-z]+", plain)
    if _CARD_CREDIT.fullmatch(" ".join(words)):
        return Method.CARD
    named = [word for word in words if word in _METHOD]
    telling = [word for word in named if word not in _BESIDE] or named
    found = {_METHOD[word] for word in telling}
    return found.pop() if len(found) == 1 else None
