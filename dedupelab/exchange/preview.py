"""What will leave a site in a tier, field by field, before it does; and the notice that tells people of it.

Nothing is listed by hand: an export is written to a folder that is deleted again, and what lies in it is read back.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from dedupelab import tables
from dedupelab.exchange.manifest import DIGESTS
from dedupelab.exchange.tiers import export
from dedupelab.study.study import Study

LONGEST = 60
"""Characters of an example."""
REVEALS = (
    (("bands",), "which pictures are near another site's, and how near; with the secret, every fingerprint"),
    (
        ("phash", "dhash", "phash_forms", "phash_trimmed", "phash256", "pdq", "iscc"),
        "to who has a like picture, that you hold it; rough shapes can be computed back, of faces too",
    ),
    (DIGESTS, "to who has the file, that you hold it"),
    (("path", "sidecar"), "names of folders and files, and what these say of people and events"),
    (("modified", "sidecar_modified"), "when the file was changed"),
    (
        tuple(column.name for column in tables.METADATA),
        "what the file says of itself: names of persons and organisations, events, rights",
    ),
    (("left", "right", "image_id", "collection"), "that there is this picture, and in which collection"),
)
"""What the columns of a manifest tell whoever reads it."""
PROOF = (
    "minisign.pub", "minisig", "bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "bag-info.txt",
)  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One field of one file that leaves."""

    file: str
    field: str
    filled: int
    """Rows with a value."""
    example: str
    why: str
    reveals: str


@dataclass(frozen=True)
class ExportPreview:
    """What leaves in one tier."""

    tier: str
    files: int
    bytes: int
    fields: list[Field]


def preview_export(
    study: Study,
    tier: str,
    *,
    fingerprints_only: bool = False,
    bands: bool = False,
    secret: bytes = b"",
) -> ExportPreview:
    """Return every field that an export of a tier holds, with the first value in it.

    Raises
    ------
    ConfigError
        As `tiers.export` does.
    """
    with TemporaryDirectory(prefix="dedupelab-preview-") as name:
        out, laid = Path(name) / "export", Path(name) / "laid"
        export(study, tier, out, fingerprints_only=fingerprints_only, bands=bands, secret=secret)
        if tier == "private":
            with zipfile.ZipFile(out) as archive:
                archive.extractall(laid)
        else:
            laid = out
        files = sorted(path for path in laid.rglob("*") if path.is_file())
        fields = [
            each
            for path in files
            for each in _fields(path, path.relative_to(laid).as_posix(), keyed=bool(secret))
        ]
        return ExportPreview(tier, len(files), sum(path.stat().st_size for path in files), fields)


def _fields(path: Path, file: str, *, keyed: bool) -> Iterator[Field]:
    if path.name.endswith(PROOF):
        yield Field(file, "", 1, "", "proof that nothing was changed", "the public key of this installation")
    elif path.suffix == ".parquet":
        yield from _of_parquet(path, file, keyed=keyed)
    elif path.suffix == ".csv":
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
        for name in rows[0] if rows else ():
            filled = [row[name] for row in rows if row[name]]
            yield Field(file, name, len(filled), _short(filled), "part of the tier", _in_tier(name))
    elif path.suffix == ".json" and path.name != "ro-crate-metadata.json":
        for name, values in _flat(json.loads(path.read_text("utf-8"))).items():
            yield Field(
                file, name, len(values), _short(values), "says how the rest is to be read", _in_tier(name)
            )
    else:
        yield Field(file, "", 1, "", "says what lies in the pack", "nothing of a picture")


def _of_parquet(path: Path, file: str, *, keyed: bool) -> Iterator[Field]:
    with pq.ParquetFile(path) as opened:
        for field in opened.schema_arrow:
            filled = 0
            first: list[object] = []
            for batch in opened.iter_batches(columns=[field.name]):
                values = batch.column(0)
                filled += len(values) - values.null_count
                if not first and filled:
                    first = [values.drop_null()[0].as_py()]
            why = (field.metadata or {}).get(b"meaning", b"").decode()
            yield Field(
                file,
                field.name,
                filled,
                _short(first),
                why,
                reveals(field.name, keyed=keyed) if filled else "nothing: empty",
            )


def reveals(column: str, *, keyed: bool = False) -> str:
    """Return what a column of a manifest tells whoever reads it.

    >>> reveals("sha256", keyed=True)
    'nothing to who lacks the secret; with it, whether you hold a file'
    """
    if column in DIGESTS and keyed:
        return "nothing to who lacks the secret; with it, whether you hold a file"
    return next((said for names, said in REVEALS if column in names), "size, kind and likeness; no person")


def _in_tier(name: str) -> str:
    if name in {"left", "right", "copy", "group"}:
        return "a name that only this study resolves"
    if name in {"holder", "row", "column"}:
        return "a code; with few holders it may be guessed"
    if name.startswith(("results", "value", "numerator", "denominator", "low", "high", "works", "shared")):
        return "counts of ten or more over the whole study"
    return "no person and no single picture"


def _flat(value: object, above: str = "") -> dict[str, list[object]]:
    """Return the values of a JSON document by their dotted names, those of a list together.

    >>> _flat({"a": [{"b": 1}, {"b": 2}], "c": None})
    {'a.b': [1, 2], 'c': []}
    """
    found: dict[str, list[object]] = {}
    if isinstance(value, dict):
        parts = [(f"{above}.{name}".strip("."), each) for name, each in value.items()]
    elif isinstance(value, list):
        parts = [(above, each) for each in value]
    else:
        return {above: [] if value in (None, "") else [value]}
    for name, each in parts:
        for place, values in _flat(each, name).items():
            found.setdefault(place, []).extend(values)
    return found


def _short(values: list[object]) -> str:
    if not values:
        return ""
    first = values[0]
    text = first.hex() if isinstance(first, bytes) else str(first)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def notice(study: Study) -> list[str]:
    """Return a notice for the people who may be in the pictures, one sentence after the other, from `[privacy]` of study.toml.

    What was not stated is said to be so: a notice that sounds complete and is not would be worse than none.
    """
    own, stated = study.config.privacy, study.config.study
    lacking = "not stated ({} in study.toml)"
    holders = ", ".join(sorted({*study.config.holders.values()}))
    persons = lacking.format("[privacy] persons") if own.persons is None else f"{own.persons:,}"
    adverse = {
        "none": "no decision about a person is taken from the result",
        "possible": "a decision about a person may be taken from the result; a matching procedure may need consent",
        "": lacking.format("[privacy] adverse_action"),
    }[own.adverse_action]
    return [
        f"Who compares: {stated.owner or lacking.format('[study] owner')}.",
        f"Whose pictures: {holders}.",
        f"What for: {own.purpose or stated.purpose or lacking.format('[privacy] purpose')}.",
        "What is compared: digests and fingerprints of pictures, and what the files say of themselves. No face is searched for.",
        f"Persons concerned: {persons}.",
        f"Consequences for a person: {adverse}.",
        f"Kept until: {own.retention or lacking.format('[privacy] retention')}; then deleted with dedupelab purge.",
        "Whoever is named in a picture's metadata may ask what is held (dedupelab find-subject) and have it corrected at its source.",
    ]
