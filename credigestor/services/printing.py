"""Putting notes and contracts on paper: who printed which copy of which, and when (R23)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credigestor.db import locks
from credigestor.db.models import ContractPrinting, Customer, NotePrinting, Sale
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.errors import Conflict, InvalidInput, NotFound
from credigestor.rules import identification, privacy
from credigestor.rules.numbering import sale_number
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.words import listed
from credigestor.services import audit, operations
from credigestor.services.ledger import LockedNote, lock_notes_of_sales


def missing(shop: ShopSettings) -> list[str]:
    """What the settings still lack for a note or contract: payee, CNPJ or CPF, place (R23)."""
    needed = {
        "razão social ou nome da loja": shop.legal_name or shop.shop_name,
        "CNPJ ou CPF": shop.tax_id,
        "cidade": shop.city,
    }
    return [name for name, value in needed.items() if not value]


def print_notes(
    session: Session,
    actor: Actor,
    *,
    sale_id: int,
    note_ids: Collection[int] | None,
    operation_id: uuid.UUID,
) -> list[NotePrinting]:
    """Record a printing of these notes of a sale, or of all that are open for None (R23).

    A note's first printing is copy 1; each later one is one more. The same operation again gives
    the same printings. Raises NotAllowed, NotFound, InvalidInput (no note chosen) or Conflict:
    sale cancelled or without notes, a note already paid, customer anonymised (R28) or without
    CPF and document, the shop's data not complete, or an operation that printed other notes.
    """
    actor.require(Permission.COUNTER)
    # The notes' locks do not keep one operation from printing two sales at the same moment.
    locks.hold(session, "printing", str(operation_id))
    notes = lock_notes_of_sales(session, [sale_id])
    sale, customer = _sale(session, sale_id)
    before = operations.recorded(session, NotePrinting, operation_id)
    if before:
        return _recorded_before(before, {note.id for note in notes}, note_ids)
    _check(session, sale, customer, "notas", "suas notas não valem mais")
    return _print(session, actor, sale, _chosen(notes, note_ids), operation_id)


def print_contract(
    session: Session, actor: Actor, *, sale_id: int, operation_id: uuid.UUID
) -> ContractPrinting:
    """Record a printing of a sale's contract, whose copies are one for each who signs.

    The same operation again gives the same printing. Raises as `print_notes` does; a contract may
    be printed when its notes are paid, and so far only of a sale that has notes.
    """
    actor.require(Permission.COUNTER)
    locks.hold(session, "printing", str(operation_id))
    # Its notes first, as who cancels or changes the guarantors does: neither happens in between.
    notes = lock_notes_of_sales(session, [sale_id])
    sale, customer = _sale(session, sale_id)
    for before in operations.recorded(session, ContractPrinting, operation_id):
        operations.require_same(
            before.sale_id == sale_id, done="imprimiu outro contrato", again="imprimir este"
        )
        return before
    _check(session, sale, customer, "o contrato", "seu contrato não vale mais")
    if not notes:
        raise Conflict("Esta venda foi toda paga na entrada: não há contrato a prazo.")
    copies = session.scalar(select(func.count()).where(ContractPrinting.sale_id == sale_id))
    printing = ContractPrinting(
        operation_id=operation_id,
        sale_id=sale_id,
        copy=(copies or 0) + 1,
        printed_at=session.scalar(select(func.clock_timestamp())),
        printed_by=actor.id,
    )
    session.add(printing)
    audit.record(session, actor, "print", "sale", sale_id, after={"contract": printing.copy})
    session.flush()
    return printing


def _sale(session: Session, sale_id: int) -> tuple[Sale, Customer]:
    """The sale and its customer."""
    found = session.execute(
        select(Sale, Customer).join(Customer).where(Sale.id == sale_id)
    ).one_or_none()
    if found is None:
        raise NotFound("Venda não encontrada.")
    sale, customer = found
    return sale, customer


def _check(session: Session, sale: Sale, customer: Customer, what: str, void: str) -> None:
    """Refuse what is not put on paper any more, or not yet."""
    if customer.anonymised_at is not None:
        raise Conflict(privacy.REFUSAL)
    if customer.identification is None:
        raise Conflict(identification.NOT_PRINTED)
    if sale.cancelled_on is not None:
        raise Conflict(f"A venda {sale_number(sale.id)} foi cancelada: {void}.")
    lacking = missing(current_settings(session))
    if lacking:
        raise Conflict(
            f"Para imprimir {what}, falta preencher: {listed(lacking)}. "
            "Um administrador preenche em Configurações, na aba Loja."
        )


def _chosen(notes: Sequence[LockedNote], note_ids: Collection[int] | None) -> Sequence[LockedNote]:
    if not notes:
        raise Conflict("Esta venda não tem notas: foi toda paga na entrada.")
    if note_ids is None:
        still_open = [note for note in notes if not note.settled]
        if not still_open:
            raise Conflict("Todas as notas desta venda já estão pagas.")
        return still_open
    if not note_ids:
        raise InvalidInput("Escolha ao menos uma nota.", field="notes")
    wanted = set(note_ids)
    chosen = [note for note in notes if note.id in wanted]
    if len(chosen) != len(wanted):
        raise NotFound("Nota não encontrada nesta venda.", field="notes")
    for note in chosen:
        if note.settled:
            raise Conflict(
                f"A nota {note.label} já está paga: devolva-a ao cliente; ela não é mais impressa.",
                field="notes",
            )
    return chosen


def _print(
    session: Session, actor: Actor, sale: Sale, notes: Sequence[LockedNote], operation_id: uuid.UUID
) -> list[NotePrinting]:
    counted = (
        select(NotePrinting.note_id, func.count())
        .where(NotePrinting.note_id.in_([note.id for note in notes]))
        .group_by(NotePrinting.note_id)
    )
    copies = dict(session.execute(counted).all())
    # Now that the notes are locked, not when the transaction began: what was paid by then is told.
    moment = session.scalar(select(func.clock_timestamp()))
    printings = [
        NotePrinting(
            operation_id=operation_id,
            note_id=note.id,
            copy=copies.get(note.id, 0) + 1,
            printed_at=moment,
            printed_by=actor.id,
        )
        for note in notes
    ]
    session.add_all(printings)
    told = [
        note.label + (f" ({printing.copy}ª via)" if printing.copy > 1 else "")
        for note, printing in zip(notes, printings, strict=True)
    ]
    audit.record(session, actor, "print", "sale", sale.id, after={"notes": ", ".join(told)})
    session.flush()
    return printings


def _recorded_before(
    printings: Sequence[NotePrinting], of_sale: set[int], note_ids: Collection[int] | None
) -> list[NotePrinting]:
    printed = {printing.note_id for printing in printings}
    operations.require_same(
        printed <= of_sale and (note_ids is None or printed == set(note_ids)),
        done="imprimiu outras notas",
        again="imprimir estas",
    )
    return list(printings)
