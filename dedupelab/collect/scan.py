"""Collections to the images table: on all cores, resumable, every listed file accounted for."""

import contextlib
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from functools import partial
from itertools import islice
from pathlib import Path

import pandas as pd

from dedupelab import tables
from dedupelab.collect.batch import Job, read_batch
from dedupelab.collect.listing import Entry, read_bytes
from dedupelab.collect.metadata.backends import Reading
from dedupelab.collect.reading.codes import COLUMNS, Code
from dedupelab.collect.reading.decoding import PIXELS, Decode
from dedupelab.collect.record import UNREAD, Row, image_id
from dedupelab.errors import CollectionError, TableError
from dedupelab.work.batches import run_each
from dedupelab.work.progress import Progress

_OWN = Reading()
BATCH = 32
"""Most files of a batch: handing one over costs little beside reading them."""
SMALLEST_BATCH = 4
BATCHES = 64
"""As many batches at least, unless they would be very small: workers then finish nearly together."""
SAVE_EVERY = 2000
IN_FLIGHT = 256
"""Batches handed out at a time: enough for a cluster of a hundred processes."""


def scan(
    listings: dict[str, list[Entry]],
    *,
    known: pd.DataFrame,
    folder: Path,
    policy: Decode = "scaled",
    codes: Collection[Code] = (),
    reading: Reading = _OWN,
    pixels: int = PIXELS,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return the images table of all collections.

    Parameters
    ----------
    known
        An images table whose rows stand for files that have not changed (same path, size and modification time),
        with at least the codes asked for.
    folder
        Where rows are kept until the scan is complete; a killed scan continues from them.
    codes
        See `codes`; the columns of those not asked for are empty.
    executor
        Runs the batches; None reads in this process.
    progress
        Called with files done and files in all.

    Raises
    ------
    TableError
        If the totals do not reconcile.
    """
    earlier = _by_state(pd.concat([known, *_saved(folder)], ignore_index=True) if folder.exists() else known)
    rows, jobs = _sort_out(listings, earlier)
    unasked = dict.fromkeys(column for code in COLUMNS.keys() - set(codes) for column in COLUMNS[code])
    rows = [row | unasked for row in rows]
    total = sum(map(len, listings.values()))
    unsaved, done = list[Row](), len(rows)
    if progress:
        progress(done, total)
    try:
        read = partial(read_batch, policy=policy, codes=codes, reading=reading, pixels=pixels)
        for batch in _run(jobs, read, executor):
            rows += batch
            unsaved += batch
            done += len(batch)
            if len(unsaved) >= SAVE_EVERY:
                _save(unsaved, folder)
                unsaved = []
            if progress:
                progress(done, total)
    except BaseException:  # interrupted: what was read is kept for the next scan
        if unsaved:
            _save(unsaved, folder)
        raise
    if len(rows) != total:
        raise TableError(
            f"expected {total} rows for {total} listed files, got {len(rows)}; please report this"
        )
    return tables.IMAGES.from_rows(rows)


def forget_saved(folder: Path) -> None:
    """Delete the rows kept for a scan that is now complete."""
    for path in folder.glob("part-*.parquet"):
        path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def unread(images: pd.DataFrame) -> list[str]:
    """Return the image_ids of files that were listed and then could not be read: another attempt may do better."""
    return images.loc[
        images["problem"].str.startswith(UNREAD, na=False) & images["sha256"].isna(), "image_id"
    ].tolist()


def changed(
    known: pd.DataFrame, addresses: Mapping[str, str], executor: Executor | None = None
) -> dict[str, str | None]:
    """Return the files whose bytes are no longer those of their digest, by image_id: the digest they have now, None if unreadable.

    Parameters
    ----------
    executor
        Where the files are read; in this process when None.
    """
    rows = known[known["sha256"].notna() & known["image_id"].isin(addresses)]
    names, digests = rows["image_id"].tolist(), rows["sha256"].tolist()
    where = [addresses[name] for name in names]
    found = run_each(_file_digest, where, executor, size=BATCH)
    return {name: now for name, digest, now in zip(names, digests, found, strict=True) if digest != now}


def _file_digest(where: str) -> str | None:
    try:
        return hashlib.sha256(read_bytes(where)).hexdigest()
    except OSError:
        return None


def tolerate(images: pd.DataFrame, limit: float) -> list[str]:
    """Return one sentence per collection whose unreadable share exceeds `limit` (0..1).

    Raises
    ------
    CollectionError
        If no picture at all could be hashed.
    """
    if not (images["status"] == "hashed").any():
        raise CollectionError(
            f"expected pictures, got 0 hashed of {len(images)} files; see the column problem"
        )
    opened = images[images["status"] != "skipped"]
    share = (opened["status"] == "unreadable").groupby(opened["collection"]).agg(["sum", "size"])
    return [
        f"{name}: {int(bad)} of {int(size)} pictures are unreadable, more than the tolerated {limit:.0%}"
        for name, bad, size in share.itertuples()
        if bad > limit * size
    ]


def _sort_out(
    listings: dict[str, list[Entry]], earlier: dict[tuple[str, int, object], Row]
) -> tuple[list[Row], list[Job]]:
    """Return the rows that still hold, and the batches that must be read."""
    kept: list[Row] = []
    jobs: list[Job] = []
    for collection, entries in listings.items():
        fresh: list[Entry] = []
        for entry in entries:
            row = earlier.get((image_id(collection, entry.path), entry.bytes, entry.modified))
            reason = entry.skipped or entry.unreadable  # a row for these costs no reading
            if row is None or entry.modified is None or reason or _sidecar_changed(row, entry):
                fresh.append(entry)
            else:
                kept.append(row)
        size = min(BATCH, max(SMALLEST_BATCH, len(fresh) // BATCHES))
        jobs += [Job(collection, tuple(fresh[i : i + size])) for i in range(0, len(fresh), size)]
    return kept, jobs


def _sidecar_changed(row: Row, entry: Entry) -> bool:
    """Whether what lies beside a picture has come, gone or changed since its row was written."""
    if entry.sidecar is None:
        return row.get("sidecar") is not None
    beside = (row.get("sidecar"), row.get("sidecar_modified"))
    return entry.sidecar.modified is None or beside != (entry.sidecar.path, entry.sidecar.modified)


def _run(
    jobs: Sequence[Job], work: Callable[[Job], list[Row]], executor: Executor | None
) -> Iterator[list[Row]]:
    """Yield finished batches; only a few are in flight, so that memory stays bounded."""
    if executor is None:
        yield from map(work, jobs)
        return
    waiting = iter(jobs)
    running: set[Future[list[Row]]] = {executor.submit(work, job) for job in islice(waiting, IN_FLIGHT)}
    while running:
        finished, running = wait(running, return_when=FIRST_COMPLETED)
        for future in finished:
            running |= {executor.submit(work, job) for job in islice(waiting, 1)}
            yield future.result()


def _by_state(images: pd.DataFrame) -> dict[tuple[str, int, object], Row]:
    """Rows by identity, size and time; only a file whose bytes were read is known."""
    images = images[images["sha256"].notna()]
    rows = images.astype(object).where(images.notna(), None).to_dict("records")
    return {
        (row["image_id"], row["bytes"], row["modified"]): {str(k): v for k, v in row.items()} for row in rows
    }


def _save(rows: list[Row], folder: Path) -> None:
    number = 1 + max(
        (int(path.stem.removeprefix("part-")) for path in folder.glob("part-*.parquet")), default=-1
    )
    tables.write(tables.IMAGES, tables.IMAGES.from_rows(rows), folder / f"part-{number:05d}.parquet")


def _saved(folder: Path) -> list[pd.DataFrame]:
    frames = []
    for path in sorted(folder.glob("part-*.parquet")):
        try:
            frames.append(tables.read(tables.IMAGES, path))
        except TableError:
            path.unlink(missing_ok=True)
    return frames
