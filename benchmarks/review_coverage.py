"""Do the intervals hold? Simulated studies with known truth, a detector that errs, and a sampled review.

    python benchmarks/review_coverage.py [--studies 500] [--labels 300] [--first 30000] [--json FILE]

Each study has its own works, copies and errors: links between strangers that chain groups together, copies that were examined
and not linked, and copies that only a second detector proposes. Shown is how often the nominal 95 % interval holds the truth, beside
what is usually done instead: review links drawn uniformly, and multiply the detector's counts by their precision.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.numbers.intervals import wilson
from dedupelab.review.sampling import draw
from dedupelab.review.sampling_frame import Frame, frame
from dedupelab.review.uncertainty import holdings, propagate, rates

Row = tuple[int, int, str, int, float, int]
Ints = NDArray[np.int64]
TOTALS = {"pairs": "duplicate pairs", "surplus": "redundant images", "groups": "groups"}
DRAWS = 400
NEAREST_COPIES = 4
"""Copies of one's work with which an image is paired, as a detector opens the nearest only."""


@dataclass(frozen=True)
class Simulated:
    """A study of which everything is known: the tables as the stages would leave them, and each image's work."""

    images: pd.DataFrame
    pairs: pd.DataFrame
    proposed: pd.DataFrame
    work: "pd.Series[int]"


def simulate(seed: int) -> Simulated:
    """Draw a study: 250 to 700 works, of which a part has copies, some many; error rates differ from study to study."""
    rng = np.random.default_rng(seed)
    works = int(rng.integers(250, 700))
    copied, copies = rng.random(works) < rng.uniform(0.3, 0.6), rng.geometric(rng.uniform(0.3, 0.6), works)
    sizes = np.minimum(1 + copied * copies, 40)
    work = np.repeat(np.arange(len(sizes)), sizes)
    names = np.array([f"i{number:05d}" for number in rng.permutation(len(work))])
    images = pd.DataFrame(
        {
            "image_id": names,
            "status": "hashed",
            "information": 0.9,
            "sha256": [f"{name}-{seed}" for name in names],
            "payload_sha256": None,
            "pixel_sha256": None,
            "collection": rng.choice(["a", "b", "c"], len(work)),
            "bytes": rng.integers(10, 1000, len(work)),
        }
    )
    found = [*_true_pairs(work, rng), *_false_pairs(work, rng)]
    table = pd.DataFrame(found, columns=["one", "two", "relation", "distance", "score", "votes"])
    ends = np.sort(names[table[["one", "two"]].to_numpy(np.int64)], axis=1)
    place = pd.Series(images["collection"].to_numpy(), index=names)
    table = table.assign(left=ends[:, 0], right=ends[:, 1])
    table["cross_collection"] = place.loc[table["left"]].to_numpy() != place.loc[table["right"]].to_numpy()
    table = table.drop_duplicates(["left", "right"])
    table["distance"] = table["distance"].astype("Int64")
    examined = table["relation"] != ""
    return Simulated(
        images,
        table[examined].reset_index(drop=True),
        table[~examined].reset_index(drop=True),
        pd.Series(work, index=names),
    )


def _true_pairs(work: Ints, rng: np.random.Generator) -> Iterator[Row]:
    """Pairs of copies: most are linked; what is edited hard is examined and not linked, or only proposed by votes."""
    missed, unsure = rng.uniform(0.02, 0.25), rng.uniform(0.02, 0.1)
    starts = np.flatnonzero(np.r_[True, work[1:] != work[:-1]])
    for start, end in zip(starts, np.r_[starts[1:], len(work)], strict=True):
        hard = rng.random(end - start) < missed
        for one, two in combinations(range(start, end), 2):
            if two - one > NEAREST_COPIES and one != start:
                continue
            distance = int(rng.choice([0, 2, 4, 6, 8, 10], p=[0.4, 0.2, 0.15, 0.1, 0.1, 0.05]))
            if hard[one - start] or hard[two - start]:
                # A hard copy is found by the second detector, with votes that mostly tell it from chance.
                yield one, two, "", 24, 0.0, int(rng.choice([8, 14, 30, 80], p=[0.02, 0.03, 0.15, 0.8]))
            elif rng.random() < unsure:
                yield one, two, str(rng.choice(["undecided", "variant"], p=[0.8, 0.2])), distance, 0.4, 0
            else:
                relation = "near-identical" if rng.random() < 0.7 else "derivative"
                yield one, two, relation, distance, float(rng.uniform(0.6, 1)), 0


