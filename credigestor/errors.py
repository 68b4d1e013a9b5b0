"""Errors worded for the person at the counter.

Every message is Portuguese, says what is wrong and, where it can, what to do next.
`field` names the input the message belongs to, so that a page can show it there.
"""

from __future__ import annotations


class BusinessError(Exception):
    """A rule of the business refuses what was asked; nothing was changed."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class InvalidInput(BusinessError, ValueError):
    """A value does not make sense by itself (format, range, missing).

    It is a ValueError too, so that a pydantic model gathers those of all its fields.
    """


class InvalidInputs(InvalidInput):
    """Several fields of one form are wrong; `errors` maps each field to its message."""

    def __init__(self, errors: dict[str, str]) -> None:
        field, message = next(iter(errors.items()))
        super().__init__(message, field=field)
        self.errors = errors


class NotAllowed(BusinessError):
    """The actor's role does not permit the act."""


class OutOfScope(NotAllowed):
    """The actor's role permits the act, but the key by which a program calls does not."""


class NotFound(BusinessError):
    """What was named does not exist."""


class Conflict(BusinessError):
    """The act does not fit the stored state (already paid, already reversed …)."""


class Unavailable(BusinessError):
    """What the act needs is missing for now; nothing is wrong with what was asked."""


class DatabaseAway(Unavailable):
    """The database does not answer. Nothing was changed, unless it is `unknown`.

    That is where it went away before it could answer a COMMIT.
    """

    def __init__(self, message: str, *, unknown: bool = False) -> None:
        super().__init__(message)
        self.unknown = unknown


class ReadsOnly(Unavailable):
    """The database takes no writes: it is a standby, or made so. Nothing was changed."""


class DiskFull(Unavailable):
    """There is no room left to write."""


class Busy(Unavailable):
    """Somebody or something else is in the way just now; nothing was changed, try again."""
