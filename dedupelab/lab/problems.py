"""What is wrong with a study, or missing in it, as the desk lists it: each with its remedy."""

import os
from collections.abc import Iterator
from pathlib import Path

from dedupelab.errors import CollectionError
from dedupelab.lab.counts import counted
from dedupelab.study.study import Study


def problems(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a study, or missing in it, each with its remedy."""
    study = Study(folder)
    config = study.config
    for each in config.collection:
        if not each.holder:
            yield f"{each.name}: nobody is named as holder", "name the holder in the form"
        if "://" not in each.location:
            place = Path(study.location(each.name))
            if not place.is_dir():
                yield f"{each.name}: its folder is not there", "choose its folder anew"
            elif not os.access(place, os.R_OK | os.X_OK):
                yield f"{each.name}: its folder may not be read", "have it opened to you, or choose another"
    if not config.study.purpose:
        yield "The purpose is not said", "say it in the form; the paper prints it"
    images = study.images()
    wrong = images[images["status"] != "hashed"]
    by = sorted(wrong.groupby(["status", "problem"], dropna=False), key=lambda each: each[0][0] == "skipped")
    for (status, problem), rows in by:
        yield (
            f"{counted(len(rows), 'file')} {status}: {problem} (such as {rows['path'].iloc[0]})",
            "look at the file; mend or replace it, and scan again" if status == "unreadable" else "nothing to do if that is meant",
        )  # fmt: skip
    if len(images):
        for sentence in (*_incomplete(study), *study.overlaps()):
            yield sentence, "see the collection's folder, and scan again"


def _incomplete(study: Study) -> list[str]:
    try:
        return study.incomplete()
    except CollectionError:
        # Why not stands in the lines before.
        return ["Not one picture could be read"]
