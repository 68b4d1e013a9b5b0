"""Charges that were paid after their note was settled: taken as of the payment that settled it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from credigestor.imports.batch import Given, NewAct, NewPayment, Share
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.charges import Paid
from credigestor.rules.money import CENT, ZERO

if TYPE_CHECKING:
    from credigestor.imports.settling import AnyNote, Settling


def make_room(settling: Settling, payment: NewPayment, note: AnyNote, why: str) -> bool:
    """Have a note's settling payment pay charges in the place of so much principal.

    The principal that is left then is what the later payment pays: so the note was settled by it,
    and the money above its amount was interest. False where no single payment settled it.
    """
    settled, last, amount = settling.newest.get(note), note.last, payment.amount
    if settled is None or last is None or not isinstance(last.act, Paid):
        return False
    state = settling.states[note]
    elsewhere = any(settled in other.payments for other in settling.notes if other is not note)
    if state.closed or elsewhere or last.split.principal - amount < CENT:
        return False
    note.shares = note.shares or {}
    share = note.shares.get(settled) or Share(settled.amount, ZERO, None, again=False)
    before = share.acted or Acted(ActKind.CHARGED, settled.paid_on)
    settling.told.waived -= min(max(before.interest, ZERO), amount)
    charged = replace(before, kind=ActKind.CHARGED, interest=before.interest - amount)
    settled.act = settled.act or NewAct(ActKind.CHARGED, settled.paid_on, why, settling.sale)
    settled.act.kind = ActKind.CHARGED
    note.shares[settled] = replace(share, acted=charged)
    settling.refold(note)
    payment.given = Given(ZERO, ZERO, ZERO)
    return True
