"""The command line: each command is one public function of the package, with bars for people and JSON for machines."""

import errno
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import click

from dedupelab.commands.catalogue import catalogue_command
from dedupelab.commands.compare import compare_command
from dedupelab.commands.estimate import estimate_command
from dedupelab.commands.exchange import COMMANDS
from dedupelab.commands.history import history_command
from dedupelab.commands.register import register_command
from dedupelab.commands.report import report_command
from dedupelab.commands.review import calibrate_command, review_command
from dedupelab.commands.schedule import schedule_command
from dedupelab.commands.screen import screen_command
from dedupelab.commands.serve import serve_command
from dedupelab.commands.submission import check_report_command
from dedupelab.commands.terminal import (
    BROWSER,
    FILE,
    JSON,
    PATH,
    PORT,
    PROGRESS,
    STUDY,
    bars,
    end,
    enter_lab,
    inert,
    opened_study,
    say,
)
from dedupelab.errors import ConfigError, DedupelabError, to_type
from dedupelab.version import __version__

JOURNEY = """\
dedupelab turns picture collections into evidence about duplicates. The journey:

  dedupelab sample DIR                                    a study to try things on
  dedupelab init DIR --collection NAME=FOLDER ...         a study of your own collections
  dedupelab estimate DIR                                  how long it will take
  dedupelab scan DIR ; dedupelab match DIR                pictures to fingerprints, pairs and groups
  dedupelab report DIR                                    everything, ending in HTML, PDF and DOCX
  dedupelab lab DIR                                       look closer in JupyterLab

Help for each: dedupelab COMMAND --help
"""


class Commands(click.Group):
    """A group whose commands end with one line on standard error when something is wrong."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  click's own signature
        """Run the command; turn what dedupelab raises on purpose into exit code 1."""
        try:
            with _stoppable():
                return super().invoke(ctx)
        except DedupelabError as problem:
            _end_with(ctx, str(problem))
        except OSError as problem:
            if problem.errno == errno.EPIPE:
                raise  # whoever read has gone: click ends in silence
            what = problem.strerror or str(problem)
            _end_with(
                ctx,
                f"expected files and folders that can be used, got {problem.filename}: {what}; name or free another",
            )
        except KeyboardInterrupt:
            click.echo(
                "stopped; complete tables and saved parts of a scan or match are kept, run the same command to go on",
                err=True,
            )
            ctx.exit(1)


def _end_with(ctx: click.Context, problem: str) -> NoReturn:
    click.echo(f"error: {inert(' '.join(problem.split()))}", err=True)
    ctx.exit(1)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Tidy up after a scheduler's SIGTERM as after Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@click.group(
    cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="dedupelab")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Turn picture collections into measurable-harm evidence about duplicate images."""
    from dedupelab.work.pool import one_thread

    one_thread()
    if ctx.invoked_subcommand is None:
        click.echo(JOURNEY, nl=False)


@main.command("init")
@click.argument("folder", type=PATH)
@click.option("--collection", "collections", multiple=True, metavar="NAME=LOCATION",
              help="A collection: its name and its folder or fsspec address. Repeat for each.")  # fmt: skip
@click.option("--name", default="", help="Name of the study; the folder's name if not given.")
@click.option(
    "--template", is_flag=True, help="A study before any picture is there, with forms for its registers."
)
@JSON
def init_command(
    folder: Path, collections: tuple[str, ...], name: str, *, template: bool, as_json: bool
) -> None:
    """Write a commented study.toml into FOLDER."""
    from dedupelab.study.start import init, init_template
    from dedupelab.study.study import Study

    if template == bool(collections):
        raise click.UsageError("expected --collection NAME=LOCATION, or --template to start without pictures")
    if template:
        path = init_template(folder, name)
        lines = (f"wrote {path}", f"fill in the registers: {folder / 'registers'}")
        say(
            as_json,
            {"study": str(path)},
            *lines,
            to_type("register", folder, "incident", "import", folder / "registers" / "incident.csv"),
        )
        return
    named: dict[str, str] = {}
    for item in collections:
        key, separator, location = item.partition("=")
        if not (separator and key and location):
            raise click.BadParameter(f"expected NAME=LOCATION, got {item!r}", param_hint="--collection")
        if key in named:
            raise ConfigError(f"expected collections with different names, got {key!r} twice; rename one")
        named[key] = location
    path = init(folder, named, name)
    notes = Study(folder).overlaps()
    say(
        as_json,
        {"study": str(path), "notes": notes},
        f"wrote {path}",
        *(f"note: {note}" for note in notes),
        "fill in holder, purpose and owner there",
        to_type("report", folder),
    )


