"""One run: everything in order into a folder of its own, and `latest` pointing to the newest.

The folder appears under its name only when it is complete, so a scheduler never finds half a report.
"""

import contextlib
import hashlib
import importlib.metadata
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pandas as pd

from dedupelab import tables
from dedupelab.errors import DedupelabError, NotebookError, OutputError
from dedupelab.numbers.results import Result
from dedupelab.publish.chapters import author_texts as authors
from dedupelab.publish.chapters.letter import letter
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.summary import summary
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.criteria.check import check_run, write_check
from dedupelab.publish.figures.examples import example, example_groups, worked_example
from dedupelab.publish.figures.exhibits import exhibits
from dedupelab.publish.gallery import Gallery
from dedupelab.publish.language.language import day, speaking
from dedupelab.publish.language.translations import language_of
from dedupelab.publish.notebooks.notebooks import notebook_sources, run_notebooks
from dedupelab.publish.paper.docx import render_docx
from dedupelab.publish.paper.html import render_html
from dedupelab.publish.paper.outline import keep_outline
from dedupelab.publish.paper.pdf import render_pdf
from dedupelab.publish.paper.writing import replace_file
from dedupelab.publish.spreadsheets import readable
from dedupelab.publish.whole_paper import paper
from dedupelab.publish.workbook.book import workbook_bytes
from dedupelab.publish.workbook.sheets import sheets
from dedupelab.study.study import Study
from dedupelab.version import __version__
from dedupelab.work.progress import Bars

PACKAGES = (
    "pillow", "imagehash", "numpy", "pandas", "scipy", "statsmodels", "networkx", "opencv-python-headless",
    "pyarrow", "matplotlib", "papermill",
)  # fmt: skip
RENDERERS = {"html": render_html, "pdf": render_pdf, "docx": render_docx}


def publish_run(
    study: Study,
    out: Path,
    *,
    languages: tuple[str, ...] = (),
    gallery: bool = False,
    bars: Bars,
    now: datetime | None = None,
    finish: Callable[[Path, Path, datetime], object] | None = None,
) -> Path:
    """Run the study and write its run folder; return the folder.

    Parameters
    ----------
    study
        The study; stages that are fresh are not run again.
    out
        Folder of runs; the run lands in `out/<study name>/<timestamp>/`.
    languages
        Languages to write; the study's own when empty.
    gallery
        Whether to write pages with the pictures behind the numbers, to which the paper as HTML links.
    finish
        Called last with the complete folder, the folder of runs and the time: what it adds belongs to the run.

    Raises
    ------
    ConfigError
        If there is no catalogue for a language.
    OutputError
        If the folder cannot be written; nothing half-written stays.
    NotebookError, ReportError
        If a notebook or a document fails; the failed notebook is kept beside the runs.
    """
    moment = now or datetime.now(UTC)
    home = out / study.name
    chosen = tuple(dict.fromkeys(languages or study.config.report.languages))
    for tag in chosen:
        language_of(tag)  # before any work: a language that is not there is a mistake in the call
    authors.texts(study)  # likewise: a text for no section is a mistake in the study
    results = study.measure(bars=bars)
    authors.check_findings(study, Numbers.of(results))
    building = _new_folder(home)
    try:
        shutil.copyfile(study.results_path, building / "results.json")
        digests = write_tables(study, building / "tables")
        _notebooks(study, building, home, bars)
        pictures = Gallery(study, results, building) if gallery else None
        notes = _papers(study, results, building, chosen, moment, digests, bars, pictures)
        notes += authors.remarks(study, chosen, moment)
        (building / "run.json").write_text(_facts(study, moment, notes), encoding="utf-8")
        write_check(building, check_run(building))
        if finish:
            finish(building, home, moment)
        return _put_in_place(building, home, moment)
    except DedupelabError:
        raise
    except OSError as problem:
        raise OutputError(
            f"expected to write a run in {home}, got: {problem}; free space or choose another folder"
        ) from problem
    finally:
        shutil.rmtree(building, ignore_errors=True)


def write_tables(study: Study, folder: Path) -> dict[str, str]:
    """Write every table as Parquet and as CSV that spreadsheets open; members with collection and path. Return the Parquet files' SHA-256 by table."""
    folder.mkdir(parents=True, exist_ok=True)
    digests = {}
    for table in tables.ALL:
        source = study.store.path(table)
        target = folder / f"{table.name}.parquet"
        shutil.copyfile(source, target)
        digests[table.name] = hashlib.sha256(target.read_bytes()).hexdigest()
        frame = tables.read(table, source)
        if table is tables.MEMBERS:
            frame = frame.merge(study.images()[["image_id", "collection", "path"]], on="image_id", how="left")
        # With the mark by which spreadsheets know UTF-8.
        readable(frame).to_csv(
            folder / f"{table.name}.csv", index=False, lineterminator="\n", encoding="utf-8-sig"
        )
    return digests


def money_tables(study: Study) -> dict[str, pd.DataFrame]:
    """Return what the chapters on money print: the tables options, tornado and trend, and the registers by kind."""
    found = {t.name: study.table(t) for t in (tables.OPTIONS, tables.TORNADO, tables.TREND)}
    return found | {
        kind: study.registers.read(kind)
        for kind in ("assumption", "decision", "incident", "licence", "workflow")
    }


