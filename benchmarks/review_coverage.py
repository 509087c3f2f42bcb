"""Do the intervals hold? Simulated studies with known truth, detectors and reviewers that err, and a sampled review.

    python benchmarks/review_coverage.py [--studies 500] [--labels 100 300] [--kind even ...] [--first 30000] [--kept FILE] [--table FILE]

Each study has its own works, copies and errors: links between strangers, copies that were examined and not linked, and copies that
only a second detector proposes. The kinds differ in what makes intervals fail:

- even: errors fall anywhere alike;
- uneven: error rates differ by collection, size of the work and work, and many files are equal in content;
- cliques: groups with heavy tails, and templates that link every one of a crowd of strangers to every other;
- erring: two reviewers, who err on 3 and 5 % of pairs, with gold pairs and double looks;
- unproposed: half of the copies that were edited hard are proposed by nothing, and files are searched for.

Shown is how often the nominal 95 % interval of each total holds the truth, on which side it misses, and half its width in parts
of the truth.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import dedupelab
from dedupelab import review
from dedupelab.review.file_search import missed
from dedupelab.review.label_errors import Judgements
from dedupelab.review.sampling import DOUBLE, draw
from dedupelab.review.sampling_frame import BANDS, Frame, frame
from dedupelab.review.uncertainty import Totals, ends, propagate, rates
from dedupelab.tables import LINKS

Row = tuple[int, int, str, int, float, int]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
KINDS = ("even", "uneven", "cliques", "erring", "unproposed")
DRAWS = 400
NEAREST_COPIES = 4
"""Copies of one's work with which an image is paired, as a detector opens the nearest only."""
ERRORS = (0.03, 0.05)
"""How often each of two reviewers errs."""
GOLD = 0.08
FILES = 60
"""Files that are searched for."""
NEAR = 4
"""Bits up to which links are near, for the curve of precision and recall."""
KEPT = Path(".cache/coverage.jsonl")


@dataclass(frozen=True)
class Simulated:
    """A study of which everything is known: the tables as the stages would leave them, and each image's work."""

    images: pd.DataFrame
    pairs: pd.DataFrame
    proposed: pd.DataFrame
    work: "pd.Series[int]"


def simulate(seed: int, kind: str = "even") -> Simulated:
    """Draw a study: 250 to 700 works, of which a part has copies, some many; error rates differ from study to study."""
    rng = np.random.default_rng(seed)
    works = int(rng.integers(250, 700))
    copied, copies = rng.random(works) < rng.uniform(0.3, 0.6), rng.geometric(rng.uniform(0.3, 0.6), works)
    if kind == "cliques":
        copies = np.ceil(rng.pareto(1.6, works)).astype(np.int64)
    sizes = np.minimum(1 + copied * copies, 60 if kind == "cliques" else 40)
    work = np.repeat(np.arange(len(sizes)), sizes)
    collection = rng.choice(["a", "b", "c"], len(work), p=[0.6, 0.3, 0.1] if kind == "uneven" else None)
    found = [*_true_pairs(work, collection, kind, rng), *_false_pairs(work, collection, kind, rng)]
    # Of some pictures there are several files that are equal in content.
    times = (
        np.ones(len(work), np.int64)
        if kind == "even"
        else 1 + (rng.random(len(work)) < 0.1) * rng.geometric(0.6, len(work))
    )
    names = np.array([f"i{number:05d}" for number in rng.permutation(len(work))])
    size = (
        rng.integers(10, 1000, len(work))
        if kind == "even"
        else np.ceil(rng.lognormal(6, 1.2, len(work))).astype(np.int64)
    )
    images = pd.DataFrame(
        {
            "image_id": [
                f"{name}-{k}" if k else name
                for name, many in zip(names, times, strict=True)
                for k in range(many)
            ],
            "status": "hashed",
            "information": 0.9,
            "sha256": np.repeat([f"{name}-{seed}" for name in names], times),
            "payload_sha256": None,
            "pixel_sha256": None,
            "collection": np.repeat(collection, times),
            "bytes": np.repeat(size, times),
        }
    )
    table = pd.DataFrame(found, columns=["one", "two", "relation", "distance", "score", "votes"])
    table = table[table["votes"] >= 0]
    ends_ = np.sort(names[table[["one", "two"]].to_numpy(np.int64)], axis=1)
    place = pd.Series(collection, index=names)
    table = table.assign(left=ends_[:, 0], right=ends_[:, 1])
    table["cross_collection"] = place.loc[table["left"]].to_numpy() != place.loc[table["right"]].to_numpy()
    table = table.drop_duplicates(["left", "right"])
    table["distance"] = table["distance"].astype("Int64")
    examined = table["relation"] != ""
    return Simulated(
        images,
        table[examined].reset_index(drop=True),
        table[~examined].reset_index(drop=True),
        pd.Series(np.repeat(work, times), index=images["image_id"].to_numpy()),
    )


