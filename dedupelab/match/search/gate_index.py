"""An index of held pictures on disk: fingerprints by bands, local descriptors, digests, and what an answer says of each picture.

Everything is mapped into memory, so that opening costs the same for a thousand pictures and for ten million. Fingerprints lie
in the order of four bands of 16 bits: the search of a join (`bands`), laid out for one query at a time, where a join would sort
first. An index is a folder that appears under its name when it is complete, and is never changed afterwards.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import comb
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dedupelab import tables
from dedupelab.errors import OutputError
from dedupelab.match.search import descriptor_index
from dedupelab.match.search.bands import Band, Prints
from dedupelab.match.search.hamming import collapse
from dedupelab.match.search.hamming_numpy import bucket_order
from dedupelab.tables.contents import DIGESTS

if TYPE_CHECKING:
    from dedupelab.match.search.descriptors import Descriptors

Numbers = NDArray[np.int64]
BANDS = 4
WIDTH = 16
MOST_BUCKETS = 1 << 13
"""Buckets visited a query above which comparing with everything is as fast."""
BLOCK = 1 << 10
"""Rows of facts that are unpacked together: reading one picture's costs a block."""
FACTS = (
    *("image_id", "collection", "path", "bytes", "status", *DIGESTS, "width", "height"),
    *("stored_sha256", "appended_sha256", "orientation", "format", "frames"),
    *("phash", "dhash", "phash_forms", "phash_trimmed", "information"),
    *("creator", "credit", "copyright_notice", "copyright_owner", "licensor", "usage_terms", "web_statement"),
)
"""The columns of `tables.IMAGES` that an answer needs."""
COPIES = 64
"""Pictures of one fingerprint or digest that are named at most."""
_FOLDER = "index-"
_LOCAL = "local"
_PROBES = 3
_TOGETHER = 2048
"""Pictures whose descriptors are read together."""


@dataclass(frozen=True)
class Near:
    """Held pictures near a query: number of the query's fingerprint, number of the picture, differing bits."""

    query: Numbers
    row: Numbers
    distance: Numbers