def versions() -> dict[str, str]:
    """Return the versions that can change a number."""
    found = {"dedupelab": __version__, "Python": platform.python_version()}
    return found | {name: importlib.metadata.version(name) for name in PACKAGES}


def _papers(
    study: Study,
    results: Iterable[Result],
    folder: Path,
    languages: tuple[str, ...],
    moment: datetime,
    digests: Mapping[str, str],
    bars: Bars,
    pictures: Gallery | None,
) -> list[str]:
    """Draw the figures and write paper, summary, letter and workbook once for each language; return what the reader must be told, such as missing fonts."""
    progress = bars("writing the paper")
    steps = len(languages) * (len(RENDERERS) + 1)
    notes: list[str] = []
    done = 0
    progress(0, steps)
    for tag in languages:
        with tempfile.TemporaryDirectory(prefix="dedupelab-") as name, speaking(tag):
            found = _material(study, results, Path(name), digests)
            document = paper(found, date=day(moment), created=moment.replace(microsecond=0))
            if tag == languages[0]:
                keep_outline(document, folder)
            papers = {
                "report": document,
                "summary": summary(found, document),
                "letter": letter(found, document),
            }
            content = workbook_bytes(
                sheets(study, found, document, Path(name)),
                title=document.title,
                created=document.meta.created,
            )
            replace_file(folder / ("report.xlsx" if tag == languages[0] else f"report.{tag}.xlsx"), content)
            progress(done := done + 1, steps)
            pages = pictures.write(tag) if pictures else {}
            for kind, render in (RENDERERS | {"html": partial(render_html, pages=pages)}).items():
                for title, written in papers.items():
                    notes += render(written, folder / f"{title}.{tag}.{kind}") if written else ()
                progress(done := done + 1, steps)
    return sorted(set(notes))


def _material(study: Study, results: Iterable[Result], folder: Path, digests: Mapping[str, str]) -> Material:
    """Gather what the paper is made from, its figures drawn into `folder` in the current language."""
    figures = exhibits(study, folder)
    chosen = example_groups(study)
    shown = [example(study, group, folder) for group in chosen]
    return Material(
        study.config,
        Numbers.of(results),
        study.images(),
        study.pairs(),
        study.groups(),
        study.overlap(),
        money_tables(study),
        figures,
        tuple(found for found in shown if found is not None),
        worked_example(study, chosen),
        study.gear(),
        versions(),
        digests,
        study.records(),
        study.crosswalk(),
        *authors.brought(study),
    )


def _notebooks(study: Study, building: Path, home: Path, bars: Bars) -> None:
    progress = bars("running notebooks")
    try:
        run_notebooks(
            notebook_sources(),
            building / "notebooks",
            {"study": str(study.folder)},
            progress=lambda done, total, _name: progress(done, total),
        )
    except NotebookError as problem:
        for failed in (building / "notebooks").glob("*.failed.ipynb"):
            shutil.copyfile(failed, home / failed.name)
        # The folder being built is about to go; what stays is the copy beside the runs.
        raise NotebookError(str(problem).replace(str(building / "notebooks"), str(home))) from problem


def _facts(study: Study, moment: datetime, notes: list[str]) -> str:
    facts = {
        "study": study.name,
        "time": moment.isoformat(timespec="seconds"),
        "stages_run": study.execution.ran,
        "gear": study.gear(),
        "incomplete": study.incomplete(),
        "notes": notes,
        "consultation": study.consultation.model_dump(mode="json") if study.consultation else None,
        "settings": study.config.model_dump(
            exclude={"collection": {"__all__": {"location", "catalogue"}}, "serve": True}
        ),
        "versions": versions(),
    }
    return json.dumps(facts, indent=1, ensure_ascii=False) + "\n"


def _new_folder(home: Path) -> Path:
    try:
        home.mkdir(parents=True, exist_ok=True)
        for stale in home.glob(".building-*"):
            if not _alive(stale.name.split("-")[1]):  # left by a run that was killed
                shutil.rmtree(stale, ignore_errors=True)
        return Path(tempfile.mkdtemp(prefix=f".building-{os.getpid()}-", dir=home))
    except OSError as problem:
        raise OutputError(
            f"expected to write in {home}, got: {problem.strerror or problem}; choose another folder with --out"
        ) from problem


def _alive(process: str) -> bool:
    """Whether a process of that number is at work; one of another user counts as alive."""
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except OSError:
        return True
    return True


def _put_in_place(building: Path, home: Path, moment: datetime) -> Path:
    """Give the folder its name and let `latest` point to it."""
    stamp = moment.strftime("%Y-%m-%dT%H%M%SZ")
    target = home / stamp
    number = 1
    while target.exists():
        number += 1
        target = home / f"{stamp}-{number}"
    building.chmod(0o755)
    building.rename(target)
    pointer = home / f".latest-{os.getpid()}"
    pointer.unlink(missing_ok=True)
    try:
        pointer.symlink_to(target.name, target_is_directory=True)
        pointer.replace(home / "latest")
    except OSError:  # file systems without links get a copy
        with contextlib.suppress(OSError):
            shutil.rmtree(home / "latest")
        shutil.copytree(target, home / "latest")
    return target
