"""Finished files onto the disk: whole or not at all, without the clock, and small enough for the mail."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from dedupelab.errors import ReportError
from dedupelab.tables.whole_file import whole_file

_ZIP_TIME = (2000, 1, 1, 0, 0, 0)
LARGEST = 5_000_000
"""Government mailboxes in Hong Kong take 5 MB."""


def check_size(content: bytes, path: Path) -> bytes:
    """Return the content, or raise ReportError when no mailbox would take it."""
    if len(content) >= LARGEST:
        raise ReportError(
            f"expected {path.name} below {LARGEST / 1e6:.0f} MB, got {len(content) / 1e6:.1f} MB; show fewer or smaller pictures"
        )
    return content


def replace_file(path: Path, content: bytes) -> None:
    """Write atomically; raises OutputError, and nothing half-written stays."""
    with whole_file(path, parents=True) as partial:
        partial.write_bytes(content)


def without_clock(content: io.BytesIO, instead: Mapping[str, bytes] | None = None) -> bytes:
    """Zip an Office file again in one order with one time, so that equal contents give equal bytes; `instead` replaces parts by name."""
    result = io.BytesIO()
    with zipfile.ZipFile(content) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        names = source.namelist()
        # Readers recognise the format by the first entry.
        for name in ["[Content_Types].xml", *sorted(n for n in names if n != "[Content_Types].xml")]:
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, (instead or {}).get(name) or source.read(name))
    return result.getvalue()
