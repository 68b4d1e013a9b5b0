"""The watched folder: new rows come in once, what differs or is refused is told and not written."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from credigestor.db import locks
from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, Customer, ImportRun, Payment
from credigestor.errors import DatabaseAway
from credigestor.imports import importer, watching
from credigestor.imports.choices import Choices
from credigestor.imports.problems import PAYMENTS
from credigestor.rules.permissions import Actor
from credigestor.services.import_runs import DETAIL_KEPT
from tests.imports.files import GOOD, csv_file, shop
from tests.imports.importing import everything, run
from tests.imports.watched import drop, look, runs, told, watcher
from tests.portfolio import TODAY
from tests.services.closing import close
from tests.sound import sound

pytestmark = pytest.mark.usefixtures("admin")

NEXT = ("V1", "2", "11/02/2026", "10,00", "pix")


def payments() -> int | None:
    with snapshot() as session:
        return session.scalar(select(func.count()).select_from(Payment))


def test_what_appears_comes_in_once_and_the_log_says_by_whom(tmp_path: Path) -> None:
    watching_it = watcher(tmp_path)
    drop(tmp_path, shop())
    look(watching_it)
    [came] = runs()
    assert came.file == "clientes.csv, pagamentos.csv, vendas.csv"
    assert (came.refused, came.customers, came.sales, came.notes, came.payments) == (
        *(False, 2, 2, 3, 2),
    )
    assert (came.differences, came.problems, came.unseen) == (0, 0, False)
    with snapshot() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "import")).one()
    assert (entry.actor_name, entry.at) == ("pasta observada", came.at)
    sound()
    before = everything()
    look(watching_it)
    look(watcher(tmp_path))  # as after a restart
    assert everything() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(GOOD)


def test_new_rows_of_a_file_come_in_and_the_known_ones_stay_as_they_are(tmp_path: Path) -> None:
    watching_it = watcher(tmp_path)
    drop(tmp_path, shop())
    look(watching_it)
    drop(tmp_path, shop(pagamentos=[NEXT]))
    look(watching_it)
    newest, _ = runs()
    assert (newest.payments, newest.sales, newest.differences) == (1, 0, 0)
    assert payments() == 3
    sound()


def test_the_same_content_under_another_name_is_no_other_file(tmp_path: Path) -> None:
    watching_it = watcher(tmp_path)
    drop(tmp_path, {"segunda.csv": shop()["clientes.csv"]})
    look(watching_it)
    drop(tmp_path, {"terça.csv": shop()["clientes.csv"]})
    look(watching_it)
    assert [run.file for run in runs()] == ["segunda.csv"]


def test_a_changed_row_is_told_and_not_put_right_even_where_that_was_chosen(
    tmp_path: Path,
) -> None:
    watching_it = watcher(tmp_path, choices=Choices(apply_changes=True))
    drop(tmp_path, shop())
    look(watching_it)
    changed = [GOOD[PAYMENTS][0], ("V1", "2", "10/02/2026", "140,00", "cartão")]
    drop(tmp_path, {PAYMENTS: csv_file(PAYMENTS, [*changed, NEXT])})
    look(watching_it)
    newest, _ = runs()
    assert (newest.refused, newest.payments, newest.differences) == (False, 1, 1)
    assert newest.unseen
    assert told(newest)[0] == (
        "venda V1, parcela 2: pagamento de 150,00 em 10/02/2026 passou a 140,00"
    )
    with snapshot() as session:
        amounts = session.scalars(select(Payment.amount).order_by(Payment.amount)).all()
    assert amounts == [10, 150, 400]


def test_a_wrong_row_refuses_its_file_whole_and_others_come_in(tmp_path: Path) -> None:
    wrong = ("V1", "9", "11/02/2026", "10,00", "pix")
    drop(tmp_path, {"loja.csv": shop()["clientes.csv"]})
    drop(tmp_path / "caixa", shop(pagamentos=[wrong]))
    look(watcher(tmp_path))
    good, refused = sorted(runs(), key=lambda run: run.refused)
    assert (refused.file, refused.problems, refused.payments) == ("caixa/", 1, 0)
    assert refused.unseen
    assert "9" in told(refused)[0]
    assert (good.file, good.customers) == ("loja.csv", 2)
    assert payments() == 0


def test_what_was_refused_comes_in_as_soon_as_an_import_brought_what_it_lacked(
    tmp_path: Path,
) -> None:
    watching_it = watcher(tmp_path)
    drop(tmp_path, {"pagamentos-1.csv": shop()[PAYMENTS]})
    look(watching_it)
    [refused] = runs()
    assert (refused.refused, refused.problems) == (True, 2)
    with transaction() as session:
        session.query(ImportRun).update({"seen_at": func.now()})
    look(watching_it)
    assert runs()[0].at == refused.at  # not tried again for nothing
    look(watcher(tmp_path))  # once more by another process, as after a restart, and not told anew
    [again] = runs()
    assert again.at > refused.at
    assert not again.unseen
    contents = shop()
    del contents[PAYMENTS]
    run(contents | {PAYMENTS: csv_file(PAYMENTS, [])})  # by hand
    look(watching_it)
    [came] = runs()
    assert (came.id, came.refused, came.payments) == (refused.id, False, 2)


def test_two_processes_import_a_file_once(tmp_path: Path) -> None:
    drop(tmp_path, shop())
    both = [watcher(tmp_path), watcher(tmp_path)]
    for each in both:
        each.look()
    gate = threading.Barrier(2)

    def go(each: watching.Watcher) -> None:
        gate.wait()
        each.look()

    with ThreadPoolExecutor() as pool:
        list(pool.map(go, both))
    [came] = runs()
    assert came.payments == 2
    assert payments() == 2


def test_while_another_process_is_at_it_nothing_is_begun(tmp_path: Path) -> None:
    drop(tmp_path, shop())
    with locks.alone("watch") as alone:
        assert alone
        look(watcher(tmp_path))
        assert runs() == []


def test_a_folder_that_vanishes_is_told_of_once_a_day_and_watched_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "rede"
    drop(folder, {"clientes.csv": shop()["clientes.csv"]})
    watching_it = watcher(folder)
    watching_it.look()
    folder.rename(tmp_path / "longe")
    watching_it.look()
    assert runs() == []
    look(watching_it)
    look(watcher(folder))
    [missing] = runs()
    assert (missing.file, missing.refused, missing.unseen) == (str(folder), True, True)
    assert "não existe ou não pode ser lida" in told(missing)[0]
    assert "cannot be read" in caplog.text
    (tmp_path / "longe").rename(folder)
    look(watching_it)
    assert [run.customers for run in runs()] == [2, 0]
    assert "is there again" in caplog.text


def test_an_error_of_ours_is_told_as_one_and_not_met_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[int] = []

    def broken(*args: object, **named: object) -> None:
        calls.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr(importer, "run", broken)
    drop(tmp_path, {"clientes.csv": shop()["clientes.csv"]})
    watching_it = watcher(tmp_path)
    look(watching_it)
    look(watching_it)
    [refused] = runs()
    assert told(refused) == ["Interrompido por um erro; nada foi gravado."]
    assert (len(calls), "ZeroDivisionError" in caplog.text) == (1, True)


def test_a_process_that_ends_takes_back_what_it_was_importing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class InTheMiddle(threading.Event):
        asked = 0

        def is_set(self) -> bool:
            self.asked += 1
            return self.asked > 5

    monkeypatch.setattr(watching, "LOOK", 0.001)
    drop(tmp_path, shop())
    before = everything()
    stop = InTheMiddle()
    watcher(tmp_path).run_forever(stop)
    assert stop.asked > 5
    assert everything() == before


@pytest.mark.usefixtures("db")
def test_what_goes_wrong_does_not_end_the_watch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()
    looks: list[int] = []

    def fail(_: watching.Watcher) -> None:
        looks.append(1)
        if len(looks) == 3:
            stop.set()
        raise OSError("disk gone")

    monkeypatch.setattr(watching.Watcher, "look", fail)
    monkeypatch.setattr(watching, "LOOK", 0.001)
    watcher(tmp_path).run_forever(stop)
    assert len(looks) == 3
    assert "will be tried again" in caplog.text


def test_while_the_database_is_away_nothing_is_told_and_the_next_look_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: object, **named: object) -> None:
        raise DatabaseAway("O banco de dados está voltando.")

    drop(tmp_path, shop())
    watching_it = watcher(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(importer, "run", away)
        watching_it.look()
        with pytest.raises(DatabaseAway):
            watching_it.look()
    assert runs() == []
    watching_it.look()
    assert [run.payments for run in runs()] == [2]


def test_rows_of_closed_days_wait_for_who_gives_a_reason(tmp_path: Path, admin: Actor) -> None:
    close(admin, TODAY - timedelta(days=1))
    drop(tmp_path, shop())
    look(watcher(tmp_path))
    [refused] = runs()
    assert refused.refused
    assert "data de dias fechados" in told(refused)[0]
    assert payments() == 0


def test_what_was_told_of_people_goes_with_time(tmp_path: Path, admin: Actor) -> None:
    watching_it = watcher(tmp_path)
    drop(tmp_path, {"a.csv": b"x"})
    look(watching_it)
    with transaction() as session:
        session.query(ImportRun).update({"at": func.now() - DETAIL_KEPT - timedelta(1)})
    drop(tmp_path, {"clientes.csv": shop()["clientes.csv"]})
    look(watching_it)
    with snapshot() as session:
        details = session.scalars(select(ImportRun.detail).order_by(ImportRun.id)).all()
        assert session.scalar(select(func.count()).select_from(Customer)) == 2
    assert details[0] is None
    assert details[1] is not None
