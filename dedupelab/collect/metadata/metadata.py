"""What one file's metadata asserts: Exif, IIM, XMP, an XMP sidecar and Content Credentials, each kept apart, then ranked.

The prompt that a generated picture was asked for with, and who wrote it, may be personal data: the table says that there
is one, and the text is kept out of every column.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from dedupelab.collect.metadata import exif as exif_block
from dedupelab.collect.metadata import iim as iim_records
from dedupelab.collect.metadata import precedence, source_types
from dedupelab.collect.metadata import xmp as xmp_packet
from dedupelab.collect.metadata.credentials import ABSENT, UNCHECKED, Credentials
from dedupelab.collect.metadata.dates import iso_date
from dedupelab.collect.metadata.exif import Exif
from dedupelab.collect.metadata.iim import Iim
from dedupelab.collect.metadata.precedence import LONGEST, Values, joined
from dedupelab.collect.metadata.segments import Segments
from dedupelab.collect.metadata.xmp import Xmp

_CONTROLS = {code: None for code in (*range(32), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"}
_UNIQUE_ID = re.compile(r"[0-9a-fA-F]{32}")
SHORTEST_PROMPT = 20
"""Characters from which a prompt is looked for inside other texts; a shorter one must be the whole text."""


class Metadata(NamedTuple):
    """What a file says of itself: the columns of `tables.METADATA`, None where nothing is asserted, and what was odd."""

    creator: str | None = None
    credit: str | None = None
    copyright_notice: str | None = None
    copyright_owner: str | None = None
    licensor: str | None = None
    licensor_url: str | None = None
    usage_terms: str | None = None
    web_statement: str | None = None
    data_mining: str | None = None
    other_constraints: str | None = None
    source: str | None = None
    image_supplier: str | None = None
    supplier_image_id: str | None = None
    registry_id: str | None = None
    title: str | None = None
    caption: str | None = None
    date_created: str | None = None
    guid: str | None = None
    document_id: str | None = None
    original_document_id: str | None = None
    instance_id: str | None = None
    derived_from: str | None = None
    digital_source_type: str | None = None
    ai_system: str | None = None
    ai_system_version: str | None = None
    ai_prompt: bool = False
    ai_label: str = "no-label"
    c2pa: str = "none"
    c2pa_signer: str | None = None
    c2pa_source_type: str | None = None
    c2pa_generator: str | None = None
    has_gps: bool = False
    names_person: bool = False
    sources: str | None = None
    disagreements: str | None = None
    metadata_backend: str | None = None
    problem: str | None = None


class Sources(NamedTuple):
    """What each place in a file says, as one backend read it."""

    exif: Exif = Exif()
    iim: Iim = Iim()
    xmp: Xmp = Xmp()


NOTHING, _SILENT = Metadata(), Sources()
_PLACES = ("exif", "iim", "xmp", "sidecar")


def own_sources(files: Sequence[Segments]) -> list[Sources]:
    """Read what each file's Exif, IIM and XMP say. Never raises: what is malformed is a `problem`, the rest is kept."""
    exifs = [_SILENT.exif if file.exif is None else exif_block.read(file.exif) for file in files]
    iims = [_SILENT.iim if file.iim is None else iim_records.read(file.iim) for file in files]
    packets = [_SILENT.xmp if file.xmp is None else xmp_packet.read(file.xmp) for file in files]
    return list(map(Sources, exifs, iims, packets))


def sidecar_source(packet: bytes, suffix: str = "") -> Xmp:
    """Read a sidecar file; one that names another suffix than the picture's describes that other file and says nothing."""
    found = xmp_packet.read(packet)
    if found.sidecar_for and suffix and found.sidecar_for.casefold() != suffix.lstrip(".").casefold():
        return Xmp()
    return found._replace(problem=found.problem and f"XMP sidecar: {found.problem}")


def read_metadata(
    segments: Segments,
    *,
    sources: Sources | None = None,
    sidecar: Xmp | None = None,
    credentials: Credentials | None = None,
    backend: str | None = None,
) -> Metadata:
    """Rank what the sources of one file assert; `sources` and `credentials` as read elsewhere, or as `segments` hold them.

    `ai_label` is `composite` for pictures with a generated part (IPTC compositeWithTrainedAlgorithmicMedia,
    compositeSynthetic, or a generated change), `yes` for generated ones (trainedAlgorithmicMedia, algorithmicMedia) or
    where XMP names an AI system. Invalid Content Credentials label nothing. `guid` is XMP's DigImageGUID, else Exif's
    ImageUniqueID if it has the standard's 32 hexadecimal digits (phones write their model there).

    >>> read_metadata(Segments(exif=b"neither this")).problem
    'expected Exif to begin with a TIFF header, got other bytes'
    """
    read = own_sources([segments])[0] if sources is None else sources
    if read == _SILENT and sidecar is None and not segments.c2pa:
        return NOTHING if backend is None else NOTHING._replace(metadata_backend=backend)
    packets = (read.xmp,) if sidecar is None else (read.xmp, sidecar)
    places = dict(zip(_PLACES, (read.exif, read.iim, *packets), strict=False))
    signed = credentials or (UNCHECKED if segments.c2pa else ABSENT)
    if signed is ABSENT and any(packet.provenance.startswith("http") for packet in packets):
        signed = UNCHECKED  # they lie elsewhere, and nothing is fetched
    claims = _claims(places, tuple(packet.prompt for packet in packets if packet.prompt))
    if "guid" not in claims and _UNIQUE_ID.fullmatch(read.exif.guid):
        claims["guid"] = {"exif": (read.exif.guid,)}
    dates, problems = _dates(places)
    if dates:
        claims["date_created"] = dates
    ranking = precedence.ranking(segments.iim, segments.iim_digest)
    order = {field: precedence.ranked(tuple(said), ranking) for field, said in claims.items()}
    chosen: dict[str, Any] = {
        field: precedence.believed(field, said, order[field]) for field, said in claims.items()
    }
    ai_label = _label(chosen.get("digital_source_type"), chosen.get("ai_system"), signed)
    return Metadata(
        **chosen,
        **({} if signed is ABSENT else _columns(signed)),
        ai_prompt=any(packet.has_prompt for packet in packets),
        ai_label=ai_label,
        has_gps=read.exif.has_gps or any(packet.has_gps for packet in packets),
        names_person=any(packet.names_person for packet in packets),
        sources=precedence.listed(tuple(order.items())),
        disagreements=precedence.disagreements(claims),
        metadata_backend=backend,
        problem="; ".join(dict.fromkeys(filter(None, [*problems, signed.problem]))) or None,
    )


