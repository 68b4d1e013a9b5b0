"""The page as HTML: drawn by the server, without a script, its style allowed by its hash alone."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from credigestor.api.manual.codes import CODES
from credigestor.api.manual.view import View
from credigestor.api.problems import ProblemBody

_HERE = Path(__file__).parent
_CSS = (_HERE / "page.css").read_text("utf-8")
_HASH = base64.b64encode(hashlib.sha256(_CSS.encode()).digest()).decode()
#: What the API allows no answer, but for this page's own style.
CSP = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_TICKED = re.compile("`([^`]+)`")
_PLACE = re.compile(r"\{\w+\}")


def manual(document: Mapping[str, Any], *, base: str, address: str) -> str:
    """The page of an OpenAPI document, which stands at `address`; `base` is this server's."""
    view = View(document)
    operations = [each for found in view.resources.values() for each in found]
    return (
        _templates()
        .get_template("page.html")
        .render(
            css=_CSS,
            version=view.version,
            document=address,
            base=base,
            codes=CODES,
            resources=view.resources,
            refusal=_refusal(),
            changes=any(p.name == "If-Match" for each in operations for p in each.parameters),
            keys="cg_" in json.dumps(document["components"].get("securitySchemes", {})),
        )
    )


def stranger() -> str:
    """What who may not read it is shown, in its place."""
    return _templates().get_template("stranger.html").render(css=_CSS)


@lru_cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["ticks"] = _ticks
    made.filters["short"] = lambda path: path.removeprefix("/api/v1")
    made.filters["filled"] = lambda path: _PLACE.sub("1", path)
    made.filters["one_line"] = lambda text: json.dumps(json.loads(text), ensure_ascii=False)
    return made


def _ticks(text: str) -> Markup:
    """What stands between backticks as code."""
    return Markup(_TICKED.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped


def _refusal() -> str:
    wrong = ProblemBody(
        type="about:blank",
        title="Dados inválidos",
        status=422,
        code="invalid_input",
        detail="Campo obrigatório.",
    ).model_dump(exclude_none=True)
    wrong["errors"] = [{"pointer": "#/items/0/amount", "detail": "Campo obrigatório."}]
    return json.dumps(wrong, ensure_ascii=False, indent=2)
