"""How stages tell how far they are, and how a bar follows them."""

from collections.abc import Callable
from typing import Any

Progress = Callable[[int, int], None]
"""Called with what is done and what there is in all."""
Bars = Callable[[str], Progress]
"""Makes a progress callback for the label of a piece of work."""


def silent(_label: str) -> Progress:
    """Show no progress."""
    return lambda _done, _total: None


def follow(bar: Any) -> Progress:  # noqa: ANN401  any of tqdm's bars
    """Return a progress callback that moves a tqdm bar and closes it when all is done."""

    def advance(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)
        if done >= total:
            bar.close()

    return advance
