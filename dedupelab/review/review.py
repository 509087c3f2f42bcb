"""The review of a study: what people are asked, what they answered, and what that says; the notebook and the CLI call it.

>>> review = study.review()                                            # doctest: +SKIP
>>> task = review.pending("Ada").iloc[0]                               # doctest: +SKIP
>>> review.decide(task.left, task.right, "same", reviewer="Ada", purpose=task.purpose)  # doctest: +SKIP
"""

import hashlib
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.errors import LabelError
from dedupelab.numbers.results import Result, load_results
from dedupelab.review.asked import ask, asked_pairs
from dedupelab.review.decisions import Decided, decided
from dedupelab.review.estimates import Assessment, assess
from dedupelab.review.file_search import FILES, drawn_files, open_to_search
from dedupelab.review.gold import COPIES, gold_pairs, planted, planted_content
from dedupelab.review.label_files import Imported, export_labels, import_labels
from dedupelab.review.labels import (
    DUPLICATE,
    GOLD,
    NOBODY,
    NOTHING_FOUND,
    PERSON,
    SEARCH,
    TOLD,
    Content,
    Decision,
    LabelStore,
    decide,
    iter_decisions,
    known_as,
    standing,
    undoable,
)  # fmt: skip
from dedupelab.review.sampling import ENDS, Draw, carried, draw, sheet
from dedupelab.review.sampling_frame import Frame, frame
from dedupelab.tables import DETECTED, IMAGES, LAID, PROPOSED, read, write
from dedupelab.tables.contents import content_classes
from dedupelab.tables.keys import key_for
from dedupelab.tables.store import Store
from dedupelab.work.progress import Progress

