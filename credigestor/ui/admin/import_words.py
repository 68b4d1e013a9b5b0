"""What the fields of an import are called, for the person who says which column is which."""

from __future__ import annotations

FIELD_NAMES = {
    "cliente": "Código do cliente",
    "nome": "Nome do cliente",
    "cpf": "CPF ou CNPJ",
    "telefone": "Telefone",
    "telefone2": "Segundo telefone",
    "email": "E-mail",
    "rua": "Rua",
    "numero": "Número da casa",
    "complemento": "Complemento",
    "bairro": "Bairro",
    "cidade": "Cidade",
    "uf": "UF",
    "cep": "CEP",
    "nascimento": "Nascimento",
    "limite": "Limite de crédito",
    "observacoes": "Observações",
    "trabalho": "Local de trabalho",
    "conjuge": "Cônjuge",
    "referencias": "Referências",
    "documento_estrangeiro": "Documento estrangeiro",
    "pais": "País do documento",
    "venda": "Número da venda",
    "data": "Data da venda",
    "descricao": "Descrição",
    "valor_total": "Valor total",
    "entrada": "Entrada",
    "parcelas": "Quantidade de parcelas",
    "primeiro_vencimento": "Primeiro vencimento",
    "taxa": "Juros do contrato (% ao mês)",
    "mora": "Juros de mora (% ao mês)",
    "carencia": "Dias de carência",
    "vencimentos": "Vencimentos, numa célula",
    "valores": "Valores, numa célula",
    "parcela": "Número da parcela",
    "numero_antigo": "Número antigo da nota",
    "vencimento": "Vencimento",
    "valor": "Valor da parcela",
    "situacao": "Situação",
    "data_situacao": "Data da situação",
    "pago_em": "Pago em",
    "valor_pago": "Valor pago",
    "forma": "Forma",
    "juros": "Juros pagos",
    "multa": "Multa",
    "desconto": "Desconto",
    "saldo": "Quanto deve",
}


def field_name(name: str) -> str:
    """A field as people call it; of one that comes many times with its number."""
    base, _, number = name.partition(" ")
    return f"{FIELD_NAMES[base]} {number}".rstrip()
