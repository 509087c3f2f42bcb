"""What planted copies say of a total: the share of files with a copy, corrected for what the detector misses and invents."""

from collections.abc import Sequence

from dedupelab.errors import ConfigError
from dedupelab.numbers.messages import message
from dedupelab.numbers.results import Result, by_id, missing, share
from dedupelab.review.prevalence import rogan_gladen

FLAGGED, RECALL, ALONE = "M1b", "K.recall", "K.alone"
LABEL = message("Pictures with a copy, if copies were edited as the planted ones were")
METHOD = message(
    "Rogan and Gladen's correction of the flagged share, with the planted copies' recall as sensitivity and the pictures that "
    "calibration linked to no other as specificity; the three samples are taken as independent."
)
CAVEAT = message("planted: holds as far as copies are edited as the planted ones were, kind by kind")


def with_copies(results: Sequence[Result], calibration: Sequence[Result]) -> list[Result]:
    """Return V.files, the corrected share of files with a copy; nothing where no copies were planted.

    >>> with_copies([], [])
    []
    """
    found = by_id([*results, *calibration])
    tried, flagged = (found.get(name) for name in (RECALL, FLAGGED))
    if tried is None or flagged is None:
        return []
    counts = [_counted(found.get(name)) for name in (FLAGGED, RECALL, ALONE)]
    needs = [
        need
        for need, each in zip(
            (
                message("pictures that could be compared"),
                message("planted copies"),
                message("a calibration made by this version"),
            ),
            counts,
            strict=True,
        )
        if each is None
    ]
    known = [each for each in counts if each is not None]
    if needs:
        return [missing("V.files", LABEL, "fraction", needs, METHOD)]
    try:
        value, interval = rogan_gladen(known[0], known[1], known[2])
    except ConfigError:
        flags, found_of, alone_of = (successes / trials for successes, trials in known)
        need = message(
            "another calibration: with {flagged:.1%} flagged, {recall:.1%} of the planted copies found and {alone:.1%} of the "
            "pictures linked to no other, this correction cannot be used",
            flagged=flags,
            recall=found_of,
            alone=alone_of,
        )
        return [missing("V.files", LABEL, "fraction", (need,), METHOD)]
    whole = (float(known[0][1]), flagged.denominator_label)
    return [share("V.files", LABEL, value * whole[0], whole, interval, METHOD, grade="D", caveats=(CAVEAT,))]


def _counted(result: Result | None) -> tuple[int, int] | None:
    """Return successes and trials of a result that has them; of a corrected one the detector's own."""
    if result is None or not result.denominator or result.numerator is None:
        return None
    part = result.numerator if result.raw is None else result.raw * result.denominator
    return round(part), round(result.denominator)
