"""One place that words a violated constraint for the person at the counter."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from credigestor.errors import BusinessError, Conflict

#: Constraint name → (message, field). A test walks the models and finds each one here.
MESSAGES: dict[str, tuple[str, str | None]] = {
    "uq_users_login": ("Já existe um usuário com esse login.", "login"),
    "uq_customers_tax_id": ("Já existe um cliente com esse CPF ou CNPJ.", "tax_id"),
    "uq_customers_country_foreign_document": (
        "Já existe um cliente com esse documento.",
        "foreign_document",
    ),
    "ck_customers_foreign_document": ("Informe o documento e o país dele.", "foreign_document"),
    "uq_customers_ref": ("Já existe um cliente com essa referência.", None),
    "uq_customers_operation_id": ("Este cadastro já foi gravado.", None),
    "uq_import_mappings_name": ("Outra pessoa guardou uma leitura com este nome.", "mapping"),
    "uq_import_runs_digest": ("Este arquivo já foi tratado.", None),
    "uq_sales_ref": ("Já existe uma venda com essa referência.", None),
    "uq_sales_operation_id": ("Esta venda já foi registrada.", None),
    "uq_sales_proposal_id": ("Esta proposta já virou uma venda.", None),
    "uq_proposals_operation_id": ("Esta proposta já foi guardada.", None),
    "uq_payments_operation_id": ("Este pagamento já foi registrado.", None),
    "uq_payments_ref": ("Este pagamento já foi importado.", None),
    "uq_reversals_payment_id": ("Este pagamento já foi estornado.", None),
    "uq_notes_sale_id_number": ("Esta parcela já existe.", None),
    "uq_payment_items_payment_id_note_id": ("A mesma parcela aparece duas vezes.", None),
    "uq_acts_operation_id": ("Este ato já foi registrado.", None),
    "uq_acts_id_kind_acted_on": ("Este ato já foi registrado.", None),
    "uq_act_items_act_id_note_id": ("A mesma parcela aparece duas vezes.", None),
    "uq_act_reversals_act_id": ("Este ato já foi desfeito.", None),
    "uq_credit_movements_operation_id": ("Esta devolução de crédito já foi registrada.", None),
    "uq_credit_movements_undoes_id": ("Este movimento de crédito já foi desfeito.", None),
    "uq_credit_movements_payment_id_kind": ("O crédito deste pagamento já foi registrado.", None),
    "uq_credit_movements_act_id": ("O crédito deste ato já foi registrado.", None),
    "uq_credit_movements_sale_id": ("O crédito desta venda já foi registrado.", None),
    "uq_returns_act_id": ("Esta devolução já foi registrada.", None),
    "ck_returns_value": ("O valor deve ser maior que zero.", "value"),
    **dict.fromkeys(
        (f"uq_renegotiations_{name}" for name in ("operation_id", "act_id", "sale_id")),
        ("Esta renegociação já foi registrada.", None),
    ),
    "uq_renegotiations_payment_id": ("Esta entrada já é de outra renegociação.", None),
    "uq_renegotiations_waiver_id": ("Esta dispensa já é de outra renegociação.", None),
    "uq_customer_moves_operation_id_sale_id": ("Esta venda já foi passada.", None),
    "ck_customer_moves_customers": ("A venda já é deste cliente.", "customer_id"),
    "ck_customer_moves_reason": ("Explique o motivo.", "reason"),
    "uq_contacts_operation_id": ("Este contato já foi gravado.", None),
    "uq_promises_contact_id": ("Esta promessa já foi gravada.", None),
    "uq_promise_withdrawals_promise_id": ("Esta promessa já foi retirada.", None),
    "ck_contacts_remark": ("A observação tem no máximo 500 caracteres.", "remark"),
    "ck_promises_amount": ("Informe quanto foi prometido.", "amount"),
    "ck_promise_withdrawals_reason": ("Explique o motivo.", "reason"),
    "uq_closings_operation_id": ("Este fechamento já foi gravado.", None),
    "ck_closings_reason": ("Explique o motivo.", "reason"),
    "ck_acts_reason": ("Explique o motivo.", "reason"),
    "ck_act_reversals_reason": ("Explique o motivo.", "reason"),
    "uq_sale_money_sale_id_kind": ("A entrada desta venda já foi recebida ou devolvida.", None),
    "uq_payers_payment_id": ("Quem pagou já foi gravado.", None),
    "uq_guarantors_sale_id_position": ("Este avalista já foi gravado.", None),
    "uq_note_printings_operation_id_note_id": ("Esta impressão já foi registrada.", None),
    "uq_note_printings_note_id_copy": ("Esta via já foi impressa.", None),
    "uq_contract_printings_operation_id": ("Esta impressão já foi registrada.", None),
    "uq_contract_printings_sale_id_copy": ("Esta impressão já foi feita.", None),
    "uq_logos_sha256": ("Esta imagem já foi gravada.", "logo"),
    "ck_guarantors_name_length": ("O nome deve ter de 1 a 120 caracteres.", "name"),
    "ck_guarantors_address_length": ("O endereço tem no máximo 200 caracteres.", "address"),
    "ck_payments_discount_reason": ("Explique o motivo do desconto.", "discount_reason"),
    "ck_notes_balance": ("O valor passa do saldo da parcela.", "amount"),
    "ck_customers_credit_limit": ("O limite de crédito não pode ser negativo.", "credit_limit"),
    "ck_customers_name_length": ("O nome deve ter de 1 a 120 caracteres.", "name"),
    "ck_sales_total": ("O total deve ser maior que zero.", "total"),
    "ck_sales_down_payment": ("A entrada não pode passar do total.", "down_payment"),
    "ck_sales_installments": ("O número de parcelas deve ser de 1 a 120.", "installments"),
    "ck_sales_first_due_after_sale": (
        "O primeiro vencimento não pode ser antes da venda.",
        "first_due_date",
    ),
    "ck_sales_fine_rate": ("A multa não pode passar de 2 %.", "fine_rate"),
    "ck_sales_late_rate": ("Os juros de mora não podem ser negativos.", "late_rate"),
    "ck_payments_amount": ("O valor deve ser maior que zero.", "amount"),
    "ck_payments_method": ("Forma de pagamento desconhecida.", "method"),
    "ck_payments_parts": ("As formas não somam o valor do pagamento.", "methods"),
    "ck_sale_money_parts": ("As formas não somam o valor da entrada.", "methods"),
    "ck_payers_name_length": ("O nome deve ter de 1 a 120 caracteres.", "payer_name"),
    "ck_reversals_reason": ("Explique o motivo do estorno.", "reason"),
}


def as_business_error(error: IntegrityError) -> BusinessError:
    """The BusinessError that words a violated constraint; a general one where none is known."""
    diagnostic = getattr(error.orig, "diag", None)
    name = getattr(diagnostic, "constraint_name", None) or ""
    message, field = MESSAGES.get(
        name, ("Os dados não são coerentes entre si e nada foi gravado.", None)
    )
    return Conflict(message, field=field)
