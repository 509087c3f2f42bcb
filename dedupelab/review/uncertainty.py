"""Propagation: what the reviewed pairs say of those that nobody looked at, carried through the graph to works and groups.

In each of many draws every stratum gets a share of copies that its reviewed pairs allow, every unreviewed pair is a copy or not
by that share, and the works are put together anew. What a number would be in 95 of 100 draws is its interval.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.review.file_search import Missed
from dedupelab.review.graph_context import HOLDS, JOINS, REPEATS
from dedupelab.review.label_errors import Judgements, Prior, drawn_truth
from dedupelab.review.sampling import Draw
from dedupelab.review.sampling_frame import BESIDE, PROPOSED, Frame
from dedupelab.tables.components import components
from dedupelab.tables.contents import content_classes
from dedupelab.work.progress import Progress

DRAWS = 2000
FEWER = 500
"""Draws where the graph is large."""
LARGE = 20_000
"""Pictures with any pair from which that is so."""
CELLS = 2_000_000
"""Pairs times draws that are worked on at once."""
TRIED = 20
"""Pairs of a stratum at which what an error would change is tried."""
HALF = 0.5
"""Jeffreys' prior for a share adds half a success and half a failure."""
RARE = {HOLDS: "failures", REPEATS: "failures", JOINS: "copies", BESIDE: "copies"}
"""What is rare in a role: links that are none, and copies among what was not linked."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Holdings:
    """Who holds each node of a frame: images and the bytes they take, by collection; `largest` is the largest file."""

    collections: tuple[str, ...]
    images: Ints
    bytes: Ints
    largest: Ints


def holdings(frame: Frame, images: pd.DataFrame) -> Holdings:
    """Return who holds each node, `images` of shape (nodes, collections)."""
    shown = images[images["status"] == "hashed"]
    row = pd.Series(np.arange(len(frame.nodes)), index=frame.nodes["image_id"].to_numpy())
    node = shown["image_id"].map(content_classes(images)).map(row)
    kept = node.notna().to_numpy()
    place, names = pd.factorize(shown["collection"], sort=True)
    counts = np.zeros((len(row), len(names)), np.int64)
    at = node[kept].to_numpy(np.int64)
    np.add.at(counts, (at, place[kept]), 1)
    size = shown["bytes"].to_numpy(np.int64)[kept]
    total, largest = np.zeros(len(row), np.int64), np.zeros(len(row), np.int64)
    np.add.at(total, at, size)
    np.maximum.at(largest, at, size)
    return Holdings(tuple(map(str, names)), counts, total, largest)


def known_copies(units: pd.DataFrame, reviewed: pd.DataFrame) -> tuple[Floats, Flags]:
    """Return for each unit 1 (a copy), 0 (none) or NaN (unknown) as reviewed, and whether anybody has looked at all."""
    keyed = reviewed.set_index(["left", "right"])["duplicate"]
    place = pd.MultiIndex.from_frame(units[["left", "right"]])
    found = keyed.reindex(place)
    copies = np.asarray(found.astype("Float64").to_numpy(np.float64, na_value=np.nan), np.float64)
    return copies, np.asarray(place.isin(keyed.index), bool)


def rates(drawn: Draw, known: Floats, counted: Flags) -> pd.DataFrame:
    """Return the plan with what its strata showed: `reviewed`, `copies`, and `alpha`, `beta` of the Beta posterior.

    Parameters
    ----------
    drawn
        The draw.
    known
        For each unit 1 (a copy), 0 (none) or NaN. Where reviewers could not tell or disagree, the pair is left out, as if missing
        at random.
    counted
        Whether a unit was drawn and asked, so that it speaks for its stratum; one that somebody came across speaks for itself.
    """
    units = drawn.units
    part = pd.Series(known)[counted & units["drawn"].to_numpy() & ~np.isnan(known)]
    seen = part.groupby(units["stratum"].to_numpy()[part.index]).agg(["size", "sum"])
    plan = drawn.plan.set_index("stratum")
    reviewed = seen["size"].reindex(plan.index).fillna(0).to_numpy(np.float64)
    copies = seen["sum"].reindex(plan.index).fillna(0).to_numpy(np.float64)
    alpha, beta = posterior(plan)(reviewed[None], copies[None])
    return plan.assign(
        reviewed=reviewed.astype(np.int64), copies=copies.astype(np.int64), alpha=alpha[0], beta=beta[0]
    ).reset_index()


def posterior(plan: pd.DataFrame) -> Prior:
    """Return how numbers of pairs and copies seen in each stratum (last axis) become the parameters of a Beta posterior.

    The prior is Jeffreys', of which the strata of a role share by their size the half that stands for what is rare (errors among
    links, copies among the rest): a half in each of ten strata would be five errors that nobody saw.
    """
    wrong = plan["role"].map(RARE).to_numpy() == "failures"
    units = plan["units"].to_numpy(np.float64)
    together = np.equal.outer(plan["role"].to_numpy(object), plan["role"].to_numpy(object)).astype(np.float64)

    rare = HALF * units / np.maximum(units @ together, 1.0)

    def parameters(reviewed: Floats, copies: Floats) -> tuple[Floats, Floats]:
        return copies + np.where(wrong, HALF, rare), reviewed - copies + np.where(wrong, rare, HALF)

    return parameters


@dataclass(frozen=True)
class Totals:
    """One number per draw for each total; `detected` holds what the detector alone says.

    `cells` are the kinds of pairs (`relation`, `band`, `pairs`) and `copies` how many image pairs of each are copies, of shape
    (draws, cells). Where strata are open, because nobody looked, `draws` takes none of their pairs as a copy, `most` all of them
    and `middles` those that the detector linked.
    """

    draws: dict[str, Floats]
    detected: dict[str, float]
    cells: pd.DataFrame
    copies: Floats
    most: dict[str, Floats]
    most_copies: Floats
    middles: dict[str, Floats]
    open_pairs: int = 0

    def interval(self, name: str, share: float = 0.95) -> tuple[float, float]:
        """Return the middle `share` of the draws; with open strata from its least to its most."""
        return ends((self.draws[name], self.most[name]), share)

    def ratio(self, part: Flags, whole: "Flags | float") -> Floats:
        """Return for each draw the copies in some cells over those in others, or over a number; NaN over nothing."""
        return _ratio(self.copies, self.copies, part, whole)

    def ratios(self, part: Flags, whole: "Flags | float") -> tuple[Floats, Floats]:
        """Return the least and the most that a ratio is with open strata."""
        least = _ratio(self.copies, self.most_copies, part, whole)
        return least, _ratio(self.most_copies, self.copies, part, whole)

    def middle(self, name: str) -> float:
        """Return the median of the draws."""
        return float(np.median(self.middles[name]))


def ends(drawn: tuple[Floats, ...], share: float = 0.95) -> tuple[float, float]:
    """Return the lowest lower and the highest upper end of the middle `share` of each of some draws."""
    tail = (1 - share) / 2
    found = [np.quantile(each[~np.isnan(each)], (tail, 1 - tail)) for each in drawn]
    return float(min(low for low, _ in found)), float(max(high for _, high in found))


def _ratio(above: Floats, beside: Floats, part: Flags, whole: "Flags | float") -> Floats:
    """Return copies in a part, over those there and, as `beside` has them, elsewhere in the whole."""
    over = above[:, part].sum(axis=1)
    if isinstance(whole, float):
        under = np.full(len(over), whole)
    else:
        under = above[:, whole & part].sum(axis=1) + beside[:, whole & ~part].sum(axis=1)
    found: Floats = np.divide(over, under, out=np.full(len(over), np.nan), where=under > 0)
    return found


def propagate(
    frame: Frame,
    held: Holdings,
    found: pd.DataFrame,
    strata: "pd.Series[str]",
    known: Floats,
    *,
    said: Judgements | None = None,
    counted: Flags | None = None,
    search: Missed | None = None,
    draws: int = 0,
    seed: int = 1,
    progress: Progress | None = None,
) -> Totals:
    """Draw the totals.

    Parameters
    ----------
    frame, held
        The frame and who holds its nodes.
    found
        Strata as `rates` gives them.
    strata, known
        For each unit its stratum, and whether it is a copy (NaN where unknown).
    said, counted
        What each reviewer said of the units, where it is known how often they err; and which units speak for their stratum.
        Without these, reviewers are taken never to err.
    search
        What a search for random files found; without it the totals are of pairs examined or proposed.
    draws, seed
        How many, from where; 0 takes 2,000, or 500 where the graph is large.
    progress
        Called with draws done and draws in all.
    """
    units = frame.units
    graph = _Graph.of(frame, held)
    count = draws or (FEWER if graph.size > LARGE else DRAWS)
    place = strata.map({name: row for row, name in enumerate(found["stratum"])}).to_numpy(np.int64)
    random = np.random.default_rng(seed)
    settled, shares, truth = _truth(found, place, known, said, counted, count, random)
    open_ = np.ones(len(units), bool)
    open_[settled] = False
    rows = np.flatnonzero(open_)
    unseen = (found["reviewed"].to_numpy() == 0)[place] & open_
    linked = units["role"].isin([HOLDS, REPEATS]).to_numpy()
    forest = units["role"].isin([HOLDS, JOINS]).to_numpy()
    beside = (units["role"] == BESIDE).to_numpy()
    by = units.groupby(["relation", "band"], sort=True)
    cells, weight = by["pairs"].sum().reset_index(), units["pairs"].to_numpy(np.float64)
    kinds = np.zeros((len(units), len(cells)))
    kinds[np.arange(len(units)), by.ngroup().to_numpy(np.int64)] = weight
    examined = weight * ~units["relation"].str.startswith(PROPOSED).to_numpy(dtype=bool)
    donors = _Donors.of(
        graph, found, place, known, linked, open_ & ~unseen & (forest | beside), beside, random
    )
    versions = {"least": np.zeros(len(units), bool), "most": np.ones(len(units), bool), "middle": linked}
    wanted = list(versions) if unseen.any() else ["least"]
    tables: dict[str, list[Floats]] = {name: [] for name in wanted}
    copies: dict[str, list[Floats]] = {name: [] for name in wanted}
    for begin, end in _blocks(count, len(units) + graph.size):
        copy = np.tile(linked, (end - begin, 1))
        copy[:, settled] = known[settled] == 1 if truth is None else truth[begin:end]
        looked = donors.unit[: donors.reviewed]
        wrong = copy[:, looked] != linked[looked]
        further = donors(shares[begin:end], wrong, random)
        drawn = copy.copy()
        drawn[:, rows] = random.random((end - begin, len(rows))) < shares[begin:end, place[rows]]
        for name in wanted:
            copy[:, unseen] = drawn[:, unseen] = versions[name][unseen]
            joined = copy & (forest | ~open_)
            tables[name].append(np.column_stack([graph(joined) + further, drawn @ examined]))
            copies[name].append(drawn @ kinds)
        if progress:
            progress(end, count)
    names = (*graph.names, "pairs")
    more = np.zeros((count, len(names)))
    if search is not None:
        more[:, :-1] = search(count, random)
    found_ = {
        name: dict(zip(names, np.maximum(np.vstack(each) + more, 0).T, strict=True))
        for name, each in tables.items()
    }
    base = np.append(graph((units["role"] == HOLDS).to_numpy()[None])[0], weight[linked].sum())
    least, least_copies = found_["least"], np.vstack(copies["least"])
    return Totals(
        least, dict(zip(names, base.tolist(), strict=True)), cells, least_copies,
        found_.get("most", least), np.vstack(copies.get("most", [least_copies])), found_.get("middle", least), int(unseen.sum()),
    )  # fmt: skip


@dataclass(frozen=True)
class _Donors:
    """What an error of the detector changes, learned from the errors that were seen: they stand for those that nobody saw.

    In each stratum the reviewed pairs are drawn like any others, so that its errors change as much as those found in it, wherever
    errors gather. Nothing is known of how errors lie beside each other, so what one changes is the mean of what it changes where no
    unseen error is, and where as many are as are expected. `effect` has the shape (pairs, totals). The pairs from `reviewed` on are some that nobody
    looked at: they stand in where no error was seen.
    """

    unit: Ints
    stratum: Ints
    effect: Floats
    reviewed: int
    open_units: Ints
    link: Flags
    role: Ints

    @classmethod
    def of(
        cls,
        graph: "_Graph",
        found: pd.DataFrame,
        place: Ints,
        known: Floats,
        linked: Flags,
        open_: Flags,
        beside: Flags,
        random: np.random.Generator,
    ) -> "_Donors":
        """Learn it; `open_` are pairs that nobody looked at, in strata where somebody looked; `beside` are those beside the forest."""
        forest = open_ & ~beside
        strata = len(found)
        many = np.bincount(place[open_], minlength=strata)
        link = np.zeros(strata, bool)
        link[place] = linked
        reviewed = np.flatnonzero(~np.isnan(known) & (many > 0)[place])
        order = random.permutation(np.flatnonzero(open_))
        turn = pd.Series(place[order]).groupby(place[order]).cumcount().to_numpy()
        unit = np.concatenate([reviewed, order[turn < TRIED]]).astype(np.int64)
        state = np.where(np.isnan(known), linked & forest, known == 1)
        share = (found["alpha"] / (found["alpha"] + found["beta"])).to_numpy()[place]
        alone = graph.effects(unit, linked, state, None, None)
        among = graph.effects(unit, linked, state, np.where(forest, share, 0.0), random)
        # Copies beside the forest join something only where the likeliest copies of the forest do not join it already.
        likely = np.where(forest & np.isnan(known), share > HALF, state)
        effect = np.where(
            beside[unit][:, None], graph.effects(unit, linked, likely, None, None), (alone + among) / 2
        )
        effect[len(reviewed) :][beside[unit[len(reviewed) :]]] = 0.0
        role = pd.factorize(found["role"])[0].astype(np.int64)
        return cls(unit, place[unit], effect, len(reviewed), many, link, role)

    def __call__(self, shares: Floats, wrong: Flags, random: np.random.Generator) -> Floats:
        """Return what unseen errors change, shape (draws, totals), given which reviewed pairs are errors, shape (draws, pairs)."""
        strata, seen = shares.shape[1], slice(None, self.reviewed)
        many = random.binomial(self.open_units, np.where(self.link, 1 - shares, shares))
        member = np.zeros((len(self.unit), strata))
        member[np.arange(len(self.unit)), self.stratum] = 1.0
        roles = np.zeros((strata, int(self.role.max(initial=-1)) + 1))
        roles[np.arange(strata), self.role] = 1.0
        # The spread of a mean of n is known from n - 1 of them (Rao and Wu 1988).
        count = np.maximum(wrong @ member[seen], 1.0)
        shape = np.where(wrong, np.maximum(1 - 1 / count, HALF)[:, self.stratum[seen]], 0.0)
        weight = np.hstack(
            [random.standard_gamma(shape), np.zeros((len(shares), len(self.unit) - self.reviewed))]
        )
        part = many / (weight @ member + HALF)
        # What stands for the half of each stratum: the errors seen in all strata of its role or, where none is, any pairs of these.
        rest = HALF * part @ roles
        of_role = self.role[self.stratum]
        whole = weight @ member @ roles
        any_ = np.where(
            np.arange(len(self.unit)) < self.reviewed, 0.0, np.where(whole > 0, 0.0, 1.0)[:, of_role]
        )
        spread = weight + any_
        whole = spread @ member @ roles
        weight = (
            weight * part[:, self.stratum]
            + spread * np.divide(rest, whole, out=np.zeros_like(rest), where=whole > 0)[:, of_role]
        )
        # The unseen errors are so many, and not their mean: each is like one of those that were seen.
        times = random.poisson(weight).astype(np.float64)
        drawn, wanted = times @ member @ roles, many @ roles
        fit = np.divide(wanted, drawn, out=np.zeros_like(rest), where=drawn > 0)[:, of_role]
        return np.asarray(np.where((drawn == 0)[:, of_role], weight, times * fit) @ self.effect, np.float64)


def _truth(
    found: pd.DataFrame,
    place: Ints,
    known: Floats,
    said: Judgements | None,
    counted: Flags | None,
    count: int,
    random: np.random.Generator,
) -> tuple[Ints, Floats, Flags | None]:
    """Return which units were looked at, each draw's shares of copies by stratum and, where reviewers err, the truth of these units."""
    if said is None or not len(said.unit):
        parameters = found["alpha"].to_numpy(np.float64), found["beta"].to_numpy(np.float64)
        return np.flatnonzero(~np.isnan(known)), random.beta(*parameters, (count, len(found))), None
    settled = np.unique(said.unit)
    asked = np.ones(len(place), bool) if counted is None else counted
    prior = posterior(found)
    shares, truth = drawn_truth(said, place[settled], asked[settled], len(found), prior, count, random)
    return settled, shares, truth


