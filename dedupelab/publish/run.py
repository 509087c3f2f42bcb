"""One run: everything in order into a folder of its own, and `latest` pointing to the newest.

The folder appears under its name only when it is complete (`runs.py`), so a scheduler never finds half a report.
"""

import importlib.metadata
import itertools
import json
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pandas as pd

from dedupelab import tables
from dedupelab.errors import NotebookError
from dedupelab.numbers.results import Result
from dedupelab.publish.chapters import author_texts as authors
from dedupelab.publish.chapters.letter import letter
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.summary import summary
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.criteria.check import write_check
from dedupelab.publish.figures.examples import example, example_groups, worked_example
from dedupelab.publish.figures.exhibits import exhibits, runs_exhibit
from dedupelab.publish.gallery import Gallery
from dedupelab.publish.history import FILE as HISTORY
from dedupelab.publish.history import history, lines, stamp, with_news, written
from dedupelab.publish.kept import brought_key, found_key, kept
from dedupelab.publish.language.language import day
from dedupelab.publish.language.translations import language_of
from dedupelab.publish.members.report import write_members
from dedupelab.publish.notebooks.notebooks import notebook_sources, run_notebooks
from dedupelab.publish.paper.docx import render_docx
from dedupelab.publish.paper.html import render_html
from dedupelab.publish.paper.layout import numbers_in
from dedupelab.publish.paper.outline import keep_outline
from dedupelab.publish.paper.pdf import render_pdf
from dedupelab.publish.paper.writing import replace_file
from dedupelab.publish.runs import FACTS, RESULTS, building, made_from, newest, put_in_place
from dedupelab.publish.spreadsheets import readable
from dedupelab.publish.whole_paper import paper
from dedupelab.publish.workbook.book import workbook_bytes
from dedupelab.publish.workbook.sheets import sheets
from dedupelab.study.study import Study
from dedupelab.tables.keys import digest_of, key_for
from dedupelab.version import __version__
from dedupelab.work.progress import Bars, Progress

PACKAGES = (
    "pillow", "imagehash", "numpy", "pandas", "scipy", "statsmodels", "networkx", "opencv-python-headless",
    "pyarrow", "matplotlib", "papermill",
)  # fmt: skip
KERNELS = 4
"""Notebooks that run at one time at most: each takes a core and some hundred megabytes."""
RENDERERS = {"html": render_html, "pdf": render_pdf, "docx": render_docx}


def publish_run(
    study: Study,
    out: Path,
    *,
    languages: tuple[str, ...] = (),
    notebooks: bool = True,
    members: bool = False,
    skip_unchanged: bool = False,
    gallery: bool = False,
    bars: Bars,
    now: datetime | None = None,
    finish: Callable[[Path, Path, datetime], object] | None = None,
) -> Path:
    """Run the study and write its run folder; return the folder.

    Notebooks and papers are kept in the study by what they are made from: where nothing of it changed they are copied, a
    paper with the date of the day it was made.

    Parameters
    ----------
    study
        The study; stages that are fresh are not run again.
    out
        Folder of runs; the run lands in `out/<study name>/<timestamp>/`.
    languages
        Languages to write; the study's own when empty.
    notebooks
        Whether to run the notebooks.
    members
        Whether to write a report for each member, as `[report] members` of the study does.
    skip_unchanged
        Whether to write no folder, and return the newest there is, where that one was made from the same.
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
    authors.check_languages(study, chosen)  # likewise: a profile that is wrong in one of them
    authors.texts(study)  # likewise: a text for no section is a mistake in the study
    results = study.measure(bars=bars)
    authors.check_findings(study, Numbers.of(results))
    found, brought = found_key(study), brought_key(study)
    sources = {each: key_for(found, digest_of(each)) for each in (notebook_sources() if notebooks else ())}
    told = pd.concat([history(home), lines(results, stamp(moment))])
    news = with_news(told)
    # A run without news is made from the same as the one that brought the last ones, whose day its paper names.
    since = written(news.assign(time=news["time"].where(news["time"] != news["time"].max(), "")))
    papers = {tag: key_for(found, brought, since, tag, tag == chosen[0], gallery) for tag in chosen}
    each_member = members or study.config.report.members
    key = key_for(sorted(sources.values()), papers, each_member)
    before = newest(home)
    if skip_unchanged and before is not None and made_from(before) == key:
        return before
    with building(home) as folder:
        shutil.copyfile(study.results_path, folder / RESULTS)
        digests = write_tables(study, folder / "tables")
        _notebooks(study, sources, folder, home, bars)
        write = partial(_written, study, results, moment, digests, news, first=chosen[0], gallery=gallery)
        drawing = partial(bars, "writing the paper")
        notes = _by_language(study, folder, papers, "{tag}", write, drawing, len(RENDERERS) + 1)
        if each_member:
            each_one = partial(_members, study, moment)
            drawing = partial(bars, "writing members' reports")
            notes |= _by_language(study, folder, papers, "members.{tag}", each_one, drawing)
        told_too = [*sorted(notes), *authors.remarks(study, chosen, moment)]
        (folder / HISTORY).write_text(written(told), encoding="utf-8", newline="\n")
        (folder / FACTS).write_text(_facts(study, moment, told_too, key), encoding="utf-8")
        write_check(folder, chosen)
        if finish:
            finish(folder, home, moment)
        return put_in_place(folder, home, moment)


def write_tables(study: Study, folder: Path) -> dict[str, str]:
    """Write every table as Parquet and as CSV that spreadsheets open; members with collection and path. Return the Parquet files' SHA-256 by table."""
    folder.mkdir(parents=True, exist_ok=True)
    digests = {}
    for table in tables.ALL:
        source = study.store.path(table)
        target = folder / table.file
        shutil.copyfile(source, target)
        digests[table.name] = digest_of(target)
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


