"""Index of local descriptors: grows by appending, is opened mapped, and says which of its pictures share descriptors with another.

Pictures are numbered as they came. On disk it is a folder: plain bytes of what every picture has, the same ordered by cells
(`descriptor_cells`), and `head.json`, written last, which names the files that count: what an append that was killed left is not looked at.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from dedupelab.errors import writing
from dedupelab.match.search.crowd import CROWD
from dedupelab.match.search.descriptor_cells import (
    FORMS,
    PROBES,
    SIGNS,
    cell_count,
    cells_of,
    near_limit,
    parts_for,
    turned,
)
from dedupelab.match.search.descriptors import Codes, Descriptors
from dedupelab.match.search.placement import LEAST, Votes, place, transform_of
from dedupelab.tables.whole_file import whole_file

FORMAT: Final = 1
FULL: Final = 20_000
"""Descriptors in a cell above which none of it is compared: so many are alike in nothing but a template."""
_HEAD: Final = "head.json"
_BLOCK: Final = 1024
_ARRAYS: Final[dict[str, tuple[type[Any], int]]] = {
    "codes": (np.int8, 32),
    "places": (np.uint8, 4),
    "ends": (np.int64, 1),
    "sizes": (np.uint16, 2),
}

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Sharing:
    """A picture of an index that shares descriptors with the one asked about."""

    picture: int
    """Its number in the index."""
    votes: int
    """Places that agree."""
    transform: str
    """How the picture asked about is turned to lie on it, one of `TRANSFORMS`."""
    inverted: bool


@dataclass(frozen=True)
class Cells:
    """The descriptors of an index in the order of their cells."""

    parts: int
    """Into how many parts coarse cells are divided."""
    starts: Numbers
    """Where each cell begins, and where the last ends."""
    members: NDArray[np.uint32]
    """Number of each descriptor in the index."""
    codes: Codes


@dataclass(frozen=True)
class DescriptorIndex:
    """Descriptors of many pictures, in order.

    >>> folder = getfixture("tmp_path") / "index"
    >>> some = Descriptors(np.zeros((5, 32), np.int8), np.zeros((5, 4), np.uint8), (512, 384))
    >>> index = append(folder, [("one", some), ("two", some)])
    >>> len(index), index.names, len(append(folder, [("three", some)]))
    (2, ['one', 'two'], 3)
    """

    names: Sequence[str]
    codes: Codes
    places: NDArray[np.uint8]
    ends: Numbers
    """Where each picture's descriptors end."""
    sizes: NDArray[np.uint16]
    """Width and height of each picture as it was described."""
    stored: Cells | None = None

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def of(cls, pictures: Iterable[tuple[str, Descriptors]]) -> Self:
        """Make an index in memory."""
        names, found = [], []
        for name, descriptors in pictures:
            names.append(name)
            found.append(descriptors)
        return cls(names, **_joined(found))

    @cached_property
    def starts(self) -> Numbers:
        """Where each picture's descriptors begin, and where the last end."""
        return np.append(0, self.ends)

    @cached_property
    def cells(self) -> Cells:
        """The descriptors by cell; of an index that was opened they are mapped."""
        return self.stored or _ordered(self)

    def of_picture(self, number: int) -> Descriptors:
        """Return the descriptors of a picture, by its number here."""
        start, stop = int(self.starts[number]), int(self.starts[number + 1])
        width, height = self.sizes[number].tolist()
        return Descriptors(self.codes[start:stop], self.places[start:stop], (width, height))

    def ask(self, descriptors: Descriptors, least: int = LEAST, probes: int = PROBES) -> list[Sharing]:
        """Return the pictures that share descriptors lying alike with a picture, most votes first.

        Parameters
        ----------
        descriptors
            Of the picture, which need not be in the index.
        least
            Places that must agree.
        probes
            Cells in which a descriptor is looked for: three find 96 of 100 votes that eight find, in half the time.
        """
        one, two, form = self._near(descriptors, probes)
        picture = np.searchsorted(self.ends, two, side="right")
        order = np.lexsort((two, one, form, picture))
        one, two, form, picture = one[order], two[order], form[order], picture[order]
        first = np.flatnonzero(np.diff(picture * 4 + form, prepend=-1))
        size = np.diff(np.append(first, len(one)))
        enough = np.repeat(size >= least, size)
        one, two, form, picture = one[enough], two[enough], form[enough], picture[enough]
        starts = np.append(0, np.cumsum(size[size >= least]))
        first = starts[:-1]
        form, picture = form[first], picture[first]
        placed = place(
            Votes(
                starts,
                descriptors.places[one],
                self.places[two],
                np.tile(np.array(descriptors.size, np.int64), (len(first), 1)),
                self.sizes[picture].astype(np.int64),
                form % 2 == 1,
                form >= 2,
            )
        )
        transform = transform_of(placed.turn, form % 2 == 1)
        found: dict[int, Sharing] = {}
        for row in np.lexsort((form, picture, -placed.votes)).tolist():
            number, votes = int(picture[row]), int(placed.votes[row])
            if votes >= least and number not in found:
                found[number] = Sharing(number, votes, transform[row], FORMS[form[row]][1])
        return list(found.values())

    def _near(self, descriptors: Descriptors, probes: int) -> tuple[Numbers, Numbers, Numbers]:
        """Return near descriptors: those of the picture, those of the index, and in which form."""
        cells = self.cells
        probed = cells_of(descriptors.codes, cells.parts)[:, :probes].astype(np.int64)
        # Those that look into a cell lie one after another.
        order = np.argsort(probed, axis=None, kind="stable")
        visited, seekers = probed.ravel()[order], order // probed.shape[1]
        begin = np.flatnonzero(np.diff(visited, prepend=-1)).tolist()
        none = np.zeros(0, np.int64)
        found = [(none, none, none)]
        # As in `descriptors.near`, with what is the same for all cells done once: whole numbers below 2^24.
        plain = descriptors.codes.astype(np.float32)
        least = (plain * plain).sum(axis=1, keepdims=True) - near_limit(cells.parts)
        for form, signs in enumerate(SIGNS):
            turn, codes = turned(form, cells.parts), 2 * plain * signs
            for a, b in zip(begin, [*begin[1:], len(visited)], strict=False):
                cell = int(visited[a]) ^ turn
                start, stop = int(cells.starts[cell]), int(cells.starts[cell + 1])
                if 0 < stop - start <= FULL:
                    held, some = cells.codes[start:stop].astype(np.float32), seekers[a:b]
                    close = codes[some] @ held.T >= least[some] + np.einsum("ij,ij->i", held, held)
                    i, j = np.nonzero(close)
                    if len(i):
                        found.append(
                            (some[i], cells.members[start + j].astype(np.int64), np.full(len(i), form))
                        )
        one, two, taken = (np.concatenate(each) for each in zip(*found, strict=True))
        telling = np.bincount(one, minlength=len(descriptors))[one] <= CROWD
        return one[telling], two[telling], taken[telling]


