"""Propagation: what the reviewed pairs say of those that nobody looked at, carried through the graph to works and groups.

In each of many draws every stratum gets a share of copies that its reviewed pairs allow, every unreviewed pair is a copy or not
by that share, and the works are put together anew. What a number would be in 95 of 100 draws is its interval.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dedupelab.review.file_search import Missed
from dedupelab.review.graph_context import HOLDS, JOINS, REPEATS
from dedupelab.review.label_errors import Judgements, Prior, drawn_truth
from dedupelab.review.sampling import Draw
from dedupelab.review.sampling_frame import BESIDE, PROPOSED, Frame
from dedupelab.review.works import Flags, Floats, Holdings, Ints, Works, blocks
from dedupelab.work.progress import Progress

DRAWS = 2000
FEWER = 500
"""Draws where the graph is large."""
LARGE = 20_000
"""Pictures with any pair from which that is so."""
TRIED = 20
"""Pairs of a stratum at which what an error would change is tried."""
HALF = 0.5
"""Jeffreys' prior for a share adds half a success and half a failure."""
RARE = {HOLDS: "failures", REPEATS: "failures", JOINS: "copies", BESIDE: "copies"}
"""What is rare in a role: links that are none, and copies among what was not linked."""


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

    def at_worst(self, part: Flags, link: Flags) -> tuple[Floats, Floats, Floats]:
        """Return for some of the linked cells, in each draw: the least share of them that are copies, and the least and the most that
        they are of all copies.

        Strata mix bands, and nobody has drawn band by band: all errors among the links may lie in these cells, or none.
        """  # noqa: D205  one sentence
        pairs = self.cells["pairs"].to_numpy(np.float64)
        linked, right = pairs[part].sum(), self.copies[:, link].sum(axis=1)
        least = np.maximum(linked - (pairs[link].sum() - right), 0.0)
        most = np.minimum(self.most_copies[:, link].sum(axis=1), linked)
        others = self.copies[:, ~link].sum(axis=1), self.most_copies[:, ~link].sum(axis=1)
        above = self.most_copies[:, link].sum(axis=1) + others[0]
        return (
            least / max(linked, 1.0), least / np.maximum(right + others[1], 1.0), most / np.maximum(above, 1.0)
        )  # fmt: skip

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
    graph = Works.of(frame, held)
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
    for begin, end in blocks(count, len(units) + graph.size):
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
        graph: "Works",
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
        outside = beside[unit]
        effect = np.zeros((len(unit), len(graph.names)))
        alone = graph.effects(unit[~outside], linked, state, None, None)
        among = graph.effects(unit, linked, state, np.where(forest, share, 0.0), random)
        # Copies beside the forest join something only where the likeliest copies of the forest do not join it already.
        likely = np.where(forest & np.isnan(known), share > HALF, state)
        effect[~outside] = (alone + among[~outside]) / 2
        joining = np.flatnonzero(outside[: len(reviewed)])
        effect[joining] = graph.effects(unit[joining], linked, likely, None, None)
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
