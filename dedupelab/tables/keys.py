"""What a table was made from, as one digest: inputs, settings, versions of decoders, and the code itself."""

import hashlib
import importlib.metadata
import json
from functools import cache
from pathlib import Path

DECODERS = ("numpy", "pillow", "scipy", "opencv-python-headless")
"""Packages whose version can change a fingerprint or a verdict; part of every key."""
GROUND = ("tables", "values")
"""Folders that every stage stands on: what a table is, and when two values say the same."""


def key_for(*parts: object) -> str:
    """Return a digest of anything that JSON can say, for use as a table's key."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def includes(note: str, needed: str) -> bool:
    r"""Whether every line of `needed` stands in `note`: what was done there is all that is asked for.

    >>> includes("method\npdq\niscc", "method\npdq"), includes("method", "method\npdq")
    (True, False)
    """
    return set(needed.splitlines()) <= set(note.splitlines())


def code_digest(*folders: str, without: str = "") -> str:
    """Return a digest of the package's source in the named folders and in GROUND, so that other code means another table.

    `without` names a folder below that is left out, because it makes another table.
    """
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    files = []
    for folder in (*GROUND, *folders):
        files += sorted((package / folder).rglob("*.py"))
    files = [file for file in files if not (without and file.is_relative_to(package / without))]
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


_version = cache(importlib.metadata.version)
"""A package's version, read once: every stage of every study asks for it."""


def decoder_versions() -> dict[str, str]:
    """Return the versions of what can change a fingerprint or a verdict."""
    return {name: _version(name) for name in DECODERS}


def package_digest() -> str:
    """Return a digest of every file of the package: code, catalogues of languages, what pages are set with."""
    package = Path(__file__).parents[1]
    files = [f for f in sorted(package.rglob("*")) if f.is_file() and "__pycache__" not in f.parts]
    return key_for([(str(file.relative_to(package)), digest_of(file)) for file in files])


@cache
def packages() -> tuple[str, ...]:
    """Return every installed package with its version; asked for again, what this process found first: it reads hundreds of files."""
    said = [each.metadata for each in importlib.metadata.distributions()]
    found = {f"{each['Name']}=={each['Version']}" for each in said if each["Name"]}
    return tuple(sorted(found, key=str.lower))


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
