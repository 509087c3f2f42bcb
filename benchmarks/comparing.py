"""What a thorough match costs a picture, and what a pair costs: described, voted on, compared, looked at more closely, and again after a change.

    python benchmarks/comparing.py [--photos DIR] [--works 400] [--copies 180] [--work DIR]

Works are parts of photographs that share no pixel, 480 pixels on the longer side; copies are drawn from all kinds of edit. One process,
processor seconds.
"""

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from edits import EDITS
from photographs import informative, read_photographs
from PIL import Image

LONGEST = 480
EDITED = [edit for edits in EDITS.values() for edit in edits]


def works(photographs: Path | None) -> Iterator[Image.Image]:
    """Yield quarters of the photographs, at one size."""
    for photograph in read_photographs(photographs):
        whole = photograph.picture.convert("RGB")
        wide, high = whole.width // 2, whole.height // 2
        for left, top in ((0, 0), (wide, 0), (0, high), (wide, high)):
            part = whole.crop((left, top, left + wide, top + high))
            if informative(part):
                zoom = LONGEST / max(part.size)
                yield part.resize(
                    (round(part.width * zoom), round(part.height * zoom)), Image.Resampling.LANCZOS
                )


def write_study(folder: Path, photographs: Path | None, count: int, copies: int) -> Path:
    """Write a study of works and of copies of some of them, each in a collection; what is there already is kept."""
    if (folder / "study.toml").exists():
        return folder
    rng = np.random.default_rng(7)
    found = list(works(photographs))
    chosen = [found[k] for k in rng.permutation(len(found))[:count]]
    for name in ("works", "copies"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for k, picture in enumerate(chosen):
        picture.save(folder / "works" / f"{k:05d}.jpg", quality=92)
    for k in range(copies):
        edit = EDITED[int(rng.integers(len(EDITED)))]
        partners = [chosen[int(n)] for n in rng.integers(len(chosen), size=edit.partners)]
        content = edit(chosen[k % len(chosen)], np.random.default_rng(k), partners)
        (folder / "copies" / f"{k % len(chosen):05d}-{k:05d}-{edit.name}.{content.suffix}").write_bytes(
            content.data
        )
    collections = "".join(f'[[collection]]\nname = "{n}"\nlocation = "{n}"\n' for n in ("works", "copies"))
    settings = (
        f'[study]\nname = "comparing"\n{collections}[match]\ngear = "thorough"\n[compute]\nworkers = 1\n'
    )
    (folder / "study.toml").write_text(settings, encoding="utf-8")
    return folder


def as_worker() -> dict[str, str]:
    """Return the environment in which workers start: one thread for linear algebra, memory kept for the next picture."""
    from dedupelab.work.pool import as_workers_start

    with as_workers_start():
        return dict(os.environ)


class Clock:
    """Processor seconds by step, of functions that a stage calls."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def watch(self, module: Any, name: str, step: str) -> None:  # noqa: ANN401  any module
        """Have a function's time counted."""
        original = getattr(module, name)

        def watched(*words: Any, **named: Any) -> Any:  # noqa: ANN401  whatever it takes and returns
            began = time.process_time()
            try:
                return original(*words, **named)
            finally:
                self.spent[step] = self.spent.get(step, 0.0) + time.process_time() - began

        setattr(module, name, watched)


class Pairs:
    """Pairs of a matched study, to be compared again; of equal files the one that is described."""

    def __init__(self, study: Any) -> None:  # noqa: ANN401  loaded late
        from dedupelab import tables

        described = study.store.read(tables.DESCRIPTORS)
        self.addresses = study.execution.pictures.addresses(study.images())
        self.kept = dict(zip(described["image_id"], described["descriptors"], strict=True))

    def described(self, pairs: pd.DataFrame) -> pd.DataFrame:
        """Return those that were compared; the verdict on pairs of other equal files is theirs."""
        return pairs[pairs["left"].isin(self.kept) & pairs["right"].isin(self.kept)]

    def milliseconds(self, pairs: pd.DataFrame, *, closely: bool = True) -> float:
        """Return the time of a pair, with or without the look at the pictures' own resolution."""
        from dedupelab.match.compare.verdicts import word_verdict
        from dedupelab.match.compare.verification import AlignedComparison

        class Plain(AlignedComparison):
            def _closely(self, _left: Any, _right: Any, relation: str, finding: Any) -> Any:  # noqa: ANN401
                return word_verdict(relation, finding, "", sides=self.sides), False

        began = time.process_time()
        self._judge(pairs, AlignedComparison() if closely else Plain())
        return 1000 * (time.process_time() - began) / max(len(pairs), 1)

    def opened(self, pairs: pd.DataFrame) -> list[bool]:
        """Say of each pair whether a picture was opened for its verdict."""
        from dedupelab.match.compare.verification import AlignedComparison

        return [bool(self._judge(pairs.iloc[k : k + 1], AlignedComparison())) for k in range(len(pairs))]

    def _judge(self, pairs: pd.DataFrame, verifier: Any) -> list[str]:  # noqa: ANN401
        """Judge pairs; return the addresses of the pictures that were opened."""
        from dedupelab.match.compare.loader import Loader
        from dedupelab.match.compare.verified_pairs import verify_pairs
        from dedupelab.study.pictures import gray_at, large_at

        asked: list[str] = []

        def gray(address: str) -> Any:  # noqa: ANN401
            asked.append(address)
            return gray_at(address)

        verify_pairs(pairs, Loader(self.addresses, gray, large_at, self.kept), verifier)
        return asked


def main() -> None:
    """Measure, and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, help="folder of photographs; default: those in the wheels")
    parser.add_argument("--works", type=int, default=400)
    parser.add_argument("--copies", type=int, default=180)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "dedupelab-comparing")
    options = parser.parse_args()
    if as_worker() != os.environ:
        # Libraries read it when they are loaded: begin again, as a worker does.
        os.execve(sys.executable, [sys.executable, *sys.argv], as_worker())
    import cv2

    from dedupelab.study import matching
    from dedupelab.study.study import Study
    from dedupelab.tables.store import FOLDER

    cv2.setNumThreads(1)
    folder = write_study(options.work, options.photos, options.works, options.copies)
    # What an earlier measurement found would leave nothing to measure.
    shutil.rmtree(folder / FOLDER, ignore_errors=True)
    study = Study(folder)
    images = study.scan()
    clock = Clock()
    for name, step in (
        ("describe_pictures", "describe"), ("voted_candidates", "vote"), ("examine_pairs", "compare"),
    ):  # fmt: skip
        clock.watch(matching, name, step)
    clock.watch(matching, "detect", "the whole match")
    began = time.process_time()
    pairs = study.match()
    took = time.process_time() - began
    system = resource.getrusage(resource.RUSAGE_SELF).ru_stime
    counted = pairs[pairs["relation"].isin(("near-identical", "derivative"))]
    unrelated = pairs[pairs["relation"] == "unrelated"]
    print(
        f"{len(images):,} pictures, {len(pairs):,} pairs, {len(counted):,} of them counted by their pixels\n"
    )
    print("| step | processor ms a picture |\n|---|---|")
    for step in ("describe", "vote", "compare"):
        print(f"| {step} | {1000 * clock.spent.get(step, 0.0) / len(images):.1f} |")
    print(f"| the whole match | {1000 * took / len(images):.1f} |")
    print(f"\nsystem time of this process: {system:.1f} s\n")
    again = Pairs(study)
    counted, unrelated = again.described(counted), again.described(unrelated)
    opened = np.array(again.opened(unrelated), bool)
    plain, close = (again.milliseconds(counted, closely=each) for each in (False, True))
    print("| pair | how many | processor ms |\n|---|---|---|")
    for name, some in (
        ("by what is stored", unrelated[~opened]),
        ("with pictures opened", unrelated[opened]),
    ):
        print(f"| unrelated, told {name} | {len(some)} | {again.milliseconds(some):.1f} |")
    print(f"| counted, as before the finer look | {len(counted)} | {plain:.1f} |")
    print(f"| counted | {len(counted)} | {close:.1f} |")
    finer = (close - plain) * len(counted) / 1000
    print(f"\nthe finer look: {finer:.1f} s, {finer / max(took - finer, 1e-9):.0%} of the rest of the match")
    new = list((folder / "works").glob("*.jpg"))[: max(len(images) // 100, 1)]
    for path in new:
        with Image.open(path) as picture:
            picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).rotate(3).save(
                folder / "copies" / f"new-{path.name}"
            )
    study = Study(folder)
    study.scan()
    began = time.process_time()
    study.match()
    changed = time.process_time() - began
    print(f"{len(new)} new pictures: {changed:.1f} s, {changed / took:.1%} of the first match")
    for path in new:
        (folder / "copies" / f"new-{path.name}").unlink()


if __name__ == "__main__":
    main()
