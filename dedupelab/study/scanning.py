"""The first stage: collections and their catalogues to the images table."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dedupelab import tables
from dedupelab.collect.listing import Entry
from dedupelab.collect.metadata.backends import choose_reading
from dedupelab.collect.overlaps import overlaps
from dedupelab.collect.reading.codes import code_versions
from dedupelab.collect.record import image_id
from dedupelab.collect.scan import changed, forget_saved, scan, tolerate, unread
from dedupelab.study.catalogues import FOLDER as CATALOGUES
from dedupelab.study.catalogues import JOINED, Named, join, joined_key, open_catalogues
from dedupelab.study.execution import Execution
from dedupelab.study.forecast import file_speed
from dedupelab.tables.keys import code_digest, decoder_versions, includes, key_for
from dedupelab.work.progress import Bars


def scan_collections(run: Execution, *, refresh: bool, verify: bool, bars: Bars) -> pd.DataFrame:
    """Read all collections and their catalogues; return the images table. See `Study.scan`."""
    if run.given:
        return run.store.read(tables.IMAGES)
    if run.tell:
        for sentence in overlaps(run.locations):
            run.tell(f"note: {sentence}")
    # Before hours of reading: a catalogue that is not there is told at once.
    catalogues = open_catalogues(run.config, run.folder, run.store, refresh=refresh, bars=bars)
    images = _joined(run, _scanned(run, bars, verify=verify), catalogues)
    tolerate(images, 1.0)
    return images


def _scanned(run: Execution, bars: Bars, *, verify: bool) -> pd.DataFrame:
    """Read what has changed of the collections; return the images as their files describe them."""
    settings, store = run.config.scan, run.store
    coded = code_versions(settings.codes)
    listings = run.listings()
    listed = [
        (n, e.path, e.bytes, str(e.modified), e.skipped, e.unreadable)
        for n, es in listings.items()
        for e in es
    ]
    reading = choose_reading(settings.metadata, settings.trust_anchors, run.folder)
    made = key_for(
        settings.decode, reading.methods, decoder_versions(), code_digest("collect", without=CATALOGUES)
    )
    method = "\n".join([made, *coded])
    doubted = _doubted(run, listings) if verify else {}
    if doubted:  # the same names, sizes and times mean another table from now on
        store.remember("scanned.replaced", key_for(store.note("scanned.replaced"), doubted))
    key = key_for(listed, method, settings.pixels, store.note("scanned.replaced"))
    if store.fresh(tables.SCANNED, key) and not doubted:
        return store.read(tables.SCANNED)
    run.ran.append("scan")
    parts = store.root / "scan"
    # The table and what a killed scan left may come from different settings: each has a note of its own.
    noted = f"{tables.key_of(store.path(tables.SCANNED))}\n{method}"
    known = (
        store.read(tables.SCANNED)
        if includes(store.note("scanned.method"), noted)
        else tables.SCANNED.empty()
    )
    allowed = known["width"].fillna(0) * known["height"].fillna(0) <= settings.pixels
    # What was taken for a bomb may be none any more.
    kept = allowed & ((known["status"] == "hashed") | (store.note("scanned.pixels") == str(settings.pixels)))
    known = known[kept & ~known["image_id"].isin(doubted)]
    if doubted or not includes(store.note("scan.method"), method):
        forget_saved(parts)
    store.remember("scan.method", method)
    fresh = sum(not (skipped or unreadable) for *_, skipped, unreadable in listed) - len(known)
    guess = 0.01 + 0.05e-6 * sum(size for _, _, size, *_ in listed) / len(listed)
    run.announce("reading files,", "read", fresh, guess, lambda: file_speed(run, listings))
    with run.readers(fresh) as executor, run.timed("read", fresh):
        images = scan(
            listings,
            known=known,
            folder=parts,
            policy=settings.decode,
            codes=settings.codes,
            reading=reading,
            pixels=settings.pixels,
            executor=executor,
            progress=bars("reading pictures"),
        )
    # What could not be read is tried again next time; once it can be, this is another table.
    failed = unread(images)
    key = key_for(key, failed) if failed else key
    images = store.write(tables.SCANNED, images, key)
    store.remember("scanned.method", f"{key}\n{method}")
    store.remember("scanned.pixels", str(settings.pixels))
    forget_saved(parts)
    return images


def _doubted(run: Execution, listings: Mapping[str, list[Entry]]) -> dict[str, str | None]:
    """Read every known file again; return the digests of those that hold other bytes, whatever size and time they have."""
    known = run.store.read(tables.SCANNED)
    places = {
        image_id(collection, entry.path): entry.native
        for collection, entries in listings.items()
        for entry in entries
        if entry.skipped is None and entry.unreadable is None
    }
    run.ran.append("verify")
    with run.pool(len(places)) as executor:
        found = changed(known, places, executor)
    if run.tell:
        run.tell(
            f"verified: {len(found):,} of {len(places):,} files hold other bytes than when they were read"
        )
    return found


def _joined(run: Execution, scanned: pd.DataFrame, catalogues: Named) -> pd.DataFrame:
    """Let the catalogues speak for the images they describe; return the images table."""
    key = joined_key(run.config, run.store, catalogues)
    if all(run.store.fresh(table, key) for table in JOINED):
        return run.store.read(tables.IMAGES)
    if catalogues:
        run.ran.append("catalogues")
    return join(scanned, catalogues, run.store, key, run.config.scan.precedence)
