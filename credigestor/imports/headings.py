"""What shops and other programs call their columns, as fields of an import.

Names are compared without case, accents, points and small words, and with their abbreviations
written out:

>>> tokens("Dt. Vencto"), tokens("VlrPago"), tokens("Nº do Doc.")
(('data', 'vencimento'), ('valor', 'pago'), ('numero', 'documento'))
>>> numbered("Vencimento 2"), numbered("3ª parcela"), numbered("venc_10"), numbered("Valor")
((('vencimento',), 2), (('parcela',), 3), (('vencimento',), 10), (('valor',), 0))

A new name is one more in FIELDS; a new abbreviation one more in SHORT.
"""

from __future__ import annotations

import re
from functools import lru_cache

from credigestor.rules.identity import fold

Tokens = tuple[str, ...]

#: Abbreviations and other forms, by the word that they stand for.
SHORT = {
    "vencimento": "vcto vencto venc vct vto vencim vencimentos vence vencendo",
    "data": "dt dta dat dia",
    "valor": "vlr vl val vr valores importancia",
    "parcela": "parc prest prestacao pcl promissoria",
    "parcelas": "prestacoes vezes",
    "pagamento": "pgto pagto pgt pagam pagamentos pag",
    "pago": "paga pagou quitado liquidado baixado recebido pagos",
    "recebimento": "receb recto recebto",
    "baixa": "bx quitacao liquidacao",
    "cliente": "cli sacado devedor comprador fregues clientes sacada titular",
    "numero": "nro num no n nr",
    "documento": "doc docto dcto dup duplicata titulo nota",
    "codigo": "cod cd id cdg ident",
    "telefone": "tel fone contato telefones ddd+fone tfone phone",
    "celular": "cel whatsapp whats zap movel",
    "endereco": "end logradouro rua",
    "observacoes": "obs observacao anotacoes lembrete anotacao",
    "desconto": "desc abatimento",
    "quantidade": "qtd qtde qt qte",
    "juros": "jur juro acrescimo acrescimos encargos",
    "situacao": "sit status estado",
    "forma": "form",
    "total": "tot",
    "nascimento": "nasc nascto aniversario",
    "municipio": "cidade",
    "saldo": "divida deve",
    "venda": "compra contrato pedido carne operacao",
    "emissao": "emis emitido emitida",
    "atraso": "atrasado",
}
_LONG = {short: word for word, shorts in SHORT.items() for short in shorts.split()}
_SMALL = {"de", "do", "da", "dos", "das", "em", "a", "o", "e", "r", "rs", "para", "ao", "com"}

