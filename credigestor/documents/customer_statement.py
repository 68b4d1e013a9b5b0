"""The statement of a customer on paper (extrato): A4 landscape, a balance of principal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from credigestor.documents.sheet import Sheet
from credigestor.reports.customer_movements import Goods, Kind, Movement, Part
from credigestor.reports.customer_statement import CustomerStatement
from credigestor.reports.named_customer import NamedCustomer
from credigestor.rules.acts import ACT_NAMES, KINDS, ActKind
from credigestor.rules.calendar import format_date, format_days
from credigestor.rules.charges import Owed
from credigestor.rules.identification import format_identity, identity_kind
from credigestor.rules.methods import CREDIT, in_words
from credigestor.rules.money import ZERO, format_brl, format_number
from credigestor.rules.renegotiation import AGREEMENT_NAMES
from credigestor.rules.returns import RETURN_NAMES
from credigestor.rules.store_credit import MOVEMENT_NAMES

TITLE = "Extrato do cliente"
_COLUMNS = (
    *("Data", "Histórico", "Valor", "Juros", "Multa", "Desconto", "Principal"),
    "Saldo de principal",
)
_Row = Sequence[object]


def pdf(data: CustomerStatement, *, made_at: datetime, logo: bytes | None) -> bytes:
    """The PDF of a statement; the same data and moment, the same bytes."""
    sheet = Sheet(data.shop, TITLE, made_at, orientation="landscape", logo=logo)
    period = f"{format_date(data.since)} a {format_date(data.until)}"
    sheet.pairs({**customer_lines(data.customer), "Período": period})
    sheet.heading("Movimento do período, em R$")
    _movements(sheet, data)
    _totals(sheet, data)
    _credit(sheet, data)
    sheet.heading(f"O que está em aberto em {format_date(data.today)}, em R$")
    _owed(sheet, data)
    return sheet.finished()


def customer_lines(customer: NamedCustomer) -> dict[str, str]:
    """Who the document is about, as labelled lines."""
    return {
        "Cliente": customer.name,
        identity_kind(customer.tax_id): format_identity(customer.tax_id),
        "Endereço": customer.address,
        **({"Nº anterior": customer.ref} if customer.ref else {}),
    }


def lateness(days_late: int) -> str:
    """How late a note is, in words."""
    return f"{format_days(days_late)} de atraso" if days_late else "Em dia"


def _movements(sheet: Sheet, data: CustomerStatement) -> None:
    rows: list[_Row] = [_balance("Saldo anterior", data.opening)]
    faint = []
    for movement in data.movements:
        rows.append(_movement(movement))
        for part in _told_apart(movement):
            faint.append(len(rows))
            rows.append(_part(movement, part))
    if not data.movements:
        rows.append([None, "Nenhum movimento no período.", *[None] * 6])
    rows.append(_balance(f"Saldo em {format_date(data.until)}", data.closing))
    sheet.grid(_COLUMNS, rows, bold=(0, len(rows) - 1), faint=faint)
    sheet.paragraph(
        "O saldo é de principal: o que falta pagar do valor das notas. Juros de mora e multa são "
        "cobrados à parte e não entram nele. Um pagamento estornado não tem efeito."
    )


def _balance(text: str, balance: Decimal) -> _Row:
    return [None, text, *[None] * 5, balance]


def _movement(movement: Movement) -> _Row:
    shown: list[object] = [None] * 5
    if movement.kind is Kind.SALE:
        shown = [_some(movement.sum("amount")), *[None] * 3, _some(movement.sum("principal"))]
    elif movement.kind is Kind.PAYMENT:
        shown = _figures(movement)
    elif movement.kind in (Kind.CANCELLATION, Kind.ACT):
        shown = [*[None] * 4, _some(movement.sum("principal"))]
    return [movement.on, _text(movement), *shown, movement.balance]


def _figures(of: Movement | Part) -> list[object]:
    names = ("amount", "interest", "fine", "discount", "principal")
    return [
        _some(of.sum(name) if isinstance(of, Movement) else getattr(of, name)) for name in names
    ]


def _some(value: Decimal) -> Decimal | None:
    return value or None


def _text(movement: Movement) -> str:
    if movement.kind is Kind.CANCELLATION:
        text = f"Venda {movement.number} cancelada: {movement.detail}"
        if movement.down_payment:  # handed back with the cancellation (R35)
            text += f" – entrada de {format_number(movement.down_payment)} devolvida"
        return text
    if movement.kind is Kind.SALE:
        return _sale(movement)
    if movement.kind is Kind.MOVED:
        return _moved(movement)
    if movement.act is not None:
        return _act(movement, movement.act)
    return _payment(movement)


def _payment(movement: Movement) -> str:
    lost = [part.recovered for part in movement.parts]
    what = "Recebimento de valor baixado" if all(lost) else "Pagamento"
    text = f"{what} {movement.number} ({movement.detail})"
    if movement.undone is not None:
        text += f" de {format_number(movement.sum('amount'))}"
    if len(movement.parts) == 1:
        text += f", nota {movement.parts[0].number}"
    if old := _named(movement.sum("old_interest"), movement.sum("old_fine")):
        text += f", no principal {old} da dívida renegociada"
    if any(lost) and not all(lost):
        text += f", dos quais {format_number(_recovered([movement]))} de valor baixado"
    if movement.came_from:
        text += f", veio do cadastro nº {movement.came_from}"
    if movement.undone is not None:
        how, here = ("passou a outro cadastro", " aqui") if movement.went_to else ("ESTORNADO", "")
        text += f": {how} em {format_date(movement.undone)}, sem efeito{here}"
    return f"{text}: {movement.reason}" if movement.reason else text


def _moved(movement: Movement) -> str:
    way = (
        f"veio do cadastro nº {movement.came_from}"
        if movement.came_from
        else f"passou ao cadastro nº {movement.went_to}"
    )
    return f"Venda {movement.number} {way}, com seus pagamentos: {movement.detail}"


def _act(movement: Movement, kind: ActKind) -> str:
    text = ACT_NAMES[kind]
    if len(movement.parts) == 1:
        text += f", nota {movement.parts[0].number}"
    if movement.undone is not None:
        return f"{text}: DESFEITA em {format_date(movement.undone)}, sem efeito"
    if kind is ActKind.NEW_DATE and len(movement.parts) == 1:
        text += f", vence em {format_date(movement.parts[0].due_date)}"
    if told := _charges(movement):
        text += f" ({told})"
    if movement.goods:
        text += f", {_goods(movement.goods)}"
    if movement.became and movement.agreement:
        kind_of_deal = AGREEMENT_NAMES[movement.agreement].lower()
        text += f", {kind_of_deal}, passa à venda {movement.became}"
    return f"{text}: {movement.detail}" if movement.detail else text


def _goods(goods: Goods) -> str:
    text = f"{RETURN_NAMES[goods.kind].lower()}, mercadoria de {format_number(goods.value)}"
    if goods.back_by == CREDIT:
        text += f", {format_number(goods.back)} ficam de crédito"
    elif goods.back_by:
        text += f", {format_number(goods.back)} de volta ({in_words(goods.back_by)})"
    return text


def _recovered(movements: Sequence[Movement]) -> Decimal:
    """What came of notes that were written off, R$ (R34)."""
    parts = (part for each in movements for part in each.parts if part.recovered)
    return sum((part.amount for part in parts), ZERO)


def _charges(of: Movement) -> str:
    return _named(of.sum("interest"), of.sum("fine"))


def _named(interest: Decimal, fine: Decimal) -> str:
    named = (("juros", interest), ("multa", fine))
    return " + ".join(f"{name} {format_number(abs(value))}" for name, value in named if value)


def _sale(movement: Movement) -> str:
    text = f"Venda {movement.number}"
    if movement.detail:
        text += f": {movement.detail}"
    text += f" – total {format_number(movement.total)}"
    if movement.down_payment:
        text += f", entrada {format_number(movement.down_payment)}"
    if movement.old is not None:
        held = _named(movement.old.interest, movement.old.fine)
        text += f", com {held} da dívida antiga"
    count = len(movement.parts)
    return f"{text}, {'sem notas' if not count else '1 nota' if count == 1 else f'{count} notas'}"


def _told_apart(movement: Movement) -> Sequence[Part]:
    """The notes that get lines of their own: each of a sale, those of a payment of several."""
    if movement.kind is Kind.SALE:
        return movement.parts
    several = movement.kind in (Kind.PAYMENT, Kind.ACT) and len(movement.parts) > 1
    return movement.parts if several and movement.undone is None else ()


def _part(movement: Movement, part: Part) -> _Row:
    text = f"Nota {part.number}, vence em {format_date(part.due_date)}"
    if movement.kind is Kind.SALE:
        return [None, text, part.amount, *[None] * 5]
    return [None, text, *_figures(part), None]


def _totals(sheet: Sheet, data: CustomerStatement) -> None:
    paid = [each for each in data.movements if each.kind is Kind.PAYMENT]
    by_credit = sum((each.sum("amount") for each in paid if each.by_credit), ZERO)
    money = [
        part for each in paid if not each.by_credit for part in each.parts if not part.recovered
    ]
    received, interest, fine = (
        sum((getattr(part, name) for part in money), ZERO)
        for name in ("amount", "interest", "fine")
    )
    discount = data.sum(Kind.PAYMENT, "discount")
    parts = [("principal", received - interest - fine), ("juros", interest), ("multa", fine)]
    told = " + ".join(f"{name} {format_number(value)}" for name, value in parts if value)
    sold, cancelled = data.sum(Kind.SALE, "amount"), data.sum(Kind.CANCELLATION, "amount")
    sheet.pairs(
        {
            "Notas emitidas": format_brl(sold) if sold else None,
            "Recebido": f"{format_brl(received)} = {told}" if received else None,
            "Pago com crédito": format_brl(by_credit) if by_credit else None,
            "Recuperado de valor baixado": format_brl(lost) if (lost := _recovered(paid)) else None,
            "Descontos": format_brl(discount) if discount else None,
            "Cancelado": format_brl(cancelled) if cancelled else None,
            **_of_acts(data),
        }
    )


def _of_acts(data: CustomerStatement) -> dict[str, str | None]:
    """What acts that are no payment took off: principal, and of waivers the charges let go."""
    sums: dict[str, Decimal] = {}
    for each in data.movements:
        if each.act is not None:
            kind = KINDS[each.act]
            taken = sum((abs(each.sum(name)) for name in kind.total_of), ZERO)
            sums[kind.total] = sums.get(kind.total, ZERO) + taken
    return {name: format_brl(value) if value else None for name, value in sums.items()}


def _credit(sheet: Sheet, data: CustomerStatement) -> None:
    """What the shop owes the customer, where it does or did (R31)."""
    if not (data.credit or data.credit_balance):
        return
    sheet.heading("Crédito do cliente com a loja, em R$")
    rows: list[_Row] = [
        [
            each.moved_on,
            " ".join(filter(None, (MOVEMENT_NAMES[each.kind], each.source)))
            + (": desfeito, sem efeito" if each.undone else ""),
            each.amount,
            each.balance,
        ]
        for each in data.credit
    ]
    rows.append([None, f"Saldo em {format_date(data.until)}", None, data.credit_balance])
    sheet.grid(["Data", "O quê", "Valor", "Saldo"], rows, bold=[len(data.credit)])


def _owed(sheet: Sheet, data: CustomerStatement) -> None:
    if not data.owed:
        sheet.paragraph("Nada em aberto: o cliente não deve nada.")
        return
    rows: list[_Row] = [
        [note.number, note.due_date, lateness(note.days_late), *_amounts(note.owed)]
        for note in data.owed
    ]
    whole = Owed(
        sum((note.owed.principal for note in data.owed), ZERO),
        sum((note.owed.interest for note in data.owed), ZERO),
        sum((note.owed.fine for note in data.owed), ZERO),
    )
    rows.append(["Total", None, None, *_amounts(whole)])
    labels = ["Nota", "Vencimento", "Situação", "Principal", "Juros", "Multa", "Deve hoje"]
    sheet.grid(labels, rows, bold=[len(data.owed)])


def _amounts(owed: Owed) -> list[Decimal]:
    return [owed.principal, owed.interest, owed.fine, owed.total]
