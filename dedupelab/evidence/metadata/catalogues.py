"""What the holders' catalogues add: records and where they went, what crosswalks lose, where record and file contradict."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab import tables
from dedupelab.evidence.copies.population import Population
from dedupelab.evidence.metadata.conflicts import FIELDS
from dedupelab.evidence.metadata.rights import orphans
from dedupelab.numbers.intervals import CENSUS, Works, share_interval
from dedupelab.numbers.messages import Message, message, named
from dedupelab.numbers.results import Result, count, share
from dedupelab.values.normalise import compare

OUTCOMES = ("linked", "ambiguous", "unmatched", "unusable")
CLAIMED = tuple(field for field in FIELDS if field in tables.CATALOGUED)
"""Fields on which a record and a file are compared, in the order of FIELDS."""
WHOSE = tuple(field for field in CLAIMED if field not in {"source", "title"})
"""Fields of M5c.any, as in M5.any."""
FIELD = ["collection", "format", "field"]
"""What names a field of a catalogue in the crosswalk."""
BY_RULE = message("records were linked by path, file name or identifier, which no one has checked")
_OUTCOME = {
    "linked": message("Catalogue records linked to an image"),
    "ambiguous": message("Catalogue records that name several images"),
    "unmatched": message("Catalogue records that name no image of their collection"),
    "unusable": message("Catalogue records that could not be read or were withdrawn"),
}


def catalogues(
    people: Population, embedded: pd.DataFrame, records: pd.DataFrame, crosswalk: pd.DataFrame
) -> list[Result]:
    """Return N.records, N.catalogued, M5c, M7.file and M15; nothing for a study without catalogues.

    Parameters
    ----------
    embedded
        The images as their files alone describe them (`tables.SCANNED`).
    records, crosswalk
        As `tables.RECORDS` and `tables.CROSSWALK`.
    """
    if not len(records):
        return []
    hashed = embedded[embedded["status"] == "hashed"]
    claims = said_of_images(records)
    return [
        *_records(people, records),
        *_coverage(people, hashed, claims),
        *_disagreements(people, hashed, claims),
        _silent_files(hashed, people.shown.to_numpy()),
        *_losses(people, crosswalk),
    ]


def _records(people: Population, records: pd.DataFrame) -> list[Result]:
    whole = (len(records), message("catalogue records"))
    outcome = records["outcome"]
    found = [
        count("N.records", message("Catalogue records read"), whole[0], "records", whole, message("Counted in the records table.")),
        *(
            count(f"N.records.{each}", _OUTCOME[each], int((outcome == each).sum()), "records", whole, message("Counted in the records table."))
            for each in OUTCOMES
        ),
    ]  # fmt: skip
    assert sum(result.value or 0 for result in found[1:]) == whole[0]
    for name, called in people.collections.items():
        own = records[records["collection"] == name]
        if len(own):
            linked = int((own["outcome"] == "linked").sum())
            found.append(
                count(f"N.records.linked.{name}", message("Catalogue records of {holder} linked to an image", holder=called), linked, "records",
                      (len(own), message("catalogue records of {holder}", holder=called)), message("Counted in the records table."))
            )  # fmt: skip
    return found


def said_of_images(records: pd.DataFrame) -> pd.DataFrame:
    """Return what the records say of each image: for each field the first of its records that states it."""
    linked = records.loc[records["outcome"] == "linked", ["image_ids", *CLAIMED]]
    each = linked.assign(image_id=linked["image_ids"].str.split()).explode("image_id")
    return each.groupby("image_id", sort=True)[list(CLAIMED)].first()


def _coverage(people: Population, hashed: pd.DataFrame, claims: pd.DataFrame) -> list[Result]:
    described = hashed["image_id"].isin(claims.index)
    return [
        share(
            "N.catalogued", message("Images that a catalogue record describes"), int(described.sum()), (len(hashed), message("hashed images")), CENSUS,
            message("Hashed images with at least one linked record."), caveats=(BY_RULE,),
        ),
        *(
            share(
                f"N.catalogued.{name}", message("Images of {holder} that a catalogue record describes", holder=called),
                int((described & (hashed["collection"] == name)).sum()),
                (int((hashed["collection"] == name).sum()), message("hashed images in {holder}", holder=called)), CENSUS,
                message("Hashed images with at least one linked record."), caveats=(BY_RULE,),
            )
            for name, called in people.collections.items()
        ),
    ]  # fmt: skip


def _disagreements(people: Population, hashed: pd.DataFrame, claims: pd.DataFrame) -> list[Result]:
    compared, conflict = compared_with_records(hashed, claims)
    every = message("any field that says whose the picture is")
    return [
        _contradicted(
            field,
            named(FIELDS[field]) if field in FIELDS else every,
            conflict.loc[compared[field], field].to_numpy(bool),
            people.shown[compared.index[compared[field]]].to_numpy(),
        )
        for field in conflict.columns.astype(str)
    ]


def compared_with_records(hashed: pd.DataFrame, claims: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare file and record of one image: never counted among the conflicts between copies.

    Returns
    -------
    Two frames by image_id, with a column for each field and `any`: whether both state it, and whether they contradict each other.
    """
    own = hashed.set_index("image_id").reindex(claims.index)[list(CLAIMED)].fillna("").astype(str)
    said = claims.fillna("").astype(str)
    states = pd.DataFrame(
        {
            field: [compare(field, left, right) for left, right in zip(own[field], said[field], strict=True)]
            for field in CLAIMED
        },
        index=claims.index,
    )
    compared, conflict = states != "missing", states == "conflict"
    return (
        compared.assign(any=compared[list(WHOSE)].any(axis=1)),
        conflict.assign(any=conflict[list(WHOSE)].any(axis=1)),
    )


