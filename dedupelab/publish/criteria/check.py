"""The self-check of a submission: held against the criteria before it is set, and again from its run folder."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from dedupelab import tables
from dedupelab.errors import TableError
from dedupelab.numbers.messages import N_
from dedupelab.numbers.results import load_results
from dedupelab.publish.chapters.accuracy import draft
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.criteria.criteria import CRITERIA, Found, Outcome, Submission, check, open_checks
from dedupelab.publish.language.language import _, joined, speaking
from dedupelab.publish.paper import outline
from dedupelab.publish.paper.document import Document
from dedupelab.publish.runs import FACTS
from dedupelab.settings.consultation import parse_consultation
from dedupelab.tables.keys import digest_of

FILE = "check.json"
STATES = {"pass": N_("pass"), "fail": N_("fail"), "not applicable": N_("not applicable")}
SCHEMA = "dedupelab/check/1"


def check_document(document: Document, material: Material) -> list[Outcome]:
    """Hold a paper against the criteria before it is set."""
    status = material.images.get("status", pd.Series(dtype=str)).value_counts()
    return check(
        Submission(
            outline.outline_of(document),
            material.numbers,
            material.config.match.max_distance,
            material.consultation,
            {str(name): int(count) for name, count in status.items()},
            material.digests,
            simulated=material.config.review.simulated,
        )
    )


def check_run(run: Path, pack: Found | None = None, *, tag: str = "") -> list[Outcome]:
    """Hold a run folder against the criteria, from what lies in it alone.

    Parameters
    ----------
    pack
        What verifying its evidence pack came to: a state and a reason; None where it was not verified.
    tag
        Language, other than the run's first, whose paper's places are named.

    Raises
    ------
    TableError
        If the folder is not a run of this version, or a file of it is missing or damaged.
    """
    facts = _facts(run)
    try:
        distance = int(facts["settings"]["match"]["max_distance"])
        simulated = bool(facts["settings"]["review"]["simulated"])
        given = facts.get("consultation")
        profile = parse_consultation(given) if given else None
    except (KeyError, TypeError, ValueError) as problem:
        raise TableError(
            f"expected settings in {run / FACTS}, got none that fit; run the report again"
        ) from problem
    files = {table.name: run / "tables" / table.file for table in tables.ALL}
    images = tables.read(tables.IMAGES, _present(files[tables.IMAGES.name]))
    return check(
        Submission(
            outline.load_outline(run / outline.file_of(tag)),
            Numbers.of(load_results(run / "results.json")),
            distance,
            profile,
            {str(name): int(count) for name, count in images["status"].value_counts().items()},
            {name: digest_of(file) for name, file in files.items() if file.exists()},
            pack,
            simulated,
        )
    )


def mark(material: Material, outcomes: Sequence[Outcome]) -> str:
    """Return what stands above every page until all criteria are met and every collection was read; then nothing."""
    still = open_checks(list(outcomes))
    parts = []
    if still:
        parts.append(_("{open} of {all} checks open", open=still, all=len(CRITERIA)))
    if material.incomplete:
        parts.append(_("incomplete: more pictures unreadable than tolerated"))
    return joined([draft(material), *parts], "; ") if parts else ""


def write_check(run: Path, languages: Sequence[str]) -> None:
    """Hold a run folder against the criteria, and write what was found beside the paper: for machines, and in each language for people.

    Texts of the first language are `check.txt`, of any other `check.TAG.txt`.
    """
    outcomes = check_run(run)
    document = {"schema": SCHEMA, **summary(outcomes), "criteria": [asdict(outcome) for outcome in outcomes]}
    (run / FILE).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for tag in languages:
        other = "" if tag == languages[0] else tag
        with speaking(tag):
            found = check_run(run, tag=other)
            text = "\n".join([*lines(found), one_line(found)]) + "\n"
        (run / (f"check.{other}.txt" if other else "check.txt")).write_text(text, encoding="utf-8")


def summary(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Return how many criteria passed, failed, and do not apply."""
    states = [outcome.state for outcome in outcomes]
    return {name.replace(" ", "_"): states.count(name) for name in ("pass", "fail", "not applicable")}


def one_line(outcomes: Sequence[Outcome]) -> str:
    """Return the summary as one line."""
    counts = summary(outcomes)
    failed = ", ".join(outcome.id for outcome in outcomes if outcome.state == "fail")
    numbers = {"passed": counts["pass"], "all": len(outcomes), "beside": counts["not_applicable"]}
    if not failed:
        return _("checks: {passed} of {all} passed, {beside} not applicable, none open", **numbers)
    return _(
        "checks: {passed} of {all} passed, {beside} not applicable, {open} open ({failed})",
        **numbers,
        open=counts["fail"],
        failed=failed,
    )


def lines(outcomes: Sequence[Outcome]) -> list[str]:
    """Return one line for each criterion: number, state, name, where, why."""
    return [
        f"{each.id:<4}{_(STATES[each.state]):<15}"
        + _("{name} [{paragraph}]: {reason}", name=each.name, paragraph=each.paragraph, reason=each.reason)
        for each in outcomes
    ]


def _facts(run: Path) -> dict[str, Any]:
    try:
        found = json.loads((run / FACTS).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise TableError(
            f"expected a run folder with {FACTS}, got {run}: {problem}; name one under reports/, such as latest"
        ) from problem
    if not isinstance(found, dict):
        raise TableError(f"expected {run / FACTS} of a run, got something else; run the report again")
    return found


def _present(file: Path) -> Path:
    if not file.exists():
        raise TableError(f"expected {file} in the run folder, got none; run the report again")
    return file
