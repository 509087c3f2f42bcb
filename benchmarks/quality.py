"""Detection quality by class of edit: dedupelab beside imagededup's and cleanvision's defaults, on the same files.

    python benchmarks/quality.py --gear thorough --photos DIR --photographs 60

A detector gets the files and returns links. What counts: *recall* is the part of the edited copies linked to their original;
*precision* is taken over every reported pair that touches the references (copy and reference, two references), where
a pair of files that share no work is false; what a make gives to all its things (the ground of a card) is no work that two of them share. Pairs of two copies are judged too, in a line of their own.
"""

import argparse
import json
import platform
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from corpus import build_benchmark, shared
from detectors import DETECTORS, Link, NotInstalledError

COUNTED = ("byte-identical", "payload-identical", "pixel-identical", "near-identical", "derivative")
"""The relations that count as duplication; detectors that know no relations report their pairs as near-identical."""
COPIES = {"query"}


@dataclass(frozen=True)
class Score:
    """What one detector reached, with the rows of the corpus that explain it."""

    detector: str
    seconds: float
    recall: float
    by_class: dict[str, float]
    by_kind: dict[str, float]
    precision_photographs: float
    precision: float
    false_links: int
    precision_copies: float
    counted: dict[str, float]
    listed: dict[str, float]
    missed: list[dict[Any, Any]]
    false: list[dict[str, Any]]


def share(part: float, whole: float) -> float:
    """Return part / whole, or one when there was nothing to get wrong."""
    return part / whole if whole else 1.0


def judge(truth: pd.DataFrame, links: Sequence[Link], detector: str, seconds: float) -> Score:
    """Compare links (row numbers of the corpus) with what the files show.

    Parameters
    ----------
    truth
        As `build_benchmark` returns it.
    links
        Pairs of row numbers with relation and score, in any order.
    detector, seconds
        For the table.
    """
    file, work, kind, role = (truth[name].astype(str).tolist() for name in ("file", "work", "kind", "role"))
    side = np.isin(role, ["reference", "negative"])
    copies = {(i, shown.split(";")[0]) for i, shown in enumerate(work) if not side[i]}
    found: set[tuple[int, str]] = set()
    listed: set[tuple[int, str]] = set()
    # Reported pairs: true and false; at a reference without and with hard negatives, and between two copies.
    tally = {name: [0, 0] for name in ("photographs", "all", "copies")}
    false = []
    for i, j, relation, score in links:
        common = shared(work[i], work[j])
        query, reference = (i, j) if side[j] else (j, i)
        own = work[reference] if kind[reference] == "original" else None
        if not side[query] and own is not None and (query, own) in copies:
            listed.add((query, own))
            if relation in COUNTED:
                found.add((query, own))
        if relation not in COUNTED or (
            common and not {role[i], role[j]} <= {"reference", "negative", "query"}
        ):
            continue
        if not side[reference]:
            tally["copies"][not common] += 1
            continue
        if common and side[query]:
            continue
        tally["all"][not common] += 1
        tally["photographs"][not common] += "negative" not in {role[i], role[j]}
        if not common:
            false.append(
                {
                    "left": file[i],
                    "right": file[j],
                    "relation": relation,
                    "score": score,
                }
            )
    rows = pd.DataFrame([(i, i_work) for i, i_work in sorted(copies)], columns=["row", "work"])
    rows["found"] = [pair in found for pair in zip(rows["row"], rows["work"], strict=True)]
    rows["listed"] = [pair in listed for pair in zip(rows["row"], rows["work"], strict=True)]
    rows = rows.join(truth[["file", "kind", "edit_class", "role"]], on="row")
    positives, others = rows[rows["role"].isin(COPIES)], rows[~rows["role"].isin(COPIES)]
    return Score(
        detector=detector,
        seconds=seconds,
        recall=float(positives["found"].mean()),
        by_class={
            str(k): float(v) for k, v in positives.groupby("edit_class", sort=False)["found"].mean().items()
        },
        by_kind={str(k): float(v) for k, v in rows.groupby("kind", sort=False)["found"].mean().items()},
        precision_photographs=share(tally["photographs"][0], sum(tally["photographs"])),
        precision=share(tally["all"][0], sum(tally["all"])),
        false_links=tally["all"][1],
        precision_copies=share(tally["copies"][0], sum(tally["copies"])),
        counted={str(k): float(v) for k, v in others.groupby("role")["found"].mean().items()},
        listed={str(k): float(v) for k, v in others.groupby("role")["listed"].mean().items()},
        missed=positives.loc[~positives["found"], ["file", "kind"]].to_dict("records"),
        false=false,
    )


