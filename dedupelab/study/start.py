"""How a study begins: a commented study.toml for one's own collections, or the sample study."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from textwrap import fill

from dedupelab.collect.listing import EXCLUDED
from dedupelab.collect.reading.decoding import PIXELS
from dedupelab.errors import CollectionError, ConfigError, writing
from dedupelab.match.authority import NAMES as CRITERIA
from dedupelab.numbers.sources import PLACEHOLDERS
from dedupelab.registers.register_csv import read_csv, write_forms
from dedupelab.sample import write_sample
from dedupelab.settings.consultation import FILE as PROFILE
from dedupelab.settings.consultation import STARTER as PROFILE_STARTER
from dedupelab.settings.study_toml import parse_config
from dedupelab.study.simulated_review import simulate
from dedupelab.study.study import Study
from dedupelab.work.progress import Bars, silent

SAMPLED = datetime(2026, 7, 1, tzinfo=UTC)
"""When the sample's registers say that they were written: equal seeds give equal studies."""


def init(folder: str | Path, collections: dict[str, str], name: str = "") -> Path:
    """Write a commented study.toml, and consultation.toml with comments alone; return the path of the first.

    Parameters
    ----------
    folder
        The study's folder; it is made if absent.
    collections
        Name to location. A relative folder is taken from the current folder and written relative to the study.
    name
        The study's name; the folder's name when empty.

    Raises
    ------
    ConfigError
        If there is a study already, or a name is not usable.
    CollectionError
        If a location is no folder.
    """
    target = Path(folder)
    _refuse_study(target)
    placed = {}
    for collection, location in collections.items():
        if "://" not in location:
            if not Path(location).is_dir():
                raise CollectionError(
                    f"expected a folder for {collection}, got {location!r}; check the spelling"
                )
            location = Path(os.path.relpath(Path(location).resolve(), target.resolve())).as_posix()  # noqa: PLW2901
        placed[collection] = location
    return _write_starters(target, starter(name or target.resolve().name, placed))


def init_template(folder: str | Path, name: str = "") -> Path:
    """Write a study to start from before any picture is there; return the path of its study.toml.

    It has an empty folder `pictures`, a commented study.toml and `registers/`: one empty CSV for each register, to be filled
    in and imported with `dedupelab register`, and `columns.txt`, which explains every column.

    Raises
    ------
    ConfigError
        If there is a study already, or the name is not usable.
    OutputError
        If the folder cannot be written.
    """
    target = Path(folder)
    _refuse_study(target)
    text = starter(name or target.resolve().name, {"pictures": "pictures"})
    with writing(target / "pictures"):
        (target / "pictures").mkdir(parents=True, exist_ok=True)
    write_forms(target / "registers")
    return _write_starters(target, text)


def open_study(path: str | Path = "") -> Study:
    """Open a study; without a path the one JupyterLab was started for or in whose `notebooks` one works, else the sample study.

    The sample study is made on first use.

    Raises
    ------
    ConfigError
        If there is no study at the path.
    """
    chosen = str(path) or os.environ.get("DEDUPELAB_STUDY", "")
    if chosen:
        return Study(chosen)
    if Path.cwd().name == "notebooks" and (Path.cwd().parent / "study.toml").exists():
        return Study(Path.cwd().parent)
    home = sample_home()
    if not (home / "study.toml").exists():
        sample(home)
    return Study(home)


def sample(folder: str | Path, *, seed: int = 20260101, reviewed: bool = False, bars: Bars = silent) -> Path:
    """Write the sample study with its registers; return its folder. Raises like `sample.write_sample`.

    Entries that somebody wrote into an earlier sample's registers stay. With `reviewed` it is scanned, matched and reviewed by
    simulation: see `simulated_review.simulate`.
    """
    written = write_sample(Path(folder), seed=seed, reviewed=reviewed, progress=bars("writing the sample"))
    study = Study(written)
    for file in sorted((written / "registers").glob("*.csv")):
        study.registers.add(file.stem, read_csv(file.stem, file), who="dedupelab sample", now=SAMPLED)
    if reviewed:
        with study.store.lock():
            study.match(bars=bars)
            study.propose(bars=bars)
            simulate(study.review(), written / "truth.csv")
    return written


def sample_home() -> Path:
    """Return where the sample study lies: in `data/` of a source checkout, else in the user's cache."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "notebooks").is_dir() and (folder / "data" / "README.md").exists():
            return folder / "data" / "sample"
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "dedupelab" / "sample"


def starter(name: str, collections: Mapping[str, str]) -> str:
    """Return a commented study.toml for the given collections (name to location).

    Raises
    ------
    ConfigError
        If the names or locations cannot stand in a study.
    """
    parse_config(
        {"study": {"name": name}, "collection": [{"name": n, "location": p} for n, p in collections.items()]}
    )
    blocks = "\n".join(
        f"[[collection]]\nname = {_quoted(n)}\nlocation = {_quoted(p)}\n"
        f'holder = ""        # who holds it, as the report should say\nkind = ""          # archive, newsroom, stock, portal, bureau ...\n'
        '# catalogue = "export.csv"  # its own catalogue: a path or an address, see the guide registrar.md\n'
        for n, p in collections.items()
    )
    return _STARTER.format(
        name=_quoted(name),
        pixels=PIXELS,
        collections=blocks,
        criteria=", ".join(f'"{c}"' for c in CRITERIA),
        exclude=fill(
            ", ".join(map(_quoted, EXCLUDED)),
            120,
            initial_indent="  ",
            subsequent_indent="  ",
            break_long_words=False,
        ),
        **{name: _quoted(source) for name, source in PLACEHOLDERS.items()},
    )


def _refuse_study(folder: Path) -> None:
    if (folder / "study.toml").exists():
        raise ConfigError(f"expected a folder without a study, got {folder / 'study.toml'}; edit that file")


def _write_starters(folder: Path, text: str) -> Path:
    """Write study.toml last: what fails before leaves no study."""
    path = folder / "study.toml"
    with writing(path):
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / PROFILE).exists():
            (folder / PROFILE).write_text(PROFILE_STARTER, encoding="utf-8")
        path.write_text(text, encoding="utf-8")
    return path


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'


_STARTER = """\
# A study: which collections, whose, and every parameter. Check it with: dedupelab scan .

