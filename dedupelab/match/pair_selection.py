"""Agenda: which candidates are opened, as opening a pair costs a thousand times more than proposing it.

First come each picture's nearest candidates of every collection, as overlap between holders is what is sought, and what descriptors
propose (`proposal_selection` has chosen among these). Then what the links found so far make likely: every two of a few linked pictures,
and of many each beside the hub of its work, and beside those of every collection with which it shares most neighbours.
"""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.match.candidates import Candidates
from dedupelab.tables.components import components

NEAREST: Final = 12
"""Candidates by fingerprint opened of each picture in each collection; only works with more copies than this have more."""
HUBS: Final = 6
"""Hubs beside which a picture is laid: a collage has as many as it has parts."""
SHARED: Final = 4
"""Pictures of each collection, sharing most neighbours with a picture, beside which it is laid."""
WIDE: Final = 500
"""Links beyond which a picture's are not followed further: squared, they would be millions."""
COMPLETE: Final = 8
"""Linked pictures up to which every two are opened: whether the ends of a chain are copies must not stay unasked."""

Rows = NDArray[np.int32]


def nearest(candidates: Candidates, collections: pd.Series) -> Candidates:
    """Return the candidates that at least one of the two pictures has among its nearest of the other's collection.

    Parameters
    ----------
    candidates
        Pairs with near fingerprints, each once.
    """
    home = pd.factorize(collections.reindex(candidates.names))[0].astype(np.int32)
    # Each picture's list is of both roles: what it is left of and what it is right of.
    own = np.append(candidates.left, candidates.right)
    elsewhere = home[np.append(candidates.right, candidates.left)]
    pair = np.tile(np.arange(len(candidates), dtype=np.int32), 2)
    order = np.lexsort((pair, np.tile(candidates.distance, 2), elsewhere, own))
    own, elsewhere, pair = own[order], elsewhere[order], pair[order]
    starts = np.flatnonzero(np.diff(own, prepend=-1) | np.diff(elsewhere, prepend=-1))
    place = np.arange(len(own)) - np.repeat(starts, np.diff(np.append(starts, len(own))))
    kept = np.zeros(len(candidates), bool)
    kept[pair[place < NEAREST]] = True
    return candidates.only(kept)


def likely(
    left: Rows, right: Rows, linked: NDArray[np.bool_], collection: NDArray[np.int32]
) -> tuple[Rows, Rows]:
    """Return the pairs that the links of the first round make likely, left < right, in order, none opened before.

    The hub of a picture is the one with most links among itself and its neighbours. Two pictures linked to one hub need
    not be copies of each other, so that every such pair is opened like any other.

    Parameters
    ----------
    linked
        Which of them are links.
    """
    names, rows = np.unique(np.concatenate([left[linked], right[linked]]), return_inverse=True)
    ends = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    met = pd.concat(
        [
            _beside_hubs(*ends, len(names)),
            _beside_all(*ends, len(names)),
            _beside_sharing(*ends, collection[names]),
        ]
    )
    one, two = (names[met[side].to_numpy(np.int64)].astype(np.int64) for side in ("own", "far"))
    # Rows are 32 bits wide, so two of them are one number in order of left, then right.
    pairs = np.unique(np.minimum(one, two) << 32 | np.maximum(one, two))
    opened = left.astype(np.int64) << 32 | right.astype(np.int64)
    pairs = pairs[~np.isin(pairs, opened)]
    return (pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32)


def _beside_hubs(left: NDArray[np.int64], right: NDArray[np.int64], count: int) -> pd.DataFrame:
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


def _beside_sharing(
    left: NDArray[np.int64], right: NDArray[np.int64], collection: NDArray[np.int32]
) -> pd.DataFrame:
    """Pair each picture with those of each collection with which it shares most neighbours, none its own: own, far.

    An inset linked to nine copies of a work is most likely of the original too, which another collection holds.
    """
    from scipy.sparse import coo_array  # noqa: PLC0415  keeps `import dedupelab` light

    count = len(collection)
    ends = np.concatenate([left, right]), np.concatenate([right, left])
    links = coo_array((np.ones(len(ends[0]), np.int32), ends), shape=(count, count)).tocsr()
    degree = np.diff(links.indptr)
    few = np.flatnonzero(degree <= WIDE)
    through = links[:, few] @ links[few]
    shared = through.tocoo()
    own, far = shared.coords
    met = pd.DataFrame({"own": own, "far": far, "links": -shared.data, "home": collection[far]})
    asked = pd.MultiIndex.from_arrays(ends)
    met = met[(met["own"] != met["far"]) & ~pd.MultiIndex.from_frame(met[["own", "far"]]).isin(asked)]
    met = met.sort_values(["own", "home", "links", "far"])
    return met[met.groupby(["own", "home"]).cumcount() < SHARED][["own", "far"]]


def _beside_all(left: NDArray[np.int64], right: NDArray[np.int64], count: int) -> pd.DataFrame:
    """Pair every two pictures of each small component: own, far."""
    component = components(left, right, count)
    small = np.bincount(component, minlength=count)[component] <= COMPLETE
    own = pd.DataFrame({"own": np.flatnonzero(small), "component": component[small]})
    met = own.merge(own.rename(columns={"own": "far"}), on="component")
    return met.loc[met["own"] < met["far"], ["own", "far"]]