def _dates(places: Mapping[str, Exif | Iim | Xmp]) -> tuple[dict[str, Values], list[str | None]]:
    """Return the date that each place gives, and what is wrong with places and dates."""
    dates: dict[str, Values] = {}
    problems = [source.problem for source in places.values()]
    for place, source in places.items():
        if source.date:
            date, problem = iso_date(source.date)
            problems.append(problem)
            if date:
                dates[place] = (date,)
    return dates, problems


def _claims(places: Mapping[str, Exif | Iim | Xmp], prompts: Values) -> dict[str, dict[str, Values]]:
    """Return what each place says of each field that any place says something of, dates apart."""
    claims: dict[str, dict[str, Values]] = {}
    cleaned: dict[str | Values, Values] = {}
    for place, source in places.items():
        said: tuple[Any, ...] = source
        for field, values in zip(_COLUMNS[type(source)], said, strict=True):
            # Most are empty in most files, and what several places say is mostly the same.
            if values and field:
                texts = cleaned.get(values)
                if texts is None:
                    texts = cleaned[values] = _clean(values, prompts)
                if texts:
                    claims.setdefault(field, {})[place] = texts
    if made := claims.get("digital_source_type"):
        made |= {place: tuple(map(source_types.address, texts)) for place, texts in made.items()}
    return claims


_OF_EXIF = {"creator": "creator", "copyright": "copyright_notice", "caption": "caption"}
_OF_IIM = {**_OF_EXIF, "credit": "credit", "source": "source", "title": "title"}
_OF_XMP = {
    **_OF_IIM,
    "owner": "copyright_owner",
    "licensor": "licensor",
    "licensor_url": "licensor_url",
    "usage_terms": "usage_terms",
    "web_statement": "web_statement",
    "data_mining": "data_mining",
    "other_constraints": "other_constraints",
    "supplier": "image_supplier",
    "supplier_image_id": "supplier_image_id",
    "registry": "registry_id",
    "guid": "guid",
    "document_id": "document_id",
    "original_document_id": "original_document_id",
    "instance_id": "instance_id",
    "derived_from": "derived_from",
    "digital_source_type": "digital_source_type",
    "ai_system": "ai_system",
    "ai_system_version": "ai_system_version",
}
_COLUMNS: dict[type, tuple[str | None, ...]] = {
    Exif: tuple(map(_OF_EXIF.get, Exif._fields)),
    Iim: tuple(map(_OF_IIM.get, Iim._fields)),
    Xmp: tuple(map(_OF_XMP.get, Xmp._fields)),
}
"""The column that each field of a place fills, if any; dates are brought to one form first."""


def _columns(signed: Credentials) -> dict[str, Any]:
    """Return the columns that Content Credentials fill."""
    return {
        "c2pa": signed.state,
        "c2pa_signer": joined(_clean(signed.signer)),
        "c2pa_source_type": joined(_clean(signed.source_types)),
        "c2pa_generator": joined(_clean(signed.generator)),
    }


def _label(source_type: str | None, ai_system: str | None, signed: Credentials) -> str:
    labels = {source_types.label(source_type or ""), signed.ai_label}
    if "yes" in labels or (ai_system and "composite" not in labels):
        return "yes"
    return "composite" if "composite" in labels else "no-label"


def _clean(values: str | Iterable[str], prompts: Values = ()) -> Values:
    """Drop control characters, blanks around, empty values, and texts that repeat a prompt."""
    kept = list[str]()
    for text in (values,) if isinstance(values, str) else values:
        printable = text if text.isprintable() else text.replace("\r\n", "\n").translate(_CONTROLS)
        if (plain := printable.strip()[:LONGEST]) and not (prompts and _repeats(plain, prompts)):
            kept.append(plain)
    return tuple(kept)


def _repeats(text: str, prompts: Values) -> bool:
    plain = " ".join(text.casefold().split())
    asked = (" ".join(prompt.casefold().split()) for prompt in prompts)
    return any(plain == prompt or (len(prompt) >= SHORTEST_PROMPT and prompt in plain) for prompt in asked)
