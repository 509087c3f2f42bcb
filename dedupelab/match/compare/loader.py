"""How workers open pictures: by image_id, knowing only the addresses that their task needs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Gray: TypeAlias = NDArray[np.uint8]
Pixels: TypeAlias = NDArray[np.uint8]
"""Gray (rows x columns) or colour (rows x columns x red, green, blue)."""

Kept: TypeAlias = bytes | Callable[[], bytes]
"""Stored descriptors, or what describes a picture once it is asked for."""

OPEN = 16
"""Pictures that a worker holds at their own resolution: some 50 MB of pages at 2,000 pixels."""


@dataclass(frozen=True)
class Loader:
    """Opens the pictures of a study by image_id; picklable, so that workers can use it."""

    addresses: dict[str, str]
    read: Callable[[str], Gray]
    read_large: Callable[[str], Pixels] | None = None
    """Opens one in colour and at its own resolution, for what is going to be counted; None where that cannot be had."""
    kept: Mapping[str, Kept] = field(default_factory=dict)
    """Stored descriptors of those that have any."""

    def __call__(self, image_id: str, /) -> Gray:
        """Return the oriented gray picture, at most 512 pixels on its longer side."""
        return self.read(self.addresses[image_id])


def narrowed(load: Callable[[str], Gray], names: Iterable[str]) -> Callable[[str], Gray]:
    """Return what opens these pictures alone, so that a task does not carry the addresses of a whole study.

    >>> narrowed(Loader({"a": "1", "b": "2"}, None), ["b", "b"]).addresses
    {'b': '2'}
    """
    if not isinstance(load, Loader):
        return load
    wanted = dict.fromkeys(names)
    addresses = {name: load.addresses[name] for name in wanted if name in load.addresses}
    return replace(
        load, addresses=addresses, kept={name: load.kept[name] for name in wanted if name in load.kept}
    )


@dataclass(frozen=True)
class Closely:
    """The pictures of a task at their own resolution, opened when first asked for; the last few are held."""

    load: Callable[[str], Gray]
    held: dict[str, Pixels] = field(default_factory=dict)

    def opener(self, image_id: str) -> Callable[[], Pixels] | None:
        """Return what opens one picture; None where the study can open it in gray and small alone."""
        known = isinstance(self.load, Loader) and self.load.read_large is not None
        return partial(self._open, image_id) if known else None

    def _open(self, image_id: str) -> Pixels:
        assert isinstance(self.load, Loader)
        assert self.load.read_large is not None
        found = self.held.pop(image_id, None)
        if found is None:
            found = self.load.read_large(self.load.addresses[image_id])
            if len(self.held) >= OPEN:
                del self.held[next(iter(self.held))]
        self.held[image_id] = found
        return found
