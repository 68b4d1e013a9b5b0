"""Reading a chart's specification, its rows too, and holding it against Vega-Lite's schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from altair.utils.schemapi import validate_jsonschema
from altair.vegalite.v6.schema.core import load_schema
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df

from credigestor.ui.charts.theme import Spec


def rows(spec: Mapping[str, Any], layer: int | None = None) -> list[dict[str, Any]]:
    """The rows of a chart, or those of one of its layers."""
    part = spec if layer is None or "layer" not in spec else spec["layer"][layer]
    name = (part.get("data") or spec["data"])["name"]
    found = convert_arrow_bytes_to_pandas_df(spec["datasets"][name])
    return [
        {str(column): value for column, value in row.items()} for row in found.to_dict("records")
    ]


def problem(spec: Spec) -> str | None:
    """What Vega-Lite's schema has against a specification as it is sent, without its rows."""
    parts = {name: part for name, part in spec.items() if name != "datasets"}
    sent = json.loads(json.dumps(parts, allow_nan=False))
    kind = "TopLevelLayerSpec" if "layer" in spec else "TopLevelUnitSpec"
    found = validate_jsonschema(
        sent, {"$ref": f"#/definitions/{kind}"}, rootschema=_schema(), raise_error=False
    )
    return found and f"{found.json_path}: {found.message}"


_schema = cache(load_schema)
