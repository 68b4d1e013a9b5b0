"""Hoje: what came in and was sold, what falls due, and the cards of those to call first."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal as D
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from credigestor import clock
from credigestor.db.engine import transaction
from credigestor.db.models import SettingsVersion, User
from credigestor.db.settings import ShopSettings
from credigestor.errors import Conflict
from credigestor.rules import pix
from credigestor.rules.permissions import Role
from tests.factories import actor_of, add_user
from tests.portfolio import TODAY, add_customer, add_sale, late, refresh
from tests.services.contacting import contact, new_contact, of, promise
from tests.services.down_paying import sold
from tests.services.paying import pay
from tests.ui.carded import cards_of
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db", "portfolio_day")

SHOP = ShopSettings(shop_name="Loja Modelo", pix_key="11222333000181", city="Fortaleza")


@pytest.fixture
def guta(db: str) -> User:
    return add_user(Role.MANAGER, name="Guta $ Gerente")


@pytest.fixture
def ana(guta: User) -> int:
    """Owes 300,00 that is 50 days late: 311,00 with charges."""
    with transaction() as session:
        session.add(SettingsVersion(data=SHOP.model_dump(mode="json"), changed_by_name="teste"))
        customer = add_customer(session, "Ana *Luz* <b>", phone="+5585988724443")
        add_sale(session, customer, late(90), [("300.00", late(50))])
    refresh()
    return customer


LINK = re.compile(r'<a [^>]*href="([^"]+)"[^>]*>([^<]+)</a>')


def cards_to_call(app: Visit) -> list[str]:
    """Each card's plain HTML."""
    return [part.value for part in app.html if 'class="cg-call"' in part.value]


def words(app: Visit) -> str:
    cards = re.sub("<[^>]+>", " ", "".join(cards_to_call(app)))
    return (app.texts.replace("\\", "") + re.sub(" +", " ", unescape(cards))).replace("\xa0", " ")


def links_of(app: Visit) -> dict[str, str]:
    found = LINK.findall("".join(cards_to_call(app)))
    return {unescape(label): unescape(address) for address, label in found}


def outcomes(app: Visit) -> Any:
    [found] = [group for group in app.button_group if "Resultado do contato" in group.label]
    return found


def open_today(user: User) -> Visit:
    app = open_app(user=user)
    assert not app.exception
    assert app.title[0].value == "Hoje"
    return app


def test_an_empty_shop_is_told_that_there_is_nothing(guta: User) -> None:
    app = open_today(guta)
    assert "Ninguém para chamar." in words(app)
    assert "Nenhuma nota vence até 29/11/2026." in words(app)


def test_managers_begin_here_and_see_the_day_by_method_and_seller(guta: User, ana: int) -> None:
    vera = add_user(Role.SELLER, name="Vera")
    with transaction() as session:
        more = add_sale(session, ana, TODAY, [("40.00", TODAY + timedelta(days=2))])
    pay(actor_of(vera), TODAY, (more.notes[0], "10.00"), method="pix")
    sold(actor_of(guta), override_reason="antiga")
    refresh()
    app = open_today(guta)
    cards = cards_of(app)
    assert [card.label for card in cards] == [
        *("Entrou hoje", "Vendido hoje", "Vendido no mês", "Recebido no mês"),
    ]
    assert [card.value.replace("\xa0", " ") for card in cards[:2]] == ["R$ 210,00", "R$ 1.040,00"]
    frame = app.dataframe[0].value.set_index("person")
    assert list(frame.index) == ["Guta $ Gerente", "Sem usuário", "Vera", "Loja"]
    assert list(frame.loc["Loja", ["notes", "down", "pix", "cash", "total", "sold"]]) == [
        *(D("10.00"), D("200.00"), D("10.00"), D("200.00"), D("210.00"), D("1040.00")),
    ]
    assert (frame.loc["Vera", "pix"], frame.loc["Vera", "sold"]) == (D("10.00"), 0)
    assert "R$ 30,00 de principal em 1 nota" in words(app)
    [due] = [part.value for part in app.html if "Notas que vencem" in part.value]
    days = [(address, label) for address, label in LINK.findall(due) if "2026-11-25" in address]
    assert [(unescape(address), label) for address, label in days] == [
        ("notas?status=open&due_from=2026-11-25&due_to=2026-11-25", "25/11/2026, qua")
    ]


