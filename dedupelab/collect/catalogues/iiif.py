"""IIIF Presentation manifests, version 3 and 2: one record each, linked by the images its canvases show."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dedupelab.collect.catalogues.record import Record, Statement, as_json, assemble, unusable
from dedupelab.collect.catalogues.terms import meaning

_AS_IDENTIFIER = {"record_id": "identifier", "address": None, "title": "title?", "caption": "caption?"}
"""What labels of `metadata` pairs mean beside the manifest's own id, label and summary."""
_STATED = frozenset({
    "credit", "terms", "rights", "copyright_notice", "copyright_owner", "licensor", "holding_institution",
    "source", "access_limit", "creator",
})  # fmt: skip
Json = Any


def is_iiif(document: Json) -> bool:
    """Whether a JSON document is a IIIF Presentation resource."""
    if not isinstance(document, dict):
        return False
    said = " ".join(str(each) for each in _listed(document.get("@context")))
    kind = str(document.get("type") or document.get("@type") or "")
    return "iiif.io/api/presentation" in said or kind in {
        "Manifest",
        "sc:Manifest",
        "Collection",
        "sc:Collection",
    }


def read_iiif(document: Json) -> Iterator[Record]:
    """Yield a record for each manifest in a document, also of a list or a collection; a manifest only referred to says so."""
    for each in _listed(document):
        if not isinstance(each, dict):
            yield unusable("expected a IIIF manifest, got other JSON", raw=as_json(each))
            continue
        kind = str(each.get("type") or each.get("@type") or "").removeprefix("sc:")
        if kind == "Collection":
            for name in ("items", "manifests", "members", "collections"):
                yield from read_iiif(each.get(name, []))
        elif kind != "Manifest":
            yield unusable(f"expected a IIIF manifest, got {kind or 'no type'}", raw=as_json(each))
        elif not any(name in each for name in ("items", "sequences")):
            wanted = "expected a manifest with its canvases, got a reference to one; add the manifest itself as a catalogue"
            yield unusable(wanted, record_id=_identifier(each), raw=as_json(each))
        else:
            yield assemble(_manifest(each), raw=as_json(each))


def _manifest(manifest: dict[str, Json]) -> Iterator[Statement]:
    yield Statement("iiif:id", _identifier(manifest), "record_id")
    yield from _texts("label", manifest.get("label"), "title")
    yield from _texts("summary", manifest.get("summary"), "caption")
    yield from _texts("description", manifest.get("description"), "caption")
    yield from _texts("attribution", manifest.get("attribution"), "credit")
    # For moving about in a calendar: midnight and New Year's Day are what a full date is filled up with.
    moment = re.sub(r"T00:00:00.*$", "", str(manifest.get("navDate") or ""))
    yield from _texts("navDate", re.sub(r"-01-01$", "", moment) or None, "date_created??")
    yield from _texts("rights", manifest.get("rights"), "rights")
    yield from _texts("license", manifest.get("license"), "terms")
    required = manifest.get("requiredStatement")
    if isinstance(required, dict):
        label = [text for text, _ in _spoken(required.get("label")) if text.strip()]
        meant = (
            next(filter(None, (meaning(text, required=True) for text in label)), None) if label else "credit"
        )
        yield from _texts("requiredStatement", required.get("value"), _stated(meant))
    for agent in _listed(manifest.get("provider")):
        if isinstance(agent, dict):
            yield from _texts("provider", agent.get("label"), "holding_institution")
    for pair in _listed(manifest.get("metadata")):
        if isinstance(pair, dict):
            labels = [text for text, _ in _spoken(pair.get("label"))]
            target = next(filter(None, map(meaning, labels)), None)
            target = _AS_IDENTIFIER.get(target or "", target)
            yield from _texts(f"metadata[{next(iter(labels), '')}]", pair.get("value"), target)
    for link in (*_listed(manifest.get("seeAlso")), *_listed(manifest.get("related"))):
        yield Statement("iiif:seeAlso", _identifier(link), "related")
    canvases = _listed(manifest.get("items")) + [
        canvas
        for sequence in _listed(manifest.get("sequences"))
        if isinstance(sequence, dict)
        for canvas in _listed(sequence.get("canvases"))
    ]
    for canvas in canvases:
        for body in _bodies(canvas):
            yield Statement("iiif:body", body, "file")


def _stated(meant: str | None) -> str | None:
    """Return what a required statement is by its label: what has to be shown of rights and origin, nothing else."""
    return meant if meant in _STATED else None


def _bodies(canvas: Json) -> Iterator[str]:
    """Yield the addresses of the images painted on a canvas: version 3 annotation pages, version 2 images."""
    if not isinstance(canvas, dict):
        return
    painted = [
        note.get("body")
        for page in _listed(canvas.get("items"))
        if isinstance(page, dict)
        for note in _listed(page.get("items"))
        if isinstance(note, dict) and note.get("motivation", "painting") == "painting"
    ]
    painted += [note.get("resource") for note in _listed(canvas.get("images")) if isinstance(note, dict)]
    for body in painted:
        for each in _listed(body):
            choices = (
                _listed(each.get("items"))
                if isinstance(each, dict) and each.get("type") == "Choice"
                else [each]
            )
            for choice in choices:
                yield _identifier(choice)


def _texts(name: str, value: Json, target: str | None) -> Iterator[Statement]:
    for text, language in _spoken(value):
        yield Statement(f"iiif:{name}", text, target, language)


def _spoken(value: Json) -> Iterator[tuple[str, str]]:
    """Yield texts with their language: language maps of version 3, strings and @value objects of version 2."""
    for each in _listed(value):
        if isinstance(each, Mapping):
            if "@value" in each:
                yield str(each["@value"]), str(each.get("@language", ""))
                continue
            for language, texts in each.items():
                yield from ((str(t), "" if language == "none" else str(language)) for t in _listed(texts))
        else:
            yield str(each), ""


def _identifier(value: Json) -> str:
    return str(value.get("id") or value.get("@id") or "") if isinstance(value, dict) else str(value or "")


def _listed(value: Json) -> list[Json]:
    return [] if value is None else value if isinstance(value, list) else [value]
