"""The second stage: images to pairs, groups and members, with what people decided about pairs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd

from dedupelab import tables
from dedupelab.collect.scan import forget_saved
from dedupelab.match.authority import appoint
from dedupelab.match.compare.loader import Loader
from dedupelab.match.compare.remembered import Remembered
from dedupelab.match.frames import Files, contents_of
from dedupelab.match.gear import BLOCK, Described, describable, describe_pictures, voted_candidates
from dedupelab.match.groups import build_groups
from dedupelab.match.pair_selection import nearest
from dedupelab.match.pairing import examine_pairs, near_candidates, representatives, settle_pixels
from dedupelab.match.review_decisions import apply_decisions
from dedupelab.match.search.descriptor_cells import parts_for
from dedupelab.match.search.descriptor_index import AsBytes
from dedupelab.match.search.hamming import compiled
from dedupelab.match.search.kept_cells import cell_blocks, find_cells
from dedupelab.review.review import Review
from dedupelab.study.execution import Execution
from dedupelab.study.forecast import pair_speed, picture_speed
from dedupelab.study.pictures import frames_at, gray_at, large_at, pixel_digests
from dedupelab.tables.contents import content_classes
from dedupelab.tables.keys import code_digest, decoder_versions, key_for
from dedupelab.work.progress import Bars

COMPARED = "match.method"
"""Note in the store: what gave the verdicts in its parts."""
DESCRIBED_WHEN_QUICK = 20_000
"""Pictures up to which a review of a quick study has them described, to count what was missed: some five minutes on two cores."""


def detect(run: Execution, images: pd.DataFrame, bars: Bars) -> str:
    """Find pairs and open them, unless that was done; return the key of the table `detected`."""
    settings, store = run.config.match, run.store
    if run.given:
        return tables.key_of(store.path(tables.DETECTED))
    source = tables.key_of(store.path(tables.SCANNED))
    key = key_for(
        source,
        settings.model_dump(exclude={"criteria", "one_script", "memory"}),
        decoder_versions(),
        code_digest("match"),
    )
    if store.fresh(tables.DETECTED, key):
        return key
    run.ran.append("match")
    if settings.gear == "auto" and run.tell:
        run.tell(
            'note: [match] gear = "auto" is read as "thorough" at every size; write that, or "quick", into study.toml'
        )
    with run.pool(len(images)) as executor, _working(run) as folder:
        # Threads share the fingerprints, but only compiled code runs side by side in them.
        sent = executor if run.config.compute.scheduler or not compiled() else None
        candidates = near_candidates(images, settings.max_distance, threads=run.config.workers, executor=sent)
        addresses = run.pictures.addresses(images)
        digest = partial(pixel_digests, addresses=addresses, executor=executor)
        scanned = settle_pixels(store.read(tables.SCANNED), candidates, digest)
        scanned = store.write(tables.SCANNED, scanned, source)
        key_of_images = tables.key_of(store.path(tables.IMAGES))
        images = images.assign(pixel_sha256=scanned["pixel_sha256"])
        images = store.write(tables.IMAGES, images, key_of_images)
        load = Loader(addresses, gray_at, large_at)
        classes, home = content_classes(images), images.set_index("image_id")["collection"]
        asked = nearest(representatives(candidates, classes), home)
        del candidates
        if run.config.gear == "thorough":
            voted, described = _voted(run, images, load, executor, folder, bars)
            asked = representatives(asked.with_frame(voted), classes)
            # Where one picture may lie on another is known from these: no features are found anew.
            load = replace(load, kept=AsBytes(described.index))
        remembered = _remembered(run, images)
        new = asked.only(remembered.lacking(asked))
        run.announce("comparing pairs,", "compare", len(new), 0.02, lambda: pair_speed(run, images, new))
        with run.timed("compare", len(new)):
            rows = examine_pairs(
                images,
                asked,
                load,
                files=Files(contents_of(images), addresses, frames_at),
                executor=executor,
                progress=bars("comparing pairs"),
                remembered=remembered,
            )
    store.write(tables.VERDICTS, remembered.table(), store.note(COMPARED))
    store.write_blocks(tables.DETECTED, rows.blocks(), key)
    forget_saved(remembered.folder)
    return key


def _remembered(run: Execution, images: pd.DataFrame) -> Remembered:
    """Return the verdicts of an earlier match, and of one that was killed, as far as the same code gave them in the same gear."""
    store, folder = run.store, run.store.root / "match"
    key = key_for(run.config.gear, decoder_versions(), code_digest("collect", "match"))
    if store.note(COMPARED) != key:
        forget_saved(folder)
        store.remember(COMPARED, key)
    fresh = store.fresh(tables.VERDICTS, key)
    before = store.read(tables.VERDICTS) if fresh else tables.VERDICTS.empty()
    digests = dict(zip(images["image_id"], images["sha256"], strict=True))
    return Remembered.opened(folder, digests, before)


def group(run: Execution, detected: str, review: Review) -> None:
    """Apply what people decided about the detected pairs, build groups and name their authoritative copies."""
    store, criteria = run.store, run.config.match.criteria
    decisions = review.decided.reviewed
    key = key_for(detected, decisions.to_csv(index=False)) if len(decisions) else detected
    if not store.fresh(tables.PAIRS, key):
        store.write(tables.PAIRS, apply_decisions(review.detected, decisions, review.images), key)
    grouped = key_for(key, criteria, tables.key_of(store.path(tables.IMAGES)))
    if store.fresh(tables.GROUPS, grouped) and store.fresh(tables.MEMBERS, grouped):
        return
    run.ran.append("group")
    groups, members = build_groups(review.images, store.read(tables.PAIRS))
    groups, members = appoint(review.images, groups, members, criteria)
    store.write(tables.MEMBERS, members, grouped)
    store.write(tables.GROUPS, groups, grouped)


def propose(run: Execution, bars: Bars) -> pd.DataFrame:
    """Let local descriptors propose pairs that fingerprints miss; return the proposed pairs. See `Study.propose`."""
    store, images = run.store, run.store.read(tables.IMAGES)
    key = key_for(tables.key_of(store.path(tables.IMAGES)), code_digest("match"))
    few = int((images["status"] == "hashed").sum()) <= DESCRIBED_WHEN_QUICK
    if (few or run.config.gear == "thorough") and not run.given and not store.fresh(tables.PROPOSED, key):
        with run.pool(len(images)) as executor, _working(run) as folder:
            load = Loader(run.pictures.addresses(images), gray_at, large_at)
            found, _ = _voted(run, images, load, executor, folder, bars)
        store.write(tables.PROPOSED, found[tables.PROPOSED.names], key)
    return store.read(tables.PROPOSED)


@contextmanager
def _working(run: Execution) -> Iterator[Path]:
    """Give a folder for what is mapped while a match runs; what a killed one left there goes first."""
    folder = run.store.root / "working"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _voted(
    run: Execution, images: pd.DataFrame, load: Loader, executor: Executor | None, folder: Path, bars: Bars
) -> tuple[pd.DataFrame, Described]:
    """Extract local descriptors where they are not yet known, and let them propose pairs; return the pairs and the descriptors."""
    chosen, store = describable(images), run.store
    key, path = code_digest("match"), store.path(tables.DESCRIPTORS)
    fresh = store.fresh(tables.DESCRIPTORS, key)
    head = ["image_id", "sha256"]
    before = tables.read(tables.DESCRIPTORS, path, head) if fresh else chosen.iloc[:0][head]
    new = chosen[~chosen["sha256"].isin(before["sha256"])]
    run.announce("describing pictures,", "describe", len(new), 0.1, lambda: picture_speed(run, new))
    with run.timed("describe", len(new)):
        found = describe_pictures(
            chosen,
            tables.read_blocks(tables.DESCRIPTORS, path, BLOCK) if fresh else (),
            load,
            folder,
            executor=executor,
            progress=bars("describing pictures"),
        )
    changed = (before["image_id"].tolist(), before["sha256"].tolist()) != (found.index.names, found.digests)
    if changed:
        store.write_blocks(tables.DESCRIPTORS, found.blocks(), key)
    kept = (tables.VOTERS, tables.VOTED)
    same = all(store.fresh(table, key) for table in kept)
    votes = (store.read(tables.VOTERS), store.read(tables.VOTED)) if same else None
    memory = run.config.match.memory
    (progress := bars("looking for pictures that are alike"))(0, 1)
    cells_key = key_for(key, parts_for(len(found.index.codes)))
    fresh = store.fresh(tables.CELLS, cells_key)
    known = tables.read_blocks(tables.CELLS, store.path(tables.CELLS), BLOCK) if fresh else ()
    cells = find_cells(found.index, folder / "cells", executor, known, found.digests)
    if changed or not fresh:
        store.write_blocks(tables.CELLS, cell_blocks(found.index, found.digests, cells, BLOCK), cells_key)
    proposed, votes = voted_candidates(
        images, found, votes, executor=executor, folder=folder, memory=memory, cells=cells
    )
    for table, frame in zip(kept, votes, strict=True):
        store.write(table, frame, key)
    progress(1, 1)
    return proposed, found
