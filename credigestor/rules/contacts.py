"""How the shop got in touch with a customer about what is owed, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Channel(StrEnum):
    """By what somebody tried to reach the customer."""

    WHATSAPP = "whatsapp"
    PHONE = "phone"
    IN_PERSON = "in_person"


class Outcome(StrEnum):
    """What came of it."""

    SPOKE = "spoke"
    PROMISED = "promised"
    WRONG_NUMBER = "wrong_number"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"


CHANNEL_NAMES: Mapping[Channel, str] = {
    Channel.WHATSAPP: "WhatsApp",
    Channel.PHONE: "Telefone",
    Channel.IN_PERSON: "Pessoalmente",
}
OUTCOME_NAMES: Mapping[Outcome, str] = {
    Outcome.SPOKE: "Falou",
    Outcome.PROMISED: "Prometeu",
    Outcome.WRONG_NUMBER: "Número errado",
    Outcome.REFUSED: "Recusou",
    Outcome.NO_ANSWER: "Não atendeu",
}