[study]
name = {name}
purpose = ""       # what the results are for, such as: statistics; no action against any person
owner = ""         # who answers for the study; both are printed in the report

{collections}
[scan]
decode = "scaled"  # "full" gives imagehash's bits exactly and takes several times longer
tolerance = 0.05   # unreadable share of a collection above which the command ends with exit code 3
codes = []         # ["pdq", "iscc"] adds the codes that other systems exchange; every picture is then decoded in full
metadata = "own"   # "exiftool" or "exiv2" read Exif, IIM and XMP with that program or package, which must be installed
trust_anchors = "" # PEM file of certificates; Content Credentials signed under them are called trusted
seconds = 60.0     # longest that reading one file may take; then it is unreadable
memory = 4096      # most memory, in MB, that reading a file may take (Linux)
pixels = {pixels} # most pixels of a picture; a file with more is taken for a bomb and is unreadable
exclude = [        # files and folders that are left out, whatever case they are written in; "/name" is one at the top alone
{exclude}
]
precedence = "embedded"  # whose value stands where a file and its catalogue record differ; or "catalogue"

[match]
gear = "thorough"  # or "quick", which leaves out small crops, screenshots and overlays
max_distance = 10  # pHash bits, of 64, that a candidate pair may differ in
criteria = [{criteria}]
one_script = false # true compares Traditional and Simplified Chinese as one script; it needs the package OpenCC

[review]
pairs = 300        # pairs that people look at; more pairs, narrower intervals
seed = 1           # another seed draws other pairs

[harm]             # every number with its source; a line whose input is missing is printed as "not estimated"
currency = "HKD"
# price_year = 2026
# storage_price = {{ value = 0.20, unit = "HKD per GB and month", source = {price}, source_type = "invoice" }}
# storage_copies = {{ value = 3, unit = "copies", source = {copies}, source_type = "measured" }}
# review_seconds = {{ value = 25, unit = "seconds per pair", source = {seconds}, source_type = "measured" }}
# hourly_wage = {{ low = 120, value = 180, high = 260, unit = "HKD per hour", source = {wage}, source_type = "invoice" }}
# attribution_share = {{ low = 0.3, value = 0.5, high = 0.8, unit = "share", source = {share}, source_type = "expert" }}
# incident_years = {{ value = 2, unit = "years", source = {years}, source_type = "measured" }}
# Other inputs: members_asked, members_answered, licence_years, storage_overhead, group_seconds, disputes_per_year, dispute_days (P50 and P90 as p50 and p90), dispute_day_value,
# acquisitions_per_year, acquisition_fee. Incidents, licences and timed work go into the registers: dedupelab register --help
# What of a cost would have come without duplication as well (else its line is gross), for storage, dispute, licence and acquisition:
# deadweight, displacement, substitution; and remaining, what stays although every copy is dealt with.
# net.dispute.deadweight = {{ low = 0.1, value = 0.2, high = 0.4, unit = "share", source = {share}, source_type = "expert" }}
# Amounts of other years in the registers are brought to price_year by an index; inputs that move together have a rank correlation.
# deflator = {{ index = {{ "2025" = 104.2, "2026" = 106.0 }}, source = {index} }}
# correlation = [{{ first = "harm.hourly_wage", second = "scenarios.integration_per_organisation", rank = 0.5, source = {share} }}]

[trend]
dates = ""         # "modified" if a file's time of modification is the day it was taken in; no trend is given otherwise

# Policy options compared with doing nothing: fill in [scenarios] and one [[scenarios.option]] for each.
# The sample study (dedupelab sample) shows all of it at work.
[scenarios]
horizon = 5            # years
discount_rate = 0.035  # per year, real
growth_fade = 0.5      # share of a year's growth that the next year keeps

[sensitivity]
# distances = [6, 10]  # over which distances a conclusion must hold to be called robust

[report]
languages = ["en"]  # or ["en", "zh-Hant-HK"]
title = ""         # title of the paper
submitter = ""     # who hands it in
consultation = ""  # name and reference of the consultation
members = false    # whether to write a report for each member, into members/ of a run
# [report.texts.zh-Hant-HK]  # purpose, owner, title, submitter, consultation in another language; nothing is translated by machine; and
#   its words: what names of options, holders and collections, sources and units are in that language

[compute]
workers = 0        # processes; 0 means one per core
# scheduler = "tcp://10.0.0.1:8786"  # a Dask cluster does the work instead; its workers see the collections under the same paths

[serve]            # dedupelab serve: where it listens, and what one client may ask; all of it in the guide portal.md
port = 8765
megabytes = 50     # most that one request may hold
"""