class GateIndex:
    """An index as it lies on disk; see `open_index`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._arrays: dict[str, NDArray[Any]] = {path.stem: _mapped(path) for path in folder.glob("*.npy")}
        # Every block is found by its place in the file, so that reading one opens no other.
        self._local = descriptor_index.open_index(folder / _LOCAL)
        self._known: dict[int, dict[str, Any]] = {}
        self._facts = pa.ipc.open_file(pa.memory_map(str(folder / "facts.arrow")))

    def __len__(self) -> int:
        """Return the number of pictures."""
        return int(self._arrays["count"][0])

    def near(self, prints: Prints, radius: int, copies: int = COPIES) -> Near:
        """Return the held pictures within `radius` bits of any of some fingerprints, each pair once, nearest first.

        Parameters
        ----------
        copies
            Of held pictures with one and the same fingerprint, the most that are returned.
        """
        prints = np.ascontiguousarray(prints, np.uint64)
        buckets = sum(comb(WIDTH, flips) for band in bands(radius) for flips in range(band.radius + 1))
        found = self._visit(prints, radius) if buckets <= MOST_BUCKETS else self._compare(prints, radius)
        query, place, distance = found
        starts, members = self._arrays["starts"], self._arrays["members"]
        sizes = np.minimum(starts[place + 1] - starts[place], copies)
        steps = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        rows = members[np.repeat(starts[place], sizes) + steps].astype(np.int64)
        query, distance = np.repeat(query, sizes), np.repeat(distance, sizes)
        order = np.lexsort((rows, query, distance))
        return Near(query[order], rows[order], distance[order])

    @property
    def described(self) -> int:
        """How many pictures have local descriptors here."""
        return len(self._local) if self._local else 0

    def sharing(self, descriptors: "Descriptors") -> list[tuple[int, str, int]]:
        """Return the pictures that share local descriptors lying alike: number, transform, places that agree; most first."""
        if not self._local:
            return []
        names = self._local.names
        return [
            (int(names[each.picture]), each.transform, each.votes)
            for each in self._local.ask(descriptors, probes=_PROBES)
        ]

    def descriptors(self, row: int) -> "Descriptors | None":
        """Return the local descriptors of a held picture, by its number; None where there are none."""
        place = self._places.get(row)
        return None if place is None or self._local is None else self._local.of_picture(place)

    @cached_property
    def _places(self) -> dict[int, int]:
        """Where each described picture lies among the described ones."""
        return {int(name): place for place, name in enumerate(self._local.names if self._local else ())}

    def same(self, kind: str, digest: str, most: int = COPIES) -> list[int]:
        """Return the numbers of up to `most` held pictures with a digest of one of the `DIGESTS`."""
        starts = self._arrays[kind]
        first = _beginning(digest)
        low, high = np.searchsorted(starts, first), np.searchsorted(starts, first, side="right")
        rows = np.sort(self._arrays[f"{kind}-rows"][low:high][:most])
        # Eight bytes of a digest are looked up; all of it must agree.
        return [int(row) for row in rows if self.fact(int(row))[kind] == digest]

    def equal(self, row: int) -> list[int]:
        """Return the numbers of held pictures that digests prove equal to one, itself among them."""
        fact = self.fact(row)
        return sorted({same for kind in DIGESTS if fact[kind] for same in self.same(kind, fact[kind])})

    def fact(self, row: int) -> dict[str, Any]:
        """Return what is known of one picture, by its number: the columns of `FACTS`."""
        if row not in self._known:
            if len(self._known) >= BLOCK:
                self._known.clear()
            block = self._facts.get_batch(row // BLOCK)
            (self._known[row],) = block.slice(row % BLOCK, 1).to_pylist()
        return dict(self._known[row])

    def _visit(self, prints: Prints, radius: int) -> tuple[Numbers, Numbers, Numbers]:
        """Compare with what shares a bucket in some band."""
        queries, places, distances = [], [], []
        for number, band in enumerate(bands(radius)):
            starts, ordered = self._arrays[f"band{number}-starts"], self._arrays[f"band{number}-prints"]
            buckets = band.keys(prints)[:, None] ^ _flips(band)
            first = starts[buckets].astype(np.int64).ravel()
            sizes = starts[buckets + np.uint32(1)].ravel() - first
            offset = first - (np.cumsum(sizes) - sizes)
            column = np.arange(sizes.sum()) + np.repeat(offset, sizes)
            query = np.repeat(np.arange(len(prints)), sizes.reshape(buckets.shape).sum(axis=1))
            distance = np.bitwise_count(ordered[column] ^ prints[query])
            close = np.flatnonzero(distance <= radius)
            queries.append(query[close])
            places.append(self._arrays[f"band{number}-order"][column[close]].astype(np.int64))
            distances.append(distance[close].astype(np.int64))
        query, place = np.concatenate(queries), np.concatenate(places)
        _, once = np.unique(query << 40 | place, return_index=True)
        return query[once], place[once], np.concatenate(distances)[once]

    def _compare(self, prints: Prints, radius: int) -> tuple[Numbers, Numbers, Numbers]:
        """Compare with everything."""
        held = self._arrays["prints"]
        found = [np.bitwise_count(held ^ each) for each in prints]
        near = [np.flatnonzero(distance <= radius) for distance in found]
        query = np.repeat(np.arange(len(prints)), [len(each) for each in near])
        distance = [all_of[each] for all_of, each in zip(found, near, strict=True)]
        none = [np.empty(0, np.int64)]
        return query, np.concatenate([*near, *none]), np.concatenate([*distance, *none]).astype(np.int64)


@lru_cache(maxsize=65)
def bands(radius: int) -> tuple[Band, ...]:
    """Return the bands in which two fingerprints within `radius` bits share a bucket at least once.

    The `radius + 1` errors to be covered are dealt out evenly; a band that gets none is not visited.

    >>> [(band.shift, band.radius) for band in bands(8)]
    [(0, 2), (16, 1), (32, 1), (48, 1)]
    >>> sum(band.radius + 1 for band in bands(2))
    3
    """
    each, more = divmod(radius + 1, BANDS)
    dealt = [each + (number < more) for number in range(BANDS)]
    return tuple(
        Band(WIDTH * number, WIDTH, min(errors, WIDTH + 1) - 1)
        for number, errors in enumerate(dealt)
        if errors
    )


def write_index(images: pd.DataFrame, folder: Path, key: str, descriptors: Path | None = None) -> Path:
    """Write the index of the hashed images that `key` stands for below `folder`; return where it lies.

    `descriptors` is where their local descriptors lie (`tables.DESCRIPTORS`), if there are any.

    Pictures that show next to nothing (`tables.LOW_INFORMATION`) are found by digests alone, as in a match.

    Raises
    ------
    OutputError
        If it cannot be written; nothing half-written stays.
    """
    final = index_folder(folder, key)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=".building-", dir=folder))
        try:
            hashed = images[images["status"] == "hashed"]
            _write(hashed, building)
            if descriptors is not None and descriptors.exists():
                descriptor_index.append(building / _LOCAL, _described(hashed, descriptors))
            # Only a damaged one is written again; where somebody else has just done so, theirs is as good.
            shutil.rmtree(final, ignore_errors=True)
            with contextlib.suppress(FileExistsError):
                building.rename(final)
        finally:
            shutil.rmtree(building, ignore_errors=True)
        for other in folder.glob(f"{_FOLDER}*"):
            if other != final:
                shutil.rmtree(other, ignore_errors=True)
    except OSError as problem:
        raise OutputError(
            f"expected to write an index in {folder}, got: {problem.strerror or problem}; allow writing or free space"
        ) from problem
    return final


def index_folder(folder: Path, key: str) -> Path:
    """Return where the index lies that `key` stands for."""
    return folder / f"{_FOLDER}{key}"


def open_index(folder: Path, key: str) -> GateIndex | None:
    """Open the index that `key` stands for; None where there is none, or a damaged one."""
    try:
        return GateIndex(index_folder(folder, key))
    except (OSError, ValueError, pa.ArrowException, KeyError):
        return None


def queries(row: dict[str, Any]) -> Prints:
    """Return the fingerprints under which a picture may be held: in eight orientations, without its border, inverted.

    None for a picture that shows next to nothing.
    """
    if row.get("phash") is None or (row.get("information") or 0.0) < tables.LOW_INFORMATION:
        return np.empty(0, np.uint64)
    from dedupelab.match.candidates import negative  # noqa: PLC0415  brings the joins, which an index does without

    forms = np.frombuffer(row["phash_forms"], "<u8").astype(np.uint64)
    upright = np.array([row["phash"]], np.uint64)
    trimmed = np.array([row["phash_trimmed"]], np.uint64)
    return np.unique(np.concatenate([upright, forms, trimmed, negative(upright)]))


def _write(hashed: pd.DataFrame, folder: Path) -> None:
    shown = (hashed["information"] >= tables.LOW_INFORMATION) & hashed["phash"].notna()
    rows = np.flatnonzero(shown.to_numpy(bool))
    upright, trimmed = (
        hashed[name].iloc[rows].fillna(hashed["phash"].iloc[rows]).to_numpy(np.uint64)
        for name in ("phash", "phash_trimmed")
    )
    bordered = trimmed != upright
    entries = np.concatenate([upright, trimmed[bordered]])
    owners = np.concatenate([rows, rows[bordered]]).astype(np.int32)
    classes = collapse(entries)
    prints = entries[classes.first]
    _save(folder, "count", np.array([len(hashed)], np.int64))
    _save(folder, "prints", prints)
    _save(folder, "starts", np.concatenate([[0], np.cumsum(classes.sizes)]).astype(np.int64))
    _save(folder, "members", owners[classes.members])
    for number in range(BANDS):
        band = Band(WIDTH * number, WIDTH, 0)
        order, starts = bucket_order(band.keys(prints), band)
        _save(folder, f"band{number}-order", order)
        _save(folder, f"band{number}-starts", starts)
        _save(folder, f"band{number}-prints", prints[order])
    for kind in DIGESTS:
        stated = np.flatnonzero(hashed[kind].notna().to_numpy(bool))
        first = np.array([_beginning(digest) for digest in hashed[kind].iloc[stated]], np.uint64)
        by_digest = np.argsort(first, kind="stable")
        _save(folder, kind, first[by_digest])
        _save(folder, f"{kind}-rows", stated[by_digest].astype(np.int32))
    schema = pa.schema([tables.IMAGES.schema.field(name).remove_metadata() for name in FACTS])
    facts = pa.Table.from_pandas(hashed[list(FACTS)], schema=schema, preserve_index=False)
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_file(str(folder / "facts.arrow"), schema, options=options) as file:
        for block in _blocks(facts.replace_schema_metadata(None)):
            file.write_batch(block)


def _described(hashed: pd.DataFrame, descriptors: Path) -> "Iterator[tuple[str, Descriptors]]":
    """Yield a picture's number and its local descriptors; those of another content or another version are left out."""
    from dedupelab.match.search.descriptors import Descriptors  # noqa: PLC0415  only where there are some

    numbers = {name: row for row, name in enumerate(zip(hashed["image_id"], hashed["sha256"], strict=True))}
    with pq.ParquetFile(descriptors) as file:
        for batch in file.iter_batches(_TOGETHER, columns=tables.DESCRIPTORS.names):
            for row in batch.to_pylist():
                number = numbers.get((row["image_id"], row["sha256"]))
                if number is None:
                    continue
                try:
                    yield str(number), Descriptors.from_bytes(row["descriptors"])
                except ValueError:  # the next match describes the picture anew
                    continue


def _blocks(table: pa.Table) -> Iterator[pa.RecordBatch]:
    """Yield a table in blocks of exactly `BLOCK` rows, the last one shorter."""
    for start in range(0, len(table), BLOCK):
        (block,) = table.slice(start, BLOCK).combine_chunks().to_batches()
        yield block


def _save(folder: Path, name: str, values: NDArray[Any]) -> None:
    np.save(folder / f"{name}.npy", values, allow_pickle=False)


def _mapped(path: Path) -> NDArray[Any]:
    values: NDArray[Any] = np.load(
        path, mmap_mode="r" if path.stat().st_size > 1 << 12 else None, allow_pickle=False
    )
    # The plain array over the same memory: numpy's own class for it makes every small step slower.
    return values.view(np.ndarray)


@lru_cache(maxsize=256)
def _flips(band: Band) -> NDArray[np.uint32]:
    return band.flips()


def _beginning(digest: str) -> np.uint64:
    return np.uint64(int(digest[:16], 16))
