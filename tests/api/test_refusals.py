"""Whatever is sent, the answer is a problem in Portuguese that repeats nothing, and never a 500."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from credigestor.api.gate import MOST
from credigestor.db.models import Customer
from credigestor.db.place import Misplaced
from credigestor.errors import Busy, DatabaseAway, DiskFull, Unavailable
from credigestor.services import customers
from tests.api.asking import Answer, Request, ask, at_once
from tests.services.selling import count


def sent(raw: bytes, token: str, path: str = "/customers", **headers: str) -> Answer:
    key = str(uuid.uuid4())
    return ask("POST", path, token=token, raw=raw, key=key, headers=headers)


def wrong(answer: Answer) -> dict[str, str]:
    assert answer.code == "invalid_input"
    return {
        each.get("pointer") or each["parameter"]: each["detail"] for each in answer.json["errors"]
    }


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"{", 422),
        (b"[" * 100_000, 400),
        (b'{"a":' * 100_000, 400),
        (b'{"name": "\xff\xfe"}', 400),
        (b'{"name": "\\ud800", "tax_id": "1"}', 422),
        (b'{"name": "a\\u0000b", "tax_id": "52998224725"}', 422),
        (b'{"\\ud800": 1}', 422),
        (b'{"name": 1e400, "tax_id": -1e400}', 422),
        (b'{"name": NaN, "tax_id": Infinity}', 422),
        (b'{"credit_limit": 1e400, "name": "Ana", "tax_id": "52998224725"}', 422),
        (b'{"name": ' + b"9" * 5000 + b"}", 400),
        (b"null", 422),
        (b"[]", 422),
        (b'"x"', 422),
        (b"", 422),
        (b"{}", 422),
        (b'{"name": {"a": [1]}, "tax_id": []}', 422),
    ],
)
def test_no_body_is_too_strange(raw: bytes, status: int, seller_token: str) -> None:
    answer = sent(raw, seller_token)
    assert answer.status == status, answer.body
    assert answer.code in ("malformed", "invalid_input")
    assert answer.body.isascii()
    assert len(answer.body) < 5000
    assert count(Customer) == 0


def test_what_was_sent_is_not_repeated(seller_token: str) -> None:
    answer = sent(
        b'{"name": 12345678, "tax_id": "segredo", "phone": {"x": 87654321}}', seller_token
    )
    assert not any(word in answer.body for word in (b"12345678", b"segredo", b"87654321"))


def test_every_wrong_field_is_named_by_its_place(seller_token: str) -> None:
    answer = sent(b'{"nome": 1, "tax_id": 5, "credit_limit": 10.5, "a/b~": 0}', seller_token)
    assert wrong(answer) == {
        "#/name": "Campo obrigatório.",
        "#/tax_id": "Deve ser um texto.",
        "#/credit_limit": "Envie um texto, não um número (que perde centavos): "
        'R$ como "1234.56", com dois decimais.',
        "#/nome": "Campo desconhecido.",
        "#/a~1b~0": "Campo desconhecido.",
    }


def test_what_the_service_refuses_is_named_too(seller_token: str) -> None:
    answer = sent(b'{"name": "Ana Luz", "tax_id": "111.111.111-11", "phone": "1"}', seller_token)
    assert answer.status == 422
    assert wrong(answer).keys() == {"#/tax_id", "#/phone"}


@pytest.mark.parametrize(
    "amount",
    [
        *("1", "1.5", "1,50", "1.234,56", "01.00", "-1.00", "+1.00", " 1.00", "1e2", "", "١.٠٠"),
        *("99999999999.00", "NaN", 1, 1.5, True, None, [], {}),
    ],
)
def test_money_is_a_text_of_two_decimals(amount: Any, seller_token: str) -> None:
    body = {"customer_id": 1, "total": amount, "first_due_date": "2026-12-10"}
    answer = sent(json.dumps(body).encode(), seller_token, "/sales")
    assert wrong(answer).keys() == {"#/total"}


@pytest.mark.parametrize(
    "day", ["10/12/2026", "2026-1-1", "2026-02-30", "2026-01-01T00:00:00", "0001-01-01", 20260101]
)
def test_days_are_iso(day: Any, seller_token: str) -> None:
    body = {"customer_id": 1, "total": "1.00", "sold_on": day}
    assert wrong(sent(json.dumps(body).encode(), seller_token, "/sales")).keys() == {"#/sold_on"}


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/customers?limit=0", "limit"),
        ("/customers?limit=201", "limit"),
        ("/customers?limit=x", "limit"),
        ("/customers?cursor=x", "cursor"),
        ("/customers?cursor=" + "A" * 201, "cursor"),
        ("/payments?cursor=WyJhIiwgMV0", "cursor"),
        ("/sales?cursor=WyJ4IiwgIjEiXQ", "cursor"),
        ("/customers?as_off=2026-01-01", "as_off"),
        ("/sales?as_of=2026-13-01", "as_of"),
        ("/sales?seller=ana", "seller"),
        ("/sales?value=1-2", "value"),
        ("/notes?status=late", "status"),
        ("/notes?band=1-31", "band"),
        ("/payments?method=gold", "method"),
        ("/customers/0", "customer_id"),
        ("/customers/99999999999", "customer_id"),
        ("/payments/1/receipt?format=round", "format"),
    ],
)
def test_parameters_are_checked_and_unknown_ones_refused(
    path: str, parameter: str, seller_token: str
) -> None:
    answer = ask("GET", path, token=seller_token)
    assert answer.status == 422, answer.body
    assert parameter in wrong(answer)


@pytest.mark.parametrize(
    "path",
    ["/customers?q=%00", "/customers?q=%ff%fe", "/sales?city=%00", "/notes?q=%F0%9F%98%80'--"],
)
def test_no_search_is_too_strange(path: str, seller_token: str) -> None:
    assert ask("GET", path, token=seller_token).status in (200, 422)


@pytest.mark.parametrize(
    "path",
    [
        "/customers/1",
        "/customers/1/owed",
        "/sales/1",
        "/notes/1",
        "/payments/1",
        "/payments/1/receipt",
    ],
)
def test_what_is_not_there_is_not_found(path: str, seller_token: str) -> None:
    assert ask("GET", path, token=seller_token).code == "not_found"


def test_an_unknown_address_is_a_problem_too() -> None:
    for path in ("/api", "/api/", "/api/v1", "/api/v2/sales", "/nada", "/sales/", "/api/docs/"):
        assert ask("GET", path).code == "not_found", path


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/sales", "GET, POST"),
        ("/sales/1/cancellation", "POST"),
        ("/sales/preview", "POST"),
        ("/customers/1", "GET, PATCH"),
        ("/openapi.json", "GET"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(path: str, allowed: str) -> None:
    answer = ask("DELETE", path)
    assert (answer.status, answer.code) == (405, "method_not_allowed")
    assert answer.headers["allow"] == allowed


def test_a_preview_is_no_id_to_be_read(seller_token: str) -> None:
    for path in ("/sales/preview", "/payments/preview", "/payments/allocation"):
        answer = ask("GET", path, token=seller_token)
        assert (answer.code, answer.headers["allow"]) == ("method_not_allowed", "POST")


@pytest.mark.parametrize("count", [b'"3"', b"true", b"3.5", b"1e400", b"121", b"-1", b"null"])
def test_a_count_is_an_integer(count: bytes, seller_token: str) -> None:
    body = b'{"customer_id": 1, "total": "9.00", "installments": ' + count + b"}"
    assert wrong(sent(body, seller_token, "/sales")).keys() == {"#/installments"}
    whole = body.replace(count, b"3.0")
    assert sent(whole, seller_token, "/sales").code == "not_found"  # there is no customer


def test_a_body_over_a_megabyte_is_refused_before_it_is_read(seller_token: str) -> None:
    assert sent(b"x" * (MOST + 1), seller_token).code == "body_too_large"
    told = sent(b"{}", seller_token, **{"content-length": str(MOST + 1)})
    assert (told.status, told.code) == (413, "body_too_large")
    assert sent(b" " * (MOST - 2) + b"{}", seller_token).status == 422


def test_a_body_that_is_not_json_is_refused(seller_token: str) -> None:
    form = sent(b"name=Ana", seller_token, **{"content-type": "application/x-www-form-urlencoded"})
    assert wrong(form).keys() == {"#"}


def test_another_host_is_refused(seller_token: str) -> None:
    assert ask("GET", "/auth/me", token=seller_token, host="evil.example").code == "unknown_host"


def test_no_other_site_is_asked_for_and_every_answer_is_dressed(seller_token: str) -> None:
    """No cookie counts, so no Origin is looked at; and nobody keeps what was answered."""
    answer = ask(
        "POST", "/auth/logout", token=seller_token, headers={"origin": "https://elsewhere.example"}
    )
    assert answer.status == 204
    for each in (answer, ask("GET", "/nada"), ask("GET", "/x", host="evil.example")):
        assert each.headers["cache-control"] == "no-store"
        assert each.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in each.headers
        assert "access-control-allow-origin" not in each.headers


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DatabaseAway("longe"), "database_away"),
        (DatabaseAway("quem sabe", unknown=True), "outcome_unknown"),
        (Busy("ocupado"), "busy"),
        (DiskFull("cheio"), "unavailable"),
        (Unavailable("só leitura"), "unavailable"),
        (Misplaced("noutro esquema"), "unavailable"),
    ],
)
def test_what_is_away_is_worth_another_try(
    error: Exception, code: str, seller_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(customers, "create", fail)
    answer = sent(b'{"name": "Ana Luz", "tax_id": "52998224725"}', seller_token)
    assert (answer.status, answer.code) == (503, code)
    assert int(answer.headers["retry-after"]) > 0


def test_what_nobody_foresaw_is_a_problem_and_stands_in_the_log(
    seller_token: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("bug")

    monkeypatch.setattr(customers, "create", fail)
    answer = sent(b'{"name": "Ana Luz", "tax_id": "52998224725"}', seller_token)
    assert (answer.status, answer.code) == (500, "unexpected")
    assert b"bug" not in answer.body
    assert "RuntimeError: bug" in caplog.text
    assert "Ana Luz" not in caplog.text


def test_a_stranger_is_told_so_before_anything_else() -> None:
    answers = at_once(
        [
            Request("POST", "/sales", body={"x": 1}),
            Request("GET", "/customers?limit=x"),
            Request("GET", "/customers/x"),
        ]
    )
    assert {each.code for each in answers} == {"invalid_token"}
