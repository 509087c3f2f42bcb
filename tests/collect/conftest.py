"""Files with Content Credentials, signed by the tests themselves under a certificate authority made on the spot."""

import io
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

CV = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def library():
    """Return c2pa-python, which is an extra: the test that asks for an absent one is skipped, except where CI is set."""
    if os.environ.get("CI"):
        import c2pa

        return c2pa
    return pytest.importorskip("c2pa")


@dataclass(frozen=True)
class Authority:
    """A root certificate, and the chain and key of one signer under it, in PEM."""

    root: str
    chain: str
    key: str


@pytest.fixture(scope="session")
def authority() -> Authority:
    """Make a root and a signer fit for Content Credentials (ES256)."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def name(common: str) -> x509.Name:
        parts = ((NameOID.ORGANIZATION_NAME, "Harbour Archive"), (NameOID.COMMON_NAME, common))
        return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])

    def usage(**on: bool) -> x509.KeyUsage:
        kinds = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                 "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
        return x509.KeyUsage(**{kind: on.get(kind, False) for kind in kinds})

    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    now = datetime.now(UTC)
    identifier = x509.SubjectKeyIdentifier.from_public_key

    def certificate(common: str, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder(
            issuer_name=name("Root"), subject_name=name(common), public_key=public
        )
        dated = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=2))
        named = dated.serial_number(x509.random_serial_number())
        return named.add_extension(identifier(public), critical=False)

    root = (
        certificate("Root", root_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    signer = (
        certificate("Signer", key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(issuer, critical=False)
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    texts = (each.public_bytes(pem).decode() for each in (root, signer))
    root_text, signer_text = texts
    return Authority(root_text, signer_text + root_text, secret.decode())


@pytest.fixture(scope="session")
def sign(authority: Authority) -> Callable[..., bytes]:
    """Sign a picture: `sign(data, actions, parent=data)` returns the bytes with Content Credentials in them."""
    c2pa = library()

    def signed(
        data: bytes,
        actions: Sequence[dict[str, object]],
        *,
        kind: str = "image/jpeg",
        parent: bytes | None = None,
    ) -> bytes:
        claim = {
            "claim_generator_info": [{"name": "Pier", "version": "2.1"}],
            "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": list(actions)}}],
        }
        info = c2pa.C2paSignerInfo(b"es256", authority.chain.encode(), authority.key.encode(), None)
        out = io.BytesIO()
        with c2pa.Signer.from_info(info) as signer, c2pa.Builder(json.dumps(claim)) as builder:
            if parent is not None:
                builder.add_ingredient(
                    {"title": "parent", "relationship": "parentOf", "label": "parent"},
                    kind,
                    io.BytesIO(parent),
                )
            builder.sign(signer, kind, io.BytesIO(data), out)
        return out.getvalue()

    return signed


@pytest.fixture(scope="session")
def plain(photograph) -> Callable[..., bytes]:
    """Encode a picture: `plain("PNG")` returns its bytes."""

    def encoded(kind: str = "JPEG", **options: object) -> bytes:
        buffer = io.BytesIO()
        picture: Image.Image = photograph(2, (96, 64))
        picture.save(buffer, kind, **options)
        return buffer.getvalue()

    return encoded
