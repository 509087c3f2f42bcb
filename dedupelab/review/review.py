"""The review of a study: what people are asked, what they answered, and what that says; the notebook and the CLI call it.

>>> review = study.review()                                            # doctest: +SKIP
>>> task = review.pending("Ada").iloc[0]                               # doctest: +SKIP
>>> review.decide(task.left, task.right, "same", reviewer="Ada", purpose=task.purpose)  # doctest: +SKIP
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.errors import LabelError
from dedupelab.numbers.results import Result, load_results
from dedupelab.review.decisions import Decided, decided
from dedupelab.review.estimates import Assessment, assess
from dedupelab.review.label_files import Imported, export_labels, import_labels
from dedupelab.review.labels import Content, Decision, LabelStore, decide, iter_decisions, undoable
from dedupelab.review.sampling import Draw, draw, sheet
from dedupelab.review.sampling_frame import frame
from dedupelab.tables import DETECTED, IMAGES, PROPOSED
from dedupelab.tables.contents import content_classes
from dedupelab.tables.keys import key_for
from dedupelab.tables.store import Store
from dedupelab.work.progress import Progress

LABELS = "labels.sqlite"
CALIBRATION = "calibration.json"
QUICK = 200
"""Draws for an interval that is shown while people work."""
TASKS = ["draw", "left", "right", "purpose"]


@dataclass(frozen=True)
class Review:
    """The review of one study: its store of labels, and the tables that it samples from.

    Labels are read anew at each call, so that people who work at the same time see each other's.
    """

    store: LabelStore
    images: pd.DataFrame
    detected: pd.DataFrame
    proposed: pd.DataFrame
    size: int
    seed: int

    @property
    def calibration(self) -> list[Result]:
        """What planted copies said of the detector; nothing before `dedupelab calibrate`."""
        path = self.store.path.with_name(CALIBRATION)
        return load_results(path) if path.exists() else []

    @property
    def labels(self) -> pd.DataFrame:
        """Every row of the store as the table `labels`, undone decisions and undos included."""
        return self.store.rows()

    @property
    def decided(self) -> Decided:
        """What the labels come to, pair by pair."""
        return decided(self.labels, self.images)

    @property
    def started(self) -> bool:
        """Whether there is a decision on pictures that are present."""
        return len(self.decided.placed) > 0

    @property
    def key(self) -> str:
        """A digest of all that a number takes from the review."""
        said = self.decided
        planted = key_for([str(each) for each in self.calibration]) if self.calibration else ""
        if said.placed.empty:
            return planted
        placed = said.placed[["left", "right", "reviewer", "label", "purpose"]].to_csv(index=False)
        return key_for(
            placed, len(said.absent), self.proposed.to_csv(index=False), self.size, self.seed, planted
        )

    @cached_property
    def drawn(self) -> Draw:
        """The pairs that are to be looked at, with their strata: not for the eyes of a reviewer."""
        return draw(frame(self.images, self.detected, self.proposed), self.size, seed=self.seed)

    @cached_property
    def sheet(self) -> pd.DataFrame:
        """What reviewers get, blind and shuffled: `draw`, `left`, `right`, `double`."""
        return sheet(self.drawn)

    @property
    def looked(self) -> NDArray[np.bool_]:
        """Whether anybody has looked at each pair of the sheet."""
        placed = self.decided.placed
        seen = set(zip(placed["left"], placed["right"], strict=True))
        return np.array([key in seen for key in self._keys(self.sheet)], bool)

    def pending(self, reviewer: str) -> pd.DataFrame:
        """Return what one reviewer is asked next, in order: `draw`, `left`, `right`, `purpose`.

        First what nobody has looked at; then, for a second opinion, what only somebody else has; then disputes between
        others, to adjudicate. Somebody alone gives the second opinions too, at the end.
        """
        said = self.decided
        looked: dict[tuple[str, str], set[str]] = {}
        twice: set[tuple[str, str]] = set()
        for one, other, name, purpose in said.placed[["left", "right", "reviewer", "purpose"]].itertuples(
            index=False
        ):
            people = looked.setdefault((one, other), set())
            if purpose == "second" or people - {name}:
                twice.add((one, other))
            people.add(name)
        alone = len(set(said.placed["reviewer"])) < 2
        keys = self._keys(self.sheet)
        unseen = np.array([key not in looked for key in keys], bool)
        own = np.array([reviewer in looked.get(key, ()) for key in keys], bool)
        again = self.sheet["double"].to_numpy() & ~unseen & np.array([key not in twice for key in keys], bool)
        parts = [
            self.sheet[unseen].assign(purpose="first"),
            self.sheet[again & ~own].assign(purpose="second"),
            self._disputed(said, reviewer),
            self.sheet[again & own & alone].assign(purpose="second"),
        ]
        asked: pd.DataFrame = pd.concat([part[TASKS] for part in parts], ignore_index=True)
        return asked

    def decide(
        self,
        left: str,
        right: str,
        label: str,
        *,
        reviewer: str,
        note: str = "",
        seconds: float | None = None,
        purpose: str = "first",
    ) -> Decision:
        """Save a decision on two images, on disk when this returns; the stratum and the draw are noted with it.

        Raises
        ------
        LabelError
            If the reviewer has no name, the label is none, an image is not of this study, or digests prove both equal.
        OutputError
            If it cannot be written: this decision is not saved, all earlier ones are.
        """
        one, other = sorted(self._content_of(image) for image in (left, right))
        if one == other:
            raise LabelError(
                "expected two different pictures, got two whose digests prove them equal; they need no reviewer"
            )
        drawn = self._place.get((one, other), ("", ""))
        decision = decide(
            self._content(left), self._content(right), label, reviewer=reviewer, note=note, seconds=seconds,
            purpose=purpose, stratum=drawn[0], draw=drawn[1],
        )  # fmt: skip
        self.store.append(decision)
        return decision

    def undo(self, reviewer: str) -> Decision | None:
        """Take the reviewer's last decision back by one more row, and return what was taken back; None where there is none."""
        rows = self.labels
        last = undoable(rows, reviewer)
        if not last:
            return None
        self.store.undo(last, reviewer=reviewer)
        return next(each for each in iter_decisions(rows) if each.decision == last)

    def progress(self) -> pd.DataFrame:
        """Return one row a stratum: `stratum`, `units`, `planned`, `reviewed` (could be decided), `copies` among these.

        For whoever runs the review; a reviewer who sees it is no longer blind to how the strata fare.
        """
        found = self.assess(draws=1).found
        return found[["stratum", "units", "planned", "reviewed", "copies"]]

    def assess(self, *, draws: int = 0, progress: Progress | None = None) -> Assessment:
        """Return what the labels say so far; with few draws, such as `QUICK`, within a second for an interval to watch."""
        return assess(
            self.images, self.detected, self.proposed, self.labels, size=self.size, seed=self.seed, draws=draws,
            progress=progress,
        )  # fmt: skip

    def assessment(self, progress: Progress) -> Assessment | None:
        """Return what the labels say, for the report; nothing where nobody has looked yet."""
        return self.assess(progress=progress) if self.started else None

    def surplus(self, draws: int = QUICK) -> tuple[float, float, float]:
        """Return the corrected share of surplus copies as it stands: low, middle, high (95 %)."""
        totals, hashed = self.assess(draws=draws).totals, int((self.images["status"] == "hashed").sum())
        low, high = totals.interval("surplus")
        return low / hashed, totals.middle("surplus") / hashed, high / hashed

    def export(self, path: Path) -> int:
        """Write every label as CSV; return how many. See `label_files.export_labels`."""
        return export_labels(self.labels, path)

    def take(self, path: Path) -> Imported:
        """Take labels from a CSV, all or none. See `label_files.import_labels`."""
        return import_labels(self.store, path)

    @cached_property
    def _classes(self) -> "pd.Series[str]":
        return content_classes(self.images)

    @cached_property
    def _place(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Stratum and draw of each drawn pair."""
        strata = self.drawn.units.set_index(["left", "right"])["stratum"]
        return {
            pair: (str(strata.loc[pair]), str(name))
            for pair, name in zip(self._keys(self.sheet), self.sheet["draw"], strict=True)
        }

    @cached_property
    def _files(self) -> pd.DataFrame:
        return self.images.set_index("image_id")[["sha256", "payload_sha256"]]

    def _content_of(self, image: str) -> str:
        if image not in self._classes.index:
            raise LabelError(f"expected an image_id of this study, got {image!r}; scan the study again")
        return str(self._classes[image])

    def _content(self, image: str) -> Content:
        sha256, payload = self._files.loc[image, ["sha256", "payload_sha256"]]
        return Content(str(sha256), payload if isinstance(payload, str) else "")

    def _disputed(self, said: Decided, reviewer: str) -> pd.DataFrame:
        """Return the disputes in which the reviewer has no part."""
        disputes = said.disputes
        others = [reviewer not in str(names).split("; ") for names in disputes["reviewers"]]
        waiting: pd.DataFrame = disputes[np.asarray(others, bool)].assign(draw="", purpose="adjudication")
        return waiting

    @staticmethod
    def _keys(rows: pd.DataFrame) -> list[tuple[str, str]]:
        ends = np.sort(rows[["left", "right"]].to_numpy(str), axis=1)
        return [(str(left), str(right)) for left, right in ends.tolist()]


def review_of(store: Store, *, size: int, seed: int) -> Review:
    """Return the review of the study whose tables lie in `store`."""
    images, detected, proposed = (store.read(table) for table in (IMAGES, DETECTED, PROPOSED))
    return Review(LabelStore(store.root / LABELS), images, detected, proposed, size, seed)
