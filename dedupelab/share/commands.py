"""Commands of exchange and proof; each is one public function of this folder."""

from dataclasses import asdict
from pathlib import Path

import click

from dedupelab.console import JSON, say

RUN = click.argument("run", type=click.Path(path_type=Path))
STUDY = click.argument("study", type=click.Path(path_type=Path))


@click.command("verify")
@RUN
@click.option("--key", default="", help="Public key expected to have signed: a .pub file, or the key itself.")
@JSON
def verify_command(run: Path, key: str, *, as_json: bool) -> None:
    """Check that nothing in RUN (a run folder or a pack) was altered since it was signed; name the first file that was."""
    from dedupelab.share.signing import WORTH  # noqa: PLC0415  commands load what they need
    from dedupelab.share.verify import verify  # noqa: PLC0415

    found = verify(run, key)
    facts = asdict(found) | {"key_id": found.signed.known_as}
    signer = f"signed by key {found.signed.known_as}"
    worth = "the key is the one you named" if found.expected_key else f"not checked whose it is: {WORTH}"
    say(
        as_json,
        facts,
        f"unaltered: {found.files:,} files, {signer} ({worth})",
        f"previous run: {found.previous}",
        f"digest of the whole: {found.digest}",
        f"dedupelab replay {run}",
    )


@click.command("replay")
@RUN
@click.option(
    "--pictures",
    type=click.Path(path_type=Path),
    help="Study that has the pictures: images and pairs are computed again, too.",
)
@JSON
def replay_command(run: Path, pictures: Path | None, *, as_json: bool) -> None:
    """Compute RUN's groups and numbers again from its pack; show every table's first difference (exit code 1)."""
    from dedupelab.share.replay import replay  # noqa: PLC0415  loads the whole study

    compared = replay(run, pictures or "")
    same = not any(c.different for c in compared)
    lines = [
        f"{c.name}: {c.rows:,} rows, "
        + (f"{c.different:,} differ; first {c.first}" if c.different else "the same")
        for c in compared
    ]
    more = f"dedupelab replay {run} --pictures STUDY" if not pictures else f"dedupelab verify {run}"
    say(as_json, {"same": same, "tables": [asdict(c) for c in compared]}, *lines, more)
    if not same:
        click.get_current_context().exit(1)


COMMANDS = (verify_command, replay_command)
