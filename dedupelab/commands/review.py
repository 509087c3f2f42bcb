"""The commands with which people look at pairs, and labels travel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dedupelab.commands.terminal import BROWSER, FILE, JSON, PORT, STUDY, bars, enter_lab, say
from dedupelab.errors import to_type

if TYPE_CHECKING:
    from dedupelab.study.study import Study


SHOWN = 5
"""Pairs of pictures that are named where links are wrong."""


@click.command("review")
@STUDY
@click.option("--export", "target", type=FILE, help="Write all labels to this CSV file.")
@click.option("--import", "source", type=FILE, help="Take the labels of this CSV file, all or none.")
@PORT
@BROWSER
@JSON
def review_command(
    study: Path, target: Path | None, source: Path | None, port: int, *, browser: bool, as_json: bool
) -> None:
    """Draw pairs for people to look at and open the review room in JupyterLab; or carry labels as CSV.

    With --json nothing is opened: the sample is drawn and counted.
    """
    from dedupelab.study.study import Study

    if target and source:
        raise click.UsageError("expected --export or --import, got both; use one at a time")
    opened = Study(study)
    if target:
        rows = opened.review().export(target)
        say(
            as_json,
            {"labels": rows, "file": str(target)},
            f"{rows:,} labels",
            f"file: {target}",
            to_type("report", study),
        )
    elif source:
        _take(opened, study, source, as_json=as_json)
    else:
        _open(opened, study, port, browser=browser, as_json=as_json)


@click.command("calibrate")
@STUDY
@click.option("--pictures", default=40, show_default=True, help="Pictures to edit, each in every kind.")
@click.option("--seed", default=1, show_default=True, help="Another seed draws other pictures and edits.")
@JSON
def calibrate_command(study: Path, pictures: int, seed: int, *, as_json: bool) -> None:
    """Plant known edits of the study's own pictures and report which kinds are found."""
    from dedupelab.study.calibration import calibrate
    from dedupelab.study.study import Study

    opened = Study(study)
    with opened.store.lock():
        found, wrong = calibrate(opened, pictures=pictures, seed=seed, bars=bars)
    kinds = {r.label: r.value for r in found if r.id.startswith("K.recall.")}
    whole, false = (next(r for r in found if r.id == name) for name in ("K.recall", "K.false"))
    facts = {
        "pictures": int(found[0].value or 0),
        "recall": whole.value,
        "false_links": int(false.numerator or 0),
        "by_kind": kinds,
        "false_between": [[*pair, links] for pair, links in wrong.items()],
    }
    lines = [
        f"{value or 0:6.1%}  {kind}"
        for kind, value in sorted(kinds.items(), key=lambda each: -(each[1] or 0))
    ]
    told = f"{whole.value or 0:.1%} of {whole.denominator:,.0f} planted copies found; {facts['false_links']:,} false links"
    paths = opened.images().set_index("image_id")["path"]
    lines += [
        f"look at these, they may be copies nobody knew: {paths[one]} and {paths[two]} ({links:,} links)"
        for (one, two), links in list(wrong.items())[:SHOWN]
    ]
    say(as_json, facts, *lines, told, to_type("report", study))


def _take(opened: Study, study: Path, source: Path, *, as_json: bool) -> None:
    review = opened.review()
    brought = review.take(source)
    said = review.decided
    facts = {
        "new": brought.new,
        "known": brought.known,
        "disputes": len(said.disputes),
        "absent": len(said.absent),
    }
    lines = [f"{brought.new:,} new labels, {brought.known:,} known already"]
    if facts["disputes"]:
        lines.append(
            f"{facts['disputes']:,} pairs are in dispute: not counted until somebody adjudicates them in the review"
        )
    if facts["absent"]:
        lines.append(
            f"{facts['absent']:,} labels are of pictures that this study does not hold: kept, not counted"
        )
    say(as_json, facts, *lines, to_type("report", study))


def _open(opened: Study, study: Path, port: int, *, browser: bool, as_json: bool) -> None:
    with opened.store.lock():
        opened.match(bars=bars)
        opened.propose(bars=bars)
    review = opened.review()
    drawn, waiting = len(review.sheet), int((~review.looked).sum())
    where = str(review.store.path)
    found = f"{drawn:,} pairs drawn for review, {waiting:,} of them not yet looked at"
    if as_json:
        say(
            as_json,
            {
                "drawn": drawn,
                "waiting": waiting,
                "double": int(review.sheet["double"].sum()),
                "labels": where,
            },
        )
        return
    say(
        as_json,
        {},
        found,
        f"labels: {where}",
        f"label them in the review room or by --import, then: {to_type('report', study)}",
    )
    enter_lab(study, port=port, browser=browser, notebook="review")
