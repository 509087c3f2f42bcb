"""Who is let into a merge: one manifest per site, of one method, signed, with counts that reconcile."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations

import pandas as pd

from dedupelab import tables
from dedupelab.errors import PackError
from dedupelab.exchange.manifest import STATUSES
from dedupelab.exchange.parcel import Parcel

TABLES = (tables.IMAGES, tables.DETECTED, tables.RECORDS, tables.CROSSWALK)
"""What is joined in memory; of the images only what is compared."""
COMPARED = (
    *("image_id", "collection", "status", "sha256", "payload_sha256", "stored_sha256", "pixel_sha256"),
    *("appended_sha256", "orientation", "format", "width", "height", "frames"),
    *("phash", "phash_forms", "phash_trimmed", "information"),
)
BYTES_PER_PICTURE = 4096
"""Memory that a merge takes at its peak, as `benchmarks/manifests.py` measures it, and some to spare."""
ALIKE = 0.9
"""Share of equal files from which two collections are remarked on as perhaps one."""


def manifests_of(opened: Sequence[Parcel], before: int, now: datetime) -> list[Parcel]:
    """Return one manifest per site, the last one sent; refuse what cannot be compared."""
    wrong = next((p for p in opened if p.facts["kind"] == "questions"), None)
    if wrong:
        raise PackError(
            f"{wrong.name}: expected a manifest or answers, got questions; answer them with: dedupelab answer"
        )
    sketched = next((p for p in opened if p.facts["kind"] == "bands"), None)
    if sketched:
        raise PackError(
            f"{sketched.name}: expected a manifest, got band sketches, which hold no fingerprint; count them with: dedupelab count"
        )
    sent = [p for p in opened if p.facts["kind"] == "manifest"]
    for number, one in enumerate(opened[before:]):
        for other in opened[before + number + 1 :]:
            if one.facts == other.facts or (
                one.site == other.site and one.facts["kind"] == other.facts["kind"] == "manifest"
            ):
                raise PackError(
                    f"{other.name}: expected each site once, got {one.site!r} in {one.name} too; leave one out"
                )
    sites = list({p.site: p for p in sent}.values())
    if not sites:
        raise PackError(
            "expected manifests, got none; write one at each site with: dedupelab export STUDY --tier private"
        )
    for parcel in sites:
        until = parcel.facts["privacy"]["retention"]
        if until and date.fromisoformat(until) < now.date():
            raise PackError(
                f"{parcel.name}: expected a manifest to be kept, got one to be deleted after {until}; ask for a new one"
            )
        same_method(sites[0], parcel)
    return sites


def check_room(sites: Sequence[Parcel], memory: int) -> None:
    """Refuse more pictures than this machine's memory can join; told before anything is read.

    Parameters
    ----------
    memory
        Bytes of this machine's memory; 0 where it cannot be known.
    """
    rows = sum(parcel.rows(tables.IMAGES) for parcel in sites)
    if memory and rows * BYTES_PER_PICTURE > memory:
        raise PackError(
            f"expected at most {memory // BYTES_PER_PICTURE:,} pictures for the {memory / 1e9:.0f} GB of memory here, got {rows:,}; "
            f"merge where there are {rows * BYTES_PER_PICTURE / 1e9:.0f} GB, or fewer sites at a time"
        )


def answers_of(opened: Sequence[Parcel], sites: Sequence[Parcel]) -> list[Parcel]:
    """Return the answers; refuse those that the site's own key did not sign."""
    keys = {p.site: p.signed.key for p in sites}
    said = [p for p in opened if p.facts["kind"] == "answers"]
    for parcel in said:
        if keys.get(parcel.site) != parcel.signed.key:
            raise PackError(
                f"{parcel.name}: expected answers signed by the key of {parcel.site}'s manifest, got {parcel.signed.known_as}; "
                "ask the sender"
            )
    return said


OWN_PAIRS = "gear"
"""Of a method what says how a site found pairs among its own pictures: pairs of two sites are found by fingerprints, whatever it is."""
SETTINGS = {
    "decode": "[scan] decode",
    "codes": "[scan] codes",
    "metadata": "[scan] metadata",
    "max_distance": "[match] max_distance",
}
"""Where in study.toml a part of the method is set."""


def same_method(one: Parcel, other: Parcel) -> None:
    """Refuse two parcels whose fingerprints or digests cannot be compared."""
    mine, theirs = ({**p.facts["method"], "secret": p.facts["secret"]} for p in (one, other))
    for name in sorted((mine.keys() | theirs.keys()) - {OWN_PAIRS}):
        if mine.get(name) != theirs.get(name):
            raise PackError(
                f"expected manifests of one method, got {SETTINGS.get(name, name)} {mine.get(name)!r} in {one.name} and {theirs.get(name)!r} "
                f"in {other.name}; agree on one (requirements.lock fixes versions), scan and export again"
            )


def signers(opened: Iterable[Parcel], keys: Sequence[str]) -> list[str]:
    """Return one remark for each parcel whose signer nobody named; raise PackError for a key that is none of those named."""
    notes = []
    for parcel in opened:
        if keys and not any(map(parcel.signed.is_by, keys)):
            raise PackError(
                f"{parcel.name}: expected one of the keys that were named, got {parcel.signed.known_as}; ask the sender which is theirs"
            )
        if not keys:
            notes.append(
                f"{parcel.name}: signed by key {parcel.signed.known_as}; nobody said whose that is (--key)"
            )
    return notes