def _blocks(count: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield begin and end of as many draws as are worked on at once."""
    step = max(1, CELLS // max(size, 1))
    for begin in range(0, count, step):
        yield begin, min(begin + step, count)


@dataclass(frozen=True)
class _Graph:
    """The pictures that lie in any pair, and what the works of a draw come to; pictures without any pair count alike in each."""

    one: Ints
    two: Ints
    pinned: Flags
    images: Ints
    by_collection: Ints
    bytes: Ints
    largest: Ints
    alone: Floats
    collections: tuple[str, ...]

    @classmethod
    def of(cls, frame: Frame, held: Holdings) -> "_Graph":
        units = frame.units
        touched, at = np.unique(
            np.concatenate([units["one"], units["two"]]).astype(np.int64), return_inverse=True
        )
        # A link that a refuted pair keeps from joining two works does not join them for being seen to be right.
        work = frame.nodes["work"].to_numpy(np.int64)
        pinned = (units["role"] == REPEATS).to_numpy() & (work[units["one"]] != work[units["two"]])
        rest = np.ones(len(held.bytes), bool)
        rest[touched] = False
        none = np.zeros(0, np.int64)
        lone = cls(none, none, none.astype(bool), held.images[rest].sum(axis=1), held.images[rest], held.bytes[rest], held.largest[rest],
                   np.zeros(6 + len(held.collections)), held.collections)  # fmt: skip
        fixed = lone._come_to(np.arange(int(rest.sum()), dtype=np.int64), 1)[0]
        own = held.images[touched]
        return cls(
            at[: len(units)], at[len(units) :], pinned, own.sum(axis=1), own, held.bytes[touched], held.largest[touched], fixed,
            held.collections,
        )  # fmt: skip

    @property
    def size(self) -> int:
        return len(self.images)

    @property
    def names(self) -> tuple[str, ...]:
        return (
            "surplus", "works", "groups", "together", "bytes", "shared", *(f"surplus in {name}" for name in self.collections)
        )  # fmt: skip

    def __call__(self, joined: Flags) -> Floats:
        """Return the totals, shape (draws, names), where the given pairs join."""
        draw, unit = np.nonzero(joined & ~self.pinned)
        shift = draw * np.int64(self.size)
        one, two = self.one[unit] + shift, self.two[unit] + shift
        return self._come_to(components(one, two, len(joined) * self.size), len(joined))

    def effects(
        self,
        tried: Ints,
        linked: Flags,
        state: Flags,
        shares: Floats | None,
        random: np.random.Generator | None,
    ) -> Floats:
        """Return what each of some pairs changes by being an error of the detector, all others being as they are.

        With `shares`, pairs for which there is one are copies by it, anew for each that is tried.
        """
        found = [np.zeros((0, 6 + len(self.collections)))]
        for begin, end in _blocks(len(tried), len(state) + self.size):
            at = np.arange(end - begin), tried[begin:end]
            right = np.tile(state, (end - begin, 1))
            if shares is not None and random is not None:
                drawn = np.flatnonzero(shares > 0)
                right[:, drawn] = random.random((end - begin, len(drawn))) < shares[drawn]
            wrong = right.copy()
            right[at], wrong[at] = linked[tried[begin:end]], ~linked[tried[begin:end]]
            found.append(self(wrong) - self(right))
        return np.concatenate(found)

    def _come_to(self, work: Ints, draws: int) -> Floats:
        number, size = int(work.max(initial=-1)) + 1, len(self.images)
        draw = np.zeros(number, np.int64)
        draw[work] = np.repeat(np.arange(draws), size)
        images = np.bincount(work, np.tile(self.images, draws), number)
        kept = np.zeros(number, np.int64)
        np.maximum.at(kept, work, np.tile(self.largest, draws))
        several = images > 1
        by = [np.bincount(work, np.tile(column, draws), number) for column in self.by_collection.T]
        holders = sum((column > 0 for column in by), np.zeros(number, np.int64))

        def total(values: Floats | Ints | Flags) -> Floats:
            return np.asarray(np.bincount(draw, values, draws), np.float64)

        works = total(np.ones(number))
        columns = [
            total(images) - works, works, total(several), total(images * several),
            float(self.bytes.sum()) - total(kept), total(holders > 1), *(total(column - (column > 0)) for column in by),
        ]  # fmt: skip
        return np.column_stack(columns) + self.alone
