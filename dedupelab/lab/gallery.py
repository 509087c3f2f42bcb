"""A still gallery of pairs: what the review room shows, on a page without a kernel."""

import base64
import html
from collections.abc import Iterable

import pandas as pd
from PIL import Image

from dedupelab.lab.laid import jpeg, lay
from dedupelab.lab.views import View
from dedupelab.review.review import Review
from dedupelab.study.study import Study

LONGEST = 260
WORDS = {
    "same": "same picture",
    "derivative": "one made from the other",
    "variant": "other exposure of the scene",
    "different": "different pictures",
    "cannot-tell": "could not be told",
}


def gallery(study: Study, count: int = 6) -> View:
    """Show pairs side by side, laid over each other, and their difference: reviewed ones first, then ones that will be asked.

    Neither names nor what the detector found are shown; nor what somebody decided while a second person has yet to look.
    """
    review = study.review()
    rows = listed(review).head(count)
    shown = View("".join(_figure(study, row) for row in rows.itertuples(index=False)))
    reviewed = int((rows["label"] != "").sum())
    if not shown.markup:
        return View("<p>There are no pairs to review.</p>")
    return shown + View(f"<p>{reviewed} of these {len(rows)} pairs are reviewed.</p>", f"{len(rows)} pairs")


def listed(review: Review) -> pd.DataFrame:
    """Return `left`, `right`, `label` (empty where nobody has decided) and `state` of the pairs that may be shown, in order."""
    said = review.decided.reviewed
    sheet = review.sheet
    double = {
        (min(p), max(p))
        for p in zip(*(sheet.loc[sheet["double"], s] for s in ("left", "right")), strict=True)
    }
    waiting = pd.Series(list(zip(said["left"], said["right"], strict=True)), dtype=object).isin(double)
    hidden = waiting.to_numpy(bool) & (said["decisions"] < 2).to_numpy(bool)
    decided = said.loc[~hidden, ["left", "right", "label", "state"]]
    done = set(zip(said["left"], said["right"], strict=True))
    ahead = [
        pair not in done
        for pair in zip(
            sheet[["left", "right"]].min(axis=1), sheet[["left", "right"]].max(axis=1), strict=True
        )
    ]
    asked = sheet.loc[ahead, ["left", "right"]].assign(label="", state="")
    return pd.concat([decided, asked], ignore_index=True)


def thumbnails(study: Study, left: str, right: str) -> dict[str, Image.Image]:
    """Return two pictures, one laid over the other, and their difference; empty where one may not or cannot be shown any more."""
    shown = study.shown([left, right], LONGEST)
    if len(shown) < 2:
        return {}
    one, other = shown[left], shown[right]
    laid = lay(one, other)
    over = Image.blend(laid.onto, other.convert("RGB"), 0.5)
    return {"left": one, "right": other, "one laid over the other": over, "difference": laid.difference}


def pictures(named: Iterable[tuple[str, Image.Image]]) -> str:
    """Return pictures in a row as HTML, each with its name below."""
    return "".join(
        "<div style='flex:0 1 260px'><img style='max-width:100%;display:block' alt='' src='data:image/jpeg;base64,"
        f"{base64.b64encode(jpeg(picture)).decode()}'><span>{html.escape(name)}</span></div>"
        for name, picture in named
    )


def _figure(study: Study, row: object) -> str:
    left, right, label, state = (str(getattr(row, name)) for name in ("left", "right", "label", "state"))
    made = thumbnails(study, left, right)
    said = {"dispute": "reviewers disagree", "open": WORDS["cannot-tell"]}.get(
        state, WORDS.get(label, "not yet reviewed")
    )
    body = (
        pictures(made.items()) if made else "<p>A picture may not be shown, or cannot be opened any more.</p>"
    )
    return (
        "<figure style='margin:1em 0'><div style='display:flex;gap:0.5em;flex-wrap:wrap;align-items:flex-start' "
        f"role='img' aria-label='A pair of pictures: {html.escape(said, quote=True)}'>{body}</div>"
        f"<figcaption><strong>{html.escape(said[:1].upper() + said[1:])}</strong></figcaption></figure>"
    )
