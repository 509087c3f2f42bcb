"""Where each holder keeps a file: its folders and file names, in any script people use."""

from datetime import date

import numpy as np

from dedupelab.sample.files import KINDS
from dedupelab.sample.labels import Labels

_ENDINGS = {
    "jpeg": (".jpg", ".jpg", ".jpeg"),
    "tiff": (".tif", ".tiff"),
    "png": (".png",),
    "webp": (".webp",),
    "gif": (".gif",),
}


def place(
    collection: str,
    form: str,
    labels: Labels | None,
    ingested: date,
    number: int,
    taken: set[str],
    rng: np.random.Generator,
) -> str:
    """Return a new path within the collection and remember it in `taken` (compared without case)."""
    name = _NAMERS[collection](labels, ingested, number, rng)
    ending = str(rng.choice(_ENDINGS[KINDS[form]]))
    if collection == "trade-portal" and rng.random() < 0.25:
        ending = ending.upper()
    path = f"{name}{ending}"
    while f"{collection}/{path}".lower() in taken:
        number += 1000
        path = f"{_NAMERS[collection](labels, ingested, number, rng)}{ending}"
    taken.add(f"{collection}/{path}".lower())
    return path


def _archive(labels: Labels | None, ingested: date, number: int, rng: np.random.Generator) -> str:  # noqa: ARG001  one shape for all
    year = labels.date_created[:4] if labels is not None and labels.date_created else "undated"
    reel = int(rng.integers(1, 7))
    names = (
        f"{year}/reel {reel:02d}/KH-{number:04d}",
        f"{year}/reel {reel:02d}/KH-{number:04d} recto",
        f"館藏照片/{year}/觀海_{number:04d}",
        f"legs Étienne Marchbanks/carte n° {number} – façade",
    )
    return names[int(rng.choice(4, p=[0.4, 0.2, 0.25, 0.15]))]


def _newsroom(labels: Labels | None, ingested: date, number: int, rng: np.random.Generator) -> str:  # noqa: ARG001  one shape for all
    names = (
        f"{ingested:%Y/%m/%d}/HL{ingested:%Y%m%d}_{number:04d}",
        f"{ingested:%Y/%m/%d}/pool {number:04d} (second send)",
        f"圖片/{ingested:%Y}年{ingested.month}月/海港_{number:04d}",
    )
    return names[int(rng.choice(3, p=[0.65, 0.1, 0.25]))]


def _agency(labels: Labels | None, ingested: date, number: int, rng: np.random.Generator) -> str:  # noqa: ARG001  one shape for all
    key = 4400000 + number * 37
    return (
        f"BQ/{key // 1000 % 10}/bq-{key}"
        if rng.random() < 0.85
        else f"BQ/selects/Señal & Ørsted {number:04d}"
    )


def _portal(labels: Labels | None, ingested: date, number: int, rng: np.random.Generator) -> str:  # noqa: ARG001  one shape for all
    names = (
        f"uploads/{ingested:%Y-%m}/IMG_{number:04d}",
        f"uploads/{ingested:%Y-%m}/IMG_{number:04d} (1)",
        f"uploads/新貨 🚢 {number:04d}",
        f"shops/merrin-goods/products/item{number:04d}",
        f"shops/商戶_{number % 7}/相片 {number:04d}",
    )
    return names[int(rng.choice(5, p=[0.4, 0.12, 0.13, 0.2, 0.15]))]


_NAMERS = {
    "film-archive": _archive,
    "news-library": _newsroom,
    "stock-agency": _agency,
    "trade-portal": _portal,
}