def _true_pairs(
    work: Ints, collection: NDArray[np.str_], kind: str, rng: np.random.Generator
) -> Iterator[Row]:
    """Pairs of copies: most are linked; what is edited hard is examined and not linked, or only proposed by votes."""
    missed, unsure = rng.uniform(0.02, 0.25), rng.uniform(0.02, 0.1)
    starts = np.flatnonzero(np.r_[True, work[1:] != work[:-1]])
    for start, end in zip(starts, np.r_[starts[1:], len(work)], strict=True):
        rate = np.full(end - start, missed)
        if kind == "uneven":
            rate *= np.array([{"a": 0.5, "b": 1.5, "c": 3.0}[each] for each in collection[start:end]])
            rate = np.minimum(rate * rng.gamma(1.0, 1.0) * (end - start) / 3, 0.9)
        hard = rng.random(end - start) < rate
        lost = hard & (rng.random(end - start) < 0.5) if kind == "unproposed" else np.zeros(end - start, bool)
        for one, two in combinations(range(start, end), 2):
            if two - one > NEAREST_COPIES and one != start:
                continue
            distance = int(rng.choice([0, 2, 4, 6, 8, 10], p=[0.4, 0.2, 0.15, 0.1, 0.1, 0.05]))
            if lost[one - start] or lost[two - start]:
                continue
            if hard[one - start] or hard[two - start]:
                # A hard copy is found by the second detector, with votes that mostly tell it from chance.
                yield one, two, "", 24, 0.0, int(rng.choice([8, 14, 30, 80], p=[0.02, 0.03, 0.15, 0.8]))
            elif rng.random() < unsure:
                yield one, two, str(rng.choice(["undecided", "variant"], p=[0.8, 0.2])), distance, 0.4, 0
            else:
                relation = "near-identical" if rng.random() < 0.7 else "derivative"
                yield one, two, relation, distance, float(rng.uniform(0.6, 1)), 0


def _false_pairs(
    work: Ints, collection: NDArray[np.str_], kind: str, rng: np.random.Generator
) -> Iterator[Row]:
    """Pairs of strangers: a few linked, two or three links at once where one template fools the detector; most refuted."""
    count = len(work)
    weight = (
        np.array([{"a": 1.0, "b": 2.0, "c": 6.0}[each] for each in collection])
        if kind == "uneven"
        else np.ones(count)
    )
    weight = weight / weight.sum()
    if kind == "cliques":
        yield from _templates(work, rng)
    for _ in range(rng.poisson(count * rng.uniform(0.0, 0.03))):
        one, two = (np.flatnonzero(work == work[rng.choice(count, p=weight)]) for _ in range(2))
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


def _templates(work: Ints, rng: np.random.Generator) -> Iterator[Row]:
    """Links between all of a crowd of strangers that one template, such as a frame or a logo, makes alike."""
    for _ in range(rng.poisson(len(work) / 250)):
        crowd = rng.choice(len(work), int(min(3 + np.ceil(rng.pareto(1.5) * 3), 25)), replace=False)
        for one, two in combinations(sorted(crowd.tolist()), 2):
            if work[one] != work[two]:
                yield one, two, "near-identical", int(rng.choice([0, 4, 8])), float(rng.uniform(0.5, 0.95)), 0


