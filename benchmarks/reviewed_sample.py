"""The sample study, reviewed again and again by sample: how often the corrected intervals hold what its truth.csv says.

    python benchmarks/reviewed_sample.py STUDY [--seeds 100] [--labels 300]

STUDY is a sample study (`dedupelab sample STUDY`). Labels are what truth.csv says of the drawn pairs; each seed draws others. The
same draw is then looked at by two people who err on 3 and 5 % of pairs, with gold pairs and double looks. Beside the stratified draw
stands the plain one: as many pairs drawn uniformly from all that were examined or proposed.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from review_coverage import DRAWS, ERRORS, judged

from dedupelab import Study
from dedupelab.review.graph_context import HOLDS, JOINS
from dedupelab.review.sampling import draw
from dedupelab.review.sampling_frame import Frame, frame
from dedupelab.review.uncertainty import propagate, rates
from dedupelab.tables import LOW_INFORMATION

Z = 1.96
Flags = NDArray[np.bool_]


def works(folder: Path, images: pd.DataFrame) -> "pd.Series[str]":
    """Return each image's work as truth.csv has it; an image that is of no work is one of its own."""
    truth = pd.read_csv(folder / "truth.csv", dtype=str)
    key = pd.MultiIndex.from_frame(images[["collection", "path"]])
    named = truth.set_index(["collection", "path"])["work"].reindex(key).to_numpy(object)
    own = images["image_id"].to_numpy(object)
    return pd.Series(np.where(pd.isna(named), own, named), index=own)


def plain(laid: Frame, copies: Flags, labels: int, seed: int) -> tuple[float, float]:
    """Return the surplus and half its interval when pairs are drawn uniformly (Horvitz and Thompson 1952; normal)."""
    role = laid.units["role"].to_numpy()
    error = np.where(role == HOLDS, copies - 1.0, np.where(role == JOINS, 1.0 * copies, 0.0))
    picked = np.random.default_rng(seed).choice(len(error), min(labels, len(error)), replace=False)
    rest = 1 - len(picked) / len(error)
    half = Z * len(error) * float(np.std(error[picked], ddof=1)) * np.sqrt(rest / len(picked))
    return laid.detected + len(error) * float(error[picked].mean()), half


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", type=Path)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--labels", type=int, default=300)
    asked = parser.parse_args()
    study = Study(asked.study)
    study.match()
    study.propose()
    review = study.review()
    images, laid = review.images, frame(review.images, review.detected, review.proposed)
    work = works(asked.study, images)
    shown = images[(images["status"] == "hashed") & ~(images["information"] < LOW_INFORMATION)]
    truth = float(len(shown) - work[shown["image_id"]].nunique())
    copies = laid.units["left"].map(work).to_numpy() == laid.units["right"].map(work).to_numpy()
    rows = []
    for seed in range(asked.seeds):
        drawn = draw(laid, asked.labels, seed=seed)
        looked = drawn.units["drawn"].to_numpy()
        known = np.where(looked, copies.astype(np.float64), np.nan)
        erring, said = judged(copies, np.flatnonzero(looked), np.random.default_rng((seed, 1)))
        ends = []
        for answers, told in ((known, None), (erring, said)):
            found = rates(drawn, answers, looked)
            totals = propagate(
                laid, found, drawn.units["stratum"], answers, said=told, counted=looked, draws=DRAWS, seed=seed
            )  # fmt: skip
            low, high = totals.interval("surplus")
            ends += [low <= truth <= high, (high - low) / 2]
        middle, half = plain(laid, copies, asked.labels, seed)
        rows.append((*ends, abs(middle - truth) <= half, half))
        if sys.stderr.isatty():
            print(f"\r{seed + 1} of {asked.seeds}", end="", file=sys.stderr)
    holds, width, erred, erred_width, naive, naive_width = np.array(rows, np.float64).T
    print(
        f"{len(laid.units):,} pairs of {len(shown):,} pictures; truly {truth:,.0f} redundant, detected {laid.detected:,}"
    )
    print(
        f"stratified: {holds.sum():.0f} of {len(rows)} intervals hold the truth, half-width {width.mean():.2f} images"
    )
    print(
        f"reviewers who err on {ERRORS[0]:.0%} and {ERRORS[1]:.0%}: {erred.sum():.0f} of {len(rows)}, half-width {erred_width.mean():.2f} images"
    )
    print(f"uniform: {naive.sum():.0f} of {len(rows)}, half-width {naive_width.mean():.2f} images")
    print(f"half-width as a part of the uniform draw's: {width.mean() / naive_width.mean():.2f}")


if __name__ == "__main__":
    main()
