"""The command that writes the merged catalogue."""

from pathlib import Path

import click

from dedupelab.commands.terminal import JSON, STUDY, bars, end, say


@click.command("catalogue")
@STUDY
@click.option(
    "--as",
    "form",
    type=click.Choice(["dublin-core-csv", "iiif"]),
    default="dublin-core-csv",
    show_default=True,
    help="Dublin Core as a table, or a IIIF Presentation 3 manifest.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file to write."
)
@click.option(
    "--base", default="https://example.org/", show_default=True, help="Address of the pictures in a manifest."
)
@JSON
def catalogue_command(study: Path, form: str, out: Path, base: str, *, as_json: bool) -> None:
    """Write the merged catalogue: one record per work, from its authoritative copy, with all holders."""
    from dedupelab.publish.catalogue import write_catalogue
    from dedupelab.study.study import Study

    opened = Study(study)
    with opened.store.lock():
        path = write_catalogue(opened, out, form, base=base, bars=bars)
    found = f"one record per work, as {form}"
    say(as_json, {"file": str(path), "form": form}, found, f"catalogue: {path}", f"dedupelab report {study}")
    end(opened)
