"""Calibration: known edits of a study's own pictures are planted and looked for with the study's own settings.

What share of each kind of edit is found is the detector's recall on these pictures; links between different pictures are its
errors. Planted edits need not be those that occur, so this is no substitute for a review; it says what bands cannot.
"""

import hashlib
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from dedupelab.errors import CollectionError, ConfigError
from dedupelab.numbers.intervals import clopper_pearson, wilson
from dedupelab.numbers.messages import Message, message, named
from dedupelab.numbers.results import Result, count, share, write_results
from dedupelab.review.review import CALIBRATION
from dedupelab.sample.edits import DERIVED, NEAR, Edit
from dedupelab.study.study import Study
from dedupelab.tables import LINKS, LOW_INFORMATION
from dedupelab.work.progress import Bars, Progress

Strangers = dict[tuple[str, str], int]
"""Links by the two pictures, thought to be different, between whose copies they lie."""

PICTURES = 40
FEWEST_PICTURES = 2
LONGEST = 1600
"""Pixels on the longer side of a planted picture."""
QUALITY = 90
FOUND = message(
    "Planted copies that share a work with their original after scan and match with this study's settings."
)
SETTINGS = """\
[study]
name = "calibration"
[[collection]]
name = "originals"
location = "originals"
[[collection]]
name = "copies"
location = "copies"
[match]
gear = "{gear}"
max_distance = {distance}
"""


def _scaled(picture: Image.Image, _: np.random.Generator, *, factor: float) -> Image.Image:
    return picture.resize((max(32, round(picture.width * factor)), max(32, round(picture.height * factor))))


def _cut(picture: Image.Image, rng: np.random.Generator, *, area: float) -> Image.Image:
    width, height = (max(32, round(side * area**0.5)) for side in picture.size)
    left = int(rng.integers(0, max(1, picture.width - width + 1)))
    top = int(rng.integers(0, max(1, picture.height - height + 1)))
    return picture.crop((left, top, left + width, top + height))


def _turned(picture: Image.Image, _: np.random.Generator, *, degrees: float) -> Image.Image:
    return picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor="white")


STRENGTHS: tuple[tuple[str, Message, Edit], ...] = (
    *((f"resized to {f:.0%}", message("resized to {factor:.0%}", factor=f), partial(_scaled, factor=f)) for f in (0.5, 0.25, 0.125)),
    *((f"cropped to {a:.0%} of the area", message("cropped to {area:.0%} of the area", area=a), partial(_cut, area=a)) for a in (0.9, 0.7, 0.5, 0.3)),
    *((f"turned by {d} degrees", message("turned by {degrees} degrees", degrees=d), partial(_turned, degrees=d)) for d in (2, 5)),
)  # fmt: skip
"""Kinds of edit that are planted at known strengths, besides those of the sample: what each is called, and the edit."""
QUALITIES = {f"re-encoded at quality {quality}": quality for quality in (70, 40, 15)}
KINDS = {
    **{name: said for name, said, _ in STRENGTHS},
    **{name: message("re-encoded at quality {quality}", quality=quality) for name, quality in QUALITIES.items()},
}  # fmt: skip
"""Kinds that say how strong they are, as messages; the others are names."""
EDITS: dict[str, Edit] = {
    **dict.fromkeys(QUALITIES, NEAR["re-encoded"]), **NEAR, **DERIVED, **{name: edit for name, _, edit in STRENGTHS},
}  # fmt: skip


def calibrate(
    study: Study, *, pictures: int = PICTURES, seed: int = 1, bars: Bars
) -> tuple[list[Result], Strangers]:
    """Plant known edits, look for them, and keep the results for the study's reports; return them, and what was linked wrongly.

    Pictures of which nobody knew that they are copies are among the latter, by their image_ids: somebody should look at these.

    Parameters
    ----------
    study
        The study, whose pictures and settings are used.
    pictures
        How many of its works are edited, each in every kind.
    seed
        Equal seeds and pictures give equal results.
    bars
        Makes a progress callback for a label.

    Raises
    ------
    ConfigError
        If fewer than two pictures are asked for.
    CollectionError
        If the study has fewer than two pictures to edit.
    """
    if pictures < FEWEST_PICTURES:
        raise ConfigError(f"expected at least {FEWEST_PICTURES} pictures, got {pictures}; choose more")
    study.match(bars=bars)
    chosen = choose(study.images(), study.members(), pictures, seed)
    if len(chosen) < FEWEST_PICTURES:
        raise CollectionError(
            f"expected at least {FEWEST_PICTURES} pictures that show something, got {len(chosen)}; scan more pictures"
        )
    with tempfile.TemporaryDirectory(prefix="dedupelab-") as name:
        folder = Path(name)
        planted = plant(study.picture, chosen, folder, seed, bars("planting copies"))
        settings = SETTINGS.format(gear=study.config.gear, distance=study.config.match.max_distance)
        (folder / "study.toml").write_text(settings, encoding="utf-8")
        tried = Study(folder)
        tried.match(bars=bars)
        between = strangers(tried.images(), tried.pairs())
        found = judge(planted, tried.images(), tried.members(), tried.pairs(), between)
    study.store.remember(CALIBRATION, "")
    write_results(study.store.root / CALIBRATION, found, study=study.name)
    named = {(chosen[int(one)], chosen[int(two)]): links for (one, two), links in between.items()}
    return found, named


