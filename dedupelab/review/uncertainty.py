"""Propagation: what the reviewed pairs say of those that nobody looked at, counted along the forests of the frame.

In each of many draws every stratum gets a share of copies that its reviewed pairs allow, and every unreviewed pair is a copy or not
by that share. Each link of a forest that is none is one surplus copy less, each pair of it that is one is one more. What a number
would be in 95 of 100 draws is its interval.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dedupelab.review.cuts import Flags, Floats, Ints, cuts
from dedupelab.review.file_search import Missed
from dedupelab.review.graph_context import HOLDS, JOINS, REPEATS
from dedupelab.review.label_errors import Judgements, Prior, drawn_truth
from dedupelab.review.sampling import Draw
from dedupelab.review.sampling_frame import BESIDE, Frame
from dedupelab.work.progress import Progress

DRAWS = 2000
FEWER = 500
"""Draws where there are many pairs."""
LARGE = 20_000
"""Pairs from which that is so."""
CELLS = 2_000_000
"""Pairs times draws that are worked on at once."""
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
    """One number per draw for surplus and works; `detected` holds what the detector alone says.

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
    truth: tuple[Ints, Flags] | None = None
    """Where reviewers may err: the units looked at, and for each draw whether they are copies."""

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
    # The next draw lies beyond either end as often as is meant, however few draws there are (Hyndman and Fan 1996, definition 6).
    found = [np.quantile(each[~np.isnan(each)], (tail, 1 - tail), method="weibull") for each in drawn]
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
    strata, known
        For each unit its stratum, and whether it is a copy (NaN where unknown).
    said, counted
        What each reviewer said of the units, where it is known how often they err; and which units speak for their stratum.
        Without these, reviewers are taken never to err.
    search
        What a search for random files found; without it the totals are of pairs examined or proposed.
    draws, seed
        How many, from where; 0 takes 2,000, or 500 where pairs are many.
    progress
        Called with draws done and draws in all.
    """
    units = frame.units
    count = draws or (FEWER if len(units) > LARGE else DRAWS)
    place = strata.map({name: row for row, name in enumerate(found["stratum"])}).to_numpy(np.int64)
    random = np.random.default_rng(seed)
    settled, shares, truth = _truth(found, place, known, said, counted, count, random)
    open_ = np.ones(len(units), bool)
    open_[settled] = False
    rows = np.flatnonzero(open_)
    unseen = (found["reviewed"].to_numpy() == 0)[place] & open_
    linked = units["role"].isin([HOLDS, REPEATS]).to_numpy()
    forest = units["role"].isin([HOLDS, JOINS]).to_numpy()
    by = units.groupby(["relation", "band"], sort=True)
    cells, weight = by["pairs"].sum().reset_index(), units["pairs"].to_numpy(np.float64)
    kinds = np.zeros((len(units), len(cells)))
    kinds[np.arange(len(units)), by.ngroup().to_numpy(np.int64)] = weight
    share = (found["alpha"] / (found["alpha"] + found["beta"])).to_numpy(np.float64)[place]
    rejoined = _Rejoined.of(frame, known, share, open_ & ~unseen)
    versions = {"least": np.zeros(len(units), bool), "most": np.ones(len(units), bool), "middle": linked}
    wanted = list(versions) if unseen.any() else ["least"]
    surplus: dict[str, list[Floats]] = {name: [] for name in wanted}
    copies: dict[str, list[Floats]] = {name: [] for name in wanted}
    for begin, end in _blocks(count, len(units)):
        copy = np.zeros((end - begin, len(units)), bool)
        copy[:, settled] = known[settled] == 1 if truth is None else truth[begin:end]
        copy[:, rows] = random.random((end - begin, len(rows))) < shares[begin:end, place[rows]]
        # That a draw with more errors hides more copies would make intervals narrower, on the word of the few errors that were seen.
        again = random.permutation(rejoined(copy, random))
        for name in wanted:
            copy[:, unseen] = versions[name][unseen]
            surplus[name].append(copy[:, forest].sum(axis=1) + again)
            copies[name].append(copy @ kinds)
        if progress:
            progress(end, count)
    more = np.zeros(count) if search is None else search(count, random)
    images = int(frame.nodes["images"].sum())
    most = images - 1.0 if images else 0.0
    drawn = {
        name: np.minimum(frame.certain + np.concatenate(each) + more, most) for name, each in surplus.items()
    }
    totals = {name: {"surplus": each, "works": images - each} for name, each in drawn.items()}
    least, least_copies = totals["least"], np.vstack(copies["least"])
    return Totals(
        least, {"surplus": float(frame.detected), "works": float(images - frame.detected)}, cells, least_copies,
        totals.get("most", least), np.vstack(copies.get("most", [least_copies])), totals.get("middle", least), int(unseen.sum()),
        None if truth is None else (settled, truth),
    )  # fmt: skip


@dataclass(frozen=True)
class _Rejoined:
    """Surplus copies that errors among the links hide from the forest, as parts of a work that were cut apart meet again.

    A meeting is of two errors at least, so that each counts for half of it. Errors that nobody saw are like those that were seen,
    of which Jeffreys' prior adds half an error that hides a copy and half an error that hides none.
    """

    cut: Ints
    own: Floats
    met: Floats
    links: Ints
    sure: int

    @classmethod
    def of(cls, frame: Frame, known: Floats, share: Floats, open_: Flags) -> "_Rejoined":
        """Learn it; `share` is the share of copies in each unit's stratum, `open_` are pairs that nobody looked at, in strata where somebody looked."""
        seen = cuts(frame, known, share)
        links = np.flatnonzero(open_ & (frame.units["role"] == HOLDS).to_numpy())
        return cls(seen.unit, np.where(seen.seen, 0.0, seen.met), seen.met, links, seen.sure)

    def __call__(self, copy: Flags, random: np.random.Generator) -> Floats:
        """Return how many, given which units are copies, shape (draws, units)."""
        wrong = ~copy[:, self.cut]
        # Each draw weighs the errors seen anew (Rubin 1981).
        weight = np.where(wrong, random.standard_exponential(wrong.shape), 0.0)
        meets, parts = random.standard_gamma(HALF, (2, len(copy)))
        met = (weight @ self.met + meets) / (weight.sum(axis=1) + meets + parts)
        further = (~copy[:, self.links]).sum(axis=1)
        own = (wrong & (random.random(wrong.shape) < self.own)).sum(axis=1)
        return np.asarray(self.sure + HALF * (own + random.binomial(further, met)), np.float64)


def _blocks(count: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield begin and end of as many draws as are worked on at once."""
    step = max(1, CELLS // max(size, 1))
    for begin in range(0, count, step):
        yield begin, min(begin + step, count)


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