@dataclass(frozen=True)
class AllSites:
    """What all sites hold: of their images what a comparison reads, pairs and catalogue tables."""

    images: pd.DataFrame
    pairs: pd.DataFrame
    records: pd.DataFrame
    crosswalk: pd.DataFrame


def read_together(sites: Sequence[Parcel], notes: list[str]) -> AllSites:
    """Return all sites' tables as one.

    Raises
    ------
    PackError
        If counts do not reconcile, a site speaks of others' pictures, or one collection comes under two names.
    """
    found: dict[tables.Table, list[pd.DataFrame]] = {table: [] for table in TABLES}
    held: dict[str, tuple[str, pd.Index[str]]] = {}
    for parcel in sites:
        read = {table: parcel.table(table) for table in TABLES if table != tables.IMAGES}
        images, own = parcel.table(tables.IMAGES, (*COMPARED, "path")), read[tables.DETECTED]
        _check_order(parcel, images)
        images = read[tables.IMAGES] = images[list(COMPARED)]
        for said in parcel.facts["collections"]:
            name = said["name"]
            if name in held:
                raise PackError(
                    f"{parcel.name}: expected collections of different names, got {name!r} in {held[name][0]} too; "
                    "rename it in that site's study.toml and export again"
                )
            here = images[images["collection"] == name]
            counts = {status: int((here["status"] == status).sum()) for status in STATUSES}
            if len(here) != said["listed"] or any(counts[s] != said[s] for s in STATUSES):
                raise PackError(
                    f"{parcel.name}: expected {said['listed']:,} rows of {name} as {counts}, got {len(here):,}; ask the sender"
                )
            held[name] = (parcel.name, pd.Index(here["sha256"].dropna().unique()))
        _check_own(parcel, images, own)
        for table, frame in read.items():
            found[table].append(frame)
    _tell_alike(held, notes)
    images, *others = (pd.concat(found[table], ignore_index=True) for table in TABLES)
    if images["image_id"].duplicated().any():
        raise PackError("expected every picture in one manifest, got some in several; ask the senders")
    return AllSites(images, *others)


def _check_own(parcel: Parcel, images: pd.DataFrame, pairs: pd.DataFrame) -> None:
    """Refuse rows of others' collections, pairs of others' pictures, and two tables of different pictures."""
    if not set(images["collection"]) <= {c["name"] for c in parcel.facts["collections"]}:
        raise PackError(
            f"{parcel.name}: expected rows of the collections it names, got others; ask the sender"
        )
    if not pd.concat([pairs["left"], pairs["right"]]).isin(images["image_id"]).all():
        raise PackError(f"{parcel.name}: expected pairs of its own pictures, got others; ask the sender")
    if parcel.holds(tables.SCANNED):
        scanned = parcel.table(tables.SCANNED, ("image_id",))["image_id"]
        if not scanned.equals(images["image_id"]):
            raise PackError(
                f"{parcel.name}: expected the same pictures in images and scanned, got others; ask the sender"
            )


def _check_order(parcel: Parcel, images: pd.DataFrame) -> None:
    """Refuse rows out of order: tables of millions of rows are joined without sorting them again."""
    home = images["collection"]
    place = images["path"].groupby(home, sort=False)
    if not home.is_monotonic_increasing or not place.is_monotonic_increasing.all():
        raise PackError(
            f"{parcel.name}: expected rows in order of collection and path, got others; ask the sender"
        )


def with_answers(
    sites: Sequence[Parcel], table: tables.Table, pixels: Mapping[str, str]
) -> Iterator[pd.DataFrame]:
    """Yield images (or scanned) of all sites in the table's order, block by block, with the pixel digests that were answered.

    A site without catalogues sends no `scanned`: what its files say is what it sent as images.
    """
    homes = {str(c["name"]): parcel for parcel in sites for c in parcel.facts["collections"]}
    for name, parcel in sorted(homes.items()):
        for block in parcel.blocks(table if parcel.holds(table) else tables.IMAGES):
            here = block[block["collection"] == name]
            if len(here):
                answered = here["image_id"].map(pixels).astype("str")
                yield here.assign(pixel_sha256=answered.fillna(here["pixel_sha256"]))


def _tell_alike(held: Mapping[str, tuple[str, "pd.Index[str]"]], notes: list[str]) -> None:
    """Refuse one collection under two names; remark on two that are nearly one."""
    for (one, (file, mine)), (other, (sent, theirs)) in combinations(held.items(), 2):
        common, smaller = int(mine.isin(theirs).sum()), min(len(mine), len(theirs))
        if smaller and common == len(mine) == len(theirs):
            raise PackError(
                f"expected different collections, got the same files as {one} in {file} and as {other} in {sent}; leave one out"
            )
        if smaller and common >= ALIKE * smaller:
            notes.append(
                f"{common:,} of {smaller:,} files of the smaller of {one} and {other} are equal: ask whether they are one collection"
            )