def _by_language(
    study: Study,
    folder: Path,
    keys: Mapping[str, str],
    name: str,
    write: Callable[[Path, str, Callable[[], None]], Iterable[str]],
    progress: Callable[[], Progress],
    steps: int = 1,
) -> set[str]:
    """Let `write` make what belongs to each language unless it is kept as `name`, and copy it; return what the reader must be told, such as missing fonts."""
    shelf = kept(study)
    names = {tag: name.format(tag=tag) for tag in keys}
    lacking = [tag for tag, key in keys.items() if not shelf.has(names[tag], key)]
    step = _steps(progress(), len(lacking) * steps) if lacking else None
    notes: set[str] = set()
    for tag, key in keys.items():
        if step and tag in lacking:
            said: list[str] = []
            with shelf.new(names[tag], key, said) as made, authors.in_words_of(study, tag):
                said += write(made, tag, step)
        notes.update(shelf.take(names[tag], key, folder))
    return notes


def _written(
    study: Study,
    results: Iterable[Result],
    moment: datetime,
    digests: Mapping[str, str],
    news: pd.DataFrame,
    folder: Path,
    tag: str,
    step: Callable[[], None],
    *,
    first: str,
    gallery: bool,
) -> set[str]:
    """Draw the figures and write paper, summary, letter and workbook in the current language; return what the reader must be told."""
    notes: set[str] = set()
    other = "" if tag == first else tag
    with tempfile.TemporaryDirectory(prefix="dedupelab-") as name:
        found = _material(study, results, Path(name), digests, news)
        document = paper(found, date=day(moment), created=moment.replace(microsecond=0))
        keep_outline(document, folder, tag=other)
        papers = {"report": document, "summary": summary(found, document), "letter": letter(found, document)}
        book = sheets(study, found, document, Path(name))
        content = workbook_bytes(book, title=document.title, created=document.meta.created)
        replace_file(folder / (f"report.{other}.xlsx" if other else "report.xlsx"), content)
        step()
        pages = {}
        if gallery:
            printed = set[str]().union(*(numbers_in(each) for each in papers.values() if each))
            counting = [result for result in results if result.id in printed]
            pages = Gallery(study, counting, folder).write(tag)
        for kind, render in (RENDERERS | {"html": partial(render_html, pages=pages)}).items():
            for title, written in papers.items():
                notes.update(render(written, folder / f"{title}.{tag}.{kind}") if written else ())
            step()
    return notes


def _members(
    study: Study, moment: datetime, folder: Path, tag: str, step: Callable[[], None]
) -> Iterable[str]:
    """Write each member's report in the current language; return what the reader must be told."""
    notes = write_members(study, folder, tag, moment)
    step()
    return notes


def _steps(progress: Progress, total: int) -> Callable[[], None]:
    """Return what counts one step more each time it is called."""
    done = itertools.count(1)
    progress(0, total)
    return lambda: progress(next(done), total)


def _material(
    study: Study, results: Iterable[Result], folder: Path, digests: Mapping[str, str], news: pd.DataFrame
) -> Material:
    """Gather what the paper is made from, its figures drawn into `folder` in the current language."""
    figures = exhibits(study, folder)
    if (drawn := runs_exhibit(study, news, folder)) is not None:
        figures["runs"] = drawn
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
        study.config.gear,
        versions(),
        digests,
        study.records(),
        study.crosswalk(),
        study.catalogue_files(),
        *authors.brought(study),
        news,
    )


def _notebooks(study: Study, sources: Mapping[Path, str], folder: Path, home: Path, bars: Bars) -> None:
    """Run the notebooks that are not kept, side by side, and copy them all."""
    shelf = kept(study)
    lacking = [source for source, key in sources.items() if not shelf.has(source.stem, key)]
    if lacking:
        try:
            run_notebooks(
                lacking,
                folder / "notebooks",
                {"study": str(study.folder)},
                progress=bars("running notebooks"),
                workers=min(study.config.workers, KERNELS),
            )
        except NotebookError as problem:
            for failed in (folder / "notebooks").glob("*.failed.ipynb"):
                shutil.copyfile(failed, home / failed.name)
            # The folder being built is about to go; what stays is the copy beside the runs.
            raise NotebookError(str(problem).replace(str(folder / "notebooks"), str(home))) from problem
    for source, key in sources.items():
        if source in lacking:
            with shelf.new(source.stem, key) as made:
                shutil.copyfile(folder / "notebooks" / source.name, made / source.name)
        else:
            shelf.take(source.stem, key, folder / "notebooks")


def _facts(study: Study, moment: datetime, notes: list[str], key: str = "") -> str:
    facts = {
        "study": study.name,
        "time": stamp(moment),
        "made_from": key,
        "stages_run": study.execution.ran,
        "gear": study.config.gear,
        "incomplete": study.incomplete(),
        "notes": notes,
        "consultation": study.consultation.model_dump(mode="json") if study.consultation else None,
        "settings": study.config.model_dump(
            exclude={"collection": {"__all__": {"location", "catalogue"}}, "serve": True}
        ),
        "versions": versions(),
    }
    return json.dumps(facts, indent=1, ensure_ascii=False) + "\n"
