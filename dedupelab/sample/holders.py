"""Who holds, makes and credits: every name is invented, and what one copy says of a work another may contradict.

`tell` gives a work its facts, `retell` what one copy makes of them: the same, less, differently written (compatible),
or something else (a conflict).
"""

from dataclasses import dataclass, replace

import numpy as np

from dedupelab.sample.labels import AI_COMPOSITE, AI_MADE, Labels


@dataclass(frozen=True)
class Holder:
    """One collection's holder. `years` bounds when its own pictures were made; `dates` is the precision it knows."""

    collection: str
    kind: str
    name: str
    credit: str
    host: str
    terms: str
    years: tuple[int, int]
    dates: tuple[str, ...]
    people: tuple[str, ...]


HOLDERS = (
    Holder(
        "film-archive",
        "archive",
        "Kwun Hoi Film and Photograph Archive",
        "觀海影像資料館",
        "kwunhoi.example",
        "Reading room use; reproduction by written permission",
        (1952, 1996),
        ("year", "year", "day"),
        (
            "歐陽曉嵐",
            "Alastair Penhaligon-Whitcombe of Kwun Hoi",
            "甘沐晴",
            "Ottoline Marchbanks",
            "Studio Sze & Daughters",
        ),
    ),
    Holder(
        "news-library",
        "newsroom",
        "Harbour Ledger News Library",
        "Harbour Ledger",
        "harbourledger.example",
        "Editorial use only",
        (2008, 2025),
        ("second",),
        (
            "Mira Fenwick-Lau",
            "尹柏舟",
            "Tobias Okonjo-Reed",
            "Bartholomew Szeto-Featherstonehaugh",
            "Inès Caradec",
        ),
    ),
    Holder(
        "stock-agency",
        "stock",
        "Brightquay Pictures Limited",
        "Brightquay",
        "brightquay.example",
        "Rights managed; licence required for every use",
        (2012, 2025),
        ("second", "day"),
        (
            "Jonas Vinterberg-Ho",
            "Lucía Abrantes",
            "Konstantin Papadimitriou-Winterbourne",
            "連芷珊",
            "Ned Quillfeather",
        ),
    ),
    Holder(
        "trade-portal",
        "portal",
        "Tradewharf Portal",
        "Tradewharf",
        "tradewharf.example",
        "For listing on the portal",
        (2018, 2025),
        ("day", "second"),
        ("Tradewharf Studio", "關以諾", "Merrin Goods Photography", "Poppy Tang-Aldersey"),
    ),
)
"""The four holders, in the order of study.toml."""  # fmt: skip

BY_COLLECTION = {holder.collection: holder for holder in HOLDERS}
CAMERAS = ("Fennec 3", "Halcyon M2", "Ostrava 35", "Kestrel X")
MANNERS = {
    "same": 34, "none": 14, "stripped": 14, "iim-only": 9, "xmp-only": 5, "exif-only": 4, "capitals": 3,
    "sign": 4, "order": 3, "day-only": 3, "creator": 8, "credit": 8, "copyright_notice": 5, "licensor": 7,
    "date_created": 6, "caption": 3, "pool-camera": 2,
}  # fmt: skip
"""How copies retell a work's facts, and how often. A name of a field means: contradicts that field."""  # fmt: skip


def tell(
    number: int, owner: Holder, title: tuple[str, str], rng: np.random.Generator, *, ai_made: bool = False
) -> Labels:
    """Return the facts of a work as its first holder writes them; `title` is English and Chinese."""
    people = [str(name) for name in rng.permutation(owner.people)]
    creators = () if ai_made else tuple(people[: 2 if rng.random() < 0.15 else 1])
    years = (2024, 2025) if ai_made else owner.years
    made = _moment(years, str(rng.choice(owner.dates)), rng)
    notice = f"© {made[:4]} {owner.name}"
    name = title[1] if rng.random() < 0.3 else title[0]
    return Labels(
        creators=creators,
        credit=owner.credit
        if ai_made or rng.random() < 0.5
        else f"{creators[0].split(' of ')[0]}/{owner.credit}",
        copyright_notice=notice if rng.random() < 0.8 else owner.name,
        copyright_owner=owner.name if rng.random() < 0.6 else "",
        licensor=owner.name if owner.kind in {"stock", "newsroom"} else "",
        usage_terms=owner.terms,
        web_statement=f"https://{owner.host}/rights/{number:04d}",
        source=owner.credit,
        title=name,
        caption=f"{title[0]}. {title[1]}。",
        date_created=made,
        guid=f"urn:{owner.host}:{number:06d}",
        document_id=f"xmp.did:{number:08x}",
        digital_source_type=AI_MADE if ai_made else "",
        camera="" if ai_made or len(made) < 10 else CAMERAS[int(rng.integers(len(CAMERAS)))],
        position=_position(rng) if owner.kind == "newsroom" and rng.random() < 0.3 else None,
    )


