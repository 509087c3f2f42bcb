"""How far a review is and how wide its interval still is, brought up to date in the background while people work."""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from dedupelab.errors import DedupelabError
from dedupelab.review.estimates import FEWEST_REVIEWED
from dedupelab.review.gold import TRUTHS
from dedupelab.review.review import QUICK, Review

PAUSE = 4.0
"""Seconds between two computations at least, and five times what one takes: the pictures come first."""
SHARE = 5.0


@dataclass(frozen=True)
class Reading:
    """Where a review stands.

    `strata` has (reviewed, planned) for each stratum, numbered, not named: a name would tell what the detector found.
    `interval` is the corrected share of surplus copies (low, middle, high), None before a first computation.
    """

    reviewed: int
    planned: int
    strata: tuple[tuple[int, int], ...]
    interval: tuple[float, float, float] | None = None
    problem: str = ""
    enough: bool = False
    """Whether the report corrects its numbers: pairs whose answer is known count above, so that none stands out, and not there."""

    @property
    def half_width(self) -> float | None:
        """Half of the interval, in percentage points."""
        return None if self.interval is None else 50 * (self.interval[2] - self.interval[0])

    @property
    def sentence(self) -> str:
        """The interval in words."""
        if self.problem:
            return f"The interval cannot be computed: {self.problem}"
        if self.interval is None or self.half_width is None:
            return "Interval: being computed."
        low, middle, high = (100 * end for end in self.interval)
        few = (
            ""
            if self.enough
            else f" Not yet in the report: that takes {FEWEST_REVIEWED} reviewed pairs of the sample, or all of them; pairs asked as a check do not count."
        )
        return (
            f"Surplus copies, corrected so far: {middle:.1f} % ({low:.1f} to {high:.1f} %), "
            f"half-width {self.half_width:.1f} points.{few}"
        )


def places(review: Review) -> list[str]:
    """Return the strata in the order in which they are counted and shown: gold pairs are strata among the others.

    A count that stands still, or bars at the end of the list that alone move, would tell which they are.
    """
    names = [*review.drawn.plan["stratum"], *TRUTHS]
    return sorted(names, key=lambda name: hashlib.blake2b(f"{review.seed}|{name}".encode()).digest())


def reading(review: Review, interval: tuple[float, float, float] | None = None) -> Reading:
    """Count what has been decided, stratum by stratum; cheap enough for every label."""
    units = review.drawn.units
    drawn = units.loc[units["drawn"], ["left", "right", "stratum"]]
    said = review.decided.reviewed
    keys = zip(said["left"], said["right"], strict=True)
    done = set(keys)
    looked = np.fromiter(
        (pair in done for pair in zip(drawn["left"], drawn["right"], strict=True)), bool, len(drawn)
    )
    by = drawn.assign(looked=looked).groupby("stratum", sort=True)["looked"].agg(["sum", "size"])
    answered = set(review.decided.gold["draw"])
    counted = {str(name): (int(a), int(b)) for name, a, b in by.itertuples()}
    for truth in TRUTHS:
        draws = review.gold.loc[review.gold["stratum"] == truth, "draw"]
        counted[truth] = int(draws.isin(answered).sum()), len(draws)
    strata = tuple(counted.get(name, (0, 0)) for name in places(review))
    return Reading(
        sum(done for done, _ in strata),
        sum(all_ for _, all_ in strata),
        strata,
        interval,
        enough=int(looked.sum()) >= min(FEWEST_REVIEWED, len(drawn)),
    )


class Meter:
    """Computes readings in a thread of its own and hands each to `tell`.

    Parameters
    ----------
    tell
        Called from that thread with each new reading.
    draws
        Of the interval; few, as it is only watched.
    """

    def __init__(self, review: Review, tell: Callable[[Reading], None], *, draws: int = QUICK) -> None:
        self._review, self._tell, self._draws = review, tell, draws
        self._asked = threading.Event()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="review meter", daemon=True)
        self._thread.start()

    def ask(self) -> None:
        """Say that something has changed; several changes make one computation."""
        self._asked.set()

    def close(self) -> None:
        """End the thread after what it is at."""
        self._closed.set()
        self._asked.set()
        self._thread.join(30)

    def _run(self) -> None:
        last = Reading(0, 0, ())
        while self._asked.wait() and not self._closed.is_set():
            self._asked.clear()
            begun = time.monotonic()
            try:
                last = reading(self._review)
                low, middle, high = self._review.surplus(self._draws)
                known = (low, middle, high) if all(map(isfinite, (low, middle, high))) else None
                last = reading(self._review, known)
                self._tell(last)
            except (DedupelabError, ArithmeticError, ValueError, OSError) as problem:
                # A thread has nobody to raise to; the room shows it and people go on.
                self._tell(replace(last, problem=str(problem)))
            self._closed.wait(max(PAUSE, SHARE * (time.monotonic() - begun)))
