"""Content Credentials: whether they hold, who signed them, and what they say of how a picture came to be.

States are those of the C2PA specification (2.2, section 14): `invalid`, `valid` (well formed, and nothing was changed since
it was signed) and `trusted` (valid, and the signer is on the study's trust list). They tell who signed, not who owns.
"""

import importlib.metadata
import importlib.util
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from dedupelab.collect.metadata import source_types
from dedupelab.collect.metadata.companion import Companion, CompanionError

PACKAGE = "c2pa-python"
_VALIDATOR = Path(__file__).with_name("validator.py")
_UNTOLD = frozenset({"NotSupported", "Io", "FileNotFound", "RemoteManifest", "Other"})
"""Errors of the library that say nothing about the credentials themselves."""
_DEEPEST = 16
_ACTIONS = ("c2pa.actions", "c2pa.actions.v2")
_MAKING = frozenset({"c2pa.created", "c2pa.opened"})


@dataclass(frozen=True)
class Credentials:
    """What a file's Content Credentials amount to; `source_types` are full addresses, the making first, then changes."""

    state: str = "none"
    signer: str = ""
    generator: str = ""
    source_types: tuple[str, ...] = ()
    ai_label: str = "no-label"
    problem: str | None = None


ABSENT, UNCHECKED = Credentials(), Credentials("unchecked")


def installed() -> str | None:
    """Return the version of the library, None when it is absent."""
    if importlib.util.find_spec("c2pa") is None:
        return None
    try:
        return importlib.metadata.version(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def check(data: bytes, anchors: str = "") -> Credentials:
    """Check the Content Credentials that a picture's bytes carry; `unchecked` without the library, or where it fails.

    `anchors` are the certificates, in PEM, whose signers are trusted. Never raises.
    """
    if _version() is None:
        return UNCHECKED
    request = json.dumps({"bytes": len(data), "anchors": anchors}).encode() + b"\n" + data
    try:
        answer = json.loads(_companion(os.getpid()).ask(request))
    except (CompanionError, ValueError) as problem:
        return Credentials("unchecked", problem=f"Content Credentials were not checked: {problem}")
    if "error" in answer:
        state = "unchecked" if answer["error"] in _UNTOLD else "invalid"
        return Credentials(state, problem=f"Content Credentials cannot be read: {answer['message']}")
    return told(str(answer["state"]).lower(), answer["store"])


def told(state: str, store: Mapping[str, Any]) -> Credentials:
    """Return what a manifest store, as the library writes it in JSON, says of the picture.

    The source type is looked for in the actions of the active manifest and, where the picture was made from another,
    in that one's: what was made by AI and then cropped was still made by AI. Credentials that are invalid label nothing.
    """
    manifests = store.get("manifests") or {}
    active = manifests.get(store.get("active_manifest")) or {}
    signature = active.get("signature_info") or {}
    making, changes = list[str](), list[str]()
    for manifest in _lineage(manifests, active):
        for action, kind in _source_types(manifest):
            (making if action in _MAKING else changes).append(kind)
    return Credentials(
        state,
        signer=str(signature.get("issuer") or signature.get("common_name") or ""),
        generator=_generator(active),
        source_types=tuple(dict.fromkeys(making + changes)),
        ai_label="no-label"
        if state == "invalid"
        else source_types.label(making[-1] if making else "", changes),
    )


def _lineage(manifests: Mapping[str, Any], active: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the active manifest, then its parent's and so on."""
    current: Mapping[str, Any] | None = active
    for _ in range(_DEEPEST):
        if not current:
            return
        yield current
        parents = (i for i in current.get("ingredients") or () if i.get("relationship") == "parentOf")
        current = manifests.get(str(next((i.get("active_manifest") for i in parents), None)))


def _source_types(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for assertion in manifest.get("assertions") or ():
        if str(assertion.get("label", "")).partition("__")[0] not in _ACTIONS:
            continue
        for action in (assertion.get("data") or {}).get("actions") or ():
            if kind := action.get("digitalSourceType"):
                yield str(action.get("action", "")), source_types.address(str(kind))


def _generator(manifest: Mapping[str, Any]) -> str:
    """Return the program that made the claim, with its version, as either version of the claim writes it."""
    for info in manifest.get("claim_generator_info") or ():
        if info.get("name"):
            return " ".join(str(part) for part in (info["name"], info.get("version")) if part)
    return str(manifest.get("claim_generator") or "")


@lru_cache(maxsize=1)
def _version() -> str | None:
    return installed()


@lru_cache(maxsize=1)
def _companion(_process: int) -> Companion:
    """One validator for each process: a forked worker must not talk to its parent's."""
    return Companion([sys.executable, "-P", str(_VALIDATOR)], _line)


def _line(out: IO[bytes]) -> bytes:
    line = out.readline()
    return line if line.endswith(b"\n") else b""
