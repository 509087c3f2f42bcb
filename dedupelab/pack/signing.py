"""Signatures in minisign's format (Ed25519): made with a key of one's own, checked with any minisign.

A key made here proves that two things were signed by the same hand and not changed since. It does not prove whose hand
that is, nor when: for the first, compare the public key through another channel; for the second, deposit the digest.
"""

import base64
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dedupelab.errors import OutputError, PackError

if TYPE_CHECKING:
    from minisign import SecretKey

VARIABLE = "DEDUPELAB_KEY"
"""Environment variable that names the file of the secret key."""
COMMENT = "signature by dedupelab; check it with minisign"
KEY_CAVEAT = (
    "the key was made on the signer's own machine: it shows that nothing was changed since it was signed, not who "
    "signed or when; compare the key through another channel"
)


@dataclass(frozen=True)
class Signed:
    """A good signature: by which key, and what the signer said of it."""

    key: str
    """The public key as minisign writes it."""
    comment: str

    @property
    def known_as(self) -> str:
        """The key's identifier, for people: 16 hexadecimal digits."""
        return base64.b64decode(self.key)[2:10][::-1].hex().upper()

    def is_by(self, named: str) -> bool:
        """Whether the key is the one that was named: by its `.pub` file, as the text of one, or alone."""
        text = Path(named).read_text("utf-8") if Path(named).is_file() else named
        return [line for line in text.splitlines() if line][-1:] == [self.key]


def key_path() -> Path:
    """Return where the secret key lies: `DEDUPELAB_KEY`, else in the user's configuration."""
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(os.environ.get(VARIABLE) or Path(home) / "dedupelab" / "minisign.key")


def own_key() -> "SecretKey":
    """Return the user's key; the first call makes it, readable by the user alone.

    Raises
    ------
    OutputError
        If it cannot be written.
    PackError
        If the file is not a key, or is locked with a password.
    """
    from minisign import Error, KeyPair, SecretKey  # noqa: PLC0415  only where something is signed

    path = key_path()
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_name(f"{path.name}.{os.getpid()}")
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(bytes(KeyPair.generate().secret_key) + b"\n")
            try:
                os.link(partial, path)  # the first of several runs wins
            except FileExistsError:
                pass
            except OSError:  # a file system without links
                partial.replace(path)
            partial.unlink(missing_ok=True)
        key = SecretKey.from_file(path)
        if key.is_encrypted():
            raise PackError(
                f"expected a key without a password at {path}, got a locked one; name another in {VARIABLE}"
            )
    except OSError as problem:
        raise OutputError(
            f"expected to read or write the signing key at {path}, got: {problem.strerror}; name a file of yours in {VARIABLE}"
        ) from problem
    except Error as problem:
        raise PackError(
            f"expected a minisign key at {path}, got: {problem}; name another in {VARIABLE}"
        ) from problem
    return key


def public_key(key: "SecretKey") -> bytes:
    """Return the public key as the text of a minisign `.pub` file."""
    return bytes(key.get_public_key()) + b"\n"


def sign(key: "SecretKey", data: bytes, said: str, moment: datetime) -> bytes:
    """Return the text of a `.minisig` file; equal data, words and times give equal bytes."""
    comment = f"timestamp:{int(moment.timestamp())}\t{said}"
    return bytes(key.sign(data, untrusted_comment=COMMENT, trusted_comment=comment)) + b"\n"


def check(data: bytes, signature: bytes, public: bytes) -> Signed:
    """Return who signed the data.

    Stricter than minisign: also what a signature does not cover (its first line, padding) must be as it was written.

    Raises
    ------
    PackError
        If the signature is not of this data by this key.
    """
    from minisign import Error, PublicKey, Signature  # noqa: PLC0415  only where something is checked

    try:
        key, found = PublicKey.from_bytes(public), Signature.from_bytes(signature)
        if bytes(found) + b"\n" != signature or found.untrusted_comment != COMMENT:
            raise PackError("expected a signature as dedupelab writes it, got other bytes; ask the sender")
        key.verify(data, found)
    except (Error, ValueError) as problem:
        raise PackError(f"expected a good signature, got: {problem}; ask the sender") from problem
    return Signed(key.to_base64().decode(), found.trusted_comment)
