"""The catalogues of two holders: an OAI-PMH answer in Dublin Core, and an export of ResourceSpace; both as imperfect as real ones.

They state creators and dates only where the file does, so that truth.csv stays true of the images; now and then they name
another creator. Some pictures are not catalogued, some records describe what is no longer there.
"""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import quote
from xml.sax.saxutils import escape

from dedupelab.sample.holders import BY_COLLECTION
from dedupelab.sample.plan import FIRST_DAY, PlannedFile

PLACES = {"film-archive": "catalogues/film-archive.xml", "stock-agency": "catalogues/stock-agency.csv"}
"""Collection to its catalogue, from the study's folder."""
UNCATALOGUED, CONTRADICTING, GONE = 9, 17, 4
"""Every ninth file has no record, every seventeenth record names another creator, four records describe no file."""
_OAI = """\
<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" \
xmlns:dc="http://purl.org/dc/elements/1.1/">
 <responseDate>2026-07-06T00:00:00Z</responseDate>
 <request verb="ListRecords" metadataPrefix="oai_dc">https://{host}/oai</request>
 <ListRecords>
"""


def catalogue_files(plan: Sequence[PlannedFile]) -> dict[str, bytes]:
    """Return the catalogues by their place in the study's folder."""
    return {
        PLACES["film-archive"]: _dublin_core([file for file in plan if file.collection == "film-archive"]),
        PLACES["stock-agency"]: _resource_space([file for file in plan if file.collection == "stock-agency"]),
    }


def _described(files: Sequence[PlannedFile]) -> list[tuple[int, PlannedFile, str, str]]:
    """Return the catalogued files in order of their paths with their number, creator and date."""
    found = []
    for number, file in enumerate(sorted(files, key=lambda each: each.path), 1):
        if number % UNCATALOGUED == 0:
            continue
        reported = file.labels.reported() if file.labels is not None else {}
        creator = reported.get("creator", "")
        if creator and number % CONTRADICTING == 0:
            people = BY_COLLECTION[file.collection].people
            creator = next(
                person for person in people[number % len(people) :] + people if person not in creator
            )
        found.append((number, file, creator, reported.get("date_created", "")))
    return found


def _dublin_core(files: Sequence[PlannedFile]) -> bytes:
    holder = BY_COLLECTION["film-archive"]
    lines = [_OAI.format(host=holder.host)]
    for number, file, creator, date in _described(files):
        english, _, chinese = file.work.facts.caption.partition(". ")
        texts = [f'<dc:title xml:lang="en">{escape(english or file.work.facts.title)}</dc:title>']
        texts += [f'<dc:title xml:lang="zh-Hant">{escape(chinese.rstrip("。"))}</dc:title>'] * bool(chinese)
        texts += [f"<dc:creator>{escape(name)}</dc:creator>" for name in creator.split("; ") if name]
        texts += [f"<dc:date>{date}</dc:date>"] * bool(date)
        texts += [
            f"<dc:publisher>{escape(holder.name)}</dc:publisher>",
            "<dc:subject>Photographs</dc:subject>",
        ]
        texts += [f"<dc:identifier>https://{holder.host}/files/{quote(file.path)}</dc:identifier>"]
        lines.append(_record(f"KH-{number:04d}", file.ingested.isoformat(), "".join(texts)))
    for number in range(GONE):
        gone = f"<dc:title>Lost reel {number + 1}</dc:title><dc:identifier>lost-reel-{number + 1}.tif</dc:identifier>"
        lines.append(_record(f"KH-9{number:03d}", FIRST_DAY.isoformat(), gone))
    day = (FIRST_DAY + timedelta(days=30)).isoformat()
    lines.append(
        f'<record><header status="deleted"><identifier>oai:{holder.host}:KH-8000</identifier><datestamp>{day}</datestamp></header></record>\n'
    )
    return "".join([*lines, " </ListRecords>\n</OAI-PMH>\n"]).encode()


def _record(identifier: str, day: str, texts: str) -> str:
    host = BY_COLLECTION["film-archive"].host
    header = f"<header><identifier>oai:{host}:{identifier}</identifier><datestamp>{day}</datestamp></header>"
    return f"<record>{header}<metadata><oai_dc:dc>{texts}</oai_dc:dc></metadata></record>\n"


def _resource_space(files: Sequence[PlannedFile]) -> bytes:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(
        [
            "Resource ID(s)",
            "Resource type",
            "Original filename",
            "Title",
            "Photographer",
            "Date",
            "Keywords",
            "Country",
        ]
    )
    for number, file, creator, date in _described(files):
        name = file.path.rpartition("/")[2]
        table.writerow(
            [
                2000 + number,
                "Photo",
                name,
                file.work.facts.title,
                creator,
                date.partition("T")[0],
                "stock, sample",
                "",
            ]
        )
    for number in range(GONE):
        table.writerow([9000 + number, "Photo", f"withdrawn_{number + 1}.jpg", "Withdrawn", "", "", "", ""])
    table.writerow([9999, "Photo", "a_row_that_was_cut", "by", "a", "comma", "too", "many", "cells"])
    return text.getvalue().encode("utf-8-sig")