#: Each field's names, the usual one first. The same name may stand for several fields: the first
#: whose contents are of its kind is it (`recognising`).
FIELDS: dict[str, tuple[str, ...]] = {
    # the customer
    "cliente": (
        *("código do cliente", "código", "ref", "cliente", "matrícula", "ficha", "número cliente"),
        *("código cadastro", "referência"),
    ),
    "nome": (
        *("nome", "nome do cliente", "cliente", "razão social", "nome completo", "pessoa"),
        *("nome fantasia", "cliente nome", "razão social nome", "descrição cliente"),
    ),
    "cpf": (
        *("cpf", "cnpj", "cpf cnpj", "cnpj cpf", "cpf cliente", "documento", "cpf sacado", "cgc"),
        *("documento cliente", "cgc cpf", "número cpf", "cpf cnpj cliente", "cic"),
        "número documento",
    ),
    "telefone": (
        *("telefone", "celular", "telefone celular", "telefone 1", "telefone cliente", "fone 1"),
        *("telefone residencial", "telefone principal", "celular cliente", "telefone contato"),
    ),
    "telefone2": (
        *("telefone2", "telefone 2", "celular", "celular 2", "segundo telefone", "outro telefone"),
        *("telefone recado", "telefone comercial", "recado", "telefone trabalho", "telefone"),
    ),
    "email": ("email", "e-mail", "mail", "correio eletrônico", "email cliente"),
    "rua": ("rua", "endereço", "endereço completo", "endereço residencial", "endereço cliente"),
    "numero": ("número", "número endereço", "número casa", "número residência"),
    "complemento": ("complemento", "compl", "complemento endereço"),
    "bairro": ("bairro", "bairro cliente", "distrito"),
    "cidade": ("cidade", "município", "cidade cliente", "localidade"),
    "uf": ("uf", "estado", "uf cliente", "unidade federação", "cidade uf"),
    "cep": ("cep", "cep cliente", "código postal"),
    "nascimento": ("nascimento", "data nascimento", "data de nasc", "nascido em"),
    "limite": ("limite", "limite de crédito", "limite crédito", "valor limite", "crédito"),
    "observacoes": ("observações", "observação cliente", "comentário", "histórico"),
    "trabalho": (
        *("trabalho", "local de trabalho", "empresa", "onde trabalha", "empregador", "profissão"),
        "ocupação",
    ),
    "conjuge": ("cônjuge", "esposa", "marido", "nome cônjuge", "esposo", "companheiro"),
    "referencias": ("referências", "referência pessoal", "referência comercial", "indicado por"),
    "documento_estrangeiro": ("documento estrangeiro", "passaporte", "rne", "rnm", "dni"),
    "pais": ("país", "país de origem", "nacionalidade"),
    # the sale
    "venda": (
        *("venda", "ref", "número venda", "código venda", "documento", "número documento"),
        *("número do pedido", "número contrato", "número", "código", "nf", "nota fiscal"),
        *("número nota", "lançamento", "fatura", "número fatura", "cupom", "referência"),
        *("código operação", "número carnê", "venda ref"),
    ),
    "data": (
        *("data da venda", "data", "emissão", "data emissão", "data compra", "data do pedido"),
        *("data lançamento", "data contrato", "venda", "data documento", "comprado em", "compra"),
        *("data operação", "data cadastro"),
    ),
    "descricao": (
        *("descrição", "produto", "produtos", "histórico", "mercadoria", "item", "itens"),
        *("descrição da venda", "observações", "o que comprou", "referente", "compra"),
    ),
    "valor_total": (
        *("valor total", "total", "total da venda", "valor da venda", "valor da compra", "valor"),
        *("preço", "total geral", "valor contrato", "valor do pedido", "valor nota", "montante"),
        *("venda", "total compra", "valor bruto"),
    ),
    "entrada": ("entrada", "valor entrada", "sinal", "valor sinal", "entrada paga"),
    "parcelas": (
        *("parcelas", "quantidade de parcelas", "número de parcelas", "total parcelas"),
        *("quantidade parcela", "quantidade", "número parcela", "plano", "prazo"),
    ),
    "primeiro_vencimento": (
        *("primeiro vencimento", "primeiro venc", "1 vencimento", "vencimento inicial"),
        *("data primeiro vencimento", "vencimento primeira parcela", "1 venc", "primeira parcela"),
        *("vencimento", "data vencimento"),
    ),
    "taxa": ("taxa", "taxa de juros", "juros contrato", "juros mês", "taxa juros mês", "juros"),
    "mora": ("mora", "juros de mora", "juros mora", "taxa mora"),
    "carencia": ("carência", "dias carência", "tolerância"),
    # all the instalments of a sale, listed in one cell
    "vencimentos": ("vencimentos", "data vencimento", "parcelas", "vencimento parcelas"),
    "valores": ("valores", "valor parcelas", "valor parcela", "parcelas"),
    # the instalment
    "parcela": (
        *("parcela", "número da parcela", "número parcela", "parcela atual", "sequência", "seq"),
        *("número", "parcela número", "ordem"),
    ),
    "numero_antigo": (
        *("número antigo", "nosso número", "número título", "número da promissória", "título"),
        *("número documento", "documento", "código", "número duplicata", "número"),
    ),
    "vencimento": (
        *("vencimento", "data vencimento", "vencimento parcela", "data", "data parcela"),
        *("vencimento original", "data vencimento parcela", "data prevista", "vencimento em"),
    ),
    "valor": (
        *("valor", "valor da parcela", "parcela", "valor original", "valor documento"),
        *("valor nominal", "valor vencimento", "principal", "valor título", "valor principal"),
        *("valor devido", "valor receber", "valor nota", "valor bruto"),
    ),
    "situacao": (
        *("situação", "situação parcela", "pago", "situação título", "baixa", "pagamento"),
        *("situação da venda", "quitada"),
    ),
    "data_situacao": ("data situação", "data cancelamento", "data devolução", "cancelado em"),
    # the payment
    "pago_em": (
        *("pago em", "data pagamento", "pagamento", "data do pago", "data recebimento", "pago"),
        *("data baixa", "baixa", "data", "recebimento", "data do recebido", "data quitação"),
        *("pagamento em", "recebido em", "data crédito", "quitado em", "data liquidação"),
    ),
    "valor_pago": (
        *("valor pago", "valor recebido", "valor do pagamento", "pago", "recebido", "valor baixa"),
        *("total pago", "valor", "pagamento", "valor recebimento", "recebimento", "valor quitado"),
        *("total recebido", "valor líquido", "valor creditado"),
    ),
    "forma": (
        *("forma", "forma de pagamento", "forma de recebimento", "meio de pagamento", "meio"),
        *("tipo de pagamento", "método", "espécie", "portador", "modalidade", "pagamento", "tipo"),
        *("condição", "como pagou", "tipo documento", "forma pago", "local pagamento"),
    ),
    "juros": (
        *("juros", "valor juros", "juros pago", "juros recebido", "juros mora", "juros multa"),
        *("mora",),
    ),
    "multa": ("multa", "valor multa", "multa paga", "multa por atraso"),
    "desconto": ("desconto", "valor desconto", "desconto concedido"),
    # what is owed, and nothing else
    "saldo": (
        *("saldo", "saldo devedor", "em aberto", "valor em aberto", "valor devido", "débito"),
        *("total em aberto", "a receber", "total devido", "quanto deve", "pendente", "valor"),
        *("saldo atual", "saldo aberto", "total", "devendo", "aberto", "fiado", "restante"),
    ),
}


