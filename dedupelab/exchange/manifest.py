"""A manifest: what one site sends instead of its pictures, with everything a merge must know to compare it."""

import hmac
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from dedupelab import tables
from dedupelab.collect.record import EMPTY_METADATA
from dedupelab.errors import ConfigError, PackError, to_type
from dedupelab.exchange.parcel import write_parcel
from dedupelab.study.study import Study
from dedupelab.tables.keys import code_digest, decoder_versions
from dedupelab.version import __version__

DIGESTS = ("sha256", "payload_sha256", "stored_sha256", "pixel_sha256", "appended_sha256")
KEY = "export.key"
WITHHELD = ("modified", "sidecar", "sidecar_modified", "problem")
"""Columns besides the metadata that fingerprints alone do without; paths and image_ids are replaced."""
LEFT_OUT = (*(column.name for column in tables.METADATA), *WITHHELD)
"""Columns that fingerprints alone come without."""
STATUSES = ("hashed", "unreadable", "skipped")


def write_manifest(
    study: Study,
    path: Path,
    *,
    fingerprints_only: bool = False,
    secret: bytes = b"",
    now: datetime | None = None,
) -> Path:
    """Write the manifest of a scanned and matched study.

    Parameters
    ----------
    fingerprints_only
        Leave out embedded metadata and replace paths and image_ids by keyed ones, whose key stays here.
    secret
        Shared by all sites and unknown to whoever merges: digests are keyed with it.

    Raises
    ------
    ConfigError
        If the study has no tables yet.
    """
    said = {"kind": "manifest", **described(study, secret, fingerprints_only=fingerprints_only)}
    place = study.store.path(tables.IMAGES)
    sent: dict[tables.Table, pd.DataFrame | Iterable[pd.DataFrame]]
    if fingerprints_only:
        kept = [name for name in tables.IMAGES.names if name not in LEFT_OUT]
        held, pairs = without_metadata(
            tables.read(tables.IMAGES, place, kept), study.store.read(tables.DETECTED), own_name(study)
        )
        sent = {tables.IMAGES: keyed(held, secret), tables.DETECTED: pairs}
    else:
        sent = {
            tables.IMAGES: _blocks(study, tables.IMAGES, secret),
            tables.DETECTED: _blocks(study, tables.DETECTED),
        }
        if len(study.records()):
            sent |= {
                tables.SCANNED: _blocks(study, tables.SCANNED, secret),
                tables.RECORDS: study.records(),
                tables.CROSSWALK: study.crosswalk(),
            }
    return write_parcel(path, said, sent, now or datetime.now(UTC))


def described(study: Study, secret: bytes, *, fingerprints_only: bool) -> dict[str, object]:
    """Return what a site says of itself beside its tables: collections and their counts, method, purpose, which secret.

    Raises
    ------
    ConfigError
        If the study has no tables yet.
    """
    place = study.store.path(tables.IMAGES)
    if not place.exists():
        raise ConfigError(
            f"expected a scanned study, got none at {study.folder}; run: {to_type('match', study.folder)}"
        )
    images = tables.read(tables.IMAGES, place, ("collection", "status"))
    return {
        "site": study.name,
        "fingerprints_only": fingerprints_only,
        "secret": secret_name(secret),
        "collections": [
            {"name": c.name, "holder": c.holder, "kind": c.kind, **_counts(images, c.name)}
            for c in study.config.collection
        ],
        "method": method(study),
        "privacy": study.config.privacy.model_dump()
        | {"purpose": study.config.privacy.purpose or study.config.study.purpose},
    }


def method(study: Study) -> dict[str, str | int]:
    """Return what must be equal at all sites for fingerprints to be compared: algorithms, parameters, versions, policies."""
    scan, match = study.config.scan, study.config.match
    return {
        "dedupelab": __version__,
        "code": code_digest("collect"),
        "hashers": "imagehash phash 8x8 in eight orientations and trimmed, dhash 8x8, phash 16x16",
        "decode": scan.decode,
        "codes": " ".join(sorted(scan.codes)),
        "metadata": scan.metadata,
        "orientation": "Exif and container orientation applied before hashing",
        "colour": "converted to gray from the decoded colours, transparency on white",
        "max_distance": match.max_distance,
        "gear": study.config.gear,
        **decoder_versions(),
    }


