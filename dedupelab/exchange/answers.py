"""A site's answers: relations of its own pictures, pixel digests and, only where the site agrees, small gray pictures."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

from dedupelab import tables
from dedupelab.errors import ConfigError, PackError
from dedupelab.exchange.manifest import keyed_digest, own_name, secret_name
from dedupelab.exchange.parcel import Parcel, open_parcel, write_parcel
from dedupelab.exchange.questions import QUESTIONS
from dedupelab.exchange.remote_pictures import FULL
from dedupelab.match.compare.loader import Loader
from dedupelab.match.frames import Files, contents_of
from dedupelab.study.pictures import frames_at, gray_at, large_at, pixel_digests
from dedupelab.study.study import Study
from dedupelab.tables.parquet import text

PIXELS = tables.Table(
    "pixels",
    (
        text("image_id", "of the question", nullable=False),
        text("pixel_sha256", "SHA-256 of decoded, oriented pixels with size and mode"),
    ),
    order=("image_id",),
)  # fmt: skip
SKETCHES = tables.Table(
    "sketches",
    (
        text("image_id", "of the question", nullable=False),
        tables.Column("gray", pa.binary(), "the picture in gray at the size that the site allows, as PNG"),
    ),
    order=("image_id",),
)


@dataclass(frozen=True)
class Answered:
    """What all sites answered."""

    pixels: Mapping[str, str] = field(default_factory=dict)
    pairs: pd.DataFrame = field(default_factory=tables.PAIRS.empty)
    sketches: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict)
    side: int = FULL
    """Longer side in pixels of the smallest kind of sketch."""


@dataclass(frozen=True)
class Answer:
    """What was answered, and what was not."""

    path: Path
    asked_by: str
    relations: int
    pixels: int
    sketches: int
    declined: int
    """Sketches that were asked for and are not sent."""


def answer(
    study: Study,
    questions: Path,
    path: Path,
    *,
    sketch: int = 0,
    secret: bytes = b"",
    key: str = "",
    now: datetime | None = None,
) -> Answer:
    """Answer a signed list of questions from the site's own pictures; none of them leaves, but for sketches where allowed.

    Parameters
    ----------
    questions, path
        The list, and the file to write.
    sketch
        Longer side in pixels of the gray pictures that may leave; 0 sends none. At 512 the comparison is what it is
        at home, and the picture is there for all to see.
    secret
        The shared secret with which the manifest's digests were keyed.
    key
        Public key that may ask; any when empty.

    Raises
    ------
    PackError
        If the list is not whole, asks another site, is signed by another key, or asks about pictures that are not here.
    ConfigError
        If the sketch's size is out of bounds.
    """
    if not 0 <= sketch <= FULL:
        raise ConfigError(f"sketch must be within 0..{FULL}, got {sketch}; 0 sends no pictures")
    with TemporaryDirectory(prefix="dedupelab-answer-") as folder:
        parcel = open_parcel(questions, Path(folder), now=now)
        _check(parcel, study, secret, key)
        asked = parcel.table(QUESTIONS)
    images = study.images()
    outside = own_name(study) if parcel.facts["fingerprints_only"] else str
    names = {outside(identity): identity for identity in images.loc[images["status"] == "hashed", "image_id"]}
    strangers = (set(asked["left"]) | set(asked["right"].dropna())) - set(names)
    if strangers:
        raise PackError(
            f"{parcel.name}: expected questions about pictures of this study, got {len(strangers):,} about others "
            f"({min(strangers)}); export again and ask for new questions"
        )
    addresses = study.addresses(images)
    pairs = _relations(images, asked[asked["kind"] == "relation"], names, addresses)
    wanted = list(asked.loc[asked["kind"] == "pixels", "left"])
    digests = pixel_digests([names[name] for name in wanted], addresses=addresses)
    pixels = PIXELS.from_rows(
        {"image_id": name, "pixel_sha256": keyed_digest(digests.get(names[name]), secret)} for name in wanted
    )
    requested = list(asked.loc[asked["kind"] == "sketch", "left"])
    sketches = SKETCHES.from_rows(
        {"image_id": name, "gray": _sketch(addresses[names[name]], sketch)}
        for name in (requested if sketch else ())
    )
    facts = {"kind": "answers", "site": study.name, "sketch": sketch}
    write_parcel(
        path, facts, {tables.PAIRS: pairs, PIXELS: pixels, SKETCHES: sketches}, now or datetime.now(UTC)
    )
    return Answer(
        path, parcel.signed.known_as, len(pairs), len(pixels), len(sketches), len(requested) - len(sketches)
    )


def answered(parcels: Sequence[Parcel], images: pd.DataFrame, sites: Sequence[Parcel]) -> Answered:
    """Join the answers of all sites, later ones first; a site speaks of its own pictures alone.

    Raises
    ------
    PackError
        If a site says something about another's picture, or a sketch is none.
    """
    held = {p.site: {c["name"] for c in p.facts["collections"]} for p in sites}
    pixels: dict[str, str] = {}
    sketches: dict[str, NDArray[np.uint8]] = {}
    pairs = [tables.PAIRS.empty()]
    for parcel in sorted(parcels, key=lambda p: str(p.facts["created"])):
        own = set(images.loc[images["collection"].isin(held[parcel.site]), "image_id"])
        said, digests, drawn = parcel.table(tables.PAIRS), parcel.table(PIXELS), parcel.table(SKETCHES)
        spoken = {*said["left"], *said["right"], *digests["image_id"], *drawn["image_id"]}
        if not spoken <= own:
            raise PackError(
                f"{parcel.name}: expected answers about the site's own pictures, got {min(spoken - own)}; ask the sender"
            )
        pairs.insert(0, said)
        known = digests.dropna(subset=["pixel_sha256"])
        pixels |= dict(zip(known["image_id"], known["pixel_sha256"], strict=True))
        for name, data in zip(drawn["image_id"], drawn["gray"], strict=True):
            gray = _drawn(data, parcel.name)
            if name not in sketches or gray.size > sketches[name].size:
                sketches[name] = gray
    side = min((p.facts["sketch"] for p in parcels if p.facts["sketch"]), default=FULL)
    return Answered(pixels, pd.concat(pairs, ignore_index=True), sketches, side)


def _check(parcel: Parcel, study: Study, secret: bytes, key: str) -> None:
    if parcel.facts["kind"] != "questions" or parcel.site != study.name:
        raise PackError(
            f"{parcel.name}: expected questions to {study.name}, got {parcel.facts['kind']} of or to {parcel.site}; "
            "name the file that was written for this site"
        )
    if key and not parcel.signed.is_by(key):
        raise PackError(
            f"{parcel.name}: expected questions signed by the key that was named, got {parcel.signed.known_as}; ask them"
        )
    if secret_name(secret) != parcel.facts["secret"]:
        raise PackError(
            f"{parcel.name}: expected the secret that the manifest was keyed with, got another or none; give it with --secret"
        )


def _relations(
    images: pd.DataFrame,
    asked: pd.DataFrame,
    names: Mapping[str, str],
    addresses: dict[str, str],
) -> pd.DataFrame:
    """Open the pairs asked about and judge them as a match does."""
    if not len(asked):
        return tables.PAIRS.empty()
    from dedupelab.match.compare.verification import AlignedComparison  # noqa: PLC0415  loads OpenCV
    from dedupelab.match.compare.verified_pairs import verify_pairs  # noqa: PLC0415

    inside = asked.assign(left=asked["left"].map(names), right=asked["right"].map(names)).reset_index(
        drop=True
    )
    judged = verify_pairs(
        inside[["left", "right", "transform"]],
        Loader(addresses, gray_at, large_at),
        AlignedComparison(),
        files=Files(contents_of(images), addresses, frames_at),
    )
    home = images.set_index("image_id")["collection"]
    crossing = home.reindex(judged["left"]).to_numpy() != home.reindex(judged["right"]).to_numpy()
    outside = judged.assign(
        left=asked["left"].to_numpy(),
        right=asked["right"].to_numpy(),
        distance=None,
        cross_collection=crossing,
    )
    return tables.PAIRS.conform(outside)


def _sketch(where: str, side: int) -> bytes:
    picture = Image.fromarray(gray_at(where))
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _drawn(data: bytes, name: str) -> NDArray[np.uint8]:
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
            if picture.mode != "L" or max(picture.size) > FULL:
                raise PackError(
                    f"{name}: expected gray sketches up to {FULL} pixels, got {picture.mode} {picture.size}; ask the sender"
                )
            return np.asarray(picture, np.uint8).copy()
    except (OSError, SyntaxError, ValueError) as problem:
        if isinstance(problem, PackError):
            raise
        raise PackError(f"{name}: expected sketches as PNG, got: {problem}; ask the sender") from problem
