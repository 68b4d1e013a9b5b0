"""The OpenAPI document: valid, whole, and what it says of permissions is what happens."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.openapi.models import OpenAPI
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from sqlalchemy import update

from credigestor.api.application import described
from credigestor.api.fields import Body
from credigestor.api.operations import PERMISSION
from credigestor.db.engine import transaction
from credigestor.db.models import User
from credigestor.rules.permissions import TABLE, Permission, Role
from tests.api.asking import Answer, ask, get, patch, post, token_of
from tests.api.every_operation import OPERATIONS
from tests.api.keying import key_of
from tests.factories import add_user

#: A POST that records nothing asks for no key.
WITHOUT_KEY = re.compile("/auth/.*|.*/(preview|allocation)")
#: Whose bodies have examples.
COUNTER = re.compile("/(auth|customers|sales|payments)")


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path.removeprefix("/api/v1"), operation


def nested(part: Any) -> Iterator[Any]:
    yield part
    for inner in (
        part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    ):
        yield from nested(inner)


def tried(method: str, path: str, token: str | None) -> Answer:
    """An operation asked for, of what is not there and with nothing in its body."""
    sent = {"if-match": "*", "idempotency-key": str(uuid.uuid4())}
    body: Any = None if method == "GET" else {}
    return ask(method, re.sub(r"\{\w+\}", "999", path), token=token, body=body, headers=sent)


def test_it_is_for_whoever_is_logged_in(seller_token: str) -> None:
    assert get("/openapi.json", seller_token) == described()
    assert ask("GET", "/openapi.json").code == "invalid_token"


def test_it_is_valid_and_every_schema_that_it_names_is_there() -> None:
    document = described()
    assert document["openapi"].startswith("3.1")
    OpenAPI.model_validate(document)
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    for part in nested(document):
        if isinstance(part, dict) and "$ref" in part:
            assert part["$ref"].removeprefix("#/components/schemas/") in schemas


def test_every_operation_has_an_id_a_name_a_refusal_and_its_parameters() -> None:
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("[a-z_]+", each) for each in ids)
    for method, path, operation in operations():
        assert operation["summary"], path
        assert "application/problem+json" in operation["responses"]["default"]["content"]
        named = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", path))
        needed = {
            each["name"]
            for each in operation.get("parameters", ())
            if each["in"] == "header" and each["required"]
        }
        keyed = method == "POST" and not WITHOUT_KEY.fullmatch(path)
        assert ("Idempotency-Key" in needed) == keyed
        assert ("If-Match" in needed) == (method == "PATCH")
        if method == "PATCH":
            assert {"412", "428"} < operation["responses"].keys()
            assert (
                "ETag"
                in described()["paths"][f"/api/v1{path}"]["get"]["responses"]["200"]["headers"]
            )


def test_it_says_that_a_token_may_be_a_key() -> None:
    scheme = described()["components"]["securitySchemes"]["login"]
    assert "JWT" in scheme["description"]
    assert "cg_" in scheme["description"]


def test_amounts_are_texts_everywhere() -> None:
    for name, schema in described()["components"]["schemas"].items():
        for field, definition in schema.get("properties", {}).items():
            assert definition.get("type") != "number", f"{name}.{field}"
            assert "number" not in [each.get("type") for each in definition.get("anyOf", ())]


def test_limits_are_told_in_the_words_of_json_schema() -> None:
    """pydantic writes `ge` where a limit stands behind what reads the value."""
    for part in nested(described()):
        if isinstance(part, dict) and "type" in part:
            assert part.keys().isdisjoint(("ge", "gt", "le", "lt")), part


def test_the_permissions_are_those_of_the_pages() -> None:
    said = {
        (method, path): operation.get(PERMISSION) if "security" in operation else ""
        for method, path, operation in operations()
    }
    assert said == OPERATIONS


@pytest.mark.parametrize("role", [None, *Role])
def test_each_role_may_what_its_pages_let_it(role: Role | None) -> None:
    token = token_of(add_user(role)) if role else None
    for (method, path), permission in OPERATIONS.items():
        if permission == "" or path == "/auth/logout":
            continue
        answer = tried(method, path, token)
        allowed = role is not None and (permission is None or permission in TABLE[role])
        expected = {200, 201, 202, 404, 422} if allowed else {403 if role else 401}
        assert answer.status in expected, f"{method} {path}: {answer.body!r}"
        if not allowed:
            assert answer.code == ("not_allowed" if role else "invalid_token")


def bodies() -> Iterator[tuple[str, str, str]]:
    """Method, path and name of the schema of every body."""
    for method, path, operation in operations():
        if body := operation.get("requestBody"):
            yield method, path, body["content"]["application/json"]["schema"]["$ref"][21:]


def test_every_body_has_whole_examples_that_are_good() -> None:
    """Of the counter's operations; whatever else has examples has good ones too."""
    models: dict[str, type[Body]] = {}
    waiting = Body.__subclasses__()
    while waiting:
        model = waiting.pop()
        models[model.__name__] = model
        waiting += model.__subclasses__()
    for method, path, name in bodies():
        examples = described()["components"]["schemas"][name].get("examples", [])
        for example in examples:
            models[name].model_validate(example)
        assert examples or not COUNTER.match(path), f"{method} {path}"


def test_the_customers_of_the_examples_are_registered_and_changed(manager_token: str) -> None:
    for number, example in enumerate(examples_of("NewCustomer"), 1):
        assert post("/customers", manager_token, example).json == {"id": number}
    for example in examples_of("CustomerChange"):
        assert patch("/customers/1", manager_token, example).status == 200


def examples_of(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = described()["components"]["schemas"][name]["examples"]
    return found


def test_each_key_may_what_its_scopes_let_it() -> None:
    user = add_user(Role.ADMIN)
    only = {each: key_of(user, each, name=f"só {each}") for each in Permission}
    but = {each: key_of(user, *{*Permission} - {each}, name=f"sem {each}") for each in Permission}
    for (method, path), permission in OPERATIONS.items():
        if permission == "" or path == "/auth/logout":
            continue
        if permission is None:
            assert tried(method, path, only[Permission.PRIVACY]).status not in {401, 403}
            continue
        wanted = Permission(permission)
        allowed = tried(method, path, only[wanted])
        assert allowed.status in {200, 201, 202, 404, 422}, f"{method} {path}: {allowed.body!r}"
        refused = tried(method, path, but[wanted])
        assert (refused.status, refused.code) == (403, "scope_missing"), f"{method} {path}"


@pytest.mark.parametrize("role", Role)
def test_a_key_may_no_more_than_the_role_of_its_user(role: Role) -> None:
    user = add_user(Role.ADMIN)
    key = key_of(user, *Permission)
    with transaction() as session:
        session.execute(update(User).values(role=role.value))
    for (method, path), permission in OPERATIONS.items():
        if isinstance(permission, Permission) and permission not in TABLE[role]:
            assert tried(method, path, key).code == "not_allowed", f"{method} {path}"
