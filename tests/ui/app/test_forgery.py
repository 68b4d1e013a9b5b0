"""What a browser sends is never taken for forged, or real faults would go without a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from credigestor.rules.permissions import Role
from credigestor.ui.app import forgery
from credigestor.ui.kit.navigation import PAGES
from tests.factories import actor_of, add_user
from tests.portfolio import TODAY
from tests.services.offering import asked, offer
from tests.services.paying import pay, sell
from tests.ui.support import open_app

pytestmark = pytest.mark.usefixtures("db")


SCRIPT = Path(__file__).with_name("forgery_script.py")
#: They only say whether something is open, and take no harm.
HARMLESS = {"_TabsSerde", "_PopoverSerde", "_ExpanderSerde", "NoneType"}


def test_the_kinds_of_all_widgets_on_all_pages_are_known() -> None:
    user = add_user(Role.ADMIN)
    pay(actor_of(user), TODAY, (sell(("100.00", TODAY)).notes[0], "10.00"))
    offer(actor_of(user), asked(1))
    seen: set[str] = set()
    for spec in PAGES:
        query = {"id": "1", "customer": "1"}
        app = open_app(user=user, page=spec.file, query=query, script=SCRIPT).run()
        assert not app.exception, spec.file
        assert not app.session_state["forged"], spec.file
        seen |= app.session_state["readers"]
    assert len(seen) > 8
    assert seen <= {*forgery._KINDS, *HARMLESS}
