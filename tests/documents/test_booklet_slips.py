"""The booklet's slips on paper: what each tells, and its Pix code or what stands in its place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from credigestor.reports.named_customer import NamedCustomer
from tests.documents import looking
from tests.documents.booklets import (
    LOGO,
    SHOP,
    WIDEST_SHOP,
    booklet,
    payloads,
    printed,
    slips,
    words,
)


@pytest.mark.parametrize("legal_name", ["Ágata Comércio de Móveis Ltda", "A B C D E F G H I J K"])
def test_a_slips_pix_code_is_copied_as_one_text_without_line_breaks(legal_name: str) -> None:
    shop = SHOP.model_copy(
        update={"legal_name": legal_name, "pix_key": "a.b.c.d.e.f.g.h@comercio.exemplo.com.br"}
    )
    data = booklet(shop=shop)
    found = [line.text for line in looking.texts(printed(data))]
    assert [text for text in found if text.startswith("000201")] == payloads(data)


def test_what_a_slip_tells_stands_in_one_size_of_type() -> None:
    lines = looking.texts(printed(booklet(first_due=date(2026, 2, 14))))
    starts = ("Sem acréscimos", "(pro rata", "por dia", "Pague na loja")
    sizes = {line.size for line in lines if line.text.startswith(starts)}
    assert sizes == {8.0}


def test_lines_are_cut_only_below_slips() -> None:
    scissors = [t for t in looking.texts(printed(booklet(installments=4))) if t.text == "✂"]
    assert [(t.page, round(t.box.top + t.box.bottom) // 2) for t in scissors] == [
        *((2, 99), (2, 198), (3, 99))
    ]


def test_each_slip_names_note_date_amount_customer_and_what_being_late_costs() -> None:
    pdf = printed(booklet())
    found = slips(pdf)
    assert len(found) == 12
    assert len(looking.rendered(pdf, 40)) == 1 + 4  # three to a page
    for part in ("000123-02/12", "10/03/2026", "R$ 88,85", "Zélia D'Ávila Muñoz"):
        assert found[1].count(part) == 2  # on the stub and on the customer's part
    for part in (
        "Parcela 2 de 12",
        "CPF 529.982.247-25",
        "Loja Ágata CNPJ 11.222.333/0001-81",
        "Após o vencimento: multa de 2 % (R$ 1,78) + juros de mora de 1 % ao mês (pro rata por "
        "dia).",
        "Pague na loja: Rua Barão de Aracati, 1200",
        "Recebido em Valor recebido Visto",
        "Pague com Pix",
    ):
        assert part in found[1]


def test_a_slip_whose_due_date_is_no_business_day_tells_the_last_day_without_charges() -> None:
    data = booklet(total="300.00", installments=1, contract_rate="0", first_due=date(2026, 11, 20))
    (slip,) = slips(printed(data))
    assert (
        "Sem acréscimos até 23/11/2026; depois, multa de 2 % (R$ 6,00) + juros de mora de 1 % ao "
        "mês (pro rata por dia, desde o vencimento)." in slip
    )


def test_the_codes_of_the_rendered_pages_ask_for_each_slips_amount() -> None:
    data = booklet(balances={2: "40.00"})
    pdf = printed(data, LOGO)
    found = looking.qr_codes(pdf)
    assert found == payloads(data)
    assert "540540.00" in found[1]
    assert "0511NP000123P02" in found[1]
    assert all(code and code.replace(" ", "") in words(pdf).replace(" ", "") for code in found)


def test_settled_notes_have_no_slip_and_are_marked_on_the_cover() -> None:
    pdf = printed(booklet(balances=dict.fromkeys((1, 2, 3, 5), "0.00")))
    assert len(slips(pdf)) == 8
    assert "3 10/04/2026 R$ 88,85 paga" in words(pdf)
    assert "000123-03/12" not in words(pdf)


def test_a_note_paid_in_part_asks_for_what_is_left_and_says_so() -> None:
    data = booklet(balances={1: "207.50"}, total="300.00", installments=1, contract_rate="0")
    pdf = printed(data)
    (slip,) = slips(pdf)
    assert slip.count("Saldo a pagar R$ 207,50") == 2
    assert "Parcela de R$ 300,00 já paga em parte: R$ 92,50 abatidos até 05/01/2026." in slip
    assert "multa de 2 % (R$ 4,15)" in slip
    assert "1 10/02/2026 R$ 300,00 em parte" in words(pdf)


def test_a_late_slip_has_no_code_because_its_amount_grows() -> None:
    data = booklet(as_of=date(2026, 3, 11), balances={1: "10.00"})
    pdf = printed(data)
    found = slips(pdf)
    assert "Vencida: somam-se os encargos por atraso. Peça na loja o valor do dia." in found[0]
    assert (
        "Vencida: somam-se multa de 2 % + juros de mora de 1 % ao mês, desde o vencimento. Peça "
        "na loja o valor do dia." in found[1]
    )
    assert "Carimbo ou visto da loja" in found[0]
    assert looking.qr_codes(pdf) == payloads(data)[2:]


def test_without_a_pix_key_each_slip_has_room_for_a_stamp_instead() -> None:
    pdf = printed(booklet(shop=SHOP.model_copy(update={"pix_key": ""})))
    looking.assert_sound(pdf)
    assert looking.qr_codes(pdf) == []
    assert all("Carimbo ou visto da loja" in slip and "Pix" not in slip for slip in slips(pdf))


def test_a_slip_has_room_for_the_longest_address_that_it_tells() -> None:
    place = {"street": "W" * 70, "street_number": "", "district": "", "city": "W" * 26}
    shop = WIDEST_SHOP.model_copy(update={**place, "complement": ""})
    customer = NamedCustomer(7, "W" * 120, "52998224725", "")
    many = dict.fromkeys((1, 2, 3), "9000000.01")
    data = booklet(
        total="99999999.99",
        installments=3,
        shop=shop,
        customer=customer,
        first_due=date(2026, 2, 14),
        balances=many,
        late_rate=Decimal("0.0333"),
        fine_rate=Decimal("1.9999"),
    )
    pdf = printed(data, LOGO)
    looking.assert_sound(pdf)
    for slip in slips(pdf):
        assert "Pague na loja: WWW" in slip
        assert "já paga em parte" in slip
    assert looking.qr_codes(pdf) == payloads(data)
