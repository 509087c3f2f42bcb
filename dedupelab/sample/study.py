"""Writes the sample study: pictures, `truth.csv` and `study.toml`, all at once or not at all."""

import os
import shutil
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zlib import crc32

import numpy as np
from PIL import Image

from dedupelab.errors import OutputError, writing
from dedupelab.sample import drawings
from dedupelab.sample.catalogues import catalogue_files
from dedupelab.sample.edits import DERIVED, NEAR
from dedupelab.sample.exposures import expose_again
from dedupelab.sample.files import encode, not_pictures, read_back, relabel_jpeg
from dedupelab.sample.labels import AI_COMPOSITE, AI_MADE
from dedupelab.sample.photographs import STEREO, cut_regions, develop, open_packaged
from dedupelab.sample.plan import FIRST_DAY, PlannedFile, conflicts, plan_files
from dedupelab.sample.registers import registers
from dedupelab.sample.settings import study_toml
from dedupelab.sample.submission import PROFILE, submission_files
from dedupelab.sample.works import Work, list_works
from dedupelab.tables.sheets import as_csv
from dedupelab.work.progress import Progress

COLUMNS = (
    "collection", "path", "status", "work", "scene", "edit", "relation", "of", "low_information", "ai_label", "rights",
    "creator", "credit", "copyright_notice", "copyright_owner", "licensor", "date_created", "conflict", "has_gps", "ingested",
)  # fmt: skip
"""The columns of truth.csv; `data/README.md` says what each means."""
PARTS = ("collections", "catalogues", "registers", "truth.csv", "study.toml")
KEPT = (PROFILE, "text")
"""What people are meant to write in: placed where there is none, never replaced."""


def write_sample(
    folder: Path, *, seed: int = 20260101, reviewed: bool = False, progress: Progress | None = None
) -> Path:
    """Write the sample study and return its folder.

    Equal seeds give equal bytes with equal versions of Pillow, NumPy, SciPy, scikit-image and scikit-learn. An earlier
    sample in the folder is replaced; whatever else lies there (results, labels) stays.

    Parameters
    ----------
    folder
        New, empty, or an earlier sample.
    seed
        Chooses regions, edits, holders and dates.
    reviewed
        Whether title and texts say that its pairs were reviewed by simulation.

    Raises
    ------
    MissingExtraError
        If scikit-image or scikit-learn is not installed.
    OutputError
        If the folder holds something else or cannot be written; then nothing is left behind.
    """
    _refuse_foreign(folder, reviewed=reviewed)
    plan = plan_files(
        list_works(cut_regions(_generator(seed, "regions")), _generator(seed, "works")),
        _generator(seed, "plan"),
    )
    with writing(f"the sample to {folder}"):
        folder.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            _write_all(building, plan, seed, progress, reviewed=reviewed)
            _put_in_place(building, folder)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    return folder


def _write_all(
    building: Path, plan: list[PlannedFile], seed: int, progress: Progress | None, *, reviewed: bool
) -> None:
    sources = {file: open_packaged(file) for file in _source_files(plan)}
    drawn: dict[str, Image.Image] = {}
    places: list[Path] = []
    rows = []
    facts = conflicts(plan)
    total = len(plan) + len(not_pictures(b"", b""))
    for number, file in enumerate(plan):
        rng = _generator(seed, f"file {number}")
        data = _make(file, plan, places, sources, drawn, rng)
        places.append(_write(building, file.collection, file.path, data, file.ingested, rng))
        rows.append(_row(file, plan, facts.get(file.work.name, ())))
        if progress is not None:
            progress(number + 1, total)
    jpeg = next(place for file, place in zip(plan, places, strict=True) if file.form == "jpeg").read_bytes()
    png = next(place for file, place in zip(plan, places, strict=True) if file.form == "png").read_bytes()
    for number, (name, (status, data)) in enumerate(not_pictures(jpeg, png).items(), start=len(plan)):
        rng = _generator(seed, f"file {number}")
        collection, _, path = name.partition("/")
        day = FIRST_DAY + timedelta(days=int(rng.integers(182)))
        _write(building, collection, path, data, day, rng)
        given = {"collection": collection, "path": path, "status": status, "ingested": day.isoformat()}
        rows.append(dict.fromkeys(COLUMNS, "") | given)
        if progress is not None:
            progress(number + 1, total)
    rows.sort(key=lambda row: (row["collection"], row["path"]))
    (building / "truth.csv").write_bytes(as_csv(rows).encode())
    for name, data in catalogue_files(plan).items():
        (building / name).parent.mkdir(exist_ok=True)
        (building / name).write_bytes(data)
    (building / "registers").mkdir()
    for name, text in registers(plan, _generator(seed, "registers")).items():
        (building / "registers" / name).write_bytes(text)
    (building / "text").mkdir()
    for name, words in submission_files(reviewed=reviewed).items():
        (building / name).write_bytes(words.encode())
    (building / "study.toml").write_bytes(study_toml(reviewed=reviewed).encode())


