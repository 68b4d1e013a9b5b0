"""What a text of the API is like, for the examples of the manual."""

from __future__ import annotations

from credigestor.rules.aging import BANDS

#: What a text is like, for an example made of its field's name.
SAMPLES = {
    "access_token": "eyJhbGciOi…",
    "address": "Rua das Flores, 10",
    "band": BANDS[1],
    "city": "Fortaleza",
    "code": "invalid_input",
    "customer": "Ana Luz",
    "description": "Geladeira",
    "detail": "Campo obrigatório.",
    "district": "Centro",
    "email": "ana@exemplo.com.br",
    "login": "vera",
    "name": "Ana Luz",
    "moved_from": "A partir desta data.",
    "moved_on": "Data em que o dinheiro entrou ou foi devolvido.",
    "moved_to": "Até esta data.",
    "next_cursor": "WyIyMDI2LTAxLTMxIiwgIjciXQ",
    "number": "000007-01/03",
    "password": "…",
    "phone": "85988724443",
    "received_by": "Vera Vendedora",
    "refresh_token": "eyJhbGciOi…",
    "seller": "Vera Vendedora",
    "state": "CE",
    "street": "Rua das Flores",
    "street_number": "10",
    "tax_id": "52998224725",
    "zip_code": "60010000",
}
