"""How stages tell how far they are, and how a bar follows them."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
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


class Joint:
    """One progress of several pieces of work that go on side by side, in threads, too: what each tells is added up."""

    def __init__(self, progress: Progress, totals: Iterable[int]) -> None:
        """Take what there is in all of each piece, as far as is known before it begins."""
        self._progress, self._totals = progress, list(totals)
        self._done = [0] * len(self._totals)
        self._lock = threading.Lock()

    def of(self, piece: int) -> Progress:
        """Return the progress of one piece."""

        def step(done: int, total: int) -> None:
            with self._lock:
                self._done[piece], self._totals[piece] = done, total
                self._progress(sum(self._done), sum(self._totals))

        return step


EVERY = 60.0
"""Seconds between two lines of a log."""


@dataclass
class Lines:
    """A progress callback for logs: a line a minute, and one at the end of what took longer."""

    label: str
    tell: Callable[[str], object]
    clock: Callable[[], float] = time.monotonic
    began: float = field(init=False)
    told: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.told = self.clock()

    def __call__(self, done: int, total: int) -> None:
        """Tell how far it is, if the last line is a minute old, or it is the last of several."""
        now = self.clock()
        last = done >= total and self.told > self.began
        if now - self.told < EVERY and not last:
            return
        self.told = now
        passed = now - self.began
        left = f"; about {passed / done * (total - done) / 60:,.0f} min left" if 0 < done < total else ""
        self.tell(f"{self.label}: {done:,} of {total:,} in {passed / 60:,.0f} min{left}")
