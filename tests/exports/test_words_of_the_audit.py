"""What the audit log tells of has a word for people."""

from __future__ import annotations

from credigestor.db.settings import ShopSettings
from credigestor.exports.audit_words import FIELDS
from credigestor.services.customers import CustomerInput


def test_every_setting_has_a_word_and_so_has_every_column_of_a_customer() -> None:
    assert set(ShopSettings.model_fields) <= set(FIELDS)
    assert set(CustomerInput.model_fields) <= set(FIELDS)
