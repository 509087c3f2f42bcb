"""The third stage: everything before becomes the numbers of the report."""

from __future__ import annotations

from pathlib import Path

from dedupelab import tables
from dedupelab.evidence.money.money import Prices
from dedupelab.evidence.stage import measure
from dedupelab.match.alternatives import alternatives
from dedupelab.numbers.results import Result, load_results, write_results
from dedupelab.review.review import Review
from dedupelab.study.execution import Execution
from dedupelab.tables.keys import code_digest, key_for
from dedupelab.tables.store import Store
from dedupelab.values.chinese_scripts import Fold
from dedupelab.work.progress import Bars


def results_path(store: Store) -> Path:
    """Return where a study's numbers lie."""
    return store.root / "results.json"


def numbers(run: Execution, review: Review, prices: Prices, fold: Fold, bars: Bars) -> list[Result]:
    """Compute every number of the report, unless that was done; return them."""
    store, config = run.store, run.config
    key = key_for(
        tables.key_of(store.path(tables.GROUPS)),
        config.model_dump(exclude={"scan", "match", "report", "compute", "serve"}),
        config.match.one_script,
        {kind: rows.to_json(orient="records") for kind, rows in prices.registers.items()},
        tables.key_of(store.path(tables.RECORDS)),
        review.key,
        code_digest("numbers", "registers", "review", "evidence", "match"),
    )
    path = results_path(store)
    if all(store.fresh(table, key) for table in tables.MEASURED) and path.exists():
        return load_results(path)
    run.ran.append("measure")
    (progress := bars("computing numbers"))(0, 1)
    images, members = store.read(tables.IMAGES), store.read(tables.MEMBERS)
    measured = measure(
        images,
        store.read(tables.PAIRS),
        store.read(tables.GROUPS),
        members,
        embedded=store.read(tables.SCANNED),
        records=store.read(tables.RECORDS),
        crosswalk=store.read(tables.CROSSWALK),
        alternatives=alternatives(images, members, config.match.criteria),
        collections=config.holders,
        prices=prices,
        dates=config.trend.dates,
        fold=fold,
        calibration=review.calibration,
        assessment=review.assessment(bars("drawing what the review allows")),
    )
    facts = {"currency": prices.currency, "price_year": prices.price_year}
    write_results(path, measured.results, study=config.study.name, facts=facts)
    for table in tables.MEASURED:
        store.write(table, getattr(measured, table.name), key)
    progress(1, 1)
    # As written: a first run prints the same digits as every later one.
    return load_results(path)
