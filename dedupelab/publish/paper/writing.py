"""Finished files onto the disk: whole or not at all, and small enough for the mail."""

from pathlib import Path

from dedupelab.errors import ReportError
from dedupelab.tables.whole_file import whole_file

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
