"""Is a run as it was signed: its pack, its own files, and its place in the chain of runs."""

import json
from dataclasses import dataclass
from pathlib import Path

from dedupelab.errors import PackError
from dedupelab.pack.bagit import TAGS, check_bag, compare, digests, parsed
from dedupelab.pack.pack import FOLDER, chains, heads
from dedupelab.pack.signing import Signed
from dedupelab.tables.keys import digest_of


@dataclass(frozen=True)
class Verified:
    """A run that is as it was signed."""

    signed: Signed
    files: int
    digest: str
    """Stands for every byte of the pack."""
    expected_key: bool
    """Whether the signer is the one that was expected; False where nobody was named."""
    previous: str
    """The run before this one, and whether it is here and unchanged."""
    written: str
    """How many rows people had written by then, and whether those of the run before are among them."""


def verify(run: str | Path, key: str = "") -> Verified:
    """Check a run folder or a pack.

    Parameters
    ----------
    run
        A run's folder, with its pack in `pack/`; or a pack alone.
    key
        The public key expected: a `.pub` file, or the key itself; any when empty.

    Raises
    ------
    PackError
        Names the first file that is altered, missing or added; or says that another key signed.
    """
    given = Path(run)
    folder = given if (given / TAGS).exists() else given / FOLDER
    bag = check_bag(folder)
    if key and not bag.signed.is_by(key):
        raise PackError(
            f"expected the key that was named, got a pack signed by {bag.signed.known_as}; ask the sender which is theirs"
        )
    beside = folder / "data" / "beside.sha256"
    files = len(bag.files)
    if folder != given and beside.exists():
        expected = parsed(beside.read_bytes(), beside.name)
        compare(given, expected, digests(given, leave=(FOLDER,)))
        files += len(expected)
    data = folder / "data"
    before = _previous(given, data / "chain.json")
    return Verified(bag.signed, files, bag.digest, bool(key), before, _written(given, data))


def _previous(run: Path, chain: Path) -> str:
    """Say which run came before, and check it where it lies beside this one.

    Raises
    ------
    PackError
        If it is there and not what this run saw.
    """
    before = json.loads(chain.read_text("utf-8"))["previous"] if chain.exists() else None
    if before is None:
        return "none: the first of its chain"
    tags = run.absolute().parent / str(before["run"]) / FOLDER / TAGS
    if not tags.exists():
        return f"{before['run']}, which is not here (its pack's digest was {before['sha256'][:16]}...)"
    if digest_of(tags) != before["sha256"]:
        raise PackError(
            f"altered: {before['run']}, the run before this one; expected its pack with digest {before['sha256'][:16]}...; "
            "use an untouched copy"
        )
    return f"{before['run']}, unchanged"


def _written(run: Path, data: Path) -> str:
    """Say how much people had written down, and check that it is chained and continues what the run before had.

    Raises
    ------
    PackError
        Names the table or the row that is not as it was.
    """
    chain = data / "chain.json"
    facts = json.loads(chain.read_text("utf-8")) if chain.exists() else {}
    if "written" not in facts:
        return "nothing of it in this pack"
    said = heads(data)
    if said != facts["written"]:
        odd = min(name for name in {*said, *facts["written"]} if said.get(name) != facts["written"].get(name))
        raise PackError(f"expected {odd} as chain.json says, got other rows; ask the sender")
    rows = sum(int(each["rows"]) for each in said.values())
    unchained = sum(int(each["not_chained"]) for each in said.values())
    told = f"{rows:,} entries and labels, each chained to the one before"
    told += f"; {unchained:,} of an older version are not chained" if unchained else ""
    earlier = run.absolute().parent / str((facts["previous"] or {}).get("run")) / FOLDER / "data"
    if not (earlier / "chain.json").exists():
        return told
    known = json.loads((earlier / "chain.json").read_text("utf-8")).get("written", {})
    for name, each in known.items():
        file, _, table = name.partition("#")
        now = {c.table: c.digests for c in chains(data / file)} if (data / file).exists() else {}
        count = int(each["rows"])
        if count and now.get(table, ())[count - 1 : count] != (each["sha256"],):
            raise PackError(
                f"expected the first {count:,} rows of {name} as the run before signed them, got others: they were rewritten since; "
                "compare the two packs"
            )
    return f"{told}; those of the run before are among them, unchanged"
