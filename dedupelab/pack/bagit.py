"""A BagIt 1.0 bag (RFC 8493): every file with its SHA-256, and a signature over the list of lists.

Written here because the reference library comes without a wheel; the bags are checked with it in development.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from dedupelab.errors import PackError
from dedupelab.pack.signing import Signed, check, public_key
from dedupelab.tables.keys import digest_of

if TYPE_CHECKING:
    from minisign import SecretKey

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAGS = "manifest-sha256.txt", "tagmanifest-sha256.txt"
SIGNATURE, PUBLIC = f"{TAGS}.minisig", "minisign.pub"
TAG_FILES = ("bag-info.txt", "bagit.txt", MANIFEST, PUBLIC)
LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")


@dataclass(frozen=True)
class Bag:
    """A bag that was checked: who signed it, the digest that stands for it, its files."""

    signed: Signed
    digest: str
    files: Mapping[str, str]


def write_bag(
    folder: Path, info: Mapping[str, str], key: "SecretKey", signature: Callable[[bytes], bytes]
) -> str:
    """Turn a folder that holds `data/` into a signed bag; return the digest that stands for all of it.

    Parameters
    ----------
    info
        What `bag-info.txt` says; Payload-Oxum is added.
    key
        Whose public half goes into the bag.
    """
    files = digests(folder / "data")
    size = sum((folder / "data" / name).stat().st_size for name in files)
    lines = {**info, "Payload-Oxum": f"{size}.{len(files)}"}
    said = "".join(f"{name}: {' '.join(text.split())}\n" for name, text in lines.items())
    (folder / "bag-info.txt").write_bytes(said.encode())
    (folder / "bagit.txt").write_bytes(DECLARATION)
    (folder / PUBLIC).write_bytes(public_key(key))
    (folder / MANIFEST).write_bytes(listed({f"data/{name}": digest for name, digest in files.items()}))
    tags = listed({name: digest_of(folder / name) for name in TAG_FILES})
    (folder / TAGS).write_bytes(tags)
    (folder / SIGNATURE).write_bytes(signature(tags))
    return hashlib.sha256(tags).hexdigest()


def check_bag(folder: Path) -> Bag:
    """Return what is known of a bag that is whole.

    Raises
    ------
    PackError
        Names the first file that is altered, missing or added: signature and lists first, then the payload in order.
    """
    for name in (TAGS, SIGNATURE, *TAG_FILES):
        if (folder / name).is_symlink() or not (folder / name).is_file():
            raise PackError(
                f"missing: {folder.name}/{name}; expected a signed pack in {folder}; ask for the whole of it"
            )
    signed = _signed(folder)
    if (folder / "bagit.txt").read_bytes() != DECLARATION:
        raise PackError("bagit.txt: expected BagIt 1.0 in UTF-8, got another declaration; ask the sender")
    stray = sorted({p.name for p in folder.iterdir()} - {TAGS, SIGNATURE, *TAG_FILES, "data"})
    if stray:
        raise PackError(f"added: {stray[0]}; nothing else belongs into the pack; remove it")
    expected = parsed((folder / MANIFEST).read_bytes(), MANIFEST)
    outside = [name for name in expected if not name.startswith("data/")]
    if outside:
        raise PackError(f"{MANIFEST}: expected files in data/, got {outside[0]!r}; ask the sender")
    compare(folder, expected, {f"data/{n}": d for n, d in digests(folder / "data").items()})
    return Bag(signed, digest_of(folder / TAGS), expected)


def compare(folder: Path, expected: Mapping[str, str], found: Mapping[str, str]) -> None:
    """Raise PackError for the first name, in order, whose digest is not as expected."""
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            what = "missing" if name not in found else "added" if name not in expected else "altered"
            raise PackError(
                f"{what}: {name}; expected {folder} as it was signed; use an untouched copy, or ask the sender"
            )


def digests(folder: Path, *, leave: Iterable[str] = ()) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder by its path there; a link counts as something else than its target."""
    found = {}
    left = tuple(leave)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name.split("/", 1)[0] in left:
            continue
        if path.is_symlink():
            found[name] = "a link"
        elif path.is_file():
            found[name] = digest_of(path)
    return found


def listed(files: Mapping[str, str]) -> bytes:
    r"""Return the text of a manifest.

    >>> listed({"data/a b%": "0" * 64})[64:]
    b'  data/a b%25\n'
    """
    escape = str.maketrans({"%": "%25", "\n": "%0A", "\r": "%0D"})
    return "".join(f"{digest}  {name.translate(escape)}\n" for name, digest in sorted(files.items())).encode()


def parsed(text: bytes, name: str) -> dict[str, str]:
    """Return the digests that a manifest lists.

    Raises
    ------
    PackError
        If it is no manifest, lists a file twice, or points outside.
    """
    found: dict[str, str] = {}
    try:
        lines = text.decode().split("\n")
    except UnicodeDecodeError as problem:
        raise PackError(f"altered: {name}; expected UTF-8, got {problem.reason}; ask the sender") from problem
    for line in lines[:-1]:
        match = LINE.fullmatch(line)
        path = match[2].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%") if match else ""
        place = PurePosixPath(path)
        if not match or path in found or place.is_absolute() or ".." in place.parts or "\\" in path:
            raise PackError(
                f"{name}: expected one digest and path per line, each inside and once, got {line[:80]!r}; ask the sender"
            )
        found[path] = match[1]
    if lines[-1]:
        raise PackError(f"{name}: expected a newline at the end, got {lines[-1][:80]!r}; ask the sender")
    return found


def _signed(folder: Path) -> Signed:
    """Check the signature over the list of tag files, and these; name what does not fit.

    One wrong byte leaves one reading that the signature confirms: the stored list, or the list as the files are now.
    """
    stored, signature, public = ((folder / name).read_bytes() for name in (TAGS, SIGNATURE, PUBLIC))
    actual = {name: digest_of(folder / name) for name in TAG_FILES}
    try:
        signed = check(listed(actual), signature, public)
    except PackError as problem:
        try:
            expected = parsed(stored, TAGS)
        except PackError:
            expected = {}
        for name in TAG_FILES:
            if expected.get(name) != actual[name]:
                culprit = name if name in expected else TAGS
                raise PackError(f"altered: {culprit}; {problem}") from problem
        culprit = SIGNATURE if stored == listed(actual) else TAGS
        raise PackError(f"altered: {culprit}; {problem}") from problem
    if stored != listed(actual):
        raise PackError(f"altered: {TAGS}; expected the list as it was signed; ask the sender")
    return signed
