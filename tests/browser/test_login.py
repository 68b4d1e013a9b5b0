"""The first run, logging in and out, as a person does it in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from credigestor.rules.permissions import Role
from credigestor.web import cookies
from tests.browser.conftest import Server, settled
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

FORBIDDEN = "Sem permissão"


def cookie_of(page: Page) -> str:
    return next(c for c in page.context.cookies() if c["name"] == "credigestor_session")["value"]


def person(page: Page) -> Locator:
    """Where the sidebar says who is logged in."""
    return page.get_by_test_id("stSidebarUserContent")


def found_shop(page: Page) -> None:
    page.get_by_label("Nome da loja", exact=True).fill("Loja São João <b> 'x'")
    page.get_by_label("Nome completo", exact=True).fill("Ada Lovelace")
    page.get_by_label("Usuário", exact=True).fill("ada")
    page.get_by_label("Senha", exact=True).fill("uma senha comprida")
    page.get_by_label("Senha, de novo", exact=True).fill("uma senha comprida")
    page.get_by_role("button", name="Criar a loja").click()


def test_the_first_run_makes_a_shop_and_its_administrator_who_is_inside(
    fresh_server: Server, new_page: Callable[..., Page]
) -> None:
    page = new_page(fresh_server)
    page.goto("/")
    expect(page.get_by_text("Bem-vindo ao CrediGestor")).to_be_visible()
    expect(page.get_by_label("Código de configuração", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Criar a loja").click()
    expect(page.get_by_text("não pode ficar em branco").first).to_be_visible()
    found_shop(page)
    expect(page.get_by_role("button", name="Sair")).to_be_visible()
    expect(person(page)).to_contain_text("Ada Lovelace")
    shop = page.get_by_test_id("stSidebarNav").evaluate(
        "e => getComputedStyle(e, '::before').content"
    )
    assert shop == "\"Loja São João <b> 'x'\""
    assert fresh_server.scalar("SELECT role FROM users") == "admin"
    stranger = new_page(fresh_server)
    stranger.goto("/")
    expect(stranger.get_by_label("Usuário", exact=True)).to_be_visible()
    expect(stranger.get_by_text("Bem-vindo")).to_have_count(0)


def test_a_stranger_on_the_network_needs_the_code_from_the_terminal(
    fresh_server: Server, new_page: Callable[..., Page]
) -> None:
    # A proxy's header is enough not to be trusted as local.
    page = new_page(fresh_server, extra_http_headers={"X-Forwarded-For": "203.0.113.5"})
    page.goto("/")
    page.get_by_label("Código de configuração", exact=True).fill("errado")
    found_shop(page)
    expect(page.get_by_text("Código de configuração incorreto")).to_be_visible()
    assert fresh_server.scalar("SELECT count(*) FROM users") == 0
    code = str(fresh_server.scalar("SELECT setup_code FROM installation"))
    assert code in fresh_server.log.read_text()
    page.get_by_label("Código de configuração", exact=True).fill(code)
    page.get_by_role("button", name="Criar a loja").click()
    expect(page.get_by_role("button", name="Sair")).to_be_visible()
    assert fresh_server.scalar("SELECT setup_code FROM installation") is None


def test_a_person_logs_in_and_the_cookie_changes(page: Page, log_in: Callable[..., None]) -> None:
    page.goto("/")
    expect(page.get_by_label("Usuário", exact=True)).to_be_visible()
    before = cookie_of(page)
    log_in(page, "vendedor")
    expect(person(page)).to_contain_text("Vera Vendedora")
    assert cookie_of(page) != before
    (cookie,) = [c for c in page.context.cookies() if c["name"] == "credigestor_session"]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert "ticket" not in page.url


def test_a_wrong_password_is_told_without_saying_which_part_is_wrong(
    page: Page, log_in: Callable[..., None]
) -> None:
    page.goto("/")
    log_in(page, "vendedor", "senha errada")
    expect(page.get_by_text("Usuário ou senha incorretos.")).to_be_visible()
    page.reload()
    log_in(page, "ninguem", PASSWORD)
    expect(page.get_by_text("Usuário ou senha incorretos.")).to_be_visible()


def test_five_wrong_passwords_lock_the_login(
    page: Page, server: Server, log_in: Callable[..., None]
) -> None:
    server.add_user("trancado", Role.SELLER)
    page.goto("/")
    for attempt in range(5):
        log_in(page, "trancado", f"senha errada {attempt}")
        expect(page.get_by_text("Usuário ou senha incorretos.")).to_be_visible()
        server.await_scalar(
            attempt + 1, "SELECT count(*) FROM login_attempts WHERE login = 'trancado'"
        )
    log_in(page, "trancado")
    expect(page.get_by_text("Muitas tentativas sem sucesso")).to_be_visible()
    server.forget_attempts()
    log_in(page, "trancado")
    expect(page.get_by_role("button", name="Sair")).to_be_visible()


def test_a_forged_header_gives_nobody_a_new_address_to_try_from(
    server: Server, new_page: Callable[..., Page], log_in: Callable[..., None]
) -> None:
    server.forget_attempts()
    for address in ("198.51.100.1", "198.51.100.2"):
        page = new_page(server, extra_http_headers={"X-Forwarded-For": address})
        page.goto("/")
        log_in(page, "vendedor", "senha errada")
        expect(page.get_by_text("Usuário ou senha incorretos.")).to_be_visible()
    assert server.scalar("SELECT string_agg(DISTINCT address, ' ') FROM login_attempts") == "?"


def test_a_copied_cookie_is_refused_after_logging_out(
    page: Page, server: Server, new_page: Callable[..., Page], log_in: Callable[..., None]
) -> None:
    page.goto("/")
    log_in(page, "gerente")
    expect(person(page)).to_contain_text("Guta Gerente")
    stolen = cookie_of(page)

    def visit_with_it() -> Page:
        thief = new_page(server)
        thief.context.add_cookies(
            [{"name": cookies.cookie_name(), "value": stolen, "url": server.base_url}]
        )
        thief.goto("/")
        return thief

    expect(person(visit_with_it())).to_contain_text("Guta Gerente")
    page.get_by_role("button", name="Sair").click()
    expect(page.get_by_label("Usuário", exact=True)).to_be_visible()
    late = visit_with_it()
    expect(late.get_by_label("Usuário", exact=True)).to_be_visible()
    expect(late.get_by_text("Guta Gerente")).to_have_count(0)


def test_a_second_tab_logs_in_after_the_first_one_logged_out(
    page: Page, log_in: Callable[..., None]
) -> None:
    page.goto("/minha-conta")
    log_in(page, "vendedor")
    expect(person(page)).to_contain_text("Vera Vendedora")
    second = page.context.new_page()
    second.goto("/minha-conta")
    expect(person(second)).to_contain_text("Vera Vendedora")
    page.get_by_role("button", name="Sair").first.click()
    expect(page.get_by_label("Usuário", exact=True)).to_be_visible()
    second.get_by_test_id("stSidebarNav").get_by_text("Clientes").click()
    expect(second.get_by_label("Usuário", exact=True)).to_be_visible()
    log_in(second, "gerente")
    expect(person(second)).to_contain_text("Guta Gerente")


def test_a_tab_that_lost_its_connection_shows_no_more_of_the_former_login(
    page: Page, server: Server, log_in: Callable[..., None]
) -> None:
    connections: list[Any] = []

    def through(connection: Any) -> None:
        connections.append(connection)
        connection.connect_to_server()

    page.goto("/")
    log_in(page, "adm")
    expect(person(page)).to_contain_text("Ada Admin")
    asleep = page.context.new_page()
    asleep.route_web_socket("**/_stcore/stream", through)
    asleep.add_init_script(
        "const slow = setInterval; window.setInterval = (work, time) => slow(work, time / 10)"
    )
    asleep.goto("/usuarios")
    expect(asleep.get_by_text("Vera Vendedora").first).to_be_visible()
    page.get_by_role("button", name="Sair").click()
    log_in(page, "vendedor")
    expect(person(page)).to_contain_text("Vera Vendedora")
    connections[-1].close()
    expect(asleep.get_by_role("heading", name=FORBIDDEN)).to_be_visible()


def test_a_login_that_was_ended_elsewhere_leads_to_the_login(
    page: Page, server: Server, log_in: Callable[..., None]
) -> None:
    server.add_user("encerrado", Role.SELLER, "Eva Encerrada")
    page.goto("/clientes")
    log_in(page, "encerrado")
    expect(person(page)).to_contain_text("Eva Encerrada")
    server.revoke("encerrado")
    for _ in range(2):
        page.reload()
        expect(page.get_by_label("Usuário", exact=True)).to_be_visible()
    log_in(page, "encerrado")
    expect(person(page)).to_contain_text("Eva Encerrada")


def test_a_deep_link_leads_through_the_login_to_its_page_with_its_query(
    page: Page, log_in: Callable[..., None]
) -> None:
    page.goto("/minha-conta?de=ana%20luz&n=1")
    log_in(page, "vendedor")
    expect(page.get_by_role("heading", name="Minha conta")).to_be_visible()
    assert page.url.endswith(("/minha-conta?de=ana%20luz&n=1", "/minha-conta?de=ana+luz&n=1"))


def test_a_stranger_sees_no_menu_and_a_seller_no_forbidden_page(
    page: Page, log_in: Callable[..., None]
) -> None:
    page.goto("/usuarios")
    expect(page.get_by_label("Usuário", exact=True)).to_be_visible()
    expect(page.get_by_test_id("stSidebarNav")).to_have_count(0)
    log_in(page, "vendedor")
    expect(page.get_by_role("heading", name=FORBIDDEN)).to_be_visible()
    expect(page.get_by_text("Ada Admin")).to_have_count(0)
    expect(page.get_by_role("heading", name="Usuários")).to_have_count(0)
    expect(page.get_by_test_id("stSidebarNav").get_by_text("Usuários")).to_have_count(0)


def test_changing_the_own_password_keeps_only_this_browser_logged_in(
    page: Page, server: Server, new_page: Callable[..., Page], log_in: Callable[..., None]
) -> None:
    server.add_user("muda", Role.SELLER, "Muda Senha")
    other = new_page(server)
    for visitor in (page, other):
        visitor.goto("/minha-conta")
        log_in(visitor, "muda")
        expect(visitor.get_by_role("heading", name="Minha conta")).to_be_visible()
    page.get_by_label("Senha atual", exact=True).fill(PASSWORD)
    page.get_by_label("Senha nova", exact=True).fill("uma senha nova boa")
    page.get_by_label("Senha nova, de novo", exact=True).fill("uma senha nova boa")
    before = cookie_of(page)
    with page.expect_navigation(url=re.compile("/minha-conta")):
        page.get_by_role("button", name="Trocar a senha").click()
    expect(page.get_by_role("heading", name="Minha conta")).to_be_visible()
    assert cookie_of(page) != before
    other.reload()
    expect(other.get_by_label("Usuário", exact=True)).to_be_visible()


def test_an_administrator_makes_a_user_who_logs_in_with_the_password_shown_once(
    page: Page, server: Server, new_page: Callable[..., Page], log_in: Callable[..., None]
) -> None:
    page.goto("/usuarios")
    log_in(page, "adm")
    expect(page.get_by_role("heading", name="Usuários")).to_be_visible()
    settled(page)
    tab = page.get_by_role("tab", name="Cadastrar")
    tab.click()
    expect(tab).to_have_attribute("aria-selected", "true")
    page.get_by_role("tabpanel", name="Cadastrar").get_by_label("Nome completo").fill("Nova Pessoa")
    page.get_by_label("Usuário", exact=True).fill("nova.pessoa")
    page.get_by_role("button", name="Cadastrar").click()
    expect(page.get_by_text("mostrada só agora")).to_be_visible()
    password = page.get_by_test_id("stCode").inner_text().strip()
    page.reload()
    expect(page.get_by_role("tab", name="Cadastrar")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_text("mostrada só agora")).to_have_count(0)
    page.get_by_role("tab").first.click()
    expect(page.get_by_text("Nova Pessoa")).to_be_visible()
    newcomer = new_page(server)
    newcomer.goto("/")
    log_in(newcomer, "nova.pessoa", password)
    expect(person(newcomer)).to_contain_text("Nova Pessoa")


def test_streamlits_own_words_are_portuguese_and_the_shops_are_left_alone(
    page: Page, server: Server, log_in: Callable[..., None]
) -> None:
    server.add_user("close", Role.SELLER, "Close")
    page.goto("/minha-conta")
    expect(page.get_by_label("Mostrar a senha", exact=True)).to_be_visible()
    page.get_by_label("Usuário", exact=True).fill("close")
    expect(page.get_by_text("Enter envia o formulário")).to_be_visible()
    log_in(page, "close")
    expect(person(page)).to_contain_text("Close")
    page.goto("/pasta%2Fpagina-que-nao-existe")
    expect(page.get_by_text("O endereço digitado não existe")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)  # Streamlit's own would be in English


def test_no_page_of_the_menu_breaks_a_rule_of_the_browser(
    page: Page, log_in: Callable[..., None]
) -> None:
    complaints: list[str] = []

    def note(message: Any) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/")
    log_in(page, "adm")
    links = page.get_by_test_id("stSidebarNavLink")
    expect(links.first).to_be_visible()
    for address in [link.get_attribute("href") for link in links.all()]:
        page.goto(address or "/")
        expect(page.get_by_test_id("stMainBlockContainer")).to_be_visible()
        expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
        page.wait_for_timeout(300)
    assert complaints == []
