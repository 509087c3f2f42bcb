"""What the exchange notebook shows: what would leave, field by field, and the notice; thin, over `exchange.preview`."""

import html
from pathlib import Path

from dedupelab.exchange.manifest import read_secret
from dedupelab.exchange.preview import notice, preview_export
from dedupelab.lab.views import View, grid
from dedupelab.study.study import Study

HEADS = ("file", "field", "rows with a value", "first value", "why it is there", "what it reveals")


def fields(
    study: Study, tier: str, *, fingerprints_only: bool = False, bands: bool = False, secret: str = ""
) -> View:
    """Show every field of every file that a tier would send; nothing is sent and nothing is kept.

    Parameters
    ----------
    study
        A measured study.
    tier, fingerprints_only, bands
        As for `dedupelab export`.
    secret
        File with the secret that sites share; none when empty.
    """
    key = read_secret(Path(secret) if secret else None)
    found = preview_export(study, tier, fingerprints_only=fingerprints_only, bands=bands, secret=key)
    rows = [
        (each.file, each.field, f"{each.filled:,}", each.example, each.why, each.reveals)
        for each in found.fields
    ]
    total = f"{tier}: {found.files:,} files, {found.bytes:,} bytes, {len(rows):,} fields"
    return View(f"<p>{html.escape(total)}</p>", total) + grid(HEADS, rows, (2,))


def told(study: Study) -> View:
    """Show the privacy notice that study.toml gives."""
    sentences = notice(study)
    return View("".join(f"<p>{html.escape(each)}</p>" for each in sentences), "\n".join(sentences))
