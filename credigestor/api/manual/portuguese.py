"""The OpenAPI document in Portuguese: what pydantic and FastAPI write by themselves is English.

A class's docstring is for who reads the code, and a title only repeats the field's name: neither
stays. What a program's author should know stands at the field, by itself or from `words`.
"""

from __future__ import annotations

from typing import Any

from credigestor.api.manual.words import WORDS

_ANSWERED = {"Successful Response": "Respondido."}


def tidy(document: dict[str, Any]) -> None:
    """Put a document, as FastAPI made it, in Portuguese, in its place."""
    for schema in document["components"]["schemas"].values():
        schema.pop("description", None)
        tidy_schema(schema)
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                tidy_schema(parameter["schema"])
                parameter["schema"].pop("description", None)  # the parameter has it too
                _describe(parameter["name"], parameter)
            for answer in operation["responses"].values():
                answer["description"] = _ANSWERED.get(answer["description"], answer["description"])
                for content in answer.get("content", {}).values():
                    tidy_schema(content.get("schema", {}))


def tidy_schema(schema: dict[str, Any]) -> None:
    """Drop the titles of a schema and what is in it, and say what its properties are."""
    schema.pop("title", None)
    for name, inner in schema.get("properties", {}).items():
        tidy_schema(inner)
        _describe(name, inner)
    for inner in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(inner, dict):
            tidy_schema(inner)
    for kind in ("anyOf", "oneOf", "allOf"):
        for inner in schema.get(kind, ()):
            tidy_schema(inner)


def _describe(name: str, described: dict[str, Any]) -> None:
    if name in WORDS:
        described.setdefault("description", WORDS[name])
