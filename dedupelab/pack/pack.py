"""The evidence pack: a run that proves itself, as a signed bag in which an RO-Crate says what is what."""

import json
import platform
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

from dedupelab import tables
from dedupelab.errors import PackError, TableError, writing
from dedupelab.numbers.intervals import DRAWS, SEED
from dedupelab.pack import ro_crate as crate
from dedupelab.pack.bagit import TAGS, digests, listed, write_bag
from dedupelab.pack.signing import own_key, sign
from dedupelab.publish.runs import complete_runs
from dedupelab.registers.registers import FILE as REGISTERS
from dedupelab.review.review import CALIBRATION, LABELS
from dedupelab.study.study import Study
from dedupelab.tables.chain import Chain, check_chains
from dedupelab.tables.keys import digest_of, packages
from dedupelab.tables.store import FOLDER as HOME
from dedupelab.version import __version__

FOLDER = "pack"
LOCK = Path(__file__).parents[2] / "requirements.lock"
REPLAY_NEEDS = (tables.SCANNED, tables.DETECTED, tables.PROPOSED)
"""Tables that replay needs and the run's own folder lacks: before catalogues and people had their say."""
TOLERANCE = {"relative": 1e-9, "absolute": 1e-12}
"""Within which a recomputed float may differ; texts, counts and identifiers may not."""