def _contradicted(name: str, called: Message, conflict: NDArray[np.bool_], works: Works) -> Result:
    return share(
        f"M5c.{name}", message("Catalogue record contradicts the file on {field}", field=called), int(conflict.sum()),
        (len(conflict), message("images of which both the file and its catalogue record state {field}", field=called)), share_interval(conflict, works),
        message(
"Images whose linked record and embedded metadata contradict each other; differences of form, truncation and precision "
        "are not conflicts, and none of these is counted as a conflict between copies."
),
        caveats=(BY_RULE,),
    )  # fmt: skip


def _silent_files(hashed: pd.DataFrame, works: Works) -> Result:
    silent = orphans(hashed)
    return share(
        "M7.file", message("Images whose file carries no rights information, whatever a catalogue says"), int(silent.sum()),
        (len(hashed), message("hashed images")), share_interval(silent, works),
        message("As M7, by the files' embedded metadata alone: what a recipient of the copy can see."),
    )  # fmt: skip


def placeless(mapped: "pd.Series[str]") -> bool:
    """Whether none of a field's values has a place here, from where they were mapped to."""
    return not any(mapped)


def _losses(people: Population, crosswalk: pd.DataFrame) -> list[Result]:
    method = message(
        "Values in the catalogues that are in no column here: their field has no place, or the value is no date or a second one."
    )
    fields = crosswalk.groupby(FIELD, sort=True)["mapped_to"].agg(placeless)
    found = [
        share(
            "M15", message("Crosswalk loss: catalogue values without a place here"), int(crosswalk["lost"].sum()),
            (int(crosswalk["values"].sum()), message("values in catalogue records")), CENSUS, method,
        ),
        share(
            "M15.fields", message("Crosswalk loss: catalogue fields without a place here"), int(fields.sum()),
            (len(fields), message("fields of catalogues")), CENSUS, message("Source fields of each catalogue none of whose values is mapped."),
        ),
    ]  # fmt: skip
    for name, called in people.collections.items():
        own = crosswalk[crosswalk["collection"] == name]
        if len(own):
            whole = (int(own["values"].sum()), message("values in the catalogue of {holder}", holder=called))
            label = message("Crosswalk loss in the catalogue of {holder}", holder=called)
            found.append(share(f"M15.in.{name}", label, int(own["lost"].sum()), whole, CENSUS, method))
    return found
