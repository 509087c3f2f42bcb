"""The progress that the review room shows: counted at once with every label, its interval computed meanwhile."""

from typing import TYPE_CHECKING

from dedupelab.lab.meter import Meter, Reading, places, reading
from dedupelab.review.review import Review

if TYPE_CHECKING:
    from dedupelab.lab.front import RoomWidget


class Tally:
    """Keeps a room's `progress` up to date."""

    def __init__(self, widget: "RoomWidget") -> None:
        self._widget = widget
        self._meter: Meter | None = None
        self._strata: list[str] = []

    def begin(self, review: Review) -> None:
        """Count a review, in place of the one before."""
        self._strata = places(review)
        self.close()
        self._meter = Meter(review, self._tell)
        self._meter.ask()
        self._tell(reading(review))

    def count(self, stratum: str = "", step: int = 0) -> None:
        """Count a decision at once; the meter counts anew, others' decisions included, when it computes the interval."""
        counted = dict(self._widget.progress)
        if stratum in self._strata and counted:
            place = self._strata.index(stratum)
            strata = [list(each) for each in counted["strata"]]
            strata[place][0] = max(0, min(strata[place][0] + step, strata[place][1]))
            reviewed = sum(done for done, _ in strata)
            self._widget.progress = counted | {"strata": strata, "reviewed": reviewed}
        if self._meter is not None:
            self._meter.ask()

    def close(self) -> None:
        """End the thread that computes the interval."""
        if self._meter is not None:
            self._meter.close()

    def _tell(self, read: Reading) -> None:
        self._widget.progress = {
            "reviewed": read.reviewed,
            "planned": read.planned,
            "strata": [list(each) for each in read.strata],
            "interval": read.interval and list(read.interval),
            "half": read.half_width,
            "text": read.sentence,
        }
