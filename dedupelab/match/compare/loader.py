"""How workers open pictures: by image_id, knowing only the addresses that their task needs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Gray: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True)
class Loader:
    """Opens the pictures of a study by image_id; picklable, so that workers can use it."""

    addresses: dict[str, str]
    read: Callable[[str], Gray]

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
    return Loader({name: load.addresses[name] for name in names if name in load.addresses}, load.read)
