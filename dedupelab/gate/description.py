"""What the service says of itself: its interface as OpenAPI 3.1, and the same as a page that asks nobody else for anything."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment
from pydantic import TypeAdapter

from dedupelab.gate.answer import SAID, Answer
from dedupelab.settings.sections import ServeSection
from dedupelab.version import __version__

_REF = "#/components/schemas/{model}"
STATUSES = {
    "400": "the request is cut off, no form, or holds no file",
    "401": "the token is missing or another",
    "408": "the request did not arrive in time",
    "413": "too many bytes or files",
    "415": "none of the files is a picture that can be read; the answers say why. Or another type than a form, an image, or bytes",
    "429": "too many requests are under way; come back after the seconds in Retry-After",
    "503": "the gate cannot answer now, or too many clients are connected",
}
"""When the gate does not answer with 200, and why."""
PAGE = Environment(autoescape=True).from_string("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ info.title }}</title>
<meta name="viewport" content="width=device-width">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse}td,th{padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top}code{font-size:.9em}</style>
</head><body><h1>{{ info.title }}</h1><p>{{ info.description }}</p>
{% for path, methods in paths.items() %}{% for method, what in methods.items() %}
<h2><code>{{ method|upper }} {{ path }}</code></h2><p>{{ what.summary }}</p>
<table><tr><th>status</th><th>when</th></tr>
{% for status, reply in what.responses.items() %}<tr><td>{{ status }}</td><td>{{ reply.description }}</td></tr>
{% endfor %}</table>{% endfor %}{% endfor %}
<h2>Fields</h2>
{% for name, schema in components.schemas.items() %}<h3>{{ name }}</h3><p>{{ schema.description }}</p>
<table><tr><th>field</th><th>type</th></tr>{% for field, kind in schema.properties.items() %}
<tr><td><code>{{ field }}</code></td><td>{{ kind.type or "" }}{{ kind.enum|join(", ") if kind.enum }}</td></tr>{% endfor %}</table>
{% endfor %}<p><a href="openapi.json">openapi.json</a></p></body></html>
""")


def description(limits: ServeSection) -> dict[str, Any]:
    """Return the interface as OpenAPI says it."""
    answer = TypeAdapter(Answer).json_schema(ref_template=_REF)
    schemas = answer.pop("$defs") | {"Answer": answer, "Answers": _answers()}
    problem = {
        "type": "object",
        "properties": {"error": {"type": "string"}},
        "description": "Why the gate did not answer.",
    }
    refused = {status: _reply(why, "Problem") for status, why in STATUSES.items()}
    binary = {"schema": {"type": "string", "format": "binary"}}
    form = {
        "type": "object",
        "properties": {
            "file": {
                "type": "array",
                "items": {"type": "string", "format": "binary"},
                "maxItems": limits.files,
            }
        },
    }
    screen = {
        "summary": f"Is each picture held already, by whom, under which credit, and why is that said? Up to {limits.files:,} "
        f"files and {limits.megabytes:,} MB; each picture up to {limits.pixels:,} pixels. Nothing is kept"
        + (" but what the operator asked for." if limits.keep else "."),
        "security": [{"token": []}],
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {"schema": form},
                "application/octet-stream": binary,
                "image/*": binary,
            },
        },
        "responses": {"200": _reply("at least one file was read", "Answers"), **refused},
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "dedupelab: the gate",
            "version": __version__,
            "description": "Says of pictures whether they are held already. `held`: a relation was proven by digests or pixels. "
            "`near`: something is near that could not be compared here; a person decides. `new`: neither. `unreadable`: no picture.",
        },
        "paths": {
            "/screen": {"post": screen},
            "/health": {
                "get": _plain(
                    "Whether the service is up, how many pictures it holds, and how many of them can be found by local features.",
                    "ready",
                )
            },
            "/metrics": {
                "get": _plain("Counts and times, as Prometheus reads them.", "the metrics")
                | {"security": [{"token": []}]}
            },
            "/openapi.json": {"get": _plain("This description.", "the description")},
            "/docs": {"get": _plain("This description as a page.", "the page")},
        },
        "components": {
            "schemas": schemas | {"Problem": problem},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def page(said: Mapping[str, Any]) -> str:
    """Return a description as HTML."""
    return PAGE.render(said)


def _answers() -> dict[str, Any]:
    counts = {said: {"type": "integer"} for said in SAID}
    uploads = {"type": "array", "items": {"$ref": _REF.format(model="Answer")}}
    return {
        "type": "object",
        "description": "What `dedupelab screen --json` prints.",
        "properties": counts | {"uploads": uploads},
    }


def _reply(when: str, model: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": _REF.format(model=model)}}}
    return {"description": when, "content": content}


def _plain(summary: str, reply: str) -> dict[str, Any]:
    return {"summary": summary, "responses": {"200": {"description": reply}}}
