"""Manifests to one study: the same tables, graph and numbers as if the pictures were here, as far as pixels are not needed."""

import json
import os
import shutil
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from dedupelab import tables
from dedupelab.errors import PackError, writing
from dedupelab.exchange.answers import Answered, answered
from dedupelab.exchange.checks_before_merge import (
    OWN_PAIRS,
    answers_of,
    check_room,
    manifests_of,
    read_together,
    signers,
    with_answers,
)
from dedupelab.exchange.parcel import Parcel, open_parcel
from dedupelab.exchange.questions import ask
from dedupelab.exchange.remote_pictures import RemoteVerifier, candidate_frame, verdicts_of
from dedupelab.match.exact import pixel_suspects
from dedupelab.match.frames import contents_of
from dedupelab.match.pair_selection import nearest
from dedupelab.match.pairing import examine_pairs, near_candidates, representatives
from dedupelab.pack.toml import toml
from dedupelab.settings.study_toml import FILE
from dedupelab.study.execution import GIVEN
from dedupelab.study.study import Study
from dedupelab.tables.contents import content_classes
from dedupelab.tables.keys import code_digest, key_for
from dedupelab.tables.store import FOLDER
from dedupelab.tables.whole_file import whole_file

KEPT = "parcels"
"""Folder of a merged study that keeps what was sent to it."""


@dataclass(frozen=True)
class Merged:
    """What a merge came to."""

    study: Study
    images: int
    pairs: int
    undecided: int
    notes: list[str] = field(default_factory=list)
    questions: list[Path] = field(default_factory=list)
    """One file for each site that can settle something; answered there with `dedupelab answer`."""


def merge(
    study: str | Path,
    parcels: Sequence[Path],
    *,
    keys: Sequence[str] = (),
    now: datetime | None = None,
) -> Merged:
    """Join manifests, and answers to what earlier merges left open, into a study.

    Parameters
    ----------
    study
        Folder of the merged study. Its study.toml is written when there is none; what was merged before is kept.
    parcels
        Manifests and answers; a manifest of a site that sent one before replaces it.
    keys
        Public keys that may have signed (`.pub` files or keys); any when empty, which is remarked on.

    Raises
    ------
    PackError
        If a parcel is damaged, altered, of another method than the others, past its retention date, signed by another
        key than those named, or says the same as another under another name. Nothing of the study is changed then.
    """
    moment = now or datetime.now(UTC)
    folder = Path(study).resolve()
    kept = folder / FOLDER / KEPT
    before = sorted(kept.glob("*.zip")) if kept.is_dir() else []
    with writing(f"in {folder}", "choose another folder"):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".dedupelab-merge-", dir=folder) as name:
            opened = [
                open_parcel(path, Path(name) / str(number), now=moment)
                for number, path in enumerate([*before, *parcels])
            ]
            sites = manifests_of(opened, len(before), moment)
            check_room(sites, _memory())
            notes = signers(opened, keys)
            sent = read_together(sites, notes)
            said = answers_of(opened, sites)
            if not (folder / FILE).exists():
                (folder / FILE).write_text(_settings(folder.name, sites), encoding="utf-8")
            merged = Study(folder)
            _check_names(merged, sites)
            answers = answered(said, sent.images, sites)
            images, examined, open_, suspects = _examined(
                merged,
                sent.images,
                sent.pairs,
                answers,
                thorough={
                    c["name"]
                    for site in sites
                    if site.facts["method"][OWN_PAIRS] == "thorough"
                    for c in site.facts["collections"]
                },
            )
            _keep(kept, sites, said, [*before, *parcels], opened)
            key = key_for([p.facts["files"] for p in (*sites, *said)], code_digest("match", "exchange"))
            merged.store.remember(GIVEN, json.dumps({p.site: p.signed.key for p in sites}, indent=1) + "\n")
            for table in (tables.SCANNED, tables.IMAGES):
                merged.store.write_blocks(table, with_answers(sites, table, answers.pixels), key)
            merged.store.write(tables.RECORDS, sent.records, key)
            merged.store.write(tables.CROSSWALK, sent.crosswalk, key)
            merged.store.write(tables.DETECTED, examined, key)
            merged.match()
            questions = ask(sites, images, open_, suspects, folder / "questions", moment)
    return Merged(merged, len(images), len(examined), len(open_), notes, questions)


