"""M17: how many pictures a registry would have to treat as data about persons, by what their metadata say.

Nothing is recognised by software: fields that people fill in where a picture shows a person are counted, not read.
"""

from dedupelab.evidence.copies.population import Population
from dedupelab.numbers.intervals import CENSUS
from dedupelab.numbers.messages import message
from dedupelab.numbers.results import Result, share

LABEL = message("Images whose metadata name a person or a model shown in them")
METHOD = message(
    "Images in whose XMP a field of IPTC or PLUS on persons shown, models, their age or release is filled in; what it says is not kept."
)
LEAST = message(
    "at least: a picture without such fields may show persons who can be recognised; nobody was recognised by software"
)


def persons(people: Population) -> Result:
    """Return M17, a lower bound."""
    named = int((people.hashed["names_person"].astype("boolean").fillna(value=False)).sum())
    total = len(people.hashed)
    return share(
        "M17",
        LABEL,
        named,
        (total, message("hashed images")),
        # Every file was read: a sampling interval would leave out the pictures whose metadata are silent.
        CENSUS,
        METHOD,
        caveats=(LEAST,),
        lower_bound=True,
    )
