"""Guarantors in bodies (avalistas): how they are sent, and their faults told at their place."""

from __future__ import annotations

from collections.abc import Sequence

from credigestor.api.fields import Body
from credigestor.errors import InvalidInputs
from credigestor.services.guarantors import MOST, GuarantorInput, field_of
from credigestor.services.inputs import parse


class NewGuarantor(Body):
    """Who answers for the notes beside the customer (avalista)."""

    name: str
    tax_id: str
    address: str = ""


#: Where a body has what the service's refusals name.
RENAMED = {
    field_of(place, part): f"guarantors/{place - 1}/{part}"
    for place in range(1, MOST + 1)
    for part in NewGuarantor.model_fields
}


def read(sent: Sequence[NewGuarantor]) -> tuple[GuarantorInput, ...]:
    """The guarantors as the service takes them; raises InvalidInputs for all that is wrong."""
    found: list[GuarantorInput] = []
    errors: dict[str, str] = {}
    for place, each in enumerate(sent, 1):
        try:
            found.append(parse(GuarantorInput, each.model_dump()))
        except InvalidInputs as error:
            errors |= {field_of(place, name): told for name, told in error.errors.items()}
    if errors:
        raise InvalidInputs(errors)
    return tuple(found)
