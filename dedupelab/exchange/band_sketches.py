"""Keyed band sketches: a neutral holder counts near pictures of two sites without fingerprints, digests or pictures.

The 64 bits of a fingerprint are cut into eight blocks; a band is any four of them, 70 in all. Each band travels as a keyed
digest (BLAKE2b with a key that all sites share and the holder lacks). Two fingerprints whose differing bits lie in four
blocks or fewer agree in a band, so that a distance up to 4 is always found and a larger one sometimes. Equal bands are
counted, nothing else is computed.

This is no protection against whoever has the secret, a site that works with the holder among them: 32 bits are tried out in
hours, after which every fingerprint is known. `benchmarks/band_sketches.py` measures both, and what the holder learns.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from dedupelab import tables
from dedupelab.errors import ConfigError, PackError, writing
from dedupelab.exchange.checks_before_merge import same_method, signers
from dedupelab.exchange.manifest import DIGESTS, described, own_name, with_keyed_digests
from dedupelab.exchange.parcel import Parcel, open_parcel, write_parcel
from dedupelab.study.study import Study
from dedupelab.tables.parquet import text

BLOCKS, TAKEN = 8, 4
MASKS = np.array(
    [sum(0xFF << 8 * block for block in taken) for taken in combinations(range(BLOCKS), TAKEN)], np.uint64
)
"""Which bits each band holds."""
MOST = 64
"""Pictures that share a band, listed each beside so many others: more are blank pages and test cards."""
NO_PROTECTION = (
    "band sketches are no protection against whoever has the secret: a site that works with the holder finds every "
    "fingerprint in hours, and tests any picture at once; the holder learns which pictures are near, and how near"
)
BANDS = tables.Table(
    "bands",
    (
        text("image_id", "a name that only the site can resolve", nullable=False),
        text("sha256", "keyed digest of the file"),
        text("payload_sha256", "keyed digest of the compressed picture"),
        tables.Column("bands", pa.binary(8 * len(MASKS)), "keyed digest of each band; absent for low-information pictures", nullable=True),
    ),
    order=("image_id",),
)  # fmt: skip


@dataclass(frozen=True)
class Common:
    """What two sites have in common, in pictures of the first."""

    one: str
    two: str
    pictures: int
    exact: int
    """Whose file or compressed picture the other holds."""
    near: int
    """Of which the other holds a near one, and none that is exact."""


def sketches(
    prints: NDArray[np.uint64], secret: bytes, masks: NDArray[np.uint64] = MASKS
) -> NDArray[np.uint64]:
    """Return the keyed bands of fingerprints, one row each.

    Parameters
    ----------
    prints
        Shape (pictures,).

    Returns
    -------
    np.ndarray
        Shape (pictures, bands): BLAKE2b (RFC 7693) of each band's bits, cut to 64 bits.
    """
    found = np.empty((len(prints), len(masks)), np.uint64)
    for band, mask in enumerate(masks):
        key = hmac.digest(secret, f"dedupelab: band {int(mask):016x}".encode(), "sha256")
        values, place = np.unique(prints & mask, return_inverse=True)
        data = values.astype("<u8").tobytes()
        digests = b"".join(
            hashlib.blake2b(data[start : start + 8], digest_size=8, key=key).digest()
            for start in range(0, len(data), 8)
        )
        found[:, band] = np.frombuffer(digests, "<u8")[place]
    return found


def agreeing(
    keyed_bands: NDArray[np.uint64], sites: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs of rows of different sites that share a band, and how many they share.

    70, 35, 15, 5 and 1 bands are shared where differing bits lie in 0, 1, 2, 3 and 4 blocks: this much the holder learns.
    """
    found = [np.empty(0, np.int64)]
    for column in keyed_bands.T:
        order = np.argsort(column, kind="stable")
        same = column[order]
        for step in range(1, MOST):
            place = np.flatnonzero(same[step:] == same[:-step])
            if not len(place):
                break
            left, right = order[place], order[place + step]
            apart = sites[left] != sites[right]
            left, right = left[apart], right[apart]
            found.append(np.minimum(left, right) << 32 | np.maximum(left, right))
    pairs, counts = np.unique(np.concatenate(found), return_counts=True)
    return pairs >> 32, pairs & 0xFFFFFFFF, counts