def _examined(
    study: Study, images: pd.DataFrame, pairs: pd.DataFrame, said: Answered, *, thorough: Collection[str]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, list[str]]:
    """Find pairs as a study with pictures does, with what the sites know in the place of opening them.

    `thorough` names the collections in which descriptors proposed pairs. Returns images, pairs, those of the pairs that lack pixels, and
    images whose pixel digest could settle a relation.
    """
    known_pixels = images["image_id"].map(said.pixels).astype("str").fillna(images["pixel_sha256"])
    images = images.assign(pixel_sha256=known_pixels)
    classes = content_classes(images)
    by_name = {str(name): str(first) for name, first in classes.items()}
    found = near_candidates(images, study.config.match.max_distance, threads=study.config.workers)
    # As one study would ask: what one site has settled for itself does not spare another its digest.
    unsettled = images.assign(pixel_sha256=pd.Series(None, index=images.index, dtype="str"))
    suspects = pixel_suspects(unsettled, found, tables.LOW_INFORMATION)
    suspects = sorted(set(suspects) & set(images.loc[images["pixel_sha256"].isna(), "image_id"]))
    home = images.set_index("image_id")["collection"]
    asked = nearest(found, home)
    # What descriptors proposed at the sites is not found by fingerprints.
    proposed = pairs[pairs["left"].map(home).isin(thorough)]
    asked = asked.with_frame(candidate_frame(proposed))
    asked = representatives(asked, classes)
    known = verdicts_of(pd.concat([said.pairs, pairs], ignore_index=True), by_name)
    sketches = {by_name.get(name, name): gray for name, gray in said.sketches.items()}
    homes = {str(name): str(collection) for name, collection in home.items()}
    verifier = RemoteVerifier(known, by_name, homes, sketches, said.side, contents_of(images))
    examined = examine_pairs(images, asked, verifier.load, verifier=verifier).frame()
    return images, examined, verifier.open_pairs(examined), suspects


def _memory() -> int:
    """Return how many bytes of memory this machine has; 0 where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0


def _settings(name: str, sites: Sequence[Parcel]) -> str:
    """Return a study.toml for the manifests."""
    privacy = [p.facts["privacy"] for p in sites]
    ends = [p["retention"] for p in privacy if p["retention"]]
    persons = [p["persons"] for p in privacy]
    settings: dict[str, Any] = {
        "study": {
            "name": name,
            "purpose": next((p["purpose"] for p in privacy if p["purpose"]), ""),
            "owner": "",
        },
        "collection": [
            {
                "name": c["name"],
                "location": "in a manifest",
                "holder": c["holder"],
                "kind": c["kind"] or "manifest",
            }
            for p in sites
            for c in p.facts["collections"]
        ],
        "match": {
            # No more is said than holds of all: a site that was quick did not look for small crops.
            "gear": "thorough" if all(p.facts["method"][OWN_PAIRS] == "thorough" for p in sites) else "quick",
            "max_distance": sites[0].facts["method"]["max_distance"],
        },
        "privacy": {
            "retention": min(ends, default=""),
            "adverse_action": "possible"
            if any(p["adverse_action"] == "possible" for p in privacy)
            else privacy[0]["adverse_action"],
            "persons": sum(persons) if None not in persons else None,
        },
    }
    return "# Written by dedupelab merge; harm, report and other sections may be added.\n\n" + toml(settings)


def _check_names(study: Study, sites: Sequence[Parcel]) -> None:
    sent = {c["name"] for p in sites for c in p.facts["collections"]}
    named = {c.name for c in study.config.collection}
    if sent != named:
        odd = min(sent ^ named)
        raise PackError(
            f"expected the collections of {FILE} ({', '.join(sorted(named))}), got manifests of {', '.join(sorted(sent))}; "
            f"add or remove {odd} there"
        )
    if study.config.match.max_distance != sites[0].facts["method"]["max_distance"]:
        raise PackError(f"expected the manifests' max_distance, got another in {FILE}; make it the same")


def _keep(
    kept: Path,
    sites: Sequence[Parcel],
    said: Sequence[Parcel],
    paths: Sequence[Path],
    opened: Sequence[Parcel],
) -> None:
    """Keep the parcels that count, under names of our own; forget those that were replaced."""
    kept.mkdir(parents=True, exist_ok=True)
    current = set()
    for parcel, path in zip(opened, paths, strict=True):
        if parcel in sites or parcel in said:
            target = kept / f"{key_for(parcel.facts['files'], parcel.site)[:24]}.zip"
            if path != target:
                with whole_file(target) as partial:
                    shutil.copyfile(path, partial)
            current.add(target)
    for stale in set(kept.glob("*.zip")) - current:
        stale.unlink()
