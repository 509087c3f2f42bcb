"""The merged, de-duplicated catalogue as files: Dublin Core CSV, a IIIF Presentation 3 manifest, MARCXML, MODS, LIDO."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dedupelab.errors import ConfigError
from dedupelab.evidence.metadata.merged import Copy, Merged, merge
from dedupelab.publish.catalogue_xml import Holders, address_of, home_of, lido, marcxml, mods
from dedupelab.study.study import Study
from dedupelab.tables.cells import guarded
from dedupelab.tables.whole_file import whole_file
from dedupelab.work.progress import Bars, silent

TERMS = {
    "dcterms:title": "title", "dcterms:creator": "creator", "dcterms:description": "caption",
    "dcterms:created": "date_created", "dcterms:rights": "copyright_notice",
    "dcterms:rightsHolder": "copyright_owner", "dcterms:license": "usage_terms", "dcterms:source": "source",
}  # fmt: skip
"""Dublin Core terms and the columns they carry; rights statements' addresses follow the licence they belong to."""
LABELS = {
    "creator": "Creator", "credit": "Credit", "copyright_notice": "Copyright",
    "copyright_owner": "Copyright holder", "licensor": "Licensor", "usage_terms": "License",
    "web_statement": "Rights statement", "source": "Source", "date_created": "Date created",
}  # fmt: skip
"""How the pairs of a IIIF canvas are called."""
CONTEXT = "http://iiif.io/api/presentation/3/context.json"
PLACEHOLDER = "https://example.org/"
_KNOWN_RIGHTS = re.compile(
    r"https?://(creativecommons\.org/(?:licenses|publicdomain|mark)/\S+|rightsstatements\.org/vocab/\S+)"
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
Json = dict[str, Any]


def write_catalogue(
    study: Study, out: Path, form: str = "dublin-core-csv", *, base: str = PLACEHOLDER, bars: Bars = silent
) -> Path:
    """Write one record per work of a matched study; return the file.

    Parameters
    ----------
    study
        The study; stages that are not fresh are run.
    out
        The file.
    form
        Of FORMS: `dublin-core-csv`, `iiif`, `marcxml`, `mods` or `lido`.
    base
        Address under which the collections' pictures can be had; addresses in all forms but the table begin with it.
    bars
        Makes a progress callback for a label.

    Raises
    ------
    ConfigError
        If there is no such form, or the base is no http(s) address.
    OutputError
        If the file cannot be written; nothing half-written stays.
    """
    if form not in FORMS:
        raise ConfigError(f"expected a form of {', '.join(FORMS)}, got {form!r}; choose one")
    if not re.fullmatch(r"https?://[^\s#?]+", base):
        raise ConfigError(f"expected an http(s) address as base, got {base!r}; such as {PLACEHOLDER}")
    study.match(bars=bars)
    holders = study.config.holders
    works = merge(study.images(), study.groups(), study.members(), study.fold)
    data = FORMS[form](works, holders, study.name, base.rstrip("/") + "/")
    with whole_file(out) as partial:
        partial.write_bytes(data)
    return out


def dublin_core_csv(works: Iterable[Merged], holders: Holders, _name: str, _base: str) -> bytes:
    """Return a table of works by Dublin Core terms, with what each field rests on; UTF-8 with a byte order mark.

    Cells that a spreadsheet would run as a formula begin with an apostrophe.
    """
    text = io.StringIO()
    extra = ("dcterms:isPartOf", "dcterms:hasFormat", "dcterms:type", "credit", "licensor", "web_statement")
    marks = ("authority", "authority_reason", "provenance", "unresolved", "contested", "copies")
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(["dcterms:identifier", *TERMS, *extra, *marks])
    for work in works:
        first, *others = work.copies
        row = [
            work.work_id,
            *(work.values.get(name, "") for name in TERMS.values()),
            "; ".join(holders.get(name, name) for name in work.collections),
            "; ".join(copy.place for copy in (first, *others)),
            "StillImage",
            *(work.values.get(name, "") for name in extra[3:]),
            work.authority,
            str(work.reason),
            _json(dict(work.provenance)),
            _json({name: list(said) for name, said in work.unresolved.items()}),
            " ".join(work.contested),
            len(work.copies),
        ]
        table.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue().encode("utf-8-sig")


def iiif_manifest(works: Iterable[Merged], holders: Holders, name: str, base: str) -> bytes:
    """Return a IIIF Presentation 3 manifest with one canvas per work, painted with its authoritative, else its first copy."""
    home = home_of(name, base)
    held = [
        {"id": f"{home}holders/{quote(key, safe='')}", "type": "Agent", "label": _said(holder)}
        for key, holder in holders.items()
    ]
    manifest = {
        "@context": CONTEXT,
        "id": f"{home}manifest.json",
        "type": "Manifest",
        "label": _said(f"{name}: one record per work"),
        "summary": _said(
            "Copies of one work are one canvas; every holder is named, and what no copy settles is marked."
        ),
        "provider": held,
        "items": [_canvas(work, holders, home) for work in works],
    }
    if not held:
        del manifest["provider"]
    return (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()


def _canvas(work: Merged, holders: Holders, home: str) -> Json:
    shown, identity = work.copies[0], f"{home}works/{quote(work.work_id, safe='')}"
    pairs = [(LABELS[name], work.values[name]) for name in LABELS if name in work.values]
    pairs += [
        (f"{LABELS.get(n, n.capitalize())} (unresolved)", " / ".join(said))
        for n, said in work.unresolved.items()
    ]
    pairs += [("Held by", "; ".join(holders.get(each, each) for each in work.collections))]
    pairs += [("Copies", "; ".join(copy.place for copy in work.copies))]
    pairs += [("Authority", f"{work.authority}: {work.reason}")]
    pairs += [("Provenance", "; ".join(f"{field}: {place}" for field, place in work.provenance.items()))]
    canvas: Json = {
        "id": identity,
        "type": "Canvas",
        "label": _said(work.values.get("title") or work.work_id),
        "height": shown.height,
        "width": shown.width,
        "metadata": [{"label": _said(label), "value": _said(value)} for label, value in pairs if value],
        "items": [_painting(shown, identity, home)],
    }
    if caption := work.values.get("caption"):
        canvas["summary"] = _said(caption)
    if credit := work.values.get("credit"):
        canvas["requiredStatement"] = {"label": _said("Credit"), "value": _said(credit)}
    if rights := _KNOWN_RIGHTS.fullmatch(work.values.get("web_statement", "")):
        canvas["rights"] = f"http://{rights[1]}"  # both vocabularies name their terms with http
    if day := _DAY.match(work.values.get("date_created", "")):
        canvas["navDate"] = f"{day[0]}T00:00:00Z"
    return canvas


def _painting(copy: Copy, canvas: str, home: str) -> Json:
    kind = {"JPEG": "jpeg", "MPO": "jpeg", "TIFF": "tiff"}.get(copy.format, copy.format.lower() or "jpeg")
    body = {
        "id": address_of(copy, home),
        "type": "Image",
        "format": f"image/{kind}",
        "height": copy.height,
        "width": copy.width,
    }
    note = {
        "id": f"{canvas}/painting",
        "type": "Annotation",
        "motivation": "painting",
        "body": body,
        "target": canvas,
    }
    return {"id": f"{canvas}/page", "type": "AnnotationPage", "items": [note]}


def _said(text: str) -> dict[str, list[str]]:
    return {"none": [text]}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else ""


FORMS: Mapping[str, Callable[[Iterable[Merged], Holders, str, str], bytes]] = {
    "dublin-core-csv": dublin_core_csv,
    "iiif": iiif_manifest,
    "marcxml": marcxml,
    "mods": mods,
    "lido": lido,
}
