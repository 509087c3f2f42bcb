"""Commands of exchange and proof; each is one public function of `exchange` and `pack`."""

from dataclasses import asdict
from pathlib import Path

import click

from dedupelab.commands.terminal import JSON, PATH, STUDY, say
from dedupelab.errors import to_type

RUN = click.argument("run", type=PATH)
KEYS = click.option(
    "--key", "keys", multiple=True, help="Public key that may have signed; repeat for more, any if none."
)


@click.command("verify")
@RUN
@click.option("--key", default="", help="Public key expected to have signed: a .pub file, or the key itself.")
@JSON
def verify_command(run: Path, key: str, *, as_json: bool) -> None:
    """Check that nothing in RUN (a run folder or a pack) was altered since it was signed; name the first file that was."""
    from dedupelab.pack.replay import replayable
    from dedupelab.pack.signing import KEY_CAVEAT
    from dedupelab.pack.verify import verify

    found = verify(run, key)
    facts = asdict(found) | {"key_id": found.signed.known_as}
    signer = f"signed by key {found.signed.known_as}"
    worth = "the key is the one you named" if found.expected_key else f"not checked whose it is: {KEY_CAVEAT}"
    say(
        as_json,
        facts,
        f"unaltered: {found.files:,} files, {signer} ({worth})",
        f"previous run: {found.previous}",
        f"written down: {found.written}",
        f"digest of the whole: {found.digest}",
        to_type("replay", run)
        if replayable(run)
        else "ask the signer, through another channel, whether the key is theirs",
    )


@click.command("replay")
@RUN
@click.option(
    "--pictures", type=PATH, help="Study that has the pictures: images and pairs are computed again, too."
)
@JSON
def replay_command(run: Path, pictures: Path | None, *, as_json: bool) -> None:
    """Compute RUN's groups and numbers again from its pack; show every table's first difference (exit code 1)."""
    from dedupelab.pack.replay import replay

    compared = replay(run, pictures or "")
    same = not any(c.different for c in compared)
    lines = [
        f"{c.name}: {c.rows:,} rows, "
        + (f"{c.different:,} differ; first {c.first}" if c.different else "the same")
        for c in compared
    ]
    more = to_type("verify", run) if pictures else to_type("replay", run, "--pictures", "STUDY")
    say(as_json, {"same": same, "tables": [asdict(c) for c in compared]}, *lines, more)
    if not same:
        click.get_current_context().exit(1)


@click.command("export")
@STUDY
@click.option(
    "--tier",
    type=click.Choice(["public", "assurer", "private"]),
    required=True,
    help="public: aggregates; assurer: pseudonymised edges; private: a manifest that can be merged.",
)
@click.option("--out", type=PATH, help="Where to write; a name in the current folder if not given.")
@click.option("--run", type=PATH, help="Run whose notebooks (without outputs) go along; public only.")
@click.option(
    "--fingerprints-only", is_flag=True, help="Leave out paths, names and embedded metadata; private only."
)
@click.option("--bands", is_flag=True, help="Only keyed digests and band sketches, for count; with --secret.")
@click.option(
    "--secret",
    type=PATH,
    help="File with a secret that all sites share and whoever joins lacks: digests are keyed. No protection where one of them tells it.",
)
@JSON
def export_command(
    study: Path,
    tier: str,
    out: Path | None,
    run: Path | None,
    secret: Path | None,
    *,
    fingerprints_only: bool,
    bands: bool,
    as_json: bool,
) -> None:
    """Write what may leave this site in a tier, signed; pictures never do."""
    from dedupelab.exchange.band_sketches import NO_PROTECTION
    from dedupelab.exchange.manifest import read_secret
    from dedupelab.exchange.tiers import ABOUT, export
    from dedupelab.study.study import Study

    opened = Study(study)
    if tier != "private" and (bands or secret or fingerprints_only):
        raise click.UsageError(
            f"--bands, --secret and --fingerprints-only belong to --tier private, not {tier}"
        )
    if tier != "public" and run:
        raise click.UsageError(f"--run belongs to --tier public, not {tier}")
    kind = "bands" if bands else tier
    path = out or Path(f"{opened.name}.{kind}" + (".zip" if tier == "private" else ""))
    key = read_secret(secret)
    export(opened, tier, path, run=run, fingerprints_only=fingerprints_only, bands=bands, secret=key)
    if bands:
        say(
            as_json,
            {"tier": tier, "path": str(path)},
            NO_PROTECTION,
            f"to send: {path}",
            to_type("count", path, "OTHERS"),
        )
        return
    about = ABOUT.get(tier, "fingerprints and digests; who has a picture can test whether it is in here")
    if tier == "private" and not fingerprints_only:
        about += "; paths and embedded metadata, names among them, are in here too (--fingerprints-only leaves them out)"
    following = to_type("merge", "THEIR_STUDY", path) if tier == "private" else to_type("verify", path)
    say(as_json, {"tier": tier, "path": str(path)}, about, f"to send: {path}", following)


