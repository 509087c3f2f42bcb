"""The sample's study.toml, with comments for people."""

from dedupelab.sample.catalogues import PLACES
from dedupelab.sample.holders import HOLDERS


def study_toml() -> str:
    """Return the sample's study.toml; some inputs of harm are left out on purpose."""
    collections = "".join(
        f'[[collection]]\nname = "{holder.collection}"\nlocation = "collections/{holder.collection}"\n'
        f'holder = "{holder.name} (invented)"\nkind = "{holder.kind}"\n'
        + (f'catalogue = "{PLACES[holder.collection]}"\n\n' if holder.collection in PLACES else "\n")
        for holder in HOLDERS
    )
    return _HEAD + collections + _REST


_HEAD = """\
# The sample study: four invented institutions that hold many of the same pictures.
# Every person, institution and price here is invented; the photographs' real sources are in data/README.md.

[study]
name = "sample"
purpose = "statistics on duplicate images; no action against any person"
owner = "Sample Association (invented)"

"""
_REST = """\
[scan]

[match]
gear = "quick"     # the sample is small enough for "thorough", which takes some minutes and finds more crops and screenshots
max_distance = 10   # bits of 64 within which two fingerprints make a candidate pair

# What harm costs. Every input names where it comes from; what is left out is printed as "not estimated".
# Left out here on purpose: disputes and licences.
[harm]
currency = "HKD"
price_year = 2026

[harm.storage_price]
value = 0.18
unit = "HKD per GB and month"
source = "example invoice of the invented Sample Association, March 2026"

[harm.storage_copies]
value = 3
unit = "copies kept of each file, backups included"
source = "example backup policy of the invented Sample Association, 2026"

[harm.review_seconds]
value = 20
unit = "median seconds to look at one pair"
source = "example timing log of the invented Sample Association: 60 pairs, April 2026"

[harm.hourly_wage]
value = 110
unit = "HKD per hour"
source = "example payroll sheet of the invented Sample Association, 2026"

[report]
languages = ["en"]
"""