def _false_pairs(work: Ints, rng: np.random.Generator) -> Iterator[Row]:
    """Pairs of strangers: a few linked, two or three links at once where one template fools the detector; most refuted."""
    count = len(work)
    for _ in range(rng.poisson(count * rng.uniform(0.0, 0.03))):
        one, two = (np.flatnonzero(work == work[rng.integers(count)]) for _ in range(2))
        if work[one[0]] == work[two[0]]:
            continue
        relation = str(rng.choice(["near-identical", "derivative"], p=[0.4, 0.6]))
        for _ in range(rng.integers(1, 4)):
            yield (
                int(rng.choice(one)),
                int(rng.choice(two)),
                relation,
                int(rng.choice([4, 8, 10])),
                float(rng.uniform(0.5, 0.9)),
                0,
            )
    for relation, share, votes in (
        ("undecided", 0.02, 0), ("variant", 0.08, 0), ("unrelated", 0.15, 0), ("", 0.3, 8), ("", 0.15, 14), ("", 0.04, 30), ("", 0.02, 80),
    ):  # fmt: skip
        for _ in range(rng.poisson(count * share)):
            one, two = rng.integers(0, count, 2)
            if work[one] != work[two]:
                yield int(one), int(two), relation, int(rng.choice([6, 8, 10])), 0.3, votes


def truths(study: Simulated, laid: Frame) -> dict[str, float]:
    """Return what a review of everything would find."""
    sizes = study.work.value_counts()
    copies = laid.units["left"].map(study.work).to_numpy() == laid.units["right"].map(study.work).to_numpy()
    examined = ~laid.units["relation"].str.startswith("not examined").to_numpy(dtype=bool)
    return {
        "pairs": float(laid.units["pairs"].to_numpy()[copies & examined].sum()),
        "surplus": float(sizes.sum() - len(sizes)),
        "groups": float((sizes > 1).sum()),
    }


def check(seed: int, labels: int, draws: int = DRAWS) -> list[dict[str, object]]:
    """Review one study by sample, and return for each total the truth and both intervals."""
    study = simulate(seed)
    laid = frame(study.images, study.pairs, study.proposed)
    drawn = draw(laid, labels, seed=seed)
    truth = truths(study, laid)
    copies = laid.units["left"].map(study.work).to_numpy() == laid.units["right"].map(study.work).to_numpy()
    looked = drawn.units["drawn"].to_numpy()
    known = np.where(looked, copies.astype(np.float64), np.nan)
    found = rates(drawn, known, looked)
    totals = propagate(
        laid, holdings(laid, study.images), found, drawn.units["stratum"], known, draws=draws, seed=seed
    )
    links = np.flatnonzero(laid.units["role"].isin(["holds", "repeats"]).to_numpy())
    picked = np.random.default_rng(seed).choice(links, min(labels, len(links)), replace=False)
    low, high = wilson(int(copies[picked].sum()), len(picked)).bounds
    rows = []
    for name, label in TOTALS.items():
        ends, raw = totals.interval(name), totals.detected[name]
        rows.append(
            {
                "study": seed, "total": label, "truth": truth[name], "detected": raw, "low": ends[0], "high": ends[1],
                "holds": ends[0] <= truth[name] <= ends[1], "naive": low * raw <= truth[name] <= high * raw,
                "side": (truth[name] > ends[1]) * 1 - (truth[name] < ends[0]) * 1,
                "width": (ends[1] - ends[0]) / 2 / truth[name], "naive width": (high - low) * raw / 2 / truth[name],
            }
        )  # fmt: skip
    return rows


def summary(rows: list[dict[str, object]]) -> pd.DataFrame:
    """One line a total: how often each interval held the truth, and half its width in parts of it."""
    table = pd.DataFrame(rows)
    by = table.groupby("total", sort=False)
    return pd.DataFrame(
        {
            "studies": by.size(),
            "coverage": by["holds"].mean(),
            "too low": by["side"].apply(lambda side: (side > 0).mean()),
            "too high": by["side"].apply(lambda side: (side < 0).mean()),
            "half-width": by["width"].mean(),
            "detected / truth": (table["detected"] / table["truth"]).groupby(table["total"]).mean(),
            "naive coverage": by["naive"].mean(),
            "naive half-width": by["naive width"].mean(),
        }
    ).reset_index()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=500)
    parser.add_argument("--labels", type=int, default=300)
    parser.add_argument(
        "--first",
        type=int,
        default=30_000,
        help="seed of the first study; on those below 30000 `propagation.WIDER` was measured",
    )
    parser.add_argument("--json", type=Path, help="also write each study's rows here")
    asked = parser.parse_args()
    rows, begun = [], time.perf_counter()
    for done, seed in enumerate(range(asked.first, asked.first + asked.studies), 1):
        rows += check(seed, asked.labels)
        if sys.stderr.isatty():
            print(f"\r{done} of {asked.studies} studies", end="", file=sys.stderr)
    if asked.json:
        asked.json.write_text(json.dumps(rows, default=float) + "\n", encoding="utf-8")
    print(summary(rows).to_string(index=False, float_format=lambda value: f"{value:.3f}"))
    print(f"{asked.studies} studies, {asked.labels} labels each, {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