def write_sketches(study: Study, path: Path, secret: bytes, *, now: datetime | None = None) -> Path:
    """Write what a neutral holder needs of a site: keyed digests and keyed bands under names that only the site resolves.

    Raises
    ------
    ConfigError
        If there is no secret, or the study has no tables yet.
    """
    if not secret:
        raise ConfigError(
            "expected a secret that all sites share and the holder lacks, got none; make one with: openssl rand -hex 32, give it with --secret"
        )
    facts = described(study, secret, fingerprints_only=True) | {"kind": "bands"}
    names = ("image_id", "status", *DIGESTS, "phash", "information")
    images = tables.read(tables.IMAGES, study.store.path(tables.IMAGES), names)
    images = images[images["status"] == "hashed"]
    shown = ((images["information"] >= tables.LOW_INFORMATION) & images["phash"].notna()).to_numpy(bool)
    rows = sketches(images.loc[shown, "phash"].to_numpy(np.uint64), secret)
    # Filled one by one: as an array of bytes numpy would cut off the zeros at an end.
    bands = np.full(len(images), None, object)
    for place, row in zip(np.flatnonzero(shown), rows, strict=True):
        bands[place] = row.astype("<u8").tobytes()
    outside = own_name(study)
    named = with_keyed_digests(images, secret).assign(
        image_id=[outside(i) for i in images["image_id"]], bands=bands
    )
    return write_parcel(path, facts, {BANDS: named[BANDS.names]}, now or datetime.now(UTC))


def count(
    parcels: Sequence[Path], *, keys: Sequence[str] = (), now: datetime | None = None
) -> tuple[list[Common], pd.DataFrame, list[str]]:
    """Count what sites have in common, from their sketches alone; the neutral holder runs this.

    Parameters
    ----------
    parcels
        Of at least two sites, keyed with one secret.
    keys
        Public keys that may have signed; any when empty, which is remarked on.

    Returns
    -------
    tuple
        Each site beside each other; the pairs (sites, names, and how many of the 70 bands agree); and remarks.

    Raises
    ------
    PackError
        If a parcel is damaged, no sketches, of another method or secret, or of a site that sent another one, too.
    """
    with TemporaryDirectory(prefix="dedupelab-count-") as folder:
        opened = [open_parcel(path, Path(folder) / str(k), now=now) for k, path in enumerate(parcels)]
        notes = _let_in(opened, keys)
        held = [parcel.table(BANDS) for parcel in opened]
    site = np.repeat(np.arange(len(held)), [len(frame) for frame in held])
    every = pd.concat(held, ignore_index=True)
    banded = np.flatnonzero(every["bands"].notna())
    drawn = np.frombuffer(b"".join(every["bands"].iloc[banded]), "<u8").reshape(-1, len(MASKS))
    left, right, agree = agreeing(drawn, site[banded])
    near = pd.DataFrame({"left": banded[left], "right": banded[right], "bands": agree, "exact": False})
    proven = []
    for name in ("sha256", "payload_sha256"):
        codes = pd.factorize(every[name])[0]
        known = np.flatnonzero(codes >= 0)
        one, two, _ = agreeing(codes[known, None].astype(np.uint64), site[known])
        proven.append(
            pd.DataFrame({"left": known[one], "right": known[two], "bands": len(MASKS), "exact": True})
        )
    pairs = pd.concat([*proven, near]).drop_duplicates(["left", "right"]).sort_values(["left", "right"])
    sites = [parcel.site for parcel in opened]
    listed = pd.DataFrame(
        {
            "left_site": [sites[k] for k in site[pairs["left"]]],
            "right_site": [sites[k] for k in site[pairs["right"]]],
            "left": every["image_id"].to_numpy()[pairs["left"]],
            "right": every["image_id"].to_numpy()[pairs["right"]],
            "exact": pairs["exact"].to_numpy(),
            "bands": pairs["bands"].to_numpy(),
        }
    )
    sizes = {name: len(frame) for name, frame in zip(sites, held, strict=True)}
    return (
        [_common(listed, one, two, sizes[one]) for one in sites for two in sites if one != two],
        listed,
        notes,
    )


def write_pairs(pairs: pd.DataFrame, path: Path) -> None:
    """Write the pairs of a count as CSV.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    with writing(path, "choose another place with --out"):
        pairs.to_csv(path, index=False, lineterminator="\n")


def _common(pairs: pd.DataFrame, one: str, two: str, pictures: int) -> Common:
    ours = pairs[(pairs["left_site"] == one) & (pairs["right_site"] == two)]
    theirs = pairs[(pairs["left_site"] == two) & (pairs["right_site"] == one)]
    found = pd.concat([ours[["left", "exact"]], theirs[["right", "exact"]].rename(columns={"right": "left"})])
    proven = set(found.loc[found["exact"], "left"])
    return Common(one, two, pictures, len(proven), len(set(found["left"]) - proven))


def _let_in(opened: Sequence[Parcel], keys: Sequence[str]) -> list[str]:
    """Refuse what cannot be counted together; return remarks on who signed."""
    for parcel in opened:
        if parcel.facts["kind"] != "bands":
            raise PackError(
                f"{parcel.name}: expected band sketches, got {parcel.facts['kind']}; write them with: "
                "dedupelab export STUDY --tier private --bands --secret FILE"
            )
        same_method(opened[0], parcel)
    sites = [parcel.site for parcel in opened]
    if len(set(sites)) < max(2, len(sites)):
        raise PackError(f"expected two or more sites, each once, got {', '.join(sites)}; leave one out")
    return signers(opened, keys)
