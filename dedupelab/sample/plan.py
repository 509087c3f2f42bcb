"""Who holds what since when: every file of the sample, before a single pixel is drawn.

Copies follow what they were made from, in the list and in time; their number grows from week to week.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from dedupelab.sample.edits import EXACT, relation_of
from dedupelab.sample.files import KINDS, LOSSLESS
from dedupelab.sample.holders import BY_COLLECTION, MANNERS, retell
from dedupelab.sample.labels import Labels, exif_block, photoshop_block, xmp_packet
from dedupelab.sample.places import place
from dedupelab.sample.works import Work
from dedupelab.tables import RELATIONS

COPIES = {
    "byte-identical": 50, "payload-identical": 42, "pixel-identical": 24,
    "re-encoded": 56, "resized": 36, "recoloured": 28, "grayscale": 14, "retouched": 16,
    "cropped": 28, "captioned": 20, "watermarked": 16, "bordered": 14, "flipped": 10, "rotated": 8, "framed": 10, "combined": 20,
}  # fmt: skip
LOW_COPIES = 14
WEEKS = 26
FIRST_DAY = date(2026, 1, 5)
MOST_COPIES = 11
COLOUR_FORMS = {"png": 8, "tiff": 7, "webp": 6, "cmyk": 5, "pages": 4, "animation": 3, "gif": 2}
GRAY_FORMS = {"png": 4, "tiff": 4, "tiff16": 4, "png16": 3}
_SINGLE = ("region", "postcard", "slide")
_PIXEL_PARENTS = ("jpeg", "png", "tiff", "webp", "lossless-webp")


@dataclass(frozen=True)
class PlannedFile:
    """One readable file: what it shows, how it was made from which other (`of`, a position in the plan), what it says.

    `claims` are the fields on which its labels contradict the work's facts, as field and claim.
    """

    collection: str
    path: str
    work: Work
    edit: str
    relation: str
    of: int | None
    form: str
    labels: Labels | None
    ingested: date
    quality: int = 88
    orientation: int = 1
    claims: tuple[tuple[str, str], ...] = ()

    @property
    def is_original(self) -> bool:
        """Whether it is its work's first file."""
        return self.edit in {"original", "burst", "stereo", "template", "low-information"}


