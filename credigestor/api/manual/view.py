"""What the page shows of the OpenAPI document: operations by resource, their fields, examples."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from credigestor.api.manual.samples import SAMPLES
from credigestor.rules.permissions import ROLE_NAMES, TABLE, Role

#: So deep are the fields of fields shown; nothing of ours goes deeper.
_DEEPEST = 5
_JSON = "application/json"
#: That an id is a positive number says nothing to anybody.
_ANY_ID = {"minimum": 1, "maximum": 2**31 - 1}
_KINDS = {
    "string": "texto",
    "integer": "inteiro",
    "number": "número",
    "boolean": "true ou false",
    "object": "objeto",
    "null": "null",
}
_SEVERAL = {"texto": "textos", "inteiro": "inteiros", "objeto": "objetos", "data": "datas"}
_FORMATS = {"date": "data", "date-time": "data e hora", "uuid": "UUID", "binary": "arquivo"}
_LIMITS = {
    "minimum": "no mínimo {:.0f}",
    "maximum": "no máximo {:.0f}",
    "minLength": "no mínimo {} letras",
    "maxLength": "no máximo {} letras",
    "minItems": "no mínimo {}",
    "maxItems": "no máximo {}",
}
_MOMENTS = {"date": "2026-01-31", "date-time": "2026-01-31T14:30:00Z"}
_UUID = "6f1c6d0e-5b1e-4f6e-9d53-0c8f6f0e7a11"


@dataclass(frozen=True)
class Field:
    """A field of a body (`items[].amount`) or a parameter; `place` is "query", "path", "header"."""

    name: str
    kind: str
    required: bool
    limits: str
    description: str
    place: str = ""


@dataclass(frozen=True)
class Answer:
    """One answer of an operation."""

    status: str
    description: str
    kind: str
    headers: list[str]
    fields: list[Field]
    example: str


@dataclass(frozen=True)
class Operation:
    """One operation, as the page tells of it; `roles` is empty where any login will do."""

    id: str
    method: str
    path: str
    name: str
    login: bool
    permission: str | None
    roles: list[str]
    parameters: list[Field]
    body: list[Field]
    example: str
    answers: list[Answer]


class View:
    """An OpenAPI document of ours, whose schemas are found by their name."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.version: str = document["info"]["version"]
        self._paths = document["paths"]
        self._schemas = document["components"]["schemas"]

    @cached_property
    def resources(self) -> dict[str, list[Operation]]:
        """The operations of each resource, as the document has them."""
        found: dict[str, list[Operation]] = {}
        for path, methods in self._paths.items():
            for method, operation in methods.items():
                shown = self._operation(method, path, operation)
                found.setdefault(operation["tags"][0], []).append(shown)
        return found

    def _operation(self, method: str, path: str, operation: Mapping[str, Any]) -> Operation:
        permission = operation.get("x-permission")
        content = operation.get("requestBody", {}).get("content", {})
        body = content.get(_JSON, {}).get("schema")
        return Operation(
            id=operation["operationId"],
            method=method.upper(),
            path=path,
            name=operation["summary"],
            login="security" in operation,
            permission=permission,
            roles=[ROLE_NAMES[role] for role in Role if permission in TABLE[role]],
            parameters=[self._parameter(each) for each in operation.get("parameters", ())],
            body=list(self._fields(body)) if body else [],
            example=_written(self.example(body, sent=True)) if body else "",
            answers=[
                self._answer(status, answer)
                for status, answer in operation["responses"].items()
                if status != "default"
            ],
        )

    def _parameter(self, told: Mapping[str, Any]) -> Field:
        schema = self._found(told["schema"])
        return Field(
            told["name"],
            self._kind(schema, in_address=True),
            told.get("required", False),
            self._limits(schema),
            told.get("description", ""),
            told["in"],
        )

    def _answer(self, status: str, told: Mapping[str, Any]) -> Answer:
        none: tuple[str, dict[str, Any]] = ("", {})
        kind, content = next(iter(told.get("content", {}).items()), none)
        schema = content.get("schema") if kind == _JSON else None
        return Answer(
            status,
            told["description"],
            kind,
            [
                f"{name}: {each.get('description', '')}"
                for name, each in told.get("headers", {}).items()
            ],
            list(self._fields(schema)) if schema else [],
            _written(self.example(schema)) if schema else "",
        )

    def _fields(
        self, schema: Mapping[str, Any], before: str = "", deep: int = 0
    ) -> Iterator[Field]:
        """The fields of an object, and of the objects that they hold."""
        schema = self._found(schema)
        for name, told in schema.get("properties", {}).items():
            inner = self._found(told)
            place = f"{before}{name}"
            yield Field(
                place,
                self._kind(inner),
                name in schema.get("required", ()),
                self._limits(inner),
                told.get("description", ""),
            )
            main = self._main(inner)
            lists = main.get("type") == "array"
            if deep < _DEEPEST:
                held = main.get("items", {}) if lists else main
                yield from self._fields(held, f"{place}{'[]' if lists else ''}.", deep + 1)

    def _found(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            schema = {**self._schemas[schema["$ref"].rpartition("/")[2]]}
        return schema

    def _main(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema itself, or the first of its alternatives that is not `null`."""
        choices = [self._found(each) for each in schema.get("anyOf", schema.get("oneOf", ()))]
        return next((each for each in choices if each.get("type") != "null"), {**schema})

    def _kind(self, schema: Mapping[str, Any], *, in_address: bool = False) -> str:
        schema = self._found(schema)
        if choices := schema.get("anyOf", schema.get("oneOf")):
            kinds = [self._kind(each) for each in choices]
            return " ou ".join(k for k in kinds if not (in_address and k == "null"))
        if "const" in schema:
            return f"`{schema['const']}`"
        if "enum" in schema:
            return "um de: " + ", ".join(f"`{each}`" for each in schema["enum"])
        if schema.get("type") == "array":
            each = self._kind(schema.get("items", {}))
            return f"lista de {_SEVERAL.get(each, each).removeprefix('um de: ')}"
        kind = _FORMATS.get(schema.get("format", ""))
        return kind or _KINDS.get(schema.get("type", ""), "qualquer valor")

    def _limits(self, schema: Mapping[str, Any]) -> str:
        main = self._main(schema)
        told = [
            text.format(main[name])
            for name, text in _LIMITS.items()
            if name in main and (name not in _ANY_ID or main[name] != _ANY_ID[name])
        ]
        if example := next(iter(main.get("examples", ())), None):
            told.append(f"como `{json.dumps(example, ensure_ascii=False)}`")
        if schema.get("default") not in (None, "", []):
            told.append(f"sem ele, `{json.dumps(schema['default'], ensure_ascii=False)}`")
        return ", ".join(told)

    def example(self, schema: Mapping[str, Any], name: str = "", *, sent: bool = False) -> Any:
        """An example of what a schema describes; of what is sent, only what must be."""
        schema = self._found(schema)
        if "examples" in schema:
            return schema["examples"][0]
        if "anyOf" in schema or "oneOf" in schema:
            return self.example(self._main(schema), name, sent=sent)
        if "const" in schema or "enum" in schema:
            return schema.get("const", next(iter(schema.get("enum", ())), None))
        if schema.get("type") == "array":
            return [self.example(schema.get("items", {}), name, sent=sent)]
        if "properties" in schema:
            properties = schema["properties"]
            shown = schema.get("required", ()) if sent else properties
            return {
                each: self.example(properties[each], each, sent=sent)
                for each in shown or [*properties][:2]
            }
        if schema.get("type") == "string":
            if schema.get("format") == "uuid":
                return _UUID
            return _MOMENTS.get(schema.get("format", ""), SAMPLES.get(name, "texto"))
        return {"integer": int(max(schema.get("minimum", 1), 1)), "boolean": True}.get(
            schema.get("type", ""), {}
        )


def _written(example: Any) -> str:
    return json.dumps(example, ensure_ascii=False, indent=2)
