"""Kept cells: in which cells each picture's descriptors are looked for, found once, so that a new picture does not have those of all found again."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.match.search.descriptor_cells import PROBES, cell_count, cells_of, parts_for
from dedupelab.match.search.descriptor_index import DescriptorIndex
from dedupelab.work.batches import run_batches

DESCRIBED: Final = 1024
"""Pictures whose cells are found together."""
AHEAD: Final = 8
"""Blocks, or parts of a vote, that are handed to workers before the first is done."""
Cells = NDArray[np.uint16 | np.uint32]


def find_cells(
    index: DescriptorIndex,
    path: Path,
    executor: Executor | None = None,
    kept: Iterable[pd.DataFrame] = (),
    digests: Sequence[str] = (),
) -> Cells:
    """Return the nearest cells of every descriptor of an index (descriptors x PROBES), mapped from a file that is made at `path`.

    Parameters
    ----------
    kept
        The table `cells` of an earlier vote over as many parts, in blocks. A picture is the one that is there when name and file are the same.
    digests
        SHA-256 of each picture's file; not needed where nothing is kept.
    """
    parts, starts = parts_for(len(index.codes)), index.starts
    kind = np.dtype(np.uint16 if cell_count(parts) <= 1 << 16 else np.uint32)
    if not len(index.codes):
        return np.zeros((0, PROBES), kind)
    cells = np.memmap(path, kind, "w+", shape=(len(index.codes), PROBES))
    number = dict(zip(zip(index.names, digests, strict=False), range(len(index)), strict=False))
    lacking = np.ones(len(index), bool)
    for block in kept:
        for name, digest, data in zip(block["image_id"], block["sha256"], block["cells"], strict=True):
            place = number.get((name, digest))
            if place is not None:
                cells[starts[place] : starts[place + 1]] = np.frombuffer(data, kind).reshape(-1, PROBES)
                lacking[place] = False
    of = np.repeat(lacking, np.diff(starts))
    rows = np.flatnonzero(of)
    new = np.flatnonzero(lacking)
    ends = np.append(0, np.cumsum(np.diff(starts)[new]))
    blocks = [rows[ends[k] : ends[min(k + DESCRIBED, len(new))]] for k in range(0, len(new), DESCRIBED)]
    found = run_batches(
        partial(cells_of, parts=parts), (index.codes[some] for some in blocks), executor, ahead=AHEAD
    )
    for some, each in zip(blocks, found, strict=True):
        cells[some] = each
    return np.asarray(cells)


def cell_blocks(
    index: DescriptorIndex, digests: Sequence[str], cells: Cells, size: int
) -> Iterator[pd.DataFrame]:
    """Yield the table `cells`, some rows at a time."""
    for start in range(0, len(index), size):
        part = slice(start, start + size)
        ends = index.starts[start : start + size + 1].tolist()
        held = [cells[a:b].tobytes() for a, b in pairwise(ends)]
        yield pd.DataFrame({"image_id": list(index.names[part]), "sha256": digests[part], "cells": held})