@main.command("sample")
@click.argument("folder", type=PATH)
@click.option("--seed", default=20260101, show_default=True, help="Another seed makes another sample.")
@click.option(
    "--reviewed",
    is_flag=True,
    help="Also match it and let two invented reviewers answer by truth.csv, as if pairs had been looked at; some minutes.",
)
@JSON
def sample_command(folder: Path, seed: int, *, reviewed: bool, as_json: bool) -> None:
    """Write the sample study into FOLDER: real photographs, edited copies, planted conflicts, and truth.csv."""
    from dedupelab.study.start import sample

    sample(folder, seed=seed, reviewed=reviewed, bars=bars)
    say(
        as_json,
        {"study": str(folder)},
        f"wrote the sample study to {folder}",
        "what is true of it: truth.csv",
        to_type("report", folder),
    )


@main.command("scan")
@STUDY
@click.option(
    "--refresh", is_flag=True, help="Fetch remote catalogues again; otherwise they are fetched once."
)
@click.option(
    "--verify", is_flag=True, help="Read every file again: finds content replaced under equal size and time."
)
@PROGRESS
@JSON
def scan_command(study: Path, *, refresh: bool, verify: bool, progress: bool, as_json: bool) -> None:
    """Read all collections into the images table: digests, fingerprints, embedded metadata, catalogues."""
    from dedupelab.study.catalogues import tell_records
    from dedupelab.tables import IMAGES

    opened = opened_study(study)
    with opened.store.lock():
        images = opened.scan(refresh=refresh, verify=verify, bars=partial(bars, lines=progress))
    counts = {str(k): int(v) for k, v in images["status"].value_counts().sort_index().items()}
    listed = len(images)
    parts = ", ".join(f"{counts.get(s, 0):,} {s}" for s in ("hashed", "unreadable", "skipped"))
    found = f"{listed:,} files listed = {parts}"
    where = str(opened.store.path(IMAGES))
    incomplete = opened.incomplete()
    records, told = tell_records(opened.records(), opened.catalogue_files())
    say(
        as_json,
        {
            "listed": listed,
            **{name: counts.get(name, 0) for name in ("hashed", "unreadable", "skipped")},
            "incomplete": incomplete,
            "notes": opened.overlaps(),
            "catalogues": records,
            "table": where,
        },
        found,
        *told,
        f"table: {where}",
        to_type("match", study),
    )
    end(incomplete)


@main.command("match")
@STUDY
@PROGRESS
@JSON
def match_command(study: Path, *, progress: bool, as_json: bool) -> None:
    """Find and verify pairs, build the duplicate groups, name the authoritative copies."""
    from dedupelab.tables import LINKS, PAIRS

    opened = opened_study(study)
    with opened.store.lock():
        pairs = opened.match(bars=partial(bars, lines=progress))
    groups, members = opened.groups(), opened.members()
    links = int(pairs["relation"].isin(LINKS).sum())
    facts = {"pairs": len(pairs), "links": links, "groups": len(groups), "images_in_groups": len(members)}
    found = f"{links:,} links among {len(pairs):,} examined pairs; {len(members):,} images in {len(groups):,} groups"
    where = str(opened.store.path(PAIRS).parent)
    say(as_json, facts | {"tables": where}, found, f"tables: {where}", to_type("report", study))
    end(opened.incomplete())


@main.command("graph")
@STUDY
@click.argument("file", type=FILE)
@click.option("--lone", is_flag=True, help="Also write images without any link.")
@JSON
def graph_command(study: Path, file: Path, *, lone: bool, as_json: bool) -> None:
    """Write the duplicate graph to FILE (.graphml or .gexf) for Gephi, yEd, Cytoscape and others."""
    from dedupelab.match.graph import write_graph

    opened = opened_study(study)
    with opened.store.lock():
        opened.match(bars=bars)
    graph = opened.graph(lone=lone)
    write_graph(graph, file)
    facts = {"nodes": graph.number_of_nodes(), "edges": graph.number_of_edges(), "file": str(file)}
    say(
        as_json,
        facts,
        f"{facts['nodes']:,} images, {facts['edges']:,} links",
        f"graph: {file}",
        to_type("lab", study),
    )


@main.command("lab")
@click.argument("study", type=PATH, required=False)
@PORT
@BROWSER
def lab_command(study: Path | None, port: int, *, browser: bool) -> None:
    """Open JupyterLab on the notebooks of STUDY; without one on the desk, where a study is made and run."""
    enter_lab(study, port=port, browser=browser)


for command in (
    *COMMANDS, report_command, catalogue_command, estimate_command, review_command, register_command, compare_command,
    history_command, screen_command, serve_command, schedule_command, calibrate_command, check_report_command,
):  # fmt: skip
    main.add_command(command)