LABELS = "labels.sqlite"
DRAWS = "laid.parquet"
"""The table `laid`: kept beside the labels, which mean nothing without it."""
CALIBRATION = "calibration.json"
QUICK = 200
"""Draws for an interval that is shown while people work."""
TASKS = ["draw", "left", "right", "purpose"]
UNKNOWN = "cannot-tell"


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
        """Whether there is a decision on pictures that are present, or on a random file."""
        said = self.decided
        return len(said.placed) + len(said.searched) + len(said.persons) > 0

    @property
    def key(self) -> str:
        """A digest of all that a number takes from the review."""
        said = self.decided
        calibrated = key_for([str(each) for each in self.calibration]) if self.calibration else ""
        every = pd.concat([said.placed, said.gold, said.searched, said.persons])
        if every.empty:
            return calibrated
        columns = ["left_sha256", "right_sha256", "reviewer", "label", "purpose", "draw"]
        placed = every[columns].to_csv(index=False)
        laid = self.before.to_csv(index=False)
        return key_for(
            placed,
            len(said.absent),
            self.proposed.to_csv(index=False),
            self.size,
            self.seed,
            calibrated,
            laid,
        )

    @cached_property
    def _frame(self) -> Frame:
        return frame(self.images, self.detected, self.proposed)

    @property
    def _laid(self) -> Path:
        return self.store.path.with_name(DRAWS)

    @property
    def before(self) -> pd.DataFrame:
        """What earlier draws laid out, on which people have worked; nothing before the first decision."""
        return read(LAID, self._laid) if self._laid.exists() else LAID.empty()

    @cached_property
    def drawn(self) -> Draw:
        """The pairs that are to be looked at, with their strata: not for the eyes of a reviewer."""
        before = carried(self.before, self._frame, self.images)
        return draw(self._frame, self.size, seed=self.seed, before=before)

    @cached_property
    def gold(self) -> pd.DataFrame:
        """Pairs whose answer is known, mixed in unseen, of `gold.gold_pairs`. Not for a reviewer's eyes either."""
        return gold_pairs(self.images, self._frame, self._classes, self.size, self.seed)

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

        First what somebody asked for (`ask`), then what nobody has looked at, of strata of which nobody has seen any pair before the others, with gold pairs among it
        that look like the rest; then, for a second opinion, what only somebody else has; then disputes between others, to
        adjudicate. Somebody alone looks again at what was for a second opinion, at the end.
        """
        rows = self.labels
        said, reviewer = decided(rows, self.images), known_as(rows, reviewer)
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
        fresh = self.sheet[unseen].assign(purpose="first")
        strata = [self._place[key][0] for key, open_ in zip(keys, unseen, strict=True) if open_]
        begun = {self._place[key][0] for key, open_ in zip(keys, unseen, strict=True) if not open_}
        first = (
            np.argsort([each in begun for each in strata], kind="stable") if begun else np.arange(len(fresh))
        )
        parts = [
            self._wanted(looked),
            self._mixed(fresh.iloc[first], said.gold),
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
        gold = self.gold[
            self.gold["left"].isin([left, right]) & self.gold["right"].isin([left, right])
        ].to_dict("records")
        one, other = ("", "") if gold else self._different(left, right)
        drawn = self._place.get((one, other), ("", ""))
        if gold:
            drawn, purpose = (str(gold[0]["stratum"]), str(gold[0]["draw"])), GOLD
        elif drawn[1]:
            assert self._kept
        decision = decide(
            self._content(left), self._content(right), label, reviewer=reviewer, note=note, seconds=seconds,
            purpose=purpose, stratum=drawn[0], draw=drawn[1],
        )  # fmt: skip
        self.store.append(decision)
        return decision

    def ask(self, left: str, right: str, *, who: str) -> bool:
        """Have a pair of two different pictures reviewed, whether or not the sample asks for it; return whether that is new.

        Raises
        ------
        LabelError
            If an image is none of this study, or digests prove both equal.
        """
        one, other = self._different(left, right)
        return ask(self.store.path, self._content(one).sha256, self._content(other).sha256, who)

    def undo(self, reviewer: str) -> Decision | None:
        """Take the reviewer's last decision back by one more row, and return what was taken back; None where there is none."""
        rows = self.labels
        reviewer = known_as(rows, reviewer)
        last = undoable(rows, reviewer)
        if not last:
            return None
        taken = next(each for each in iter_decisions(rows) if each.decision == last)
        also = [last]
        if taken.purpose == SEARCH:
            # All that one search found was one answer.
            said = standing(rows)
            own = (said["reviewer"] == reviewer) & (said["purpose"] == SEARCH) & (said["draw"] == taken.draw)
            also = [*said.loc[own, "decision"]]
        for each in also:
            self.store.undo(str(each), reviewer=reviewer)
        return taken

    def progress(self) -> pd.DataFrame:
        """Return one row a stratum: `stratum`, `units`, `planned`, `reviewed` (could be decided), `copies` among these.

        For whoever runs the review; a reviewer who sees it is no longer blind to how the strata fare.
        """
        return self.assess(draws=1).found[["stratum", "units", "planned", "reviewed", "copies"]]

    def assess(self, *, draws: int = 0, progress: Progress | None = None) -> Assessment:
        """Return what the labels say so far; with few draws, such as `QUICK`, within a second for an interval to watch."""
        return assess(self.images, self.labels, self._frame, self.drawn, draws=draws, progress=progress)

    def assessment(self, progress: Progress | None = None, *, draws: int = 0) -> Assessment | None:
        """Return what the labels say, for the report; nothing where nobody has looked yet."""
        return self.assess(draws=draws, progress=progress) if self.started else None

    def surplus(self, draws: int = QUICK) -> tuple[float, float, float]:
        """Return the corrected share of surplus copies as it stands: low, middle, high (95 %)."""
        totals, hashed = self.assess(draws=draws).totals, int((self.images["status"] == "hashed").sum())
        low, high = totals.interval("surplus")
        return low / hashed, totals.middle("surplus") / hashed, high / hashed

    @cached_property
    def files(self) -> pd.DataFrame:
        """Random files, each to be looked for among all others: `image` and `draw`, in the order in which they are asked."""
        return drawn_files(self.images, FILES, self.seed)

    def unsearched(self) -> pd.DataFrame:
        """Return the random files for which nobody has searched yet, in order."""
        return self.files[~self.files["draw"].isin(self.decided.searched["draw"])].reset_index(drop=True)

    def findable(self, image: str) -> list[str]:
        """Return what a search for a file may find, one image of each content: no examined or proposed pair leads there."""
        return sorted(open_to_search(self._frame, self._content_of(image)))

    def searched(self, image: str, copies: Sequence[str], *, reviewer: str, note: str = "") -> list[Decision]:
        """Save what a search for one of `files` found: the images that are copies of it, or none.

        Raises
        ------
        LabelError
            If the image is none of `files`; otherwise like `decide`.
        """
        draw_ = self._drawn_file(image)
        others = [self._content(each) for each in copies] or [Content(NOTHING_FOUND)]
        label = "same" if copies else "different"
        saved = [
            decide(self._content(image), other, label, reviewer=reviewer, note=note, purpose=SEARCH, stratum=SEARCH, draw=draw_)
            for other in others
        ]  # fmt: skip
        self.store.append(*saved)
        return saved

    def person(self, image: str, answer: str, *, reviewer: str) -> Decision:
        """Save whether one of `files` shows a person who can be recognised: yes, no or cannot-tell.

        Raises
        ------
        LabelError
            If the image is none of `files`; otherwise like `decide`.
        """
        draw_ = self._drawn_file(image)
        saved = decide(
            self._content(image), Content(NOTHING_FOUND), answer, reviewer=reviewer, purpose=PERSON, stratum=PERSON, draw=draw_
        )  # fmt: skip
        self.store.append(saved)
        return saved

    def feedback(self, reviewer: str) -> pd.DataFrame:
        """Return the gold pairs that a reviewer decided, for whoever asks, once done: `left`, `right`, `label`, `copies` (what is true)
        and `right_answer`.

        That the reviewer was told is saved first: from then on an undo reaches nothing before it, and no second answer on such a pair
        counts.
        """  # noqa: D205  one sentence
        rows = self.labels
        own, reviewer = decided(rows, self.images).gold, known_as(rows, reviewer)
        own = own[(own["reviewer"] == reviewer) & (own["label"] != UNKNOWN)]
        told = self.gold.merge(own[["draw", "label"]], on="draw")
        if len(told):
            self.store.append(
                decide(Content(NOBODY), Content(NOTHING_FOUND), TOLD, reviewer=reviewer, purpose=TOLD)
            )
        told["copies"] = told["stratum"].isin(COPIES)
        told["right_answer"] = told["label"].isin(DUPLICATE) == told["copies"]
        return told[["left", "right", "label", "copies", "right_answer"]]

    def export(self, path: Path) -> int:
        """Write every label as CSV; return how many. See `label_files.export_labels`."""
        return export_labels(self.labels, path)

    def take(self, path: Path) -> Imported:
        """Take labels from a CSV, all or none. See `label_files.import_labels`."""
        return import_labels(self.store, path)

    @cached_property
    def _kept(self) -> bool:
        """Keep what was laid out, once, before the first label on it: every pair's stratum, order and whether it was drawn."""
        before = self.before
        merged = pd.concat([self.drawn.laid, before]).drop_duplicates(ENDS)
        if len(merged) > len(before) or int(merged["drawn"].sum()) > int(before["drawn"].sum()):
            write(LAID, merged, self._laid)
        return True

    def _wanted(self, looked: Container[tuple[str, str]]) -> pd.DataFrame:
        """Return the pairs that somebody asked for, nobody has looked at, and that are not asked anyway."""
        anyway = {*self._place, *self._keys(self.gold)}
        pairs = [sorted(map(self._content_of, pair)) for pair in asked_pairs(self.store.path, self.images)]
        rows = [
            {"draw": "", "left": one, "right": other, "purpose": "first"}
            for one, other in pairs
            if one != other and (one, other) not in looked and (one, other) not in anyway
        ]
        return pd.DataFrame(rows, columns=TASKS).astype("str")

    def _mixed(self, fresh: pd.DataFrame, answered: pd.DataFrame) -> pd.DataFrame:
        """Spread the gold pairs that nobody has answered evenly over what is asked."""
        gold = self.gold[~self.gold["draw"].isin(answered["draw"])]
        # Their places do not move while people work through them. Each lies anywhere in its share of the sheet: whoever counts
        # the pairs between two of them must not know when the next one comes.
        chance = [
            int.from_bytes(hashlib.blake2b(str(name).encode(), digest_size=6).digest()) / 2.0**48
            for name in gold["draw"]
        ]
        share = (gold.index.to_numpy() + np.array(chance)) / max(len(self.gold), 1)
        done = len(self.sheet) - len(fresh)
        at = np.maximum(share * len(self.sheet) - done, 0) - 0.5
        rows = pd.concat(
            [
                fresh.assign(at=np.arange(len(fresh), dtype=float)),
                gold.assign(at=at, purpose="first")[["draw", "left", "right", "at", "purpose"]],
            ]
        )
        return rows.sort_values("at", kind="stable").drop(columns="at")

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

    def _drawn_file(self, image: str) -> str:
        drawn = self.files.loc[self.files["image"] == image, "draw"]
        if drawn.empty:
            raise LabelError(f"expected one of the files drawn for a search, got {image!r}; see Review.files")
        return str(drawn.iloc[0])

    def _content_of(self, image: str) -> str:
        if image not in self._classes.index:
            raise LabelError(f"expected an image_id of this study, got {image!r}; scan the study again")
        return str(self._classes[image])

    def _different(self, left: str, right: str) -> tuple[str, str]:
        one, other = sorted(self._content_of(image) for image in (left, right))
        if one == other:
            raise LabelError(
                "expected two different pictures, got two whose digests prove them equal; they need no reviewer"
            )
        return one, other

    def _content(self, image: str) -> Content:
        if copy := planted(image):
            return planted_content(self._content(copy.original).sha256, copy)
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