def truths(study: Simulated, laid: Frame, copies: NDArray[np.bool_]) -> dict[str, float]:
    """Return what a review of everything would find."""
    relation, weight = laid.units["relation"], laid.units["pairs"].to_numpy(np.float64)
    link = relation.isin(LINKS).to_numpy()
    near = link & laid.units["band"].isin([name for limit, name in BANDS if limit <= NEAR]).to_numpy()
    return {
        "surplus": float(len(study.work) - study.work.nunique()),
        "precision": float(weight[link & copies].sum() / weight[link].sum()),
        "recall": float(weight[link & copies].sum() / weight[copies].sum()),
        "precision, near": float(weight[near & copies].sum() / weight[near].sum()),
        "recall, near": float(weight[near & copies].sum() / weight[copies].sum()),
    }


def judged(copies: NDArray[np.bool_], asked: Ints, rng: np.random.Generator) -> tuple[Floats, Judgements]:
    """Let two people look at pairs: one each, both at a tenth; a tenth of what they differ on stays open."""
    first = rng.integers(0, 2, len(asked))
    twice = rng.random(len(asked)) < DOUBLE
    unit, reviewer = np.r_[asked, asked[twice]], np.r_[first, 1 - first[twice]]
    said = copies[unit] ^ (rng.random(len(unit)) < np.array(ERRORS)[reviewer])
    order = np.lexsort((reviewer, unit))
    unit, reviewer, said = unit[order], reviewer[order], said[order]
    gold = max(2, round(GOLD * len(asked)))
    tried = np.zeros((2, 2))
    right = np.zeros((2, 2))
    for number in range(gold):
        who, what = int(rng.integers(2)), number % 2
        tried[who, what] += 1
        right[who, what] += rng.random() >= ERRORS[who]
    known = np.full(len(copies), np.nan)
    known[unit] = said
    differ = np.flatnonzero((np.diff(unit) == 0) & (np.diff(said.astype(int)) != 0))
    known[unit[differ]] = np.nan
    return known, Judgements(unit, reviewer, said, right, tried)


@cache
def laid_out(seed: int, kind: str) -> tuple[Simulated, Frame]:
    """Return a study and its frame."""
    study = simulate(seed, kind)
    return study, frame(study.images, study.pairs, study.proposed)


def searched(study: Simulated, laid: Frame, seed: int) -> dict[str, list[int]]:
    """Search for random files: whoever looks finds every copy."""
    files = np.random.default_rng((seed, 2)).choice(len(study.images), FILES, replace=False)
    content = study.images["sha256"].map(study.images.groupby("sha256")["image_id"].min()).to_numpy()
    row = pd.Series(np.arange(len(laid.nodes)), index=laid.nodes["image_id"].to_numpy())
    work = study.work.to_numpy()
    return {
        str(file): [int(row[content[file]]), *map(int, row[np.unique(content[work == work[file]])])]
        for file in files
    }


def check(seed: int, labels: int, draws: int = DRAWS, kind: str = "even") -> list[dict[str, object]]:
    """Review one study by sample, and return for each total the truth and its interval."""
    study, laid = laid_out(seed, kind)
    drawn = draw(laid, labels, seed=seed)
    copies = laid.units["left"].map(study.work).to_numpy() == laid.units["right"].map(study.work).to_numpy()
    truth = truths(study, laid, copies)
    looked = drawn.units["drawn"].to_numpy()
    known, said = np.where(looked, copies.astype(np.float64), np.nan), None
    if kind == "erring":
        known, said = judged(copies, np.flatnonzero(looked), np.random.default_rng((seed, 1)))
    found = rates(drawn, known, looked)
    search = missed(laid, known, searched(study, laid, seed)) if kind == "unproposed" else None
    totals = propagate(
        laid,
        found,
        drawn.units["stratum"],
        known,
        said=said,
        counted=looked,
        search=search,
        draws=draws,
        seed=seed,
    )
    rows = []
    for name, (low, high) in intervals(totals).items():
        rows.append(
            {
                "kind": kind, "labels": labels, "study": seed, "total": name, "truth": truth[name], "low": low, "high": high,
                "holds": low - 1e-9 <= truth[name] <= high + 1e-9, "side": (truth[name] > high) * 1 - (truth[name] < low) * 1,
                "width": (high - low) / 2 / max(truth[name], 1e-9),
            }
        )  # fmt: skip
    return rows