def table(truth: pd.DataFrame, scores: Sequence[Score], *, kinds: bool) -> str:
    """Return the results as one Markdown table, a column per detector."""
    positives = truth[truth["role"].isin(COPIES)]
    head = ["", *(s.detector for s in scores)]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]

    def row(label: str, value: Callable[[Score], float], digits: int = 3) -> None:
        lines.append("| " + " | ".join([label, *(f"{value(s):.{digits}f}" for s in scores)]) + " |")

    row(f"**recall**, {len(positives)} copies", lambda s: s.recall)
    row("precision, photographs only", lambda s: s.precision_photographs, 4)
    row("**precision with the hard negatives**", lambda s: s.precision, 4)
    row("false links", lambda s: s.false_links, 0)
    row("precision between two copies", lambda s: s.precision_copies, 4)
    for role in ("variant", "regeneration"):
        if (truth["role"] == role).any():
            row(f"{role}s counted", lambda s, role=role: s.counted[role])  # type: ignore[misc]
            row(f"{role}s listed", lambda s, role=role: s.listed[role])  # type: ignore[misc]
    for name, group in positives.groupby("edit_class", sort=False):
        row(f"{name} ({group['kind'].nunique()} kinds)", lambda s, name=name: s.by_class[name])  # type: ignore[misc]
    if kinds:
        for name in scores[0].by_kind:
            row(f"· {name}", lambda s, name=name: s.by_kind[name])  # type: ignore[misc]
    row("seconds", lambda s: s.seconds, 0)
    return "\n".join(lines)


def versions(packages: Sequence[str]) -> str:
    """Return the versions of those packages that are installed, and of Python."""
    found = [f"Python {platform.python_version()}"]
    for package in packages:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Detection quality by class of edit.")
    parser.add_argument("--gear", choices=["quick", "thorough"], default="quick")
    parser.add_argument(
        "--photos", type=Path, help="folder of photographs; default: those in the installed wheels"
    )
    parser.add_argument(
        "--photographs",
        type=int,
        default=20,
        help="how many are edited; the others stand among the references",
    )
    parser.add_argument("--negatives", type=int, default=700, help="about how many hard negatives")
    parser.add_argument("--kinds", nargs="+", help="kinds or classes of edit; default: all")
    parser.add_argument("--detectors", nargs="+", choices=list(DETECTORS), default=list(DETECTORS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--work",
        type=Path,
        default=Path(tempfile.gettempdir()) / "dedupelab-quality",
        help="where the files are kept",
    )
    parser.add_argument("--by-kind", action="store_true", help="one row per kind too")
    parser.add_argument("--json", type=Path, help="write everything here, with each miss and each false link")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build or reuse the corpus, run the detectors, print the table."""
    options = _arguments(arguments)
    work = options.work.resolve()
    truth = build_benchmark(
        work, options.photos, options.photographs, options.seed, hard=options.negatives, wanted=options.kinds
    )
    files = [Path(file) for file in truth["file"]]
    reference = truth["role"].isin(["reference", "negative"]).to_numpy()
    count = truth["role"].value_counts()
    print(
        ", ".join(f"{count[role]} {role}" for role in count.index),
        f"({truth['kind'][truth['role'] == 'query'].nunique()} kinds)",
    )
    scores = []
    for name in options.detectors:
        began = time.perf_counter()
        try:
            # The tools draw progress bars and log; only the table is wanted here.
            with warnings.catch_warnings(), redirect_stderr(StringIO()), redirect_stdout(StringIO()):
                warnings.simplefilter("ignore")
                links = DETECTORS[name](files, reference, work, options.gear)
        except NotInstalledError as problem:
            print(f"{name}: left out: {problem}", file=sys.stderr)
            continue
        label = f"dedupelab, {options.gear}" if name == "ours" else name
        scores.append(judge(truth, links, label, time.perf_counter() - began))
    if not scores:
        print("expected at least one detector, got none installed", file=sys.stderr)
        return 1
    print(table(truth, scores, kinds=options.by_kind))
    print(versions(["numpy", "pillow", "opencv-python-headless", "imagehash", "imagededup", "cleanvision"]))
    if options.json:
        options.json.write_text(json.dumps([vars(score) for score in scores], indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