@lru_cache(maxsize=4096)
def tokens(heading: str) -> Tokens:
    """The words of a column's name, written out; small words left out."""
    spaced = re.sub(r"(?<=[a-zà-ú])(?=[A-ZÀ-Ú])", " ", heading[:200])
    spaced = spaced.replace("ª", "").replace("º", "o").replace("°", "o")
    words = re.findall(r"[a-z]+|[0-9]+", re.sub(r"\be-?mail\b", "email", fold(spaced)))
    long = [_LONG.get(word, word) for word in words]
    return tuple(word for word in long if word not in _SMALL) or tuple(long)


@lru_cache(maxsize=4096)
def numbered(heading: str) -> tuple[Tokens, int]:
    """A name without the number in it, and that number, 1 to 120; 0 where it has none.

    Columns of one name and many numbers are the instalments of a sale in one row.
    """
    words = tokens(heading)
    digits = [word for word in words if word.isdigit()]
    if len(digits) != 1 or not 1 <= int(digits[0]) <= 120:
        return words, 0
    rest = tuple(word for word in words if not word.isdigit() and word not in ("numero", "o"))
    return (rest, int(digits[0])) if rest else (words, 0)


_NAMES: dict[str, dict[Tokens, int]] = {
    field: {tokens(name): place for place, name in reversed(list(enumerate(names)))}
    for field, names in FIELDS.items()
}
#: Our own names, as in the templates, are never anything else.
for _field in FIELDS:
    _NAMES[_field].setdefault(tokens(_field), 0)
KNOWN = frozenset(name for names in _NAMES.values() for name in names)


def likeness(field: str, words: Tokens) -> float:
    """How well a name's words suit a field: 1 for its usual name, 0 for none of its names.

    A name with more words than one of ours is that one with less certainty.
    """
    names = _NAMES[field]
    if (place := names.get(words)) is not None:
        return 1 - place / 100
    said = set(words)
    inside = [len(name) for name in names if len(name) > 1 and said.issuperset(name)]
    if inside:
        return 0.4 + max(inside) / 100
    single = [place for name, place in names.items() if name[0] in said and len(name) == 1]
    return 0.3 - min(single) / 100 if single else 0.0


def is_known(heading: str) -> bool:
    """Whether a cell reads like a column's name."""
    return tokens(heading) in KNOWN or numbered(heading)[0] in KNOWN
