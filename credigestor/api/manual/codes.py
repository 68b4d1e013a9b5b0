"""Every code of a refusal, with its status and what a program should make of it.

Programs compare these: a code keeps its meaning, and none is taken away.
"""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """A code, the statuses that it comes with, and what it means, in Portuguese."""

    code: str
    status: str
    meaning: str


CODES = [
    Code("malformed", "400", "O corpo não é um JSON que se possa ler."),
    Code("unknown_host", "400", "O endereço do servidor não é um dos configurados."),
    Code("origin_refused", "400", "A página de outra origem não está entre as que podem chamar."),
    Code("invalid_token", "401", "O token falta, venceu ou não vale: renove-o, ou entre de novo."),
    Code("wrong_credentials", "401", "Usuário ou senha incorretos."),
    Code("not_allowed", "403", "Quem chama não tem a permissão da operação."),
    Code("scope_missing", "403", "A chave não tem a permissão da operação."),
    Code("not_found", "404", "Não há nada neste endereço, ou o que foi citado não existe."),
    Code("method_not_allowed", "405", "O endereço não aceita o método; `Allow` diz quais aceita."),
    Code("conflict", "409", "Não combina com o que já está gravado: já pago, já cancelado …"),
    Code("credit_warning", "409", "O cliente passa do limite ou está atrasado; pede um motivo."),
    Code("idempotency_conflict", "409", "A `Idempotency-Key` já serviu a outro pedido."),
    Code("not_a_login", "409", "Uma chave não sai: um administrador a revoga."),
    Code("gone", "410", "O endereço de download já foi usado, ou venceu: peça o arquivo de novo."),
    Code("refused", "4xx", "Recusado por outra razão; leia `detail`."),
    Code("changed_meanwhile", "412", "Alguém mudou isto depois da sua leitura: leia de novo."),
    Code("body_too_large", "413", "O corpo passa de 1 MB."),
    Code("invalid_input", "422", "Há campos ou parâmetros errados; `errors` diz quais."),
    Code("precondition_required", "428", "Falta `If-Match`, com a `ETag` da sua leitura."),
    Code("too_many_requests", "429", "Chamadas demais: espere o que `Retry-After` diz."),
    Code("too_many_attempts", "429", "Senhas erradas demais: espere o que `Retry-After` diz."),
    Code("unexpected", "500", "Um defeito nosso; o servidor anotou o que houve."),
    Code("busy", "503", "Outro está no caminho agora: mande o mesmo de novo."),
    Code("database_away", "503", "O banco de dados está voltando; nada gravado: tente de novo."),
    Code(
        "outcome_unknown",
        "503",
        "Não se sabe se foi gravado: mande de novo com a mesma `Idempotency-Key`.",
    ),
    Code("http_version", "505", "O arquivo só sai por HTTP/1.1 ou mais novo."),
    Code("unavailable", "503", "Falta algo agora, como lugar no disco; nada foi gravado."),
]
