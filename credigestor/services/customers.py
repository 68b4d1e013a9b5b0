"""Registering, editing, deactivating customers."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BeforeValidator
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from credigestor.db.models import Customer
from credigestor.errors import Conflict, InvalidInput, NotAllowed, NotFound
from credigestor.rules import identification, identity, privacy
from credigestor.rules.address import LENGTHS
from credigestor.rules.countries import parse_country
from credigestor.rules.money import MAX_MONEY, format_brl, round_cents
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import audit, operations
from credigestor.services.inputs import InputModel, text

#: Oldest birth date that is not taken for a slip of the finger.
EARLIEST_BIRTH_YEAR = 1900


def _tax_id(value: str | None) -> str | None:
    """None is said by who means it; a text that is empty was forgotten."""
    return None if value is None else identity.parse_tax_id(value, field="tax_id")


def _optional(parser: Any) -> BeforeValidator:
    """Empty text becomes None; anything else goes through the parser."""
    return BeforeValidator(lambda value: parser(value) if value and str(value).strip() else None)


def _short(field: str, maximum: int, label: str) -> BeforeValidator:
    return BeforeValidator(
        lambda value: text(value, field=field, maximum=maximum, label=label) or None
    )


def _part(field: str, label: str) -> BeforeValidator:
    return _short(field, LENGTHS[field], label)


def _line(field: str) -> BeforeValidator:
    """A text on one line, as long as a name."""
    return _optional(lambda value: identity.parse_name(value, field=field))


def _birth_date(value: date) -> date:
    if value.year < EARLIEST_BIRTH_YEAR:
        raise InvalidInput("A data de nascimento não parece correta.", field="birth_date")
    return value


def _limit(value: Decimal) -> Decimal:
    try:
        limit = Decimal(value)
    except InvalidOperation as error:
        raise InvalidInput("O limite de crédito não é um valor.", field="credit_limit") from error
    if not limit.is_finite() or limit > MAX_MONEY:
        raise InvalidInput(f"O limite máximo é {format_brl(MAX_MONEY)}.", field="credit_limit")
    if limit < 0:
        raise InvalidInput("O limite de crédito não pode ser negativo.", field="credit_limit")
    if limit != round_cents(limit):
        raise InvalidInput("Use no máximo dois decimais.", field="credit_limit")
    return limit


class CustomerInput(InputModel):
    """A customer as typed: name, CPF or CNPJ, phone and so on; credit limit in R$ (R26).

    A limit of None means no limit, a tax id of None a foreign document in its place, or that there
    is none yet (`rules.identification`). Wrong fields raise InvalidInputs through `inputs.parse`.
    """

    name: Annotated[str, BeforeValidator(identity.parse_name)]
    tax_id: Annotated[str | None, BeforeValidator(_tax_id)]
    phone: Annotated[str | None, _optional(identity.parse_phone)] = None
    second_phone: Annotated[
        str | None, _optional(lambda value: identity.parse_phone(value, field="second_phone"))
    ] = None
    phone_text: Annotated[str | None, _line("phone_text")] = None
    email: Annotated[str | None, _optional(identity.parse_email)] = None
    birth_date: Annotated[date | None, BeforeValidator(lambda d: _birth_date(d) if d else None)] = (
        None
    )
    zip_code: Annotated[
        str | None, _optional(lambda value: identity.parse_cep(value, field="zip_code"))
    ] = None
    street: Annotated[str | None, _part("street", "Logradouro")] = None
    street_number: Annotated[str | None, _part("street_number", "Número")] = None
    complement: Annotated[str | None, _part("complement", "Complemento")] = None
    district: Annotated[str | None, _part("district", "Bairro")] = None
    city: Annotated[str | None, _part("city", "Cidade")] = None
    state: Annotated[str | None, _optional(identity.parse_uf)] = None
    credit_limit: Annotated[
        Decimal | None, BeforeValidator(lambda v: None if v is None else _limit(v))
    ] = None
    workplace: Annotated[str | None, _line("workplace")] = None
    spouse: Annotated[str | None, _line("spouse")] = None
    personal_references: Annotated[
        str | None, _short("personal_references", 2000, "Referências pessoais")
    ] = None
    remarks: Annotated[str | None, _short("remarks", 2000, "Observações")] = None
    foreign_document: Annotated[str | None, _optional(identification.parse_document)] = None
    country: Annotated[str | None, _optional(parse_country)] = None


def create(
    session: Session, actor: Actor, data: CustomerInput, *, operation_id: uuid.UUID, today: date
) -> int:
    """Register a customer and return the id; the same operation again returns the same id.

    Raises NotAllowed (also without CPF, CNPJ and document, by who may not), InvalidInput (born
    after today, a document without its country) or Conflict (CPF, CNPJ or document already there,
    or the operation registered another customer).
    """
    actor.require(Permission.SELL)
    _check(data, today)
    _check_identified(actor, data)
    row = _columns(data)
    statement = (
        insert(Customer)
        .values(**row, operation_id=operation_id, created_by=actor.id)
        .on_conflict_do_nothing(index_elements=[Customer.operation_id])
        .returning(Customer.id)
    )
    new_id = session.scalar(statement)
    if new_id is None:
        return _registered_before(session, data, operation_id)
    audit.record(session, actor, "create", "customer", new_id, after=row)
    return new_id


def edit(
    session: Session, actor: Actor, data: CustomerInput, *, customer_id: int, today: date
) -> None:
    """Replace a customer's data.

    Raises NotAllowed (another credit limit, by who may not sell above it, R26), NotFound,
    InvalidInput or Conflict (CPF or CNPJ already there, or the customer is anonymised, R28).
    """
    actor.require(Permission.SELL)
    _check(data, today)
    before = locked(session, customer_id)
    if before.identification is not None:
        _check_identified(actor, data)
    _change(session, actor, customer_id, "edit", _columns(data))


def amend(session: Session, actor: Actor, *, customer_id: int, values: dict[str, Any]) -> None:
    """Change some columns of a customer, checked as an import does; raises what `edit` does."""
    actor.require(Permission.IMPORT)
    _change(session, actor, customer_id, "edit", values)


def set_active(session: Session, actor: Actor, *, customer_id: int, active: bool) -> None:
    """Deactivate a customer (no new sales) or bring one back.

    Raises NotAllowed, NotFound or Conflict (anonymised, R28).
    """
    actor.require(Permission.SELL)
    _change(session, actor, customer_id, "edit", {"active": active})


def hand_over_identity(session: Session, actor: Actor, *, from_id: int, to_id: int) -> None:
    """Let a register that has no CPF or document have that of the same person's other register.

    It would be taken otherwise: it is no one else's, and no other register may have it.
    """
    former, right = (
        session.get_one(Customer, each, populate_existing=True) for each in (from_id, to_id)
    )
    if right.identification is not None or former.identification is None:
        return
    names = ("tax_id", "foreign_document", "country")
    values = {name: getattr(former, name) for name in names}
    _change(session, actor, from_id, "edit", dict.fromkeys(names))
    _change(session, actor, to_id, "edit", values)


def locked(session: Session, customer_id: int) -> Customer:
    """A customer's row, whom nobody else changes until the end of the transaction.

    Raises NotFound, or Conflict for one who is anonymised (R28).
    """
    customer = session.scalar(select(Customer).where(Customer.id == customer_id).with_for_update())
    if customer is None:
        raise NotFound("Cliente não encontrado.")
    if customer.anonymised_at is not None:
        raise Conflict(privacy.REFUSAL)
    return customer


def _registered_before(session: Session, data: CustomerInput, operation_id: uuid.UUID) -> int:
    [customer] = operations.recorded(session, Customer, operation_id)
    same = (customer.tax_id, customer.foreign_document) == (data.tax_id, data.foreign_document)
    operations.require_same(
        same and (customer.identification is not None or customer.name == data.name),
        done="gravou outro cliente",
        again="cadastrar outro",
    )
    return customer.id


def _check(data: CustomerInput, today: date) -> None:
    """What one field alone does not tell."""
    if data.foreign_document and not data.country:
        raise InvalidInput("Escolha o país do documento.", field="country")
    if data.country and not data.foreign_document:
        raise InvalidInput("Informe o documento desse país.", field="foreign_document")
    if data.birth_date and data.birth_date > today:
        raise InvalidInput("A data de nascimento está no futuro.", field="birth_date")


def _check_identified(actor: Actor, data: CustomerInput) -> None:
    """Refuse to register anybody by nothing but a name, unless a manager means it."""
    if data.tax_id or data.foreign_document or actor.can(Permission.OVERRIDE_CREDIT):
        return
    raise NotAllowed(
        "Informe o CPF ou o CNPJ, ou um documento estrangeiro. Só o gerente ou o administrador "
        "cadastra sem nenhum deles.",
        field="tax_id",
    )


def _columns(data: CustomerInput) -> dict[str, Any]:
    return {**data.model_dump(), "name_folded": identity.fold(data.name)}


def _change(
    session: Session, actor: Actor, customer_id: int, action: str, values: dict[str, Any]
) -> None:
    customer = locked(session, customer_id)
    before = {key: getattr(customer, key) for key in values}
    changed = {key: value for key, value in values.items() if before[key] != value}
    if not changed:
        return
    if "credit_limit" in changed and not actor.can(Permission.OVERRIDE_CREDIT):
        raise NotAllowed(
            "Só o gerente ou o administrador muda o limite de crédito.", field="credit_limit"
        )
    session.execute(
        update(Customer)
        .where(Customer.id == customer_id)
        .values(**changed, updated_at=func.now())
        .execution_options(synchronize_session=False)
    )
    audit.record(
        session,
        actor,
        action,
        "customer",
        customer_id,
        before={key: before[key] for key in changed},
        after=changed,
    )