def _make(
    file: PlannedFile,
    plan: list[PlannedFile],
    places: list[Path],
    sources: dict[str, Image.Image],
    drawn: dict[str, Image.Image],
    rng: np.random.Generator,
) -> bytes:
    """Return the file's bytes: an original from its work, a copy from the file it was made from."""
    if file.is_original or file.of is None:
        picture = _draw(file.work, sources, drawn, rng)
        return encode(picture, file.form, file.labels, quality=file.quality, orientation=file.orientation)
    before = places[file.of].read_bytes()
    if file.edit == "byte-identical":
        return before
    if file.edit == "payload-identical":
        return relabel_jpeg(before, file.labels, plan[file.of].orientation)
    picture = read_back(before)
    if file.edit in NEAR or file.edit in DERIVED:
        picture = (NEAR | DERIVED)[file.edit](picture, rng)
    return encode(picture, file.form, file.labels, quality=file.quality, orientation=file.orientation)


def _draw(
    work: Work, sources: dict[str, Image.Image], drawn: dict[str, Image.Image], rng: np.random.Generator
) -> Image.Image:
    """Return a work's picture as its first holder has it."""
    if work.kind == "low-information":
        return drawings.low_information()[work.part][1]()
    if work.kind == "slide":
        return drawings.slide(work.part + 1, rng)
    if work.kind == "stereo":
        return sources[STEREO[work.part]]
    if work.kind == "burst":
        return expose_again(drawn[work.of], work.part, rng)
    assert work.region is not None
    region = sources[work.region.photograph.file].crop(work.region.box)
    picture = develop(region, work.longest, rng)
    if work.kind == "postcard":
        return drawings.postcard(picture, work.facts.caption.partition(".")[0])
    drawn.clear()
    drawn[work.name] = picture
    return picture


def _source_files(plan: list[PlannedFile]) -> list[str]:
    regions = [file.work.region for file in plan]
    return sorted({region.photograph.file for region in regions if region is not None} | set(STEREO))


def _row(file: PlannedFile, plan: list[PlannedFile], conflict: tuple[str, ...]) -> dict[str, str]:
    labels = file.labels
    found = labels.reported() if labels is not None else {}
    digital = labels.digital_source_type if labels is not None and "xmp" in labels.carriers else ""
    position = labels is not None and labels.position is not None and "exif" in labels.carriers
    parent = plan[file.of] if file.of is not None else None
    return {
        "collection": file.collection,
        "path": file.path,
        "status": "hashed",
        "work": file.work.name,
        "scene": file.work.scene,
        "edit": file.edit,
        "relation": file.relation,
        "of": f"{parent.collection}/{parent.path}" if parent is not None else "",
        "low_information": "yes" if file.work.kind == "low-information" else "no",
        "ai_label": {AI_MADE: "yes", AI_COMPOSITE: "composite"}.get(digital, "no-label"),
        "rights": "none" if labels is None else "asserted" if labels.asserts_rights() else "stripped",
        **{name: found.get(name, "") for name in COLUMNS[11:17]},
        "conflict": ";".join(conflict),
        "has_gps": "yes" if position else "no",
        "ingested": file.ingested.isoformat(),
    }


def _write(
    building: Path, collection: str, path: str, data: bytes, day: date, rng: np.random.Generator
) -> Path:
    """Write one file and set its modification time: its day of ingest, in office hours, UTC."""
    target = building / "collections" / collection / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
        seconds=int(rng.integers(8 * 3600, 18 * 3600))
    )
    os.utime(target, (moment.timestamp(), moment.timestamp()))
    return target


def _refuse_foreign(folder: Path, *, reviewed: bool) -> None:
    if folder.is_dir():
        found = sorted(entry.name for entry in folder.iterdir())
        if not found or (_is_sample(folder) and (not reviewed or _says_simulated(folder))):
            return
        got = f"a folder with {len(found)} other entries ({found[0]}, ...)"
    elif folder.exists() or folder.is_symlink():
        got = "a file"
    else:
        return
    raise OutputError(
        f"expected a new or empty folder or an earlier {'reviewed ' * reviewed}sample, got {got} at {folder}; choose another folder"
    )


def _is_sample(folder: Path) -> bool:
    try:
        with (folder / "truth.csv").open(encoding="utf-8") as truth:
            return (
                truth.readline().startswith("collection,path,status,work,")
                and (folder / "study.toml").is_file()
            )
    except OSError:
        return False


def _says_simulated(folder: Path) -> bool:
    """Whether the sample is one whose review was simulated: labels of people and of nobody must not mix."""
    try:
        return (folder / PROFILE).read_text("utf-8") == submission_files(reviewed=True)[PROFILE]
    except (OSError, UnicodeDecodeError):
        return False


def _put_in_place(building: Path, folder: Path) -> None:
    """Move what was built into the folder; of an earlier sample, what is replaced goes last."""
    building.chmod(0o755)
    if not folder.exists():
        building.rename(folder)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    placed = []
    try:
        for part in PARTS:
            if (folder / part).exists():
                (folder / part).rename(aside / part)
            if (building / part).exists():
                (building / part).rename(folder / part)
                placed.append(part)
        for part in KEPT:
            if (building / part).exists() and not (folder / part).exists():
                (building / part).rename(folder / part)
    except OSError:
        for part in placed:
            (folder / part).rename(building / part)
        for part in (part for part in PARTS if (aside / part).exists()):
            (aside / part).rename(folder / part)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _generator(seed: int, purpose: str) -> np.random.Generator:
    return np.random.default_rng([seed, crc32(purpose.encode())])
