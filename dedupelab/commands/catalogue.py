"""The command that writes the merged catalogue, and tells a registrar what would be read from one."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from dedupelab.commands.terminal import FILE, INCOMPLETE, JSON, PATH, bars, end, inert, say
from dedupelab.errors import to_type

if TYPE_CHECKING:
    from dedupelab.collect.catalogues.preview import Column, Preview

FORMS = ("dublin-core-csv", "iiif", "marcxml", "mods", "lido")
LINKS = {
    "file": "name a picture's file",
    "identifier": "name none: a file called by their identifier, alone or with a word behind it, is theirs",
    "weak": "have a bare number or word: only a file called just that is theirs",
    "none": "name nothing: they will be linked to no picture",
}


@click.command("catalogue")
@click.argument("study", type=PATH, required=False)
@click.option(
    "--as",
    "form",
    type=click.Choice(FORMS),
    default="dublin-core-csv",
    show_default=True,
    help="Dublin Core as a table, a IIIF Presentation 3 manifest, or MARCXML (without field 008, which a library's system fills in), MODS or LIDO.",
)
@click.option("--out", type=FILE, help="The file to write.")
@click.option(
    "--base", default="https://example.org/", show_default=True, help="Address of the pictures in a manifest."
)
@click.option(
    "--check",
    type=PATH,
    help="Write nothing: tell what would be read from this catalogue file or folder; no study is needed.",
)
@click.option("--format", "kind", default="auto", show_default=True, help="With --check: as in study.toml.")
@click.option("--encoding", default="auto", show_default=True, help="With --check: as in study.toml.")
@JSON
def catalogue_command(
    study: Path | None,
    form: str,
    out: Path | None,
    base: str,
    check: Path | None,
    kind: str,
    encoding: str,
    *,
    as_json: bool,
) -> None:
    """Write the merged catalogue: one record per work, from its authoritative copy, with all holders.

    With --check, tell what would be read from a holder's catalogue before any picture is there.
    """
    if check is not None:
        _check(check, kind, encoding, as_json=as_json)
        return
    if study is None or out is None:
        raise click.UsageError("expected STUDY and --out FILE, or --check FILE; name them")
    from dedupelab.publish.catalogue import write_catalogue
    from dedupelab.study.study import Study

    opened = Study(study)
    with opened.store.lock():
        path = write_catalogue(opened, out, form, base=base, bars=bars)
    found = f"one record per work, as {form}"
    say(as_json, {"file": str(path), "form": form}, found, f"catalogue: {path}", to_type("report", study))
    end(opened.incomplete())


def _check(path: Path, kind: str, encoding: str, *, as_json: bool) -> None:
    """Tell what would be read from a catalogue; exit with 3 where some of it cannot be."""
    from dedupelab.collect.catalogues.preview import preview
    from dedupelab.collect.catalogues.sources import opened
    from dedupelab.settings.sections import CatalogueSection

    try:
        named = CatalogueSection.model_validate({"path": str(path), "format": kind, "encoding": encoding})
    except ValueError as problem:
        raise click.UsageError(
            f"expected a format and an encoding as study.toml has them, got {kind} and {encoding}"
        ) from problem
    with TemporaryDirectory() as cache:
        found = preview(opened(named.path, Path(cache), format=named.format, encoding=named.encoding))
    following = f'in study.toml: catalogue = "{path}"'
    say(as_json, asdict(found) | {"complete": found.complete}, *map(inert, _page(found)), following)
    if not found.complete:
        click.get_current_context().exit(INCOMPLETE)


def _page(found: "Preview") -> Iterator[str]:
    for told in found.files:
        text = f", {told.encoding}" if told.encoding else ""
        yield f"{told.file}: {told.format}{text}, {told.outcome}, {told.records:,} records"
        if told.problem:
            yield f"  {told.problem}"
        yield from (f"  {note}" for note in told.notes)
    said = found.records - found.unusable - found.withdrawn
    yield f"{found.records:,} records = {said:,} read, {found.unusable:,} unusable, {found.withdrawn:,} withdrawn"
    told_already = [told.problem for told in found.files]
    for problem in found.problems:
        if not any(each.startswith(problem.rstrip("…")) for each in told_already):
            yield f"  unusable: {problem}"
    yield from _section("fields that are read, by records:", found.read, sources=True)
    yield from _section("fields without a place here, by values:", found.lost)
    yield from _section("dates that are not understood, by values:", found.unread)
    if found.undecided:
        yield f"{found.undecided:,} dates keep their year alone: no other date tells whether the day or the month stands first"
    if any(found.links.values()):
        yield "links that would be made:"
    for way, words in LINKS.items():
        if count := found.links[way]:
            yield f"  {count:,} records {words}{_examples(found.linked_by.get(way, ()))}"


def _section(heading: str, columns: "tuple[Column, ...]", *, sources: bool = False) -> Iterator[str]:
    if columns:
        yield heading
    for column in columns:
        origin = f" (from {', '.join(column.sources)})" if sources and column.sources else ""
        yield f"  {column.count:,} {column.name}{origin}{_examples(column.examples)}"


def _examples(texts: tuple[str, ...]) -> str:
    return f": {' | '.join(texts)}" if texts else ""