def without_metadata(
    images: pd.DataFrame, pairs: pd.DataFrame, named: Callable[[str], str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return images without metadata and under other names, and their pairs under these."""
    names = {identity: named(identity) for identity in images["image_id"]}
    empty = images.assign(
        **dict.fromkeys(name for name in LEFT_OUT if name not in EMPTY_METADATA), **EMPTY_METADATA
    )
    empty = empty.assign(image_id=empty["image_id"].map(names), path=empty["image_id"].map(names))
    left, right = pairs["left"].map(names), pairs["right"].map(names)
    kept = left < right
    renamed = pairs.assign(left=left, right=right)
    turned = renamed[~kept]
    turned = turned.assign(
        left=turned["right"],
        right=turned["left"],
        transform=turned["transform"].map(tables.INVERSE),
        left_region=turned["right_region"],
        right_region=turned["left_region"],
        differences=None,
        reason=turned["relation"] + ", as the site found",
    )
    both = pd.concat([renamed[kept], turned], ignore_index=True) if len(turned) else renamed
    return tables.IMAGES.conform(empty), tables.DETECTED.conform(both)


def own_name(study: Study) -> Callable[[str], str]:
    """Return the function from image_id to the name that a picture has outside; its key is made once and stays here."""
    path = study.store.root / KEY
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
    key = path.read_bytes()
    return lambda identity: "i" + hmac.digest(key, identity.encode(), "sha256").hex()[:15]


def keyed(images: pd.DataFrame, secret: bytes, table: tables.Table = tables.IMAGES) -> pd.DataFrame:
    """Return the images with keyed digests: equal pictures stay equal, and who lacks the secret can look none up."""
    if not secret:
        return images
    keyed_images = with_keyed_digests(images, secret)
    return table.conform(keyed_images)


def with_keyed_digests(images: pd.DataFrame, secret: bytes) -> pd.DataFrame:
    """Return some columns of images with keyed digests in the place of those among them."""
    keyed_images = images.copy()
    for name in images.columns.intersection(list(DIGESTS)):
        keyed_images[name] = [keyed_digest(value, secret) for value in images[name]]
    return keyed_images


def keyed_digest(digest: object, secret: bytes) -> str | None:
    """Return HMAC-SHA256 (RFC 2104) of a digest's text; without a secret the digest, of no text None."""
    if not isinstance(digest, str):
        return None
    return hmac.digest(secret, digest.encode(), "sha256").hex() if secret else digest


def secret_name(secret: bytes) -> str:
    """Return what identifies a secret without telling it; empty for none."""
    return hmac.digest(secret, b"dedupelab: which secret", "sha256").hex()[:16] if secret else ""


def read_secret(path: Path | None) -> bytes:
    """Read a shared secret.

    Raises
    ------
    PackError
        If it is shorter than 16 bytes: it could be guessed.
    """
    if path is None:
        return b""
    try:
        secret = path.read_bytes().strip()
    except OSError as problem:
        raise PackError(f"expected a secret in {path}, got: {problem.strerror}; check the path") from problem
    if len(secret) < 16:
        raise PackError(
            f"expected 16 random bytes or more in {path}, got {len(secret)}; make it with: openssl rand -hex 32"
        )
    return secret


def _blocks(study: Study, table: tables.Table, secret: bytes = b"") -> Iterator[pd.DataFrame]:
    """Yield a table of the study block by block, its digests keyed; nothing where it is absent."""
    if (path := study.store.path(table)).exists():
        for block in tables.read_blocks(table, path):
            yield keyed(block, secret, table)


def _counts(images: pd.DataFrame, collection: str) -> Mapping[str, int]:
    status = images.loc[images["collection"] == collection, "status"]
    counts = {name: int((status == name).sum()) for name in STATUSES}
    return {"listed": len(status), **counts}
