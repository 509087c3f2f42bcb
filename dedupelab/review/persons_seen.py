"""M17.seen: pictures that show a person who can be recognised, as people saw them in random files; software recognises nobody."""

import pandas as pd

from dedupelab.numbers.intervals import Interval, clopper_pearson
from dedupelab.numbers.messages import message
from dedupelab.numbers.results import Result, missing, share

LABEL = message("Images that show a person who can be recognised, as people saw")
METHOD = message(
    "People answered for files drawn at random whether they show a person who can be recognised; of several answers on one file the "
    "last counts. Software recognised nobody."
)

FROM_NONE_TO_ALL = message(
    "from the lower exact 95 % end if no file on which nobody could tell shows one, to the upper end if all of them do"
)


def persons_seen(answers: pd.DataFrame, files: int) -> Result:
    """Return M17.seen with its exact interval; where nobody could tell on some files, from none of these to all of them.

    Parameters
    ----------
    answers
        `persons` of `decisions.Decided`.
    files
        How many could have been drawn.
    """
    last = last_answers(answers)
    told = last[last["label"] != "cannot-tell"]
    if told.empty:
        return missing(
            "M17.seen", LABEL, "fraction", (message("random files on which somebody answered"),), METHOD
        )
    shows = int((told["label"] == "yes").sum())
    open_ = len(last) - len(told)
    exact = clopper_pearson(shows, len(told))
    if open_:
        least, most = (clopper_pearson(shows + more, len(last)).bounds or (0.0, 1.0) for more in (0, open_))
        exact = Interval((least[0], most[1]), FROM_NONE_TO_ALL, "bounds")
    return share(
        "M17.seen",
        LABEL,
        shows,
        (len(told), message("random files on which somebody answered, of {files:,}", files=files)),
        exact,
        METHOD,
        grade="B",
        caveats=(message("nobody could tell on {count:,} further files", count=open_),) if open_ else (),
    )


def last_answers(answers: pd.DataFrame) -> pd.DataFrame:
    """Return the last answer on each file."""
    return answers.sort_values("number").drop_duplicates("draw", keep="last")
