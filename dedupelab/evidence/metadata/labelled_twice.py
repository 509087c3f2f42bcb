"""What a picture's source label and its Content Credentials say beside each other: who agrees, who is silent, who contradicts."""

import numpy as np
import pandas as pd

from dedupelab.evidence.copies.population import Population
from dedupelab.evidence.metadata.ai import HELD, names_ai
from dedupelab.numbers.intervals import share_interval
from dedupelab.numbers.messages import message
from dedupelab.numbers.results import Result, share

AI, OTHER, SILENT = "AI-made", "another source", "no source"
NONE, BROKEN = "none", "do not hold"


def label_and_credentials(images: pd.DataFrame) -> pd.DataFrame:
    """Count hashed images by what their label and their Content Credentials name; columns `label`, `credentials`, `images`, `contradict`.

    The label is the digital source type or AI system in XMP, or the source type of a linked catalogue record. Credentials that
    are invalid or were not checked do not hold: what they name is said by nobody. Only where both name a source can they
    contradict each other: one AI, the other something else.

    Parameters
    ----------
    images
        Rows of `tables.IMAGES`; unreadable files are left out.
    """
    hashed = images[images["status"] == "hashed"]
    label, credentials = _label(hashed), _credentials(hashed)
    told = pd.DataFrame({"label": label, "credentials": credentials})
    counted = told.value_counts(sort=False).rename("images").reset_index()
    pairs = zip(counted["label"], counted["credentials"], strict=True)
    counted["contradict"] = [{one, other} == {AI, OTHER} for one, other in pairs]
    order = ["contradict", "images", "label", "credentials"]
    return counted.sort_values(order, ascending=[False, False, True, True], ignore_index=True)


def label_against_credentials(hashed: pd.DataFrame) -> "tuple[pd.Series[bool], pd.Series[bool]]":
    """Say of each hashed image whether label and Content Credentials both name a source, and whether they contradict each other."""
    told = pd.DataFrame({"label": _label(hashed), "credentials": _credentials(hashed)}, hashed.index)
    both = told.isin([AI, OTHER]).all(axis=1)
    return both, both & (told["label"] != told["credentials"])


def contradicted_labels(people: Population) -> Result:
    """Return M12c: images whose label and whose Content Credentials contradict each other on AI, of those in which both name a source."""
    both, contradict = label_against_credentials(people.hashed)
    found, whole = int(contradict.sum()), int(both.sum())
    return share(
        "M12c", message("Images whose label and Content Credentials contradict each other on AI"), found,
        (whole, message("hashed images in which both a label and Content Credentials that hold name a source")), share_interval(contradict[both].to_numpy(bool), people.shown[both.to_numpy()].to_numpy()),
        message("Images whose digital source type or AI system names AI where Content Credentials that hold name another source, or the other way round."),
    )  # fmt: skip


def _label(images: pd.DataFrame) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    source = images["digital_source_type"].fillna("").astype(str).str.strip()
    system = images["ai_system"].fillna("").astype(str).str.strip() != ""
    return np.select([names_ai(source) | system, source != ""], [AI, OTHER], SILENT).astype(object)


def _credentials(images: pd.DataFrame) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    source = images["c2pa_source_type"].fillna("").astype(str).str.strip()
    states = [images["c2pa"] == "none", ~images["c2pa"].isin(HELD), names_ai(source), source != ""]
    return np.select(states, [NONE, BROKEN, AI, OTHER], SILENT).astype(object)