def write_pack(study: Study, run: Path, home: Path, moment: datetime) -> Path:
    """Write the evidence pack of a run into `run/pack`; return that folder.

    Parameters
    ----------
    run
        The run's folder, complete but for its pack.
    home
        The folder of this study's runs; the newest there is the run before this one.

    Raises
    ------
    OutputError
        If it cannot be written.
    PackError
        If the signing key is not usable.
    """
    folder = run / FOLDER
    data = folder / "data"
    own = study.config.study
    with writing(folder):
        data.mkdir(parents=True)
        beside = digests(run, leave=(FOLDER,))
        for name in beside:
            if not name.endswith(".csv"):  # the same rows lie in the Parquet files
                (data / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(run / name, data / name)
        (data / "beside.sha256").write_bytes(listed(beside))
        for table in REPLAY_NEEDS:
            if (source := study.store.path(table)).exists():
                shutil.copyfile(source, data / "tables" / table.file)
            else:
                tables.write(table, table.empty(), data / "tables" / table.file)
        for name, source in written_down(study.folder):
            if source.exists():
                copy_whole(source, data / name)
        _write_inputs(study, data / "inputs.csv")
        (data / "environment.txt").write_text(environment(), encoding="utf-8", newline="\n")
        if LOCK.exists():
            shutil.copyfile(LOCK, data / LOCK.name)
        replay = {"seed": SEED, "draws": DRAWS, "tolerance": TOLERANCE, "gear": study.config.gear}
        _write_json(data / "replay.json", replay)
        _write_json(data / "chain.json", {"previous": previous(home), "written": heads(data)})
        (data / "README.txt").write_text(README, encoding="utf-8", newline="\n")
        settings = study.config.model_dump(
            mode="json", exclude={"collection": {"__all__": {"location", "catalogue"}}, "serve": True}
        )
        collections = {c.pop("name"): c for c in settings.pop("collection")}
        said = crate.metadata(
            sorted(digests(data)),
            name=f"Evidence pack of the study {own.name}",
            description=own.purpose or "Duplicate pictures within and between collections.",
            moment=moment.replace(microsecond=0),
            version=__version__,
            agent=own.owner,
            parameters={**settings, "collection": collections},
        )
        (data / crate.NAME).write_bytes(said)
        seal(
            folder,
            {"Source-Organization": own.owner, "External-Description": f"evidence pack of {own.name}"},
            "dedupelab evidence pack",
            moment,
        )
    return folder


def written_down(folder: Path) -> list[tuple[str, Path]]:
    """Return what people and calibrations wrote into a study in `folder`: name in the pack, and place in the study."""
    root = folder / HOME
    return [
        ("review/labels.sqlite", root / LABELS),
        ("review/calibration.json", root / CALIBRATION),
        ("registers.sqlite", folder / REGISTERS),
    ]


def copy_whole(source: Path, target: Path) -> None:
    """Copy a file; of a SQLite file also what still lies in its write-ahead log, into one file that needs none."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix != ".sqlite":
        shutil.copyfile(source, target)
        return
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as two:
        one.backup(two)
        two.execute("PRAGMA journal_mode = DELETE")


def seal(folder: Path, info: Mapping[str, str], said: str, moment: datetime) -> str:
    """Make a folder with `data/` a bag signed with the user's key; return the digest that stands for it."""
    key = own_key()
    tags = {name: text for name, text in info.items() if text}
    tags |= {"Bagging-Date": f"{moment:%Y-%m-%d}", "Bag-Software-Agent": f"dedupelab {__version__}"}
    return write_bag(folder, tags, key, lambda data: sign(key, data, said, moment))


def previous(home: Path) -> dict[str, str] | None:
    """Return name and digest of the newest run in a folder of runs; nothing where there is none with a pack."""
    packed = [tags for run in complete_runs(home) if (tags := run / FOLDER / TAGS).is_file()]
    if not packed:
        return None
    return {"run": packed[-1].parents[1].name, "sha256": digest_of(packed[-1])}


def heads(data: Path) -> dict[str, dict[str, str | int]]:
    """Return how many rows each table that people write has in a pack's payload, and the digest that stands for them.

    Raises
    ------
    PackError
        If a row is not as it was chained.
    """
    found: dict[str, dict[str, str | int]] = {}
    for name, _ in written_down(data):
        if name.endswith(".sqlite") and (data / name).exists():
            for each in chains(data / name):
                found[f"{name}#{each.table}"] = {
                    "rows": len(each.digests),
                    "not_chained": each.open_rows,
                    "sha256": each.head,
                }
    return found


def chains(path: Path) -> list[Chain]:
    """Return the chains of a file of the pack; raises PackError where one is broken."""
    try:
        return check_chains(path)
    except TableError as problem:
        raise PackError(str(problem)) from problem


def environment() -> str:
    """Return the interpreter and every installed package with its version, one per line."""
    interpreter = f"# Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    return "\n".join([interpreter, *packages()]) + "\n"


def _write_inputs(study: Study, path: Path) -> None:
    images = study.images().sort_values(["collection", "path"])
    names = ["image_id", "collection", "bytes", "status", "sha256"]
    images.to_csv(path, columns=names, index=False, lineterminator="\n")


def _write_json(path: Path, facts: object) -> None:
    path.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


README = f"""\
This is the evidence pack of a run of dedupelab {__version__}: what was read (by digest), with which settings and packages,
every table and number, the notebooks as they ran where they were asked for, and the paper.

To check that nothing was altered:            dedupelab verify RUN
  the same without dedupelab:                 sha256sum -c {TAGS} ; sha256sum -c manifest-sha256.txt
  and the signature:                          minisign -V -p minisign.pub -m {TAGS}
To compute groups and numbers again:          dedupelab replay RUN

What the signature proves: whoever held the key signed exactly these files, and none has changed since.
What it does not prove: whose key it is. The key was made on the signer's machine; compare minisign.pub with what the
signer tells you on another channel. Nor does it prove when it was signed: the times in here are the signer's own clock.
chain.json names the digest of the run before this one, so that runs cannot be rewritten singly, and the digest of every
register and of the labels as they stood: their rows are chained, so that none can be written into an earlier day later.

The tables hold paths and digests of files: this pack is for those who may see them. What may go to others is written by
"dedupelab export".

review/labels.sqlite and registers.sqlite hold what people decided and wrote down, by name, confidential entries included.

Tables in tables/: {", ".join(table.name for table in (*tables.ALL, *REPLAY_NEEDS))}.
"""
