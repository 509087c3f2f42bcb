"""Contents: images whose digests prove that they show one and the same thing, known by one of them."""

import numpy as np
import pandas as pd

from dedupelab.tables.components import components

DIGESTS = ("sha256", "payload_sha256", "pixel_sha256")


def content_classes(images: pd.DataFrame) -> pd.Series:
    """Return for each hashed image the smallest image_id of those that any digest proves equal; indexed by image_id.

    >>> digests = {"sha256": ["x", "y", "y"], "payload_sha256": ["p", "p", None], "pixel_sha256": [None] * 3}
    >>> content_classes(pd.DataFrame({"image_id": ["b", "a", "c"], "status": "hashed", **digests})).to_dict()
    {'b': 'a', 'a': 'a', 'c': 'a'}
    """
    hashed = images.loc[images["status"] == "hashed", ["image_id", *DIGESTS]]
    first = hashed["image_id"].to_numpy(object).copy()
    rows, digests, count = [], [], len(hashed)
    for digest in DIGESTS:
        shared = np.flatnonzero(shared_digests(hashed[digest]))
        codes, different = pd.factorize(hashed[digest].iloc[shared])
        rows.append(shared)
        digests.append(codes + count)
        count += len(different)
    ends = np.concatenate(rows), np.concatenate(digests)
    if len(ends[0]):
        # Images and digests are the nodes; a part of this graph is a class, and its first name stands for it.
        part = components(*ends, count)
        joined = np.unique(ends[0])
        named = joined[np.argsort(first[joined])]
        parts, place = np.unique(part[named], return_index=True)
        first[joined] = first[named[place]][np.searchsorted(parts, part[joined])]
    return pd.Series(first, index=pd.Index(hashed["image_id"].to_numpy(object), dtype="str"), dtype="str")


def shared_digests(digests: "pd.Series[str]") -> "pd.Series[bool]":
    """Say of each digest whether another image has it, too; what has none shares none."""
    return digests.notna() & digests.duplicated(keep=False)


def contents_by_digest(images: pd.DataFrame) -> "pd.Series[str]":
    """Return what a file is known by, its SHA-256 or that of its picture, with the image_id of its content (`content_classes`)."""
    classes, hashed = content_classes(images), images[images["status"] == "hashed"]
    known = [
        pd.Series(hashed["image_id"].map(classes).to_numpy(object), hashed[name].to_numpy(object))
        for name in DIGESTS[:2]
    ]
    of = pd.concat(known)
    return of[of.index.notna() & ~of.index.duplicated()]