def test_a_card_says_what_is_at_stake_and_whatsapp_opens_with_the_text(
    guta: User, ana: int
) -> None:
    app = open_today(guta)
    text = words(app)
    assert "R$ 300,00 em atraso, 50 dias, 1 nota; hoje, com juros e multa, R$ 311,00" in text
    assert "Ainda não pagou nada. Nenhum contato ainda." in text
    found = links_of(app)
    assert found["Ana *Luz* <b>"] == f"cliente?id={ana}"
    assert found["(85) 98872-4443"] == "tel:+5585988724443"
    address = urlsplit(found["WhatsApp"])
    assert (address.netloc, address.path) == ("wa.me", "/5585988724443")
    [sent] = parse_qs(address.query)["text"]
    assert sent.startswith("Boa tarde, Ana! Aqui é da Loja Modelo.")
    assert "vencimento em 04/10/2026 é hoje de R$ 311,00" in sent
    assert str(pix.shop_payload(SHOP, D("311.00"), "NP000001P01")) in sent.splitlines()


@pytest.mark.parametrize("outcome", ["spoke", "wrong_number", "refused", "no_answer"])
def test_one_tap_records_what_came_of_it_and_takes_the_card_away(
    guta: User, ana: int, outcome: str
) -> None:
    app = open_today(guta)
    outcomes(app).set_value(outcome)
    app.run()
    assert not app.exception
    [found] = of(ana)
    assert (found.outcome, found.channel, found.made_by) == (outcome, "whatsapp", guta.name)
    assert "Contato com Ana *Luz* <b> gravado" in words(app)
    assert "Ninguém mais para chamar hoje." in words(app)
    assert "1 contatado hoje" in words(app)


def test_an_outcome_that_was_refused_is_not_recorded_by_a_later_run(
    guta: User, ana: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def refuse(*_: Any, **__: Any) -> None:
        asked.append(1)
        raise Conflict("Agora não.")

    with monkeypatch.context() as patch:
        patch.setattr("credigestor.services.contacts.record", refuse)
        app = open_today(guta)
        outcomes(app).set_value("spoke").run()
        assert "Agora não." in words(app)
        app.run()
        assert (len(asked), "Agora não." in words(app)) == (1, True)
    app.run()  # the reason is gone, and nobody has tapped again
    assert of(ana) == []
    outcomes(app).set_value(None).run()
    outcomes(app).set_value("spoke").run()
    assert len(of(ana)) == 1


def test_r38_a_promise_is_asked_for_its_amount_and_day_and_comes_back_judged(
    guta: User, ana: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_today(guta)
    outcomes(app).set_value("promised")
    app.run()
    assert of(ana) == []
    amount = next(field for field in app.text_input if field.label == "Prometeu pagar (R$)")
    assert amount.value == "311,00"
    amount.set_value("999,00")
    next(button for button in app.button if button.label == "Gravar promessa").click()
    app.run()
    assert "a promessa não pode passar disso" in words(app)
    assert of(ana) == []
    next(field for field in app.text_input if field.label == "Prometeu pagar (R$)").set_value("200")
    next(field for field in app.date_input if field.label == "Até").set_value(TODAY)
    next(button for button in app.button if button.label == "Gravar promessa").click()
    app.run()
    assert not app.exception
    [found] = of(ana)
    assert found.promise
    assert (found.promise.amount, found.promise.due_on) == (D("200.00"), TODAY)
    assert "prometeu R$ 200,00 até 23/11/2026" in words(app)
    tomorrow = TODAY + timedelta(days=1)
    monkeypatch.setattr(clock, "today", lambda time_zone: tomorrow)
    back = open_today(guta)
    assert "Promessa quebrada: R$ 200,00 até 23/11/2026" in words(back)
    assert outcomes(back).value in (None, [])


def test_whoever_has_no_phone_is_on_the_list_all_the_same(guta: User) -> None:
    with transaction() as session:
        add_sale(session, add_customer(session, "Bia"), late(90), [("300.00", late(50))])
    refresh()
    app = open_today(guta)
    assert "Sem telefone no cadastro." in words(app)
    assert "WhatsApp" not in links_of(app)


def test_promises_that_stand_are_counted_and_their_cards_away(guta: User, ana: int) -> None:
    promise(actor_of(guta), ana, "100.00", TODAY, on=late(3))
    contact(actor_of(guta), new_contact(ana))
    assert "1 contatado hoje, 1 promessa a cumprir" in words(open_today(guta))