@click.command("merge")
@STUDY
@click.argument("parcels", nargs=-1, required=True, type=PATH)
@KEYS
@JSON
def merge_command(study: Path, parcels: tuple[Path, ...], keys: tuple[str, ...], *, as_json: bool) -> None:
    """Join sites' manifests, and their answers to what was left open, into STUDY; write new questions to each site."""
    from dedupelab.exchange.merging import merge

    merged = merge(study, parcels, keys=keys)
    for note in merged.notes:
        click.echo(f"note: {note}", err=True)
    facts = {
        "images": merged.images,
        "pairs": merged.pairs,
        "undecided": merged.undecided,
        "questions": [str(path) for path in merged.questions],
        "notes": merged.notes,
    }
    lines = [
        f"{merged.images:,} pictures, {merged.pairs:,} pairs, {merged.undecided:,} of them undecided for want of pixels"
    ]
    lines += [f"to be answered there: {path}" for path in merged.questions]
    following = (
        "at each site: " + to_type("answer", "THEIR_STUDY", "QUESTIONS")
        if merged.questions
        else to_type("report", study)
    )
    say(as_json, facts, *lines, following)


@click.command("count")
@click.argument("parcels", nargs=-1, required=True, type=PATH)
@click.option("--out", type=PATH, help="CSV file for the pairs, under names that sites resolve.")
@KEYS
@JSON
def count_command(
    parcels: tuple[Path, ...], out: Path | None, keys: tuple[str, ...], *, as_json: bool
) -> None:
    """Count what sites have in common from their band sketches (export --bands), as a holder who lacks the secret."""
    from dedupelab.exchange.band_sketches import NO_PROTECTION, count, write_pairs

    common, pairs, notes = count(parcels, keys=keys)
    for note in notes:
        click.echo(f"note: {note}", err=True)
    if out:
        write_pairs(pairs, out)
    lines = [
        f"{each.one}: {each.exact:,} of {each.pictures:,} pictures at {each.two} too, {each.near:,} more perhaps"
        for each in common
    ]
    say(
        as_json,
        {"common": [asdict(each) for each in common], "notes": notes},
        *lines,
        "perhaps: fingerprints are near; nobody has compared the pictures",
        NO_PROTECTION,
        "keep the sketches no longer than it takes to count",
    )


@click.command("answer")
@STUDY
@click.argument("questions", type=PATH)
@click.option("--out", type=PATH, help="File to write; STUDY-NAME.answers.zip if not given.")
@click.option(
    "--sketch",
    type=click.IntRange(0, 512),
    default=0,
    show_default=True,
    help="Longer side of gray pictures that may leave, in pixels; 0 sends none, 512 shows the picture.",
)
@click.option("--secret", type=PATH, help="File with the secret shared by all sites.")
@click.option("--key", default="", help="Public key that may ask; any if not given.")
@JSON
def answer_command(
    study: Path,
    questions: Path,
    out: Path | None,
    sketch: int,
    secret: Path | None,
    key: str,
    *,
    as_json: bool,
) -> None:
    """Answer a signed list of QUESTIONS from this site's own pictures; none leaves unless --sketch allows it."""
    from dedupelab.exchange.answers import answer
    from dedupelab.exchange.manifest import read_secret
    from dedupelab.study.study import Study

    opened = Study(study)
    path = out or Path(f"{opened.name}.answers.zip")
    found = answer(opened, questions, path, sketch=sketch, secret=read_secret(secret), key=key)
    facts = asdict(found) | {"path": str(found.path)}
    say(
        as_json,
        facts,
        f"answered key {found.asked_by}: {found.relations:,} relations, {found.pixels:,} pixel digests, "
        f"{found.sketches:,} gray sketches ({found.declined:,} asked for and not sent)",
        f"to send: {found.path}",
        to_type("merge", "THEIR_STUDY", found.path),
    )


@click.command("purge")
@STUDY
@click.option("--runs", type=PATH, help="Folder of runs; this study's runs there are deleted, too.")
@click.option("--early", is_flag=True, help="Before the retention date of study.toml, or without one.")
@JSON
def purge_command(study: Path, runs: Path | None, *, early: bool, as_json: bool) -> None:
    """Delete everything derived from pictures once the retention date of study.toml has passed; pictures stay."""
    from dedupelab.exchange.data_subjects import purge
    from dedupelab.study.study import Study

    gone = purge(Study(study), runs=runs, early=early)
    where = ", ".join(gone.folders) or "nothing"
    lines = [f"deleted {gone.files:,} files, {gone.bytes:,} bytes: {where}"]
    if runs is None:
        lines.append("runs are kept where they were written: they hold tables, too (--runs deletes them)")
    say(as_json, asdict(gone), *lines, "ask those who were sent manifests or packs to delete them")


@click.command("find-subject")
@STUDY
@click.argument("texts", nargs=-1, required=True)
@JSON
def find_subject_command(study: Path, texts: tuple[str, ...], *, as_json: bool) -> None:
    """List every place in STUDY that mentions one of TEXTS: a name, an address, a part of a path."""
    from dedupelab.exchange.data_subjects import find_subject
    from dedupelab.study.study import Study

    found = find_subject(Study(study), texts)
    lines = [f"{m.table}, {m.row}, {m.column}: {m.excerpt}".replace(", :", ":") for m in found]
    facts = {"mentions": [asdict(m) for m in found]}
    say(
        as_json,
        facts,
        *lines,
        f"{len(found):,} mentions; faces in pictures and copies outside this study are not searched",
        "correct a picture's metadata at its source and scan again, or dedupelab purge",
    )


COMMANDS = (
    verify_command, replay_command, export_command, merge_command, count_command, answer_command,
    purge_command, find_subject_command,
)  # fmt: skip
