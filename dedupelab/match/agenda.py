"""Agenda: which candidates are opened, as opening a pair costs a thousand times more than proposing it.

First come each picture's nearest candidates of every collection, as overlap between holders is what is sought, and what descriptors
propose (`coverage` has chosen among these). Then what the links found so far make likely: every two of a few linked pictures,
and of many each beside the hub of its work.
"""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.tables import LINKS

NEAREST: Final = 12
"""Candidates by fingerprint opened of each picture in each collection; only works with more copies than this have more."""
HUBS: Final = 6
"""Hubs beside which a picture is laid: a collage has as many as it has parts."""
COMPLETE: Final = 8
"""Linked pictures up to which every two are opened: whether the ends of a chain are copies must not stay unasked."""

Rows = NDArray[np.int64]


def first_round(candidates: pd.DataFrame, collections: pd.Series) -> pd.DataFrame:
    """Return the candidates to open first, in the order given.

    Parameters
    ----------
    candidates
        `left`, `right`, `distance` and `votes` (0 where only the fingerprints are near), each pair once.
    collections
        Collection by image_id.

    Returns
    -------
    pd.DataFrame
        What has votes, and of the others those that at least one of the two pictures has among its nearest.
    """
    near = candidates[candidates["votes"] == 0]
    ends = pd.concat(
        [
            pd.DataFrame(
                {
                    "row": near.index,
                    "own": near[own],
                    "elsewhere": near[far].map(collections),
                    "distance": near["distance"],
                }
            )
            for own, far in (("left", "right"), ("right", "left"))
        ],
        ignore_index=True,
    ).sort_values(["own", "elsewhere", "distance", "row"])
    kept = ends["row"][ends.groupby(["own", "elsewhere"], sort=False).cumcount() < NEAREST]
    return candidates[(candidates["votes"] > 0) | candidates.index.isin(kept)]


def second_round(verified: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs that the links of the first round make likely.

    The hub of a picture is the one with most links among itself and its neighbours. Two pictures linked to one hub need
    not be copies of each other, so that every such pair is opened like any other.

    Parameters
    ----------
    verified
        `left`, `right` and `relation` of the pairs opened so far.

    Returns
    -------
    pd.DataFrame
        `left`, `right` (left < right) and `transform` (identity: nothing is known) of pairs not opened so far, in order.
    """
    linked = verified[verified["relation"].isin(LINKS)]
    names = np.unique(linked[["left", "right"]].to_numpy(object).ravel().astype(str))
    left, right = (np.searchsorted(names, linked[side].to_numpy(str)) for side in ("left", "right"))
    met = pd.concat([_beside_hubs(left, right, len(names)), _beside_all(left, right, len(names))])
    pairs = pd.DataFrame(
        {"left": np.minimum(met["own"], met["far"]), "right": np.maximum(met["own"], met["far"])}
    ).drop_duplicates()
    fresh = pd.DataFrame(
        {
            "left": pd.Series(names[pairs["left"]].astype(object), dtype="str"),
            "right": pd.Series(names[pairs["right"]].astype(object), dtype="str"),
            "transform": pd.Series(["identity"] * len(pairs), dtype="str"),
        }
    )
    opened = pd.MultiIndex.from_frame(verified[["left", "right"]])
    unopened = ~pd.MultiIndex.from_frame(fresh[["left", "right"]]).isin(opened)
    return fresh[unopened].sort_values(["left", "right"]).reset_index(drop=True)


def _beside_hubs(left: Rows, right: Rows, count: int) -> pd.DataFrame:
    """Pair each picture with the hubs of its neighbours, those with most links first: own, far."""
    one, two = np.concatenate([left, right]), np.concatenate([right, left])
    degree = np.bincount(one, minlength=count)
    near = pd.DataFrame({"own": np.r_[one, np.arange(count)], "far": np.r_[two, np.arange(count)]})
    near = near.assign(links=-degree[near["far"]]).sort_values(["own", "links", "far"])
    hub = near.drop_duplicates("own")["far"].to_numpy()
    met = pd.DataFrame({"own": one, "far": hub[two]}).drop_duplicates()
    met = met[met["own"] != met["far"]]
    met = met.assign(links=-degree[met["far"]]).sort_values(["own", "links", "far"])
    return met[met.groupby("own").cumcount() < HUBS][["own", "far"]]


def _beside_all(left: Rows, right: Rows, count: int) -> pd.DataFrame:
    """Pair every two pictures of each small component: own, far."""
    from scipy.sparse import coo_array  # noqa: PLC0415  keeps `import dedupelab` light
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    links = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(count, count))
    component = connected_components(links, directed=False)[1] if count else np.zeros(0, np.int64)
    small = np.bincount(component, minlength=count)[component] <= COMPLETE
    own = pd.DataFrame({"own": np.flatnonzero(small), "component": component[small]})
    met = own.merge(own.rename(columns={"own": "far"}), on="component")
    return met.loc[met["own"] < met["far"], ["own", "far"]]