@dataclass(frozen=True)
class AsBytes(Mapping[str, bytes]):
    """The pictures of an index by name, each as `Descriptors.to_bytes` gives it, made when asked for."""

    index: DescriptorIndex

    @cached_property
    def _number(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.index.names)}

    def __getitem__(self, name: str) -> bytes:
        return self.index.of_picture(self._number[name]).to_bytes()

    def __iter__(self) -> Iterator[str]:
        return iter(self.index.names)

    def __len__(self) -> int:
        return len(self.index)


def open_index(folder: Path) -> DescriptorIndex | None:
    """Open an index mapped; None where there is none, or one of another make."""
    try:
        head = json.loads((folder / _HEAD).read_text(encoding="utf-8"))
        names = json.loads((folder / head["names"]).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    if head["format"] != FORMAT:
        return None
    pictures, descriptors, parts = head["pictures"], head["descriptors"], head["parts"]
    counts = {"codes": descriptors, "places": descriptors, "ends": pictures, "sizes": pictures}
    arrays: dict[str, Any] = {
        name: _mapped(folder / f"{name}.bin", *_ARRAYS[name], counts[name]) for name in _ARRAYS
    }
    arrays["ends"] = arrays["ends"].ravel()
    cells = Cells(
        parts,
        _mapped(folder / f"starts-{pictures}.bin", np.int64, 1, cell_count(parts) + 1).ravel(),
        _mapped(folder / f"members-{pictures}.bin", np.uint32, 1, descriptors).ravel(),
        _mapped(folder / f"by-cell-{pictures}.bin", np.int8, 32, descriptors),
    )
    return DescriptorIndex(names, **arrays, stored=cells)


def append(folder: Path, pictures: Iterable[tuple[str, Descriptors]]) -> DescriptorIndex:
    """Add pictures to the index in a folder, which is made where there is none, and open it.

    An index opened before stays as it was.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    before = open_index(folder)
    names = list(before.names) if before else []
    with writing(f"an index in {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        return _finish(folder, names, _extend(folder, names, len(before.codes) if before else 0, pictures))


def lay_down(folder: Path, pictures: Iterable[tuple[str, Descriptors]]) -> DescriptorIndex:
    """Write pictures into an empty folder and open them mapped, in no order of cells: what voting asks for, which orders them itself.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    names: list[str] = []
    with writing(f"an index in {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        _extend(folder, names, 0, pictures)
    return laid_down(folder, names)


def laid_down(folder: Path, names: Sequence[str]) -> DescriptorIndex:
    """Open the first pictures of what was laid down, as many as there are names."""
    ends = _mapped(folder / "ends.bin", *_ARRAYS["ends"], len(names)).ravel()
    counts = {"ends": len(names), "sizes": len(names)}
    arrays: dict[str, Any] = {
        name: _mapped(folder / f"{name}.bin", *form, counts.get(name, int(ends[-1]) if len(ends) else 0))
        for name, form in _ARRAYS.items()
    }
    return DescriptorIndex(names, **arrays | {"ends": ends})


def _extend(
    folder: Path, names: list[str], descriptors: int, pictures: Iterable[tuple[str, Descriptors]]
) -> int:
    """Write pictures behind those that count, add their names, and return how many descriptors there are then."""
    arriving = iter(pictures)
    for name, (dtype, width) in _ARRAYS.items():
        held = (descriptors if name in {"codes", "places"} else len(names)) * width
        with (folder / f"{name}.bin").open("ab") as file:
            file.truncate(held * np.dtype(dtype).itemsize)
    while block := list(islice(arriving, _BLOCK)):
        arrays = _joined([each for _, each in block])
        arrays["ends"] = arrays["ends"] + descriptors
        names += [name for name, _ in block]
        descriptors += len(arrays["codes"])
        for name, array in arrays.items():
            with (folder / f"{name}.bin").open("ab") as file:
                file.write(array.astype(_ARRAYS[name][0]).tobytes())
    return descriptors


def _finish(folder: Path, names: list[str], descriptors: int) -> DescriptorIndex:
    """Order what was written by cells, and make it count."""
    pictures = len(names)
    arrays: dict[str, Any] = {
        name: _mapped(folder / f"{name}.bin", *form, descriptors if name in {"codes", "places"} else pictures)
        for name, form in _ARRAYS.items()
    }
    parts, starts, members = _order(arrays["codes"])
    starts.tofile(folder / f"starts-{pictures}.bin")
    members.tofile(folder / f"members-{pictures}.bin")
    with (folder / f"by-cell-{pictures}.bin").open("wb") as file:
        for _, some in _blocks(members):
            file.write(arrays["codes"][some].tobytes())
    with whole_file(folder / f"names-{pictures}.json") as file:
        file.write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
    head: dict[str, Any] = {
        "format": FORMAT,
        "names": f"names-{pictures}.json",
        "pictures": pictures,
        "descriptors": descriptors,
        "parts": parts,
    }
    with whole_file(folder / _HEAD) as file:
        file.write_text(json.dumps(head), encoding="utf-8")
    made = open_index(folder)
    assert made is not None
    return made


def _ordered(index: DescriptorIndex) -> Cells:
    parts, starts, members = _order(index.codes)
    return Cells(parts, starts, members, index.codes[members])


def _order(codes: Codes) -> tuple[int, Numbers, NDArray[np.uint32]]:
    """Return into how many parts cells are divided, where each begins among the descriptors ordered by cells, and these."""
    parts = parts_for(len(codes))
    cell = np.empty(len(codes), np.uint32)
    for start, some in _blocks(codes):
        cell[start : start + len(some)] = cells_of(some, parts)[:, 0]
    members = np.argsort(cell, kind="stable").astype(np.uint32)
    starts = np.append(0, np.cumsum(np.bincount(cell, minlength=cell_count(parts))))
    return parts, starts, members


def _blocks(rows: NDArray[Any], size: int = 1 << 16) -> Iterator[tuple[int, NDArray[Any]]]:
    for start in range(0, len(rows), size):
        yield start, rows[start : start + size]


def _mapped(path: Path, dtype: type[Any], width: int, rows: int) -> NDArray[Any]:
    """Map a file's first rows; an empty file cannot be mapped."""
    if not rows:
        return np.zeros((0, width), dtype)
    # The plain array over the same memory: numpy's own class for it makes every small step slower.
    return np.asarray(np.memmap(path, dtype, "r", shape=(rows, width)))


def _joined(found: Sequence[Descriptors]) -> dict[str, Any]:
    return {
        "codes": np.concatenate([each.codes for each in found] or [np.zeros((0, 32), np.int8)]),
        "places": np.concatenate([each.places for each in found] or [np.zeros((0, 4), np.uint8)]),
        "ends": np.cumsum([len(each) for each in found], dtype=np.int64),
        "sizes": np.array([each.size for each in found], np.uint16).reshape(-1, 2),
    }
