"""How long the papers take, and what that grows with: images of the study, or groups that are shown.

Every row is measured in this run, one after the other, in processor seconds of one process; what counts are the ratios to
the first row. Notebooks are not run.

    python benchmarks/paper.py data/sample [--images 100] [--groups 4]
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from dedupelab import Study
from dedupelab.publish import run as papers
from dedupelab.publish.figures import exhibits

LANGUAGES = ("en", "zh-Hant-HK")


def grown(images: pd.DataFrame, times: int) -> pd.DataFrame:
    """Return the table with further images, which nobody holds a copy of."""
    more = [
        images.assign(
            image_id=images["image_id"] + f"-{n}",
            path=f"{n}/" + images["path"],
            sha256=images["sha256"].where(images["sha256"].isna(), images["sha256"].str[:-6] + f"{n:06d}"),
            pixel_sha256=None,
        )
        for n in range(1, times)
    ]
    return pd.concat([images, *more], ignore_index=True)


def seconds(study: Study, groups: int) -> dict[str, float]:
    """Write all papers with so many groups of examples; return processor seconds by step."""
    took: dict[str, float] = {}

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the step takes
            start = time.process_time()
            found = function(*given, **named)
            took[name] = took.get(name, 0) + time.process_time() - start
            return found

        return run

    before = papers.RENDERERS, papers._material, papers.paper, papers.example_groups  # noqa: SLF001 - steps of a run
    papers.RENDERERS = {name: timed(name, render) for name, render in papers.RENDERERS.items()}
    papers._material = timed("figures", papers._material)  # noqa: SLF001 - as above
    papers.paper = timed("chapters", papers.paper)
    papers.example_groups = lambda given: exhibits.example_groups(given, groups)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    try:
        with tempfile.TemporaryDirectory() as name:
            write = papers._papers  # noqa: SLF001 - as above
            write(
                study, study.results(), Path(name), LANGUAGES, moment, {}, lambda _label: lambda _n, _of: None
            )
    finally:
        papers.RENDERERS, papers._material, papers.paper, papers.example_groups = before  # noqa: SLF001 - as above
    return took


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("study", type=Path)
    parser.add_argument("--images", type=int, default=100, help="times as many images")
    parser.add_argument("--groups", type=int, default=4, help="times as many groups shown")
    given = parser.parse_args()
    study = Study(given.study)
    study.measure()
    seconds(study, 1)  # fonts and libraries are loaded once
    images, shown = study.images(), exhibits.EXAMPLES
    rows = []
    for times, groups in ((1, shown), (given.images, shown), (1, shown * given.groups)):
        table = grown(images, times)
        study.images = lambda table=table: table  # type: ignore[method-assign]
        took = seconds(study, groups)
        rows.append((len(table), groups, sum(took.values()), took))
        first = rows[0][2]
        steps = ", ".join(f"{name} {value:.1f}" for name, value in took.items())
        print(
            f"{len(table):>9,} images, {groups:>3} groups shown: {rows[-1][2]:6.1f} s, {rows[-1][2] / first:.2f} times the first ({steps})",
            flush=True,
        )


if __name__ == "__main__":
    main()