def intervals(totals: Totals) -> dict[str, tuple[float, float]]:
    """Return the interval of each total."""
    link = totals.cells["relation"].isin(LINKS).to_numpy()
    near = link & totals.cells["band"].isin([name for limit, name in BANDS if limit <= NEAR]).to_numpy()
    every = np.ones(len(link), bool)
    judged_ = float(totals.cells.loc[link, "pairs"].sum())
    right, least, most = totals.at_worst(near, link)
    return {
        "surplus": totals.interval("surplus"),
        "precision": (ends(totals.ratios(link, judged_))[0], 1.0),
        "recall": (ends(totals.ratios(link, every))[0], 1.0),
        "precision, near": (ends((right,))[0], 1.0),
        "recall, near": ends((least, most)),
    }


def summary(rows: list[dict[str, object]]) -> pd.DataFrame:
    """One line a kind, number of labels and total: how often each interval held the truth, and half its width in parts of it."""
    by = pd.DataFrame(rows).groupby(["kind", "labels", "total"], sort=False)
    return pd.DataFrame(
        {
            "studies": by.size(),
            "coverage": by["holds"].mean(),
            "too low": by["side"].apply(lambda side: (side > 0).mean()),
            "too high": by["side"].apply(lambda side: (side < 0).mean()),
            "half-width": by["width"].mean(),
        }
    ).reset_index()


def method() -> str:
    """Return the digest of what a study's intervals come from: of the review's sources, and of this file."""
    sources = [Path(__file__), *sorted(Path(review.__file__).parent.glob("*.py"))]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]


def checked(
    kept: Path, kinds: list[str], studies: range, labels: list[int], draws: int
) -> list[dict[str, object]]:
    """Review each study; what a former campaign with the same method left in `kept` is not done again."""
    now = method()
    done: dict[tuple[str, int, int, int], list[dict[str, object]]] = {}
    for line in kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []:
        found = json.loads(line)
        if found["method"] == now:
            done[found["kind"], found["study"], found["labels"], found["draws"]] = found["rows"]
    with kept.open("a", encoding="utf-8") as file:
        for seed in studies:
            for kind, asked in product(kinds, labels):
                key = kind, seed, asked, draws
                if key not in done:
                    done[key] = check(seed, asked, draws, kind)
                    named = dict(zip(("kind", "study", "labels", "draws"), key, strict=True))
                    line = json.dumps({"method": now, **named, "rows": done[key]}, default=float)
                    print(line, file=file, flush=True)
            laid_out.cache_clear()
            if sys.stderr.isatty():
                print(f"\r{seed - studies[0] + 1} of {len(studies)} studies", end="", file=sys.stderr)
    wanted = product(kinds, studies, labels)
    return [row for kind, seed, asked in wanted for row in done[kind, seed, asked, draws]]


def table(found: pd.DataFrame, studies: int) -> str:
    """Return what the paper's annex and the README print, with when and with what it was measured, as JSON with a row a line."""
    held = found.rename(columns={"coverage": "held", "half-width": "half_width"})
    rows = held[["kind", "total", "labels", "studies", "held", "half_width"]].round(4).to_dict("records")
    today = datetime.now(UTC).date().isoformat()
    head = json.dumps({"measured": today, "version": dedupelab.__version__, "studies": studies})
    lines = ",\n".join(json.dumps(row) for row in rows)
    return f'{head[:-1]}, "rows": [\n{lines}\n]}}\n'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=500)
    parser.add_argument("--labels", type=int, nargs="+", default=[100, 300])
    parser.add_argument("--kind", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--first", type=int, default=30_000, help="seed of the first study")
    parser.add_argument(
        "--kept", type=Path, default=KEPT, help="each study's rows; what is there is not done again"
    )
    parser.add_argument("--table", type=Path, help="write the table of the paper's annex here")
    asked = parser.parse_args()
    asked.kept.parent.mkdir(parents=True, exist_ok=True)
    studies = range(asked.first, asked.first + asked.studies)
    found = summary(checked(asked.kept, asked.kind, studies, asked.labels, asked.draws))
    print(found.to_string(index=False, float_format=lambda value: f"{value:.3f}"))
    if asked.table:
        asked.table.write_text(table(found, asked.studies), encoding="utf-8")


if __name__ == "__main__":
    main()
