"""What a worker of a scan is given and does. Apart from `scan`, so that workers start without pandas and pyarrow."""

from collections.abc import Collection
from dataclasses import dataclass

from dedupelab.collect.listing import Entry
from dedupelab.collect.metadata.backends import Reading
from dedupelab.collect.reading.codes import Code
from dedupelab.collect.reading.decoding import PIXELS, Decode
from dedupelab.collect.record import Row, Started, read_records

_OWN = Reading()


@dataclass(frozen=True)
class Job:
    """One batch of one collection's files, as a worker gets it."""

    collection: str
    entries: tuple[Entry, ...]


def read_batch(
    job: Job,
    policy: Decode,
    codes: Collection[Code] = (),
    reading: Reading = _OWN,
    started: Started | None = None,
    pixels: int = PIXELS,
) -> list[Row]:
    """Read one batch of files; runs in a worker, which may be watched by what `started` is told (see `read_records`)."""
    return read_records(job.entries, job.collection, policy, codes, reading, started, pixels)