def retell(
    facts: Labels, manner: str, holder: Holder, rng: np.random.Generator
) -> tuple[Labels | None, dict[str, str]]:
    """Return a copy's labels and, for each field it contradicts, what it claims instead.

    Parameters
    ----------
    manner
        One of `MANNERS`, or `composite`: labelled as partly AI-made.
    """
    if manner == "none":
        return None, {}
    if manner == "stripped":
        return facts.without_rights(), {}
    if manner.endswith("-only") and manner != "day-only":
        return replace(facts, carriers=(manner.removesuffix("-only"),)), {}
    written = {
        "same": lambda: facts,
        "capitals": lambda: replace(facts, creators=tuple(name.upper() for name in facts.creators)),
        "sign": lambda: replace(facts, copyright_notice=_toggle_sign(facts)),
        "order": lambda: replace(facts, creators=facts.creators[::-1]),
        "day-only": lambda: replace(facts, date_created=facts.date_created.partition("T")[0]),
        "composite": lambda: replace(facts, digital_source_type=AI_COMPOSITE),
    }
    if manner in written:
        return written[manner](), {}
    return _contradict(facts, manner, holder, rng)


def _contradict(
    facts: Labels, field: str, holder: Holder, rng: np.random.Generator
) -> tuple[Labels, dict[str, str]]:
    """Change what one field claims; a claim that happens to be the same is no contradiction."""
    if field == "creator":
        others = [person for someone in HOLDERS for person in someone.people if person not in facts.creators]
        other = str(rng.choice(others))
        return replace(facts, creators=(other,)), {"creator": other}
    if field == "pool-camera":
        pool = f"Pool camera {int(rng.integers(2, 9))}"
        return replace(facts, artist=pool), {"creator": pool}
    if field == "date_created":
        year = int(facts.date_created[:4])
        other = f"{year - int(rng.integers(1, 6))}{facts.date_created[4:]}".replace("-02-29", "-02-28")
        return replace(facts, date_created=other), {"date_created": other}
    if field == "caption":
        other = f"Picture {int(rng.integers(1000, 9999))} of a series. 系列照片。"
        return replace(facts, caption=other), {"caption": other}
    claims = {
        "credit": f"{holder.credit} Picture Desk",
        "copyright_notice": f"© 2025 {holder.credit} and its contributors",
        "licensor": f"{holder.credit} Licensing",
    }
    claim = claims[field]
    return replace(facts, **{field: claim}), {field: claim}  # type: ignore[arg-type]  # a text field by its name


def _toggle_sign(facts: Labels) -> str:
    """`© 2024 X` becomes `X`, and `X` becomes `© 2024 X`: the same claim."""
    notice = facts.copyright_notice
    return notice.split(" ", 2)[2] if notice.startswith("©") else f"© {facts.date_created[:4]} {notice}"


def _moment(years: tuple[int, int], precision: str, rng: np.random.Generator) -> str:
    year = int(rng.integers(years[0], years[1] + 1))
    month = int(rng.integers(1, 13))
    day = int(rng.integers(1, 29))
    hour, minute, second = int(rng.integers(7, 20)), int(rng.integers(60)), int(rng.integers(60))
    if precision == "year":
        return f"{year}"
    date = f"{year}-{month:02d}-{day:02d}"
    return date if precision == "day" else f"{date}T{hour:02d}:{minute:02d}:{second:02d}"


def _position(rng: np.random.Generator) -> tuple[float, float]:
    """Somewhere on open water: nobody's address."""
    return round(float(rng.uniform(21.6, 21.9)), 4), round(float(rng.uniform(114.4, 115.0)), 4)