def choose(images: pd.DataFrame, members: pd.DataFrame, pictures: int, seed: int) -> list[str]:
    """Return image_ids to edit: one of each work at most, drawn by content."""
    shown = images[(images["status"] == "hashed") & (images["information"] >= LOW_INFORMATION)]
    group = shown["image_id"].map(members.set_index("image_id")["group_id"])
    work = group.where(group.notna(), shown["sha256"])
    number = [
        hashlib.blake2b(f"{seed}|{digest}".encode(), digest_size=8).hexdigest() for digest in shown["sha256"]
    ]
    drawn = shown.assign(work=work, number=number).sort_values(["number", "image_id"]).drop_duplicates("work")
    return [str(each) for each in drawn["image_id"].head(pictures)]


def plant(
    picture: Callable[[str, int], Image.Image],
    chosen: list[str],
    folder: Path,
    seed: int,
    progress: Progress,
) -> pd.DataFrame:
    """Write originals and edited copies; return `path` in `copies`, `kind` and `source` (the original's file name)."""
    for name in ("originals", "copies"):
        (folder / name).mkdir()
    rows = []
    for number, identity in enumerate(chosen):
        original = picture(identity, LONGEST).convert("RGB")
        source = f"{number:04d}.jpg"
        original.save(folder / "originals" / source, quality=95)
        for place, (kind, edit) in enumerate(EDITS.items()):
            path = f"{number:04d}-{place:02d}.jpg"
            copy = edit(original, np.random.default_rng([seed, number, place])).convert("RGB")
            copy.save(folder / "copies" / path, quality=QUALITIES.get(kind, QUALITY))
            rows.append({"path": path, "kind": kind, "source": source})
        progress(number + 1, len(chosen))
    return pd.DataFrame(rows)


def strangers(images: pd.DataFrame, pairs: pd.DataFrame) -> Strangers:
    """Count the links of a calibration between files made from different pictures, by these pictures' numbers, most first."""
    source = pd.Series(
        [path.split(".")[0].split("-")[0] for path in images["path"]], index=images["image_id"]
    )
    links = pairs[pairs["relation"].isin(LINKS)]
    ends = np.sort(np.stack([source[links[side]].to_numpy(str) for side in ("left", "right")]), axis=0)
    apart = ends[:, ends[0] != ends[1]]
    between, counts = np.unique(apart, axis=1, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return {(str(between[0, k]), str(between[1, k])): int(counts[k]) for k in order}


def judge(
    planted: pd.DataFrame,
    images: pd.DataFrame,
    members: pd.DataFrame,
    pairs: pd.DataFrame,
    between: Strangers,
) -> list[Result]:
    """Return K.pictures, K.recall (all, and by kind), K.false and K.alone from what a study of the planted files found."""
    work = members.set_index("image_id")
    placed = images.assign(
        unit=images["image_id"].map(work["group_id"] + "/" + work["work"].astype(str)),
        source=[path.split("-")[0].removesuffix(".jpg") + ".jpg" for path in images["path"]],
    )
    unit = placed.set_index(["collection", "path"])["unit"]
    copies, originals = (
        pd.Series([unit.get((collection, path)) for path in planted[column]], dtype=object)
        for collection, column in (("copies", "path"), ("originals", "source"))
    )
    found = (copies.notna() & (copies == originals)).to_numpy()
    links = pairs[pairs["relation"].isin(LINKS)]
    works = int(planted["source"].nunique())
    false = sum(between.values())
    apart = works - len({each for pair in between for each in pair})
    whole = (len(planted), message("planted copies"))
    results = [
        count("K.pictures", message("Pictures edited for calibration"), works, "pictures", (works, message("pictures drawn")), message("Counted.")),
        share("K.recall", message("Planted copies that were found"), int(found.sum()), whole, wilson(int(found.sum()), len(planted)), FOUND),
        share(
            "K.false", message("Links that join different pictures of the calibration"), false, (len(links), message("links found")),
            clopper_pearson(false, len(links)) if len(links) else wilson(0, 1),
            message("Links between files made from different works; works that nobody knew to be copies of each other count as false."),
        ),
        share(
            "K.alone", message("Pictures of the calibration that were linked to no other"), apart, (works, message("pictures drawn")),
            wilson(apart, works), message("Pictures of whose original and copies none is linked to a file made from another picture."),
        ),
    ]  # fmt: skip
    for kind, rows in planted.groupby("kind", sort=False).indices.items():
        hits = int(found[rows].sum())
        results.append(
            share(f"K.recall.{str(kind).replace(' ', '-')}", KINDS.get(str(kind), named(str(kind))), hits, (len(rows), message("planted copies")), wilson(hits, len(rows)), FOUND)
        )  # fmt: skip
    return results
