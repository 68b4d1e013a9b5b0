"""The export page: whole tables as CSV or all in a ZIP, for managers and administrators."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from sqlalchemy import update

from credigestor.db.engine import transaction
from credigestor.db.models import Download, User
from credigestor.rules.permissions import Role
from tests.factories import PASSWORD_HASH, add_user
from tests.moments import NOW
from tests.portfolio import add_customer, add_sale
from tests.ui.support import open_app, text_of
from tests.web.fetching import click_and_fetch, download_links, fetch

pytestmark = pytest.mark.usefixtures("db")

PAGE = "analytics/exports.py"
TABLES = ("customers", "sales", "notes", "payments", "acts", "delinquency")


@pytest.fixture
def guta(db: str) -> User:
    """A manager, in a shop with one late customer."""
    with transaction() as session:
        ana = add_customer(session, "=Ana")
        add_sale(session, ana, date(2026, 1, 2), [("300.00", date(2026, 1, 12))])
    return add_user(Role.MANAGER, name="Guta Gerente")


def test_the_page_offers_each_table_and_says_that_it_makes_no_backup(guta: User) -> None:
    app = open_app(user=guta, page=PAGE)
    text = text_of(app)
    assert app.title[0].value == "Exportar"
    assert [button.label for button in app.button if button.key in ("everything", *TABLES)] == [
        "Baixar tudo (ZIP)", "Baixar clientes", "Baixar vendas", "Baixar notas",
        "Baixar pagamentos", "Baixar outros atos", "Baixar inadimplência",
    ]  # fmt: skip
    assert "Não são backup" in text
    assert "SHA-256" in text
    assert "senhas, usuários e sessões nunca saem aqui" in text


def test_only_who_makes_backups_is_led_to_them(guta: User) -> None:
    def links(user: User) -> list[str]:
        return [link.proto.label for link in open_app(user=user, page=PAGE).get("page_link")]

    assert "Fazer ou restaurar um backup" not in links(guta)
    assert "Fazer ou restaurar um backup" in links(add_user(Role.ADMIN))


def test_a_click_brings_the_file_and_the_page_says_so(guta: User) -> None:
    app = open_app(user=guta, page=PAGE)
    assert not download_links(app)
    answer = click_and_fetch(app, "customers")
    assert answer.headers["content-disposition"].startswith(
        'attachment; filename="clientes-2026-11-23.csv"'
    )
    assert answer.body.decode("utf-8-sig").splitlines()[1].startswith("1;;'=Ana;")
    assert not download_links(app)
    assert "clientes-2026-11-23.csv enviado às" in text_of(app)


@pytest.mark.parametrize("kind", TABLES)
def test_each_table_arrives(guta: User, kind: str) -> None:
    answer = click_and_fetch(open_app(user=guta, page=PAGE), kind)
    lines = answer.body.decode("utf-8-sig").splitlines()
    assert (answer.status, answer.whole) == (200, True)
    assert len(lines) == (1 if kind in ("payments", "acts") else 2)


def test_all_tables_come_in_one_zip_without_passwords(guta: User) -> None:
    answer = click_and_fetch(open_app(user=guta, page=PAGE), "everything")
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert {"clientes.csv", "vendas.csv", "notas.csv", "pagamentos.csv"} < set(
            archive.namelist()
        )
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert PASSWORD_HASH.encode() not in content


def test_notes_are_stated_at_the_date_and_in_the_style_of_the_address(guta: User) -> None:
    app = open_app(user=guta, page=PAGE, as_of="2026-02-11")
    # 300,00 late since 12/01, 30 days: interest 3,00 and fine 6,00 (R6, R7).
    line = click_and_fetch(app, "notes").text.rstrip()
    assert line.endswith(";Atrasada;30;300,00;3,00;6,00;309,00;")
    app = open_app(user=guta, page=PAGE, as_of="2026-02-11", style="plain")
    line = click_and_fetch(app, "notes").text.rstrip()
    assert line.endswith(",Atrasada,30,300.00,3.00,6.00,309.00,")


def test_nonsense_in_the_address_means_today_and_excel(guta: User) -> None:
    app = open_app(user=guta, page=PAGE, as_of="ontem", style="x")
    assert ";23/11/2026;Atrasada;" in click_and_fetch(app, "notes").text


def test_how_far_a_file_is_and_how_it_ended_stands_below_its_button(guta: User) -> None:
    app = open_app(user=guta, page=PAGE)
    app.button(key="notes").click().run()
    with transaction() as session:
        session.execute(
            update(Download).values(
                used_at=NOW, rows=350_000, rows_expected=1_000_000, size=31_150_000
            )
        )
    app.run()
    assert not download_links(app)
    [bar] = app.get("progress")
    assert (
        bar.proto.value,
        "350.000 de cerca de 1.000.000 linhas, 31,1 MB" in bar.proto.text.replace("\\", ""),
    ) == (
        35,
        True,
    )
    with transaction() as session:
        session.execute(update(Download).values(finished_at=NOW, error="Parou no meio."))
    app.run()
    assert "Parou no meio" in text_of(app)
    assert not app.get("progress")


def test_a_link_that_nobody_followed_expires(guta: User) -> None:
    app = open_app(user=guta, page=PAGE)
    app.button(key="notes").click().run()
    with transaction() as session:
        session.execute(update(Download).values(expires_at=NOW))
    app.run()
    assert not download_links(app)
    assert "já foi usado ou venceu" in text_of(app)


def test_another_date_takes_away_what_was_said_of_the_last_file(guta: User) -> None:
    app = open_app(user=guta, page=PAGE)
    click_and_fetch(app, "notes")
    assert "notas-2026-11-23.csv enviado" in text_of(app)
    app.date_input[0].set_value(date(2026, 2, 11)).run()
    assert "enviado" not in text_of(app)


def test_who_has_lost_the_role_meanwhile_gets_nothing(guta: User) -> None:
    app = open_app(user=guta, page=PAGE)
    app.button(key="notes").click().run()
    [path] = download_links(app)
    with transaction() as session:
        session.execute(update(User).where(User.id == guta.id).values(role="seller"))
    [cookie] = app.browser.cookies.values()
    assert fetch(path, cookie).status == 403
    assert "Sem permissão" in app.run().texts


def test_a_seller_does_not_see_the_page() -> None:
    app = open_app(role=Role.SELLER, page=PAGE)
    assert "Sem permissão" in app.texts
    assert not [button for button in app.button if button.key in TABLES]