def plan_files(works: list[Work], rng: np.random.Generator) -> list[PlannedFile]:
    """Return all readable files; each copy stands after what it was made from."""
    files: list[PlannedFile] = []
    by_work: dict[str, list[int]] = defaultdict(list)
    taken: set[str] = set()

    def add(file: PlannedFile) -> None:
        path = place(file.collection, file.form, file.labels, file.ingested, len(files) + 1, taken, rng)
        by_work[file.work.name].append(len(files))
        files.append(replace(file, path=path))

    forms = _first_forms(works, rng)
    for work in works:
        add(_original(work, forms[work.name], files, by_work, rng))
    left = np.array([WEEKS - (files[by_work[work.name][0]].ingested - FIRST_DAY).days // 7 for work in works])
    popularity = (left / WEEKS) / (rng.permutation(len(works)) + 4.0) ** 0.75
    edits = [edit for edit, count in COPIES.items() for _ in range(count)]
    for edit in [*(str(edit) for edit in rng.permutation(edits)), *["byte-identical"] * LOW_COPIES]:
        low = len(files) >= len(works) + len(edits)
        parents = [
            [p for p in by_work[work.name] if _can_become(files[p], edit)]
            if (work.kind == "low-information") == low and len(by_work[work.name]) <= MOST_COPIES
            else []
            for work in works
        ]
        weights = popularity * np.array([bool(found) for found in parents])
        found = parents[int(rng.choice(len(works), p=weights / weights.sum()))]
        parent = found[0] if rng.random() < 0.7 else int(rng.choice(found))
        add(_copy(files[parent], parent, edit, rng))
    return files


def conflicts(files: list[PlannedFile]) -> dict[str, tuple[str, ...]]:
    """Return for each work the fields on which two of its files truly contradict each other.

    What counts is what a reader finds in the files: a contradicted field that was stripped, or that every copy claims
    alike, is no conflict.
    """
    claimed: dict[tuple[str, str], set[str]] = defaultdict(set)
    for file in files:
        claims = dict(file.claims)
        for field in readable(file.labels):
            claimed[file.work.name, field].add(claims.get(field, ""))
    result: dict[str, list[str]] = defaultdict(list)
    for (work, field), versions in claimed.items():
        if len(versions) > 1:
            result[work].append(field)
    return {work: tuple(sorted(fields)) for work, fields in result.items()}


def readable(labels: Labels | None) -> list[str]:
    """Return the fields in which a reader finds something."""
    if labels is None:
        return []
    fields = [field for field, text in labels.reported().items() if text]
    return [*fields, "caption"] if labels.caption and labels.carriers else fields


def _original(
    work: Work, form: str, files: list[PlannedFile], by_work: dict[str, list[int]], rng: np.random.Generator
) -> PlannedFile:
    edit = {"region": "original", "postcard": "template", "slide": "template"}.get(work.kind, work.kind)
    low, of = work.kind == "low-information", None
    relation = {"template": "unrelated"}.get(edit, "")
    ingested = _first_day(work, rng)
    if work.of:
        of = by_work[work.of][0]
        relation, ingested = "variant", files[of].ingested
    elif work.kind == "stereo":
        edit = "original"
    labels = (
        (None if low and rng.random() < 0.6 else work.facts) if form not in {"gif", "animation"} else None
    )
    labels = labels.carried_by(KINDS[form]) if labels else None
    turned = form == "jpeg" and labels is not None and not low and rng.random() < 0.1
    return PlannedFile(
        work.owner, "", work, edit, relation, of, form, labels, ingested,
        quality=int(rng.choice([85, 88, 90, 92])), orientation=6 if turned else 1,
    )  # fmt: skip


def _copy(parent: PlannedFile, position: int, edit: str, rng: np.random.Generator) -> PlannedFile:
    collection = _next_holder(parent.collection, rng)
    relation = relation_of(edit)
    if not parent.is_original:
        relation = max(relation, parent.relation, key=RELATIONS.index)
    made = replace(
        parent,
        collection=collection,
        edit=edit,
        relation=relation,
        of=position,
        ingested=_later_day(parent.ingested, rng),
    )
    if edit == "byte-identical":
        return made
    form = _copy_form(parent, edit, rng)
    made = replace(
        made, form=form, quality=int(rng.integers(35, 86) if edit == "re-encoded" else rng.integers(62, 92))
    )
    if edit == "payload-identical":
        made = replace(made, quality=parent.quality)
        told = _retold(made, rng)
        while _written(told.labels) == _written(parent.labels):
            told = _retold(made, rng)
        return told
    told = _retold(made, rng)
    exif = told.labels is not None and "exif" in told.labels.carriers
    turned = form == "jpeg" and edit in {"re-encoded", "recoloured"} and exif and rng.random() < 0.2
    return replace(told, orientation=6 if turned else 1)


def _retold(file: PlannedFile, rng: np.random.Generator) -> PlannedFile:
    """Let the copy's holder write down the work's facts in its own manner."""
    facts, kind = file.work.facts, KINDS[file.form]
    manners, weights = list(MANNERS), np.array(list(MANNERS.values()), dtype=float)
    manner = str(rng.choice(manners, p=weights / weights.sum()))
    if file.edit in {"retouched", "combined"} and rng.random() < 0.35:
        manner = "composite"
    if facts.digital_source_type and manner in {"creator", "pool-camera", "composite"}:
        manner = "same"
    holder = BY_COLLECTION[file.collection]
    labels, claims = retell(facts, manner, holder, rng)
    if labels is None or kind == "gif":
        return replace(file, labels=None, claims=())
    if file.relation == "derivative":
        labels = replace(
            labels, document_id=f"{labels.document_id}-{file.of}", derived_from=labels.document_id
        )
    labels = labels.carried_by(kind)
    found = readable(labels if labels.carriers else None)
    kept = tuple((field, claim) for field, claim in claims.items() if field in found)
    if "creator" in claims and labels.artist and "exif" not in labels.carriers:
        kept = ()
    return replace(file, labels=labels if labels.carriers else None, claims=kept)


def _written(labels: Labels | None) -> tuple[bytes, bytes, bytes]:
    if labels is None:
        return b"", b"", b""
    return exif_block(labels), photoshop_block(labels), xmp_packet(labels)


def _can_become(file: PlannedFile, edit: str) -> bool:
    """Whether an edit makes sense of this file; edits that change pixels start from what still looks like the work."""
    if edit == "byte-identical":
        return True
    if edit == "payload-identical":
        return file.form in {"jpeg", "cmyk"}
    if edit == "pixel-identical":
        return (
            file.form in _PIXEL_PARENTS
            and file.work.longest <= 640
            and not (file.work.gray and "webp" in file.form)
        )
    if edit == "grayscale" and file.work.gray:
        return False
    return file.is_original or file.edit in EXACT[1:] or file.edit == "re-encoded"


def _first_forms(works: list[Work], rng: np.random.Generator) -> dict[str, str]:
    """Deal out the file forms of originals: a fixed number of each rarer one, JPEG for the rest."""
    forms = {work.name: "jpeg" for work in works}
    for gray, counts in ((False, COLOUR_FORMS), (True, GRAY_FORMS)):
        eligible = [
            work.name for work in works if work.gray == gray and work.longest <= 560 and work.kind in _SINGLE
        ]
        dealt = [form for form, count in counts.items() for _ in range(count)]
        forms |= dict(zip((str(name) for name in rng.permutation(eligible)), dealt, strict=False))
    return forms | {work.name: "png" for work in works if work.kind == "low-information" and work.part % 3}


def _copy_form(parent: PlannedFile, edit: str, rng: np.random.Generator) -> str:
    if edit == "payload-identical":
        return parent.form
    if edit == "pixel-identical":
        others = [
            form for form in LOSSLESS if form != parent.form and not (parent.work.gray and "webp" in form)
        ]
        return str(rng.choice(others))
    if edit == "re-encoded" or parent.work.longest > 640:
        return "jpeg" if rng.random() < 0.85 else "webp"
    return str(
        rng.choice(["jpeg", "webp", "png", "gif", "cmyk", "tiff"], p=[0.82, 0.06, 0.05, 0.03, 0.02, 0.02])
    )


def _next_holder(collection: str, rng: np.random.Generator) -> str:
    if rng.random() < 0.28:
        return collection
    shares = {"film-archive": 0.12, "news-library": 0.26, "stock-agency": 0.27, "trade-portal": 0.35}
    shares.pop(collection)
    return str(rng.choice(list(shares), p=np.array(list(shares.values())) / sum(shares.values())))


def _first_day(work: Work, rng: np.random.Generator) -> date:
    """Return when a work comes in: any week alike, but AI-made ones more and more often."""
    weeks = np.arange(WEEKS)
    weights = (weeks + 1.0) ** 1.6 if work.facts.digital_source_type else np.ones(WEEKS)
    week = int(rng.choice(weeks, p=weights / weights.sum()))
    return FIRST_DAY + timedelta(days=7 * week + int(rng.integers(5)))


def _later_day(first: date, rng: np.random.Generator) -> date:
    """Return a working day from `first` on: some copies follow soon, the others more and more often."""
    start = (first - FIRST_DAY).days // 7
    weeks = np.arange(start, WEEKS)
    weights = np.exp(-(weeks - start) / 4.0) if rng.random() < 0.4 else weeks + 4.0
    week = int(rng.choice(weeks, p=weights / weights.sum()))
    return max(first, FIRST_DAY + timedelta(days=7 * week + int(rng.integers(5))))
