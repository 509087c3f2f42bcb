"""The list of works: which region, drawing or exposure each one is, who owns it and what is said of it."""

from dataclasses import dataclass, replace

import numpy as np

from dedupelab.sample import drawings
from dedupelab.sample.holders import BY_COLLECTION, HOLDERS, tell
from dedupelab.sample.labels import Labels
from dedupelab.sample.photographs import Region

BURSTS, BURST_FRAMES = 12, 2
POSTCARDS, SLIDES = 10, 8
AI_MADE = 26
_GRAY = frozenset(
    f"skimage/data/{name}.png"
    for name in (
        "brick",
        "camera",
        "cell",
        "clock_motion",
        "coins",
        "grass",
        "gravel",
        "horse",
        "moon",
        "page",
        "text",
    )
)


@dataclass(frozen=True)
class Work:
    """One different picture.

    `kind` is how it comes about: `region`, `burst` (frame `part` of the region's scene), `stereo` (`part` 0 left, 1
    right), `postcard` (a region on a template), `slide` (drawing number `part` on a template) or `low-information`
    (drawing number `part`). `scene` is shared by the exposures of one scene; `of` is the work a variant varies.
    """

    name: str
    scene: str
    kind: str
    owner: str
    facts: Labels
    longest: int = 0
    region: Region | None = None
    part: int = 0
    of: str = ""
    gray: bool = False


_OWNERS = [holder.collection for holder in HOLDERS]
_LENGTHS = [320, 360, 400, 450, 480, 512, 560, 640, 720, 900]


def list_works(regions: list[Region], rng: np.random.Generator) -> list[Work]:
    """Return every work, each variant after the work it varies."""
    cut = [position for position, region in enumerate(regions) if region.photograph.side]
    chosen = [int(position) for position in rng.permutation(cut)]
    carded, burst = set(chosen[:POSTCARDS]), set(chosen[POSTCARDS : POSTCARDS + BURSTS])
    made = set(chosen[POSTCARDS + BURSTS : POSTCARDS + BURSTS + AI_MADE])
    large = set(chosen[-6:])
    works: list[Work] = []
    for position, region in enumerate(regions):
        owner = str(rng.choice(_OWNERS, p=[0.28, 0.28, 0.26, 0.18]))
        if position in carded:
            owner = "film-archive"
        elif position in made:
            owner = str(rng.choice(["stock-agency", "trade-portal"], p=[0.4, 0.6]))
        number = len(works) + 1
        name = _name(number)
        first = Work(
            name=name,
            scene=name,
            kind="postcard" if position in carded else "region",
            owner=owner,
            facts=tell(number, BY_COLLECTION[owner], _title(region), rng, ai_made=position in made),
            longest=1400 if position in large else int(rng.choice(_LENGTHS)),
            region=region,
            gray=region.photograph.file in _GRAY and position not in carded,
        )
        works.append(first)
        if position in burst:
            works += [_later(first, number + frame, frame, "burst") for frame in range(1, BURST_FRAMES + 1)]
    works += _stereo_pair(len(works) + 1, rng)
    works += _slides(len(works) + 1, rng)
    return works + _low_information(len(works) + 1)


def _stereo_pair(number: int, rng: np.random.Generator) -> list[Work]:
    facts = tell(number, BY_COLLECTION["stock-agency"], ("Motorcycle in a workshop", "車房內的電單車"), rng)
    left = Work(_name(number), _name(number), "stereo", "stock-agency", facts, longest=741)
    return [left, _later(left, number + 1, 1, "stereo")]


def _slides(number: int, rng: np.random.Generator) -> list[Work]:
    owner, slides = BY_COLLECTION["trade-portal"], []
    for part in range(SLIDES):
        facts = tell(number + part, owner, (f"Market notes {part + 1}", f"市場札記 {part + 1}"), rng)
        slides.append(
            Work(_name(number + part), _name(number + part), "slide", owner.collection, facts, part=part)
        )
    return slides


def _low_information(number: int) -> list[Work]:
    works = []
    for part, (title, _) in enumerate(drawings.low_information()):
        name = _name(number + part)
        facts = Labels(title=title, carriers=("xmp",))
        works.append(Work(name, name, "low-information", _OWNERS[part % len(_OWNERS)], facts, part=part))
    return works


def _later(first: Work, number: int, part: int, kind: str) -> Work:
    """Return another exposure's work: another identifier and, where seconds are known, another second."""
    facts, date = first.facts, first.facts.date_created
    if "T" in date:
        date = f"{date[:-2]}{(int(date[-2:]) + part) % 60:02d}"
    guid = f"{facts.guid.rpartition(':')[0]}:{number:06d}"
    facts = replace(facts, date_created=date, guid=guid, document_id=f"xmp.did:{number:08x}")
    return replace(first, name=_name(number), kind=kind, facts=facts, part=part, of=first.name)


def _name(number: int) -> str:
    return f"w{number:03d}"


def _title(region: Region) -> tuple[str, str]:
    photograph = region.photograph
    if not photograph.side:
        return photograph.subject, photograph.subject_zh
    return f"{photograph.subject}, plate {region.number}", f"{photograph.subject_zh}（{region.number}）"
